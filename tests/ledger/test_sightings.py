"""What traffic revealed, kept and merged by a real database."""

import asyncio
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assent.core.sighting import Kind, Sighting, Trait, merged
from assent.errors import LedgerUnavailable
from assent.ledger import sightings as kept
from assent.ledger.archive import Archive

from .conftest import Store
from .samples import KEYS, open_ledger

pytestmark = pytest.mark.anyio

GA = Sighting("cookie", "_ga", "", "", 1000, 2000, 3, Trait.SET | Trait.SECURE, 60, 0b01)


def a_name(number: int, *, kind: Kind = "cookie", times: int = 1) -> Sighting:
    return Sighting(kind, f"n{number}", "", "", number, number, times)


async def test_what_was_seen_before_and_elsewhere_is_merged(store: Store) -> None:
    one, other = open_ledger(store.url), open_ledger(store.url)
    await one.add_sightings([GA, replace(GA, how="header", place="/")])
    await other.add_sightings([Sighting("cookie", "_ga", "", "", 500, 1500, 4, Trait.HTTP_ONLY, 90, 0b10)])
    whole, place = await one.sightings()
    both = Trait.SET | Trait.SECURE | Trait.HTTP_ONLY
    assert whole == Sighting("cookie", "_ga", "", "", 500, 2000, 7, both, 90, 0b11)
    assert (place.how, place.place) == ("header", "/")
    assert await other.sightings(since=2001) == []
    await one.close()
    await other.close()
    archive = Archive(store.url, KEYS)
    async with archive.view() as view:
        assert await view.sightings() == [whole, place]
    await archive.close()


async def test_many_gateways_that_see_the_same_at_once_lose_nothing(store: Store) -> None:
    # Four that wait for one lock need their time on a machine that does other work.
    url = store.url.replace("timeout=0.3", "timeout=20")
    gateways = [open_ledger(url) for _ in range(4)]
    seen = [a_name(number) for number in range(40)]

    async def tell(number: int) -> None:
        # In orders of their own: rows that are locked one by one in different orders would be a deadlock.
        mixed = seen[number * 10 :] + seen[: number * 10]
        for _ in range(5):
            await gateways[number].add_sightings(mixed)

    await gateways[0].open()
    await asyncio.gather(*(tell(number) for number in range(4)))
    found = await gateways[0].sightings()
    assert {one.name: one.times for one in found} == {one.name: 20 for one in seen}
    for gateway in gateways:
        await gateway.close()


async def test_names_and_places_are_bounded_and_the_best_ones_stay(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "MOST_NAMES", 32)
    monkeypatch.setattr(kept, "MOST_PLACES", 64)
    ledger = open_ledger(store.url)
    own = replace(GA, name="own")
    for begin in range(0, 300, 30):
        names = [a_name(number) for number in range(begin, begin + 30)]
        places = [replace(one, how="script", place=f"/{place}") for one in names for place in range(10)]
        await ledger.add_sightings([own, *names, *places, a_name(begin, kind="host")])
    found = await ledger.sightings()
    cookies = [one for one in found if one.kind == "cookie"]
    assert len([one for one in cookies if not one.place]) <= 32
    assert len([one for one in cookies if one.place]) <= 64
    assert [one.times for one in cookies if one.name == "own"] == [30]
    assert len([one for one in found if one.kind == "host"]) == 10, "each kind by itself"
    await ledger.close()


async def test_a_database_that_is_away_is_told_and_nothing_is_half_written(store: Store) -> None:
    ledger = open_ledger(store.url)
    await ledger.open()
    with store.lost(), pytest.raises(LedgerUnavailable):
        await ledger.add_sightings([GA])
    assert await ledger.sightings() == []
    await ledger.add_sightings([GA])
    assert await ledger.sightings() == [GA]
    await ledger.close()
    with pytest.raises(LedgerUnavailable, match="closed"):
        await ledger.sightings()


sightings = st.builds(
    Sighting,
    kind=st.sampled_from(["cookie", "storage", "host", "rule"]),
    name=st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=128),
    how=st.sampled_from(["", "header"]),
    place=st.sampled_from(["", "/x/*"]),
    first=st.integers(0, 2**47),
    last=st.integers(0, 2**47),
    times=st.integers(0, 2**40),
    traits=st.integers(0, 2**13 - 1),
    lifetime=st.integers(0, 2**40),
    sources=st.integers(0, 2**16 - 1),
)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_the_database_merges_as_the_core_does(kind: str, request: pytest.FixtureRequest) -> None:
    url = request.getfixturevalue(f"{kind}_store").url

    async def run(first: list[Sighting], then: list[Sighting]) -> None:
        ledger = open_ledger(url)
        before = await ledger.sightings()
        for batch in (merged(first), merged(then)):
            if batch:
                await ledger.add_sightings(batch)
        assert merged(await ledger.sightings()) == merged([*before, *first, *then])
        await ledger.close()

    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(st.lists(sightings, max_size=6), st.lists(sightings, max_size=6))
    def check(first: list[Sighting], then: list[Sighting]) -> None:
        asyncio.run(run(first, then))

    check()
