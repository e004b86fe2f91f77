"""Merging what many saw, in whatever order."""

from hypothesis import given
from hypothesis import strategies as st

from assent.core.sighting import ATTRIBUTES, Sighting, Trait, attributes, merged, surplus

sightings = st.builds(
    Sighting,
    kind=st.sampled_from(["cookie", "host"]),
    name=st.sampled_from("abc"),
    how=st.just(""),
    place=st.sampled_from(["", "/x"]),
    first=st.integers(0, 99),
    last=st.integers(0, 99),
    times=st.integers(0, 99),
    traits=st.integers(0, 2**13 - 1),
    lifetime=st.integers(0, 99),
    sources=st.integers(0, 2**16 - 1),
)


@given(st.lists(sightings, max_size=8), st.randoms(use_true_random=False))
def test_the_order_in_which_sightings_arrive_does_not_matter(seen: list[Sighting], chance: object) -> None:
    shuffled = list(seen)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert merged(seen) == merged(shuffled)
    half = len(seen) // 2
    assert merged([*merged(seen[:half]), *merged(seen[half:])]) == merged(seen)


@given(sightings, sightings)
def test_a_merged_sighting_spans_both(one: Sighting, other: Sighting) -> None:
    both = one.merged(other)
    assert (both.first, both.last) == (min(one.first, other.first), max(one.last, other.last))
    assert both.times == one.times + other.times
    assert both.traits == one.traits | other.traits
    assert both.sources == one.sources | other.sources


@given(st.lists(sightings, max_size=20), st.integers(0, 20))
def test_what_has_to_go_ranks_below_all_that_stays(seen: list[Sighting], most: int) -> None:
    gone = surplus(seen, most)
    assert len(gone) == max(0, len(seen) - most)
    left = list(seen)
    for one in gone:
        left.remove(one)
    assert all(one.rank <= other.rank for one in gone for other in left)


def test_what_the_site_says_ranks_before_what_browsers_say() -> None:
    own = Sighting("cookie", "a", "", "", 5, 5, 1, Trait.SET)
    said = Sighting("cookie", "b", "", "", 1, 1, 10**6, Trait.SENT, 0, 2**16 - 1)
    assert surplus([said, own], 1) == [said]


def test_attributes_are_told_in_words() -> None:
    assert attributes(Trait.HTTP_ONLY | Trait.SECURE | Trait.LAX) == "HttpOnly, Secure, SameSite=Lax"
    assert len({trait for trait, _ in ATTRIBUTES}) == len(ATTRIBUTES)
