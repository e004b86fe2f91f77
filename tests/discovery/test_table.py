"""A table that is bounded, and in which names that somebody makes up do not take the place of true ones."""

from itertools import count

from hypothesis import given
from hypothesis import strategies as st

from assent.discovery.table import FRESH, PLACES, Table

MOST = 16


def table() -> Table:
    return Table("cookie", MOST, count(1).__next__)


def see(seen: Table, name: str, page: bytes = b"/") -> None:
    """Do what is done for each line of a name that nobody remembers."""
    entry = seen.entry(name.encode(), name)
    times = entry.times
    entry.times = times + 1
    if not times:
        entry.met(page)


def names(seen: Table) -> set[str]:
    return {entry.shown for entry in seen}


def test_hostile_names_do_not_push_out_true_ones() -> None:
    seen = table()
    true = {f"true{number}" for number in range(8)}
    for _ in range(3):
        for name in sorted(true):
            see(seen, name)
    for number in range(1000):
        see(seen, f"h{number}")
    assert true <= names(seen)
    assert len(seen) == MOST


def test_true_names_find_a_place_among_hostile_ones_that_came_first() -> None:
    seen = table()
    for number in range(1000):
        see(seen, f"h{number}")
        if number % 2:
            see(seen, "true")
    list(seen.drain())
    assert "true" in names(seen)


def test_who_holds_an_entry_that_was_dropped_brings_it_back_by_counting() -> None:
    seen = table()
    held = seen.entry(b"held", "held")
    held.times = 1
    for number in range(200):
        for _ in range(2):
            see(seen, f"h{number % 40}")
    assert "held" not in names(seen)
    for _ in range(500):
        times = held.times
        held.times = times + 1
        if not times:
            held.met(b"/")
        see(seen, "other")
    list(seen.drain())
    assert "held" in names(seen)


def test_what_many_sources_agree_on_outranks_what_one_says_often() -> None:
    seen = table()
    for number in range(MOST):
        entry = seen.entry(b"one%d" % number, f"one{number}")
        entry.said_by(b"liar")
        entry.times += 1000
    for source in (b"a", b"b", b"c", b"d"):
        entry = seen.entry(b"true", "true")
        entry.said_by(source)
        entry.times += 1
    list(seen.drain())
    assert "true" in names(seen)


@given(st.lists(st.tuples(st.integers(0, 60), st.binary(max_size=12)), max_size=300))
def test_it_is_bounded_whatever_comes(seen_at: list[tuple[int, bytes]]) -> None:
    seen = table()
    for number, page in seen_at:
        see(seen, f"n{number}", b"/" + page)
        assert len(seen) <= MOST
        assert len(seen._trial) <= MOST // 4
    for entry in seen:
        assert len(entry.places) <= PLACES
        assert len(entry.fresh) <= FRESH


def test_a_round_tells_what_was_seen_since_the_last() -> None:
    seen = table()
    for _ in range(5):
        see(seen, "a", b"/orders/17")
    [whole, place] = seen.drain()
    assert (whole.name, whole.place, whole.times) == ("a", "", 5)
    assert (place.how, place.place) == ("header", "/orders/*")
    assert whole.first < whole.last
    assert list(seen.drain()) == []
    see(seen, "a", b"/basket")
    assert [(one.place, one.times) for one in seen.drain()] == [("", 1), ("/basket", 1)]


def test_places_that_were_seen_once_make_room_for_others() -> None:
    seen = table()
    for round_number in range(3 * PLACES):
        for _ in range(2):
            see(seen, "a", b"/often")
        list(seen.drain())
        see(seen, "a", b"/once-" + bytes([97 + round_number]))
        list(seen.drain())
    [entry] = seen
    assert len(entry.places) == PLACES
    assert ("header", "/often") in entry.places


def test_a_name_that_people_cannot_read_is_told_to_nobody() -> None:
    seen = table()
    entry = seen.entry(b"\xff", "")
    entry.times += 1
    entry.met(b"/")
    assert list(seen.drain()) == []
