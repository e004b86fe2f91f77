import pytest
from hypothesis import given
from hypothesis import strategies as st

from assent.core import cookies
from assent.core.categories import ALL, NECESSARY_ONLY, Category
from assent.core.fields import (
    KIND_LENGTH,
    TABLE_SIZE,
    Field,
    response_fields,
)
from assent.core.rules import Rules
from tests.core.cookie_samples import (
    ALLOW,
    BLOCK,
    NOW,
    PAST,
    cookie_fields,
    granted_sets,
    judged,
    may_pass,
    pairs,
    passage,
    read_by_a_server,
    rule_sets,
)

set_cookie_lines = st.builds(
    lambda pair, attributes: b";".join([pair, *attributes]),
    pairs | cookie_fields,
    st.lists(
        st.sampled_from(
            b" Path=/;Max-Age=0; Max-Age=60;max-age=-1;Secure;;Domain=a.test;SameSite=None;Partitioned;"
            b"x=\x00;=;Domain=\xff;Expires=Thu, 01 Jan 1970 00:00:00 GMT".split(b";")
        ),
        max_size=4,
    ),
)


@pytest.mark.parametrize(
    ("line", "passes"),
    [
        pytest.param(b"sid=1; Path=/", True, id="necessary"),
        pytest.param(b"_ga=1; Path=/", False, id="refused"),
        pytest.param(b" \t_ga\t =1", False, id="spaces and tabs around the name"),
        pytest.param(b"mystery=1", False, id="unknown"),
        pytest.param(b"=_ga=1", False, id="nameless, would arrive with a name"),
        pytest.param(b"==sid=1", True, id="nameless, would arrive with a permitted name"),
        pytest.param(b"=sid=1; Path=/", True, id="nameless, arrives as a permitted one"),
        pytest.param(b"foo", False, id="no equals sign"),
        pytest.param(b"foo; Path=/", False, id="no equals sign, attributes with one"),
        pytest.param(b"; sid=1", False, id="an empty pair"),
        pytest.param(b"", False, id="empty"),
        pytest.param(b"_ga=; Max-Age=0", True, id="deletion"),
        pytest.param(b"_ga=x; max-age=-1; Domain=shop.example", True, id="deletion with a value"),
        pytest.param(b"_ga=; Expires=" + PAST, True, id="deletion by date"),
        pytest.param(b"_ga=1; Max-Age=60; Expires=" + PAST, False, id="Max-Age beats the date"),
        pytest.param(b"_ga=1; Expires=" + PAST + b"; Max-Age=60", False, id="... in either order"),
        pytest.param(b"_ga=1; Max-Age=0; Max-Age=60", False, id="the last Max-Age counts"),
        pytest.param(b"_ga=1; Max-Age=00000000000000000060", False, id="a long Max-Age is no zero"),
        pytest.param(b"_ga=1; Max-Age=zero", False, id="no deletion: unreadable"),
        pytest.param(b"_ga=; Path=/", False, id="no deletion: an empty value"),
        pytest.param(b"_ga=1;Max-Age=0\x00", False, id="no deletion: browsers drop it"),
        pytest.param(b"=_ga=1; Max-Age=0", True, id="deletion of the nameless cookie"),
        pytest.param(b"mystery=; Max-Age=0", True, id="deletion of an unknown one"),
        pytest.param(b"assent=1.x; Path=/", False, id="our own"),
        pytest.param(b"assent=; Max-Age=0", False, id="deletion of our own"),
        pytest.param(b"=assent=1", False, id="our own, nameless"),
        pytest.param(b" assent\t=1", False, id="our own with spaces"),
        pytest.param(b"__Host-_ga=1; Secure; Path=/", False, id="refused behind a name prefix"),
    ],
)
def test_set_cookie(line: bytes, passes: bool) -> None:
    table = passage()
    assert may_pass(line, table) is passes
    assert may_pass(line, table) is passes, "the second time"


@given(st.lists(st.tuples(st.sampled_from([b"set-cookie", b"x"]), set_cookie_lines), max_size=8))
def test_all_granted_and_the_unknown_allowed_leaves_every_line_but_what_harms_the_others(
    fields: list[Field],
) -> None:
    ours = b"assent"
    kept = judged(fields, passage(ALL, ALLOW))
    assert kept == [
        (name, line)
        for name, line in fields
        if name == b"x"
        # What hides all cookies from scripts breaks the site; Assent's own is not the site's to set.
        or not (cookies.blanks_cookies(line, NOW) or cookies.effective_name(line.partition(b";")[0]) == ours)
    ]


@pytest.mark.parametrize("rules", [BLOCK, ALLOW])
@pytest.mark.parametrize("granted", [NECESSARY_ONLY, ALL])
def test_a_value_that_hides_all_cookies_from_scripts_is_dropped_even_when_granted(
    granted: frozenset[Category], rules: Rules
) -> None:
    table = passage(granted, rules)
    for line, passes in [
        (b"sid=1; Path=/", True),
        (b"sid=\xff; Path=/", False),
        (b"sid=2; Path=/", True),
        (b"sid=\xff; Path=/; HttpOnly", True),
        (b"sid=\xff; Path=/; Max-Age=0", True),
    ]:
        assert may_pass(line, table) is passes


@pytest.mark.parametrize("rules", [BLOCK, ALLOW])
def test_our_own_cookie_is_never_the_sites_to_set(rules: Rules) -> None:
    for granted in (NECESSARY_ONLY, ALL):
        table = passage(granted, rules)
        for line in (b"assent=1", b"assent=", b"assent=; Max-Age=0", b"=assent=1", b"\tassent =1; Path=/"):
            assert not may_pass(line, table)


@given(st.lists(set_cookie_lines, max_size=12), granted_sets, rule_sets)
def test_the_table_says_what_a_fresh_judgement_says(
    lines: list[bytes], granted: frozenset[Category], rules: Rules
) -> None:
    table = passage(granted, rules)
    for line in lines + lines:
        verdict = may_pass(line, table)
        if cookies.blanks_cookies(line, NOW):
            # The table leaves values out; these alone are dropped for theirs, whatever is granted.
            assert not verdict
        elif verdict != (passage(granted, rules).judge(line) is None):
            # Left is a deletion whose value alone makes every browser drop the line.
            assert verdict
            assert cookies.parse_set_cookie(line, NOW) is None


@given(set_cookie_lines, granted_sets, rule_sets)
def test_what_passes_is_permitted_or_takes_something_away(
    line: bytes, granted: frozenset[Category], rules: Rules
) -> None:
    cookie = cookies.parse_set_cookie(line, NOW)
    if cookie is not None and may_pass(line, passage(granted, rules)):
        sent = cookie.name + b"=" + cookie.value if cookie.name else cookie.value
        for name, _ in read_by_a_server(sent):
            assert cookies.deletes(cookie, NOW) or rules.permits(name, granted)


@given(st.lists(set_cookie_lines, max_size=8), granted_sets, granted_sets, rule_sets)
def test_granting_more_never_withholds_more(
    lines: list[bytes], some: frozenset[Category], more: frozenset[Category], rules: Rules
) -> None:
    few, many = passage(some, rules), passage(some | more, rules)
    assert all(may_pass(line, many) for line in lines if may_pass(line, few))


def test_a_response_loses_its_refused_lines_and_nothing_else() -> None:
    fields = [
        (b"content-type", b"text/html"),
        (b"set-cookie", b"sid=1; Expires=Thu, 01 Jan 2099 00:00:00 GMT"),
        (b"Set-Cookie", b"_ga=1"),
        (b"SET-COOKIE", b"_ga=; Max-Age=0"),
        (b"set-COOKIE", b"\t_fbp = 1"),
        (b"set-cookie", b"sid=1; Expires=Thu, 01 Jan 2099 00:00:00 GMT"),
        (b"set-cooky", b"_ga=1"),
        (b"x-set-cook", b"_ga=1"),
        (b"set-cookie2", b"_ga=1"),
    ]
    assert judged(fields, passage()) == [fields[i] for i in (0, 1, 3, 5, 6, 7, 8)]


@given(
    st.lists(
        st.tuples(
            st.sampled_from([b"set-cookie", b"Set-Cookie", b"SET-COOKIE", b"x", b"vary"]), set_cookie_lines
        ),
        max_size=8,
    ),
    granted_sets,
    rule_sets,
)
def test_response_fields_are_a_subsequence_and_settle_at_once(
    fields: list[Field], granted: frozenset[Category], rules: Rules
) -> None:
    table = passage(granted, rules)
    kept = judged(fields, table)
    expected = [f for f in fields if f[0].lower() != b"set-cookie" or may_pass(f[1], table)]
    assert kept == expected
    assert judged(kept, table) is kept
    assert (judged(fields, table) is fields) == (kept == fields)


def test_a_kind_is_judged_once_whatever_its_values() -> None:
    seen: list[tuple[bytes, bytes]] = []
    table = passage(sighted=lambda line, name, page: seen.append((line, name)))
    for value in range(100):
        assert not may_pass(b"_ga=%d; Path=/" % value, table)
    assert seen == [(b"_ga=; Path=/", b"_ga")], "and the value is told to nobody"


def test_the_table_is_bounded_in_number() -> None:
    table = passage()
    for number in range(TABLE_SIZE * 2 + 10):
        may_pass(b"n%d=1" % number, table)
        assert len(table) <= TABLE_SIZE
    assert may_pass(b"sid=1", table)
    assert not may_pass(b"_ga=1", table)


def test_a_long_kind_is_judged_but_not_kept() -> None:
    table = passage()
    longest = b"_ga_" + b"x" * (KIND_LENGTH - 11)
    assert not may_pass(longest + b"=1; Path=/", table)
    assert len(table) == 1
    assert not may_pass(longest + b"x=1; Path=/", table)
    assert may_pass(b"sid=1; Path=/" + b"x" * KIND_LENGTH, table)
    assert len(table) == 1


def test_a_line_without_path_is_judged_with_its_page_each_time() -> None:
    seen = []
    table = passage(sighted=lambda line, name, page: seen.append(page))
    for page in (b"/a/b", b"/c"):
        response_fields([(b"set-cookie", b"sid=1; Secure")], [0], table, page)
    assert (seen, len(table)) == ([b"/a/b", b"/c"], 0)


def test_nameless_lines_are_not_kept_since_their_value_may_be_a_secret() -> None:
    table = passage()
    for value in range(100):
        may_pass(b"=_ga=%d" % value, table)
        may_pass(b"foo%d" % value, table)
    assert len(table) == 0


def counted(*lines: bytes, granted: frozenset[Category] = NECESSARY_ONLY) -> list[tuple[str, str, int]]:
    table = passage(granted)
    for line in lines:
        judged([(b"set-cookie", line)], table)
    return [(count.reason.name, count.reason.rule, count.times) for count in table._tally.listed()]


def test_what_is_kept_out_is_counted_with_its_rule() -> None:
    lines = [
        b"_ga=1; Path=/",
        b"_ga=2; Path=/",
        b"_ga=3",
        b"sid=1; Path=/",
        b"mystery=1",
        b"assent=x; Path=/",
    ]
    assert counted(*lines) == [
        ("_ga", '[[cookies]] name = "_ga*" (yours)', 3),
        ("mystery", "unknown", 1),
        ("assent", "Assent's own", 1),
    ]


def test_of_a_nameless_cookie_nothing_is_told() -> None:
    assert counted(b"=secret=1", b"secret", b"==secret=2; Path=/") == [("", "unknown", 3)]


def test_a_cookie_that_would_hide_the_others_says_so() -> None:
    assert counted(b"sid=\xff; Path=/", granted=ALL) == [("sid", "a value that is not UTF-8", 1)]
