from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assent.core.expiry import DEFAULT_PATH, MAX_LINES, MAX_OCTETS, Round, Scope, next_round

Known = list[tuple[bytes, Scope]]


def rounds(names: Sequence[bytes], path: str, known: Known, limit: int = 10_000) -> list[Round]:
    made: list[Round] = []
    begin = 0
    while len(made) < limit:
        made.append(
            next_round(names, host="a.b.shop.example", path=path, secure=True, known=iter(known), begin=begin)
        )
        begin = made[-1].rest
        if not begin:
            return made
    raise AssertionError("the rounds never come to an end")


def test_what_did_not_fit_has_its_turn_and_then_it_begins_again() -> None:
    made = rounds([b"n%d" % number for number in range(30)], "/x/y", [])
    assert len(made) > 2
    assert all(len(one.lines) == MAX_LINES for one in made[:-1])
    lines = [line for one in made for line in one.lines]
    assert len(lines) == len(set(lines)) == 30 * 4 * 5 * 2


def test_what_fits_is_the_same_each_time() -> None:
    one = next_round([b"a"], host="shop.example", path="/", secure=True)
    assert (len(one.lines), one.rest) == (4, 0)
    assert next_round([b"a"], host="shop.example", path="/", secure=True, begin=one.rest) == one


@pytest.mark.parametrize("begin", [4, 5, 10**9])
def test_a_beginning_beyond_the_end_is_the_beginning(begin: int) -> None:
    """Fewer cookies are left than when the last round ended."""
    host = "shop.example"
    assert next_round([b"a"], host=host, path="/", secure=True, begin=begin) == next_round(
        [b"a"], host=host, path="/", secure=True
    )


def test_nothing_to_expire_is_an_empty_round() -> None:
    assert next_round([], host="shop.example", path="/", secure=True, begin=7) == Round([])


@pytest.mark.parametrize(
    "names",
    [
        [b"n%d" % number for number in range(300)],
        [b"__Host-%d" % number for number in range(3000)],
        [b"n" * 2000 + b"%d" % number for number in range(6)],
    ],
    ids=["many", "many that are bound to the host", "long"],
)
def test_each_round_is_bounded_and_gets_on(names: list[bytes]) -> None:
    begin = 0
    for _ in range(50):
        one = next_round(names, host="a.b.shop.example", path="/x/y/z", secure=True, begin=begin)
        assert len(one.lines) <= MAX_LINES
        assert sum(map(len, one.lines)) <= MAX_OCTETS
        assert one.rest == 0 or one.rest > begin
        begin = one.rest


cookie_names = st.sampled_from(
    [b"", b"_ga", b"b", b"__Host-a", b"__secure-b", b"__Http-c", b"__Host-Http-d", b"x" * 1500, b"\xff"]
)
known_scopes = st.builds(
    Scope,
    st.sampled_from([None, "shop.example", "b.shop.example", "other.example"]),
    st.sampled_from(["/", "/x", "/x/", "/deep/er", DEFAULT_PATH]),
    st.booleans(),
)


@given(
    st.lists(cookie_names, max_size=9, unique=True),
    st.sampled_from(["/", "/x", "/x/", "/x/y/z.html", "//", "/a;b/c", ""]),
    st.lists(st.tuples(cookie_names, known_scopes), max_size=12),
)
def test_all_rounds_together_send_each_line_once(names: list[bytes], path: str, known: Known) -> None:
    lines = [line for one in rounds(names, path, known, limit=100) for line in one.lines]
    assert len(lines) == len(set(lines))
    assert bool(lines) == bool(names)
