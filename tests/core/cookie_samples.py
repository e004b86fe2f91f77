"""A site with one cookie of each category, and what browsers and servers make of odd cookies."""

from collections.abc import Callable

from hypothesis import strategies as st

from assent.core.categories import NECESSARY_ONLY, OPTIONAL, Category
from assent.core.fields import (
    Field,
    Passage,
    response_fields,
)
from assent.core.rules import CookieRule, Rules
from assent.core.shape import response_shape
from assent.core.tally import Tally

NOW = 1_800_000_000
DECLARED = (
    CookieRule("sid", Category.NECESSARY),
    CookieRule("lang", Category.FUNCTIONAL),
    CookieRule("_ga*", Category.ANALYTICS),
    CookieRule("perf", Category.PERFORMANCE),
    CookieRule("_fbp", Category.ADVERTISEMENT),
)
BLOCK = Rules(cookies=DECLARED, unknown_cookies="block")
ALLOW = Rules(cookies=DECLARED, unknown_cookies="allow")
PAST = b"Thu, 01 Jan 1970 00:00:00 GMT"


def passage(
    granted: frozenset[Category] = NECESSARY_ONLY,
    rules: Rules = BLOCK,
    sighted: Callable[[bytes, bytes, bytes], object] = lambda line, name, page: None,
) -> Passage:
    def seen(line: bytes, name: bytes, page: bytes) -> Counter:
        sighted(line, name, page)
        return Counter()

    return Passage(rules, granted, lambda: NOW, seen, Tally(rules))


class Counter:
    """What counts the lines of a name."""

    def __init__(self) -> None:
        self.times = 0
        self.pages: list[bytes] = []

    def met(self, page: bytes) -> None:
        self.pages.append(page)


def judged(fields: list[Field], table: Passage) -> list[Field]:
    return response_fields(fields, response_shape(tuple(name for name, _ in fields)).set_cookies, table)


def may_pass(line: bytes, table: Passage) -> bool:
    return judged([(b"set-cookie", line)], table) != []


def permitting(granted: frozenset[Category], rules: Rules = BLOCK) -> Callable[[bytes], bool]:
    return lambda name: rules.permits(name, granted)


def read_by_a_server(field: bytes | None) -> list[tuple[bytes, bytes]]:
    """The pairs as most frameworks read them: split at ";", strip, split at the first "="."""
    parts = [part.strip(b" \t") for part in (field or b"").split(b";")]
    split = [part.partition(b"=") for part in parts if part]
    return [
        (name.strip(b" \t") if equals else b"", value if equals else name) for name, equals, value in split
    ]


names = st.sampled_from(
    [*b"sid lang _ga _ga_X perf _fbp mystery __Host-sid __secure-_ga assent =_ga".split(), b"", b" _ga"]
)
values = st.sampled_from([b"", b"1", b"a=b", b'"q"', b"_ga=1", b"\xe9", b" ", b"=", b"a,b", b"x" * 5000])
pairs = st.builds(lambda name, value: name + b"=" + value, names, values) | names | values
separators = st.sampled_from([b"; ", b";", b" ;\t", b";;", b"; ; "])
cookie_fields = (
    st.lists(st.tuples(pairs, separators), max_size=8).map(lambda parts: b"".join(p + s for p, s in parts))
    | st.lists(pairs, max_size=8).map(b"; ".join)
    | st.binary(max_size=80)
    | st.text("=; \tag_sid", max_size=40).map(str.encode)
)
granted_sets = st.frozensets(st.sampled_from(OPTIONAL)).map(NECESSARY_ONLY.union)
rule_sets = st.sampled_from([BLOCK, ALLOW])
