"""Fuzz target: the fields of a response, the URLs in them, the consent cookie and the site's policies."""

from functools import cache

from assent.core import policy
from assent.core.boundary import Boundary
from assent.core.categories import ALL, NECESSARY_ONLY, Category
from assent.core.choice import ChoiceCookie
from assent.core.fields import Field, Passage, request_fields, response_fields
from assent.core.hygiene import clean
from assent.core.rules import CookieRule, HostRule, Rules
from assent.core.shape import response_shape
from assent.core.tally import Tally
from assent.core.urls import third_party
from tests.core.cookie_samples import Counter

NOW = 1_800_000_000
ORIGIN = "https://shop.example"
RULES = Rules(
    cookies=(CookieRule("sid", Category.NECESSARY), CookieRule("_ga*", Category.ANALYTICS)),
    hosts=(HostRule("*.tracker.example", Category.ANALYTICS),),
)


def target(data: bytes) -> None:
    """Read one input in every way; what has no exception to throw has a promise to keep."""
    fields = [_field(line) for line in data.split(b"\n")]
    _response(fields)
    _request(fields)
    for line in data.split(b"\n")[:8]:
        third_party(line.decode("utf-8", "replace"), ORIGIN)
    _choice(data)
    policy.nonce(data.split(b"\n"), "script-src-elem", "script-src", "default-src")


def _field(line: bytes) -> Field:
    name, _, value = line.partition(b":")
    return name.lower(), value.strip(b" \t\r")


def _response(fields: list[Field]) -> None:
    places = response_shape(tuple(name for name, _ in fields)).set_cookies
    for granted in (NECESSARY_ONLY, ALL):
        passage = Passage(RULES, granted, lambda: NOW, lambda *_: Counter(), Tally(RULES))
        kept = response_fields(fields, places, passage)
        others = [field for field in fields if field[0] != b"set-cookie"]
        assert [field for field in kept if field[0] != b"set-cookie"] == others
        again = response_shape(tuple(name for name, _ in kept)).set_cookies
        assert response_fields(kept, again, passage) is kept
        _cleaned(kept, granted)


def _cleaned(fields: list[Field], granted: frozenset[Category]) -> None:
    boundary = Boundary(RULES, granted, ORIGIN, lambda host: None)
    for navigation in (False, True):
        once, _ = clean(fields, boundary, navigation=navigation)
        twice, _ = clean(once, boundary, navigation=navigation)
        assert twice == once, "what is clean stays so"


def _request(fields: list[Field]) -> None:
    consent = (b"assent-consent", b"necessary")
    passed = request_fields(fields, b"sid=1", changed=True, consent=consent)
    assert passed[-1] == consent
    assert sum(name == b"cookie" for name, _ in passed) <= 1


@cache
def _cookie() -> ChoiceCookie:
    return ChoiceCookie(["a key for fuzzing alone"], policy_version="v", lifetime=1000)


def _choice(data: bytes) -> None:
    cookie = _cookie()
    assert cookie.load(data, NOW) is None, "nobody else can sign"
    value = cookie.dump(cookie.choice("0190a7c0-1111", ALL, NOW)).encode()
    place = len(data) % len(value)
    forged = value[:place] + data[:8] + value[place + len(data[:8]) :]
    assert forged == value or cookie.load(forged, NOW) is None
