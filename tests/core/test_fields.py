import pytest
from hypothesis import given
from hypothesis import strategies as st

from assent.core import cookies
from assent.core.categories import ALL, NECESSARY_ONLY, Category
from assent.core.fields import (
    Field,
    filter_cookie,
    request_fields,
)
from assent.core.rules import Rules
from tests.core.cookie_samples import (
    ALLOW,
    cookie_fields,
    granted_sets,
    permitting,
    read_by_a_server,
    rule_sets,
)


@given(st.lists(cookie_fields, max_size=3))
def test_all_granted_and_the_unknown_allowed_leaves_every_byte(fields: list[bytes]) -> None:
    kept, refused = filter_cookie(fields, permitting(ALL, ALLOW))
    assert kept == b"; ".join(fields)
    assert refused == []


@given(st.lists(cookie_fields, max_size=3), granted_sets, rule_sets)
def test_what_survives_is_a_part_of_what_came_in_its_order(
    fields: list[bytes], granted: frozenset[Category], rules: Rules
) -> None:
    kept, refused = filter_cookie(fields, permitting(granted, rules))
    came = [part for field in fields for part in field.split(b";") if part.strip(b" \t")]
    stayed = [part for part in came if rules.permits(cookies.effective_name(part), granted)]
    left = [part for part in (kept or b"").split(b";") if part.strip(b" \t")]
    assert [part.strip(b" \t") for part in left] == [part.strip(b" \t") for part in stayed]
    assert len(refused) == len(came) - len(stayed)
    assert (kept is None) <= (not stayed)


@given(st.lists(cookie_fields, max_size=3), granted_sets, rule_sets)
def test_nothing_refused_is_left_when_a_server_reads_it(
    fields: list[bytes], granted: frozenset[Category], rules: Rules
) -> None:
    kept, _ = filter_cookie(fields, permitting(granted, rules))
    for name, value in read_by_a_server(kept):
        if name:
            assert rules.permits(name, granted)
        elif b"=" in value:
            # A server that stores what it read and one that reads it again see the name then.
            assert rules.permits(cookies.effective_name(value), granted)


@given(st.lists(cookie_fields, max_size=3), granted_sets, rule_sets)
def test_filtering_twice_is_filtering_once(
    fields: list[bytes], granted: frozenset[Category], rules: Rules
) -> None:
    kept, _ = filter_cookie(fields, permitting(granted, rules))
    if kept is not None:
        assert filter_cookie([kept], permitting(granted, rules)) == (kept, [])


@given(st.lists(cookie_fields, max_size=3), granted_sets, granted_sets, rule_sets)
def test_granting_more_never_removes_more(
    fields: list[bytes], some: frozenset[Category], more: frozenset[Category], rules: Rules
) -> None:
    few, refused = filter_cookie(fields, permitting(some, rules))
    many, refused_still = filter_cookie(fields, permitting(some | more, rules))
    assert len(few or b"") <= len(many or b"")
    assert set(refused_still) <= set(refused)


@pytest.mark.parametrize(
    ("came", "kept", "refused"),
    [
        pytest.param([b"sid=1; _ga=2; sid=3"], b"sid=1; sid=3", [b"_ga"], id="duplicates keep their order"),
        pytest.param([b"sid=1", b"_ga=2; lang=de"], b"sid=1", [b"_ga", b"lang"], id="two fields"),
        pytest.param([b"_ga=1; _ga=2"], None, [b"_ga", b"_ga"], id="nothing is left"),
        pytest.param([b"_ga=1 ; sid=1 ; "], b"sid=1", [b"_ga"], id="spaces at the ends go"),
        pytest.param([b'sid="a b"; _ga=1; sid=c,d'], b'sid="a b"; sid=c,d', [b"_ga"], id="odd values"),
        pytest.param([b"sid=1;_ga=2;sid=3"], b"sid=1;sid=3", [b"_ga"], id="no spaces"),
        pytest.param([b"=_ga=1; sid=1"], b"sid=1", [b"_ga"], id="a nameless cookie that hides a name"),
        pytest.param([b"==_ga=1; sid=1"], b"sid=1", [b"_ga"], id="... behind two equals signs"),
        pytest.param([b"foo; sid=1"], b"sid=1", [b""], id="no equals sign"),
        pytest.param([b"\t_ga\t=1; sid=1"], b"sid=1", [b"_ga"], id="tabs"),
        pytest.param([b"__Host-_ga=1; __Host-sid=1"], b"__Host-sid=1", [b"__Host-_ga"], id="name prefixes"),
        pytest.param([b"\x0b; sid=1"], b"sid=1", [b""], id="other white space is a value"),
        pytest.param([b"sid=1; ; sid=2"], b"sid=1; ; sid=2", [], id="empty parts where nothing is refused"),
        pytest.param([b""], b"", [], id="empty"),
        pytest.param([], b"", [], id="no field"),
    ],
)
def test_refused_pairs_are_cut_out(came: list[bytes], kept: bytes | None, refused: list[bytes]) -> None:
    assert filter_cookie(came, permitting(NECESSARY_ONLY)) == (kept, refused)


def test_a_pair_without_a_name_stays_where_the_unknown_is_allowed() -> None:
    came = [b"sid=1; _ga=2; sid=3; foo"]
    assert filter_cookie(came, permitting(NECESSARY_ONLY, ALLOW)) == (b"sid=1; sid=3; foo", [b"_ga"])


def test_a_hundred_thousand_equals_signs_are_filtered() -> None:
    assert filter_cookie([b"=" * 100_000 + b"_ga=1"], permitting(NECESSARY_ONLY)) == (None, [b"_ga"])


HOST: Field = (b"host", b"shop.example")


@pytest.mark.parametrize(
    ("fields", "cookie", "changed", "expected"),
    [
        pytest.param([HOST, (b"cookie", b"a")], None, False, [HOST, (b"cookie", b"a")], id="unchanged"),
        pytest.param(
            [(b"cookie", b"a"), HOST, (b"cookie", b"b")],
            None,
            False,
            [(b"cookie", b"a"), HOST, (b"cookie", b"b")],
            id="several Cookie fields, unchanged",
        ),
        pytest.param(
            [HOST, (b"cookie", b"a"), (b"x", b""), (b"cookie", b"b"), (b"x", b"")],
            b"c",
            True,
            [HOST, (b"cookie", b"c"), (b"x", b""), (b"x", b"")],
            id="several Cookie fields become the one",
        ),
        pytest.param([(b"cookie", b"a"), HOST], None, True, [HOST], id="no pair is left"),
        pytest.param([HOST], None, False, [HOST], id="no Cookie"),
        pytest.param([HOST, (b"assent-consent", b"ads")], None, False, [HOST], id="the client's own"),
        pytest.param(
            [(b"assent_consent", b"a"), (b"assent-consent", b"b"), (b"assent-consents", b"c")],
            None,
            False,
            [(b"assent-consents", b"c")],
            id="the client's own, several and with underscores",
        ),
    ],
)
def test_request_fields(
    fields: list[Field], cookie: bytes | None, changed: bool, expected: list[Field]
) -> None:
    assert request_fields(fields, cookie, changed=changed, consent=(b"assent-consent", b"necessary")) == [
        *expected,
        (b"assent-consent", b"necessary"),
    ]


any_fields = st.lists(
    st.tuples(
        st.binary(max_size=16) | st.sampled_from([b"cookie", b"assent-consent", b"assent_consent", b"host"]),
        st.binary(max_size=16),
    ),
    max_size=8,
)


@given(any_fields, st.none() | st.binary(max_size=8), st.booleans())
def test_only_one_voice_says_what_was_granted(
    fields: list[Field], cookie: bytes | None, changed: bool
) -> None:
    result = request_fields(fields, cookie, changed=changed, consent=(b"assent-consent", b"necessary"))
    said = [value for name, value in result if name.replace(b"_", b"-") == b"assent-consent"]
    assert said == [b"necessary"]
    assert sum(name == b"cookie" for name, _ in result) <= (
        1 if changed else sum(name == b"cookie" for name, _ in fields)
    )
    others = (b"cookie", b"assent-consent", b"assent_consent")
    assert [f for f in result if f[0] not in others] == [f for f in fields if f[0] not in others]
