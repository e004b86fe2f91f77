"""Which hosts a policy names: what is granted, and never a pattern that opens what is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assent.core.allowed import MOST_HOSTS, allowed_hosts
from assent.core.categories import ALL, NECESSARY_ONLY, Category
from assent.core.rules import HostRule, Rules
from assent.core.urls import Target

N, F, A, P, D = Category
SOME = frozenset({N, F})

Table = dict[str, Category]


def rules(operator: Table, catalogue: Table | None = None) -> Rules:
    return Rules(
        hosts=tuple(HostRule(host, category) for host, category in operator.items()),
        catalogue_hosts=tuple(HostRule(host, category) for host, category in (catalogue or {}).items()),
    )


@pytest.mark.parametrize(
    ("operator", "catalogue", "sighted", "expected"),
    [
        pytest.param({}, {}, ["x.example"], (), id="unknown"),
        pytest.param(
            {"z.example": N, "*.b.example": F, "a.example:81": F, "d.example": D},
            {},
            [],
            ("*.b.example", "a.example:81", "z.example"),
            id="the operator's, sighted or not",
        ),
        pytest.param({}, {"a.example": F, "*.b.example": F}, [], (), id="the catalogue's, not sighted"),
        pytest.param(
            {},
            {"*.b.example": F, "a.example": F, "*.c.example": D},
            ["x.b.example:81", "a.example", "c.example"],
            ("*.b.example", "a.example"),
            id="the catalogue's, by their patterns",
        ),
        pytest.param(
            {"z.example": N}, {"*.b.example": F}, ["b.example"], ("z.example", "*.b.example"), id="order"
        ),
        pytest.param({"*.b.example": D}, {"x.b.example": F}, ["x.b.example"], (), id="the operator refuses"),
        pytest.param(
            {"x.b.example": F},
            {"*.b.example": D},
            ["x.b.example", "y.b.example"],
            ("x.b.example",),
            id="... or not",
        ),
        pytest.param(
            {"*.b.example": F},
            {"ads.b.example": D},
            [],
            ("*.b.example",),
            id="a wildcard of the operator outranks the catalogue",
        ),
        pytest.param(
            {"*.b.example": F, "ads.b.example": D},
            {},
            ["cdn.b.example", "ads.b.example", "b.example:81", "nob.example"],
            ("cdn.b.example:443", "cdn.b.example:80", "b.example:81"),
            id="instead of a wildcard around a refused host, what was sighted below it",
        ),
        pytest.param({"*.b.example": F, "*.ads.b.example": D}, {}, [], (), id="... around a wildcard"),
        pytest.param({"*.b.example": F, "b.example": D}, {}, [], (), id="... whose domain is refused"),
        pytest.param({"*.b.example": F, "b.example:81": D}, {}, [], (), id="... of which a port is"),
        pytest.param(
            {"ads.b.example": D},
            {"*.b.example": F},
            ["b.example"],
            ("b.example:443", "b.example:80"),
            id="... of the catalogue",
        ),
        pytest.param(
            {"a.example": F, "a.example:81": D},
            {},
            ["a.example", "a.example:82", "a.example:81"],
            ("a.example:443", "a.example:80", "a.example:82"),
            id="a host of which a port is refused, by the ports that were sighted",
        ),
        pytest.param({"a.example:81": F, "a.example": D}, {}, [], ("a.example:81",), id="one port alone"),
        pytest.param({"b.example": F, "*.example:81": D}, {}, [], ("b.example",), id="the closer rule wins"),
        pytest.param(
            {"*.example:81": D},
            {"b.example": F},
            ["b.example"],
            ("b.example:443", "b.example:80"),
            id="... unless the operator made the other",
        ),
        pytest.param({"b.example": F, "*.b.example": D}, {}, [], ("b.example",), id="a domain alone"),
        pytest.param({"nob.example": D, "*.b.example": F}, {}, [], ("*.b.example",), id="whole labels"),
    ],
)
def test_what_is_named(
    operator: Table, catalogue: Table, sighted: list[str], expected: tuple[str, ...]
) -> None:
    assert allowed_hosts(rules(operator, catalogue), SOME, sighted) == expected


def test_a_grant_opens_what_another_leaves_closed() -> None:
    table = rules({"f.example": F, "a.example": A, "n.example": N})
    assert allowed_hosts(table, NECESSARY_ONLY, []) == ("n.example",)
    assert allowed_hosts(table, ALL, []) == ("a.example", "f.example", "n.example")


def test_the_number_of_hosts_is_bounded() -> None:
    many = {f"h{number}.example": F for number in range(3 * MOST_HOSTS)}
    assert len(allowed_hosts(rules(many), SOME, [])) == MOST_HOSTS


HOSTS = st.sampled_from(
    ["b.example", "a.b.example", "x.a.b.example", "c.example", "a.b.example:81", "b.example:81"]
)
PATTERNS = st.builds(lambda star, host: star + host, st.sampled_from(["", "*."]), HOSTS)
TABLES = st.dictionaries(PATTERNS, st.sampled_from(Category), max_size=6)


def opens(pattern: str, target: Target) -> bool:
    host, _, port = pattern.removeprefix("*.").partition(":")
    below = pattern.startswith("*.") and target.host.endswith(f".{host}")
    return (target.host == host or below) and port in ("", str(target.port or 443))


@given(TABLES, TABLES, st.lists(HOSTS), st.frozensets(st.sampled_from(Category)))
def test_nothing_refused_is_ever_opened(
    operator: Table, catalogue: Table, sighted: list[str], granted: frozenset[Category]
) -> None:
    table = rules(operator, catalogue)
    named = allowed_hosts(table, granted, sighted)
    for host in ("b.example", "a.b.example", "x.a.b.example", "y.b.example", "c.example", "z.c.example"):
        for port in (None, 81, 82):
            target = Target(host, port)
            if table.host(target) not in granted:
                assert not any(opens(pattern, target) for pattern in named), (target, named)


@given(TABLES, TABLES, st.lists(HOSTS), st.frozensets(st.sampled_from(Category)))
def test_everything_sighted_and_granted_is_opened(
    operator: Table, catalogue: Table, sighted: list[str], granted: frozenset[Category]
) -> None:
    table = rules(operator, catalogue)
    named = allowed_hosts(table, granted, sighted)
    for text in sighted:
        host, _, port = text.partition(":")
        target = Target(host, int(port) if port else None)
        if table.host(target) in granted:
            assert any(opens(pattern, target) for pattern in named), (target, named)


def test_those_that_were_sighted_first_are_named_where_there_is_no_room_for_all() -> None:
    catalogue = {f"h{number}.example": F for number in range(3 * MOST_HOSTS)}
    sighted = [*reversed(catalogue)]
    assert allowed_hosts(rules({}, catalogue), SOME, sighted) == tuple(sighted[:MOST_HOSTS])
