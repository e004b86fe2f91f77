"""What a page's head gets: in the page where its policy lets it, else as files."""

import re
from html.parser import HTMLParser

import pytest

from assent.config import Theme
from assent.core.categories import NECESSARY_ONLY, Category
from assent.core.choice import Choice
from assent.core.decision import decide
from assent.core.fields import Fields
from assent.web.assets import Assets
from assent.web.opening import BY_FILE, UNBOUND, Opening, Terms, terms
from assent.web.theme import dress

UNASKED = decide(None, gpc=False)
SIGNALLED = decide(None, gpc=True)
CHOSEN = decide(
    Choice("0190a7c0-1111", 1795412340, NECESSARY_ONLY | {Category.ANALYTICS}, "2026-11", 1810964340),
    gpc=False,
)
HTML: Fields = [(b"content-type", b"text/html")]


def opening(policy_version: str = "2026-11") -> Opening:
    assets = Assets("/_assent")
    dress(assets, Theme())
    return Opening(assets, prefix="/_assent", policy_version=policy_version)


class Reader(HTMLParser):
    def __init__(self, markup: bytes) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(markup.decode("ascii"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def under(*policies: bytes) -> Terms:
    return terms([*HTML, *((b"Content-Security-Policy", policy) for policy in policies)], UNASKED)


@pytest.mark.parametrize(
    ("policies", "script", "style"),
    [
        pytest.param([], True, True, id="no policy"),
        pytest.param([b"img-src 'self'"], True, True, id="a policy of other things"),
        pytest.param([b"default-src 'self'"], False, False, id="own files only"),
        pytest.param([b"script-src 'self' 'unsafe-inline'"], True, True, id="inline allowed"),
        pytest.param([b"script-src 'unsafe-inline' 'sha256-x'"], False, True, id="a hash takes that back"),
        pytest.param([b"script-src 'unsafe-inline' 'strict-dynamic'"], False, True, id="strict-dynamic, too"),
        pytest.param([b"script-src 'nonce-a'; style-src 'self'"], True, False, id="a nonce for scripts"),
        pytest.param([b"script-src 'nonce-a'", b"script-src 'self'"], False, True, id="two, one forbids"),
        pytest.param([b"script-src 'nonce-a', script-src 'nonce-b'"], False, True, id="two nonces"),
        pytest.param(
            [b"script-src 'none'; script-src-elem 'unsafe-inline'"], True, True, id="closest counts"
        ),
        pytest.param([b"SCRIPT-SRC 'UNSAFE-INLINE'"], True, True, id="in any case"),
    ],
)
def test_the_page_s_own_policy_decides_what_stands_in_it(
    policies: list[bytes], script: bool, style: bool
) -> None:
    found = under(*policies)
    assert (found.inline_script, found.inline_style) == (script, style)


def test_an_xhtml_page_names_files_and_so_does_every_page_after_a_choice() -> None:
    assert terms([(b"content-type", b"application/xhtml+xml")], UNASKED) == BY_FILE
    assert terms(HTML, CHOSEN) == BY_FILE


def test_in_the_page_there_is_no_request_and_nothing_that_ends_an_element_early() -> None:
    markup = opening().script(UNASKED, UNBOUND) + opening().styles(UNBOUND)
    tags = Reader(markup).tags
    assert [tag for tag, _ in tags] == ["script", "style"]
    assert not any({"src", "href"} & found.keys() for _, found in tags)
    assert markup.count(b"</style") == markup.count(b"</script") == 1
    assert b"<!--" not in markup


def test_files_lie_below_the_root_path_and_carry_the_nonces() -> None:
    found = Terms('a"b', "c&d", inline_script=False, inline_style=False)
    ((_, link),) = Reader(opening().styles(found, "/shop")).tags
    ((_, script),) = Reader(opening().script(UNASKED, found, "/shop")).tags
    assert str(link["href"]).startswith("/shop/_assent/static/first.")
    assert str(script["src"]).startswith("/shop/_assent/static/assent.")
    assert (link["nonce"], script["nonce"]) == ("c&d", 'a"b')
    assert script["data-base"] == "/shop/_assent"


def test_without_a_nonce_there_is_no_such_attribute() -> None:
    markup = opening().script(UNASKED, UNBOUND) + opening().styles(UNBOUND)
    assert not re.search(rb"<[^>]* nonce=", markup)


def test_the_page_tells_scripts_the_state() -> None:
    assert (
        b"""data-state='{"choice":{"categories":["necessary","analytics"],"at":"2026-11-23T05:39:00Z"},"""
        b""""granted":["necessary","analytics"],"gpc":false,"policy_version":"2026-11","""
        b""""expires":"2027-05-22T05:39:00Z","consent_id":"0190a7c0-1111"}'"""
    ) in opening().script(CHOSEN, BY_FILE)


def test_before_a_choice_nothing_names_the_visitor() -> None:
    assert (
        b"""data-state='{"choice":null,"granted":["necessary"],"gpc":true,"policy_version":"2026-11","""
        b""""expires":null,"consent_id":null}'"""
    ) in opening().script(SIGNALLED, UNBOUND)


def test_a_policy_version_cannot_leave_the_attribute() -> None:
    (_, script) = Reader(opening("'><b>&amp;").script(UNASKED, BY_FILE)).tags[-1]
    assert """"policy_version":"'><b>&amp;\"""" in str(script["data-state"])
