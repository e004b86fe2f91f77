"""What was seen outlasts the process, and no failure of the database loses it."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from assent.core.jws import Keys
from assent.core.sighting import Said, Sighting
from assent.discovery import Keeper, Sightings
from assent.errors import LedgerUnavailable
from assent.ledger import Ledger, open_ledger

pytestmark = pytest.mark.anyio

SLOWLY, QUICKLY = 3600, 0.02


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def ledger(tmp_path: Path) -> AsyncIterator[Ledger]:
    found = open_ledger(f"sqlite:///{tmp_path / 'ledger.db'}", Keys(["k" * 32]))
    yield found
    await found.close()


def saw(*names: bytes) -> Sightings:
    seen = Sightings()
    for name in names:
        line(seen, name)
    return seen


def line(seen: Sightings, name: bytes) -> None:
    """Do what the middleware does with one Set-Cookie."""
    entry = seen.set_cookie(name + b"=; Path=/; HttpOnly", name, b"/basket/17")
    times = entry.times
    entry.times = times + 1
    if not times:
        entry.met(b"/basket/17")


async def until(seen: Sightings, *names: str) -> None:
    async with asyncio.timeout(20):
        while set(seen.names()) != set(names):  # noqa: ASYNC110 - nothing tells of it
            await asyncio.sleep(0.01)


async def test_what_one_process_saw_the_next_one_knows(ledger: Ledger) -> None:
    before = Keeper(saw(b"sid", b"_ga"), ledger, SLOWLY)
    before.start()
    await before.stop()
    after = Sightings()
    keeper = Keeper(after, ledger, SLOWLY)
    keeper.start()
    await until(after, "sid", "_ga")
    await keeper.stop()
    places = [(one.name, one.how, one.place) for one in await ledger.sightings() if one.place]
    assert places == [("_ga", "header", "/basket/*"), ("sid", "header", "/basket/*")]


async def test_processes_that_run_learn_from_each_other(ledger: Ledger) -> None:
    one, other = saw(b"a"), saw(b"b")
    keepers = [Keeper(one, ledger, QUICKLY), Keeper(other, ledger, QUICKLY)]
    for keeper in keepers:
        keeper.start()
    await until(one, "a", "b")
    await until(other, "a", "b")
    line(one, b"c")
    await until(other, "a", "b", "c")
    for keeper in keepers:
        await keeper.stop()
    found = {sighting.name: sighting.times for sighting in await ledger.sightings() if not sighting.place}
    assert found == {"a": 1, "b": 1, "c": 1}, "what was learned is not told again"


class Breaking:
    """A real ledger that is away as long as ``away`` says so."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.away = True

    async def add_sightings(self, sightings: Sequence[Sighting]) -> None:
        if self.away:
            raise LedgerUnavailable("away")
        await self.ledger.add_sightings(sightings)

    async def sightings(self, since: int = 0) -> list[Sighting]:
        if self.away:
            raise LedgerUnavailable("away")
        return await self.ledger.sightings(since)


async def test_what_cannot_be_kept_waits_and_is_told_once(
    ledger: Ledger, caplog: pytest.LogCaptureFixture
) -> None:
    store, seen = Breaking(ledger), saw(b"sid")
    keeper = Keeper(seen, store, SLOWLY)
    await keeper.keep()
    line(seen, b"sid")
    await keeper.keep()
    assert [record.message for record in caplog.records] == [
        "what traffic revealed cannot be kept, and waits: away"
    ]
    store.away = False
    await keeper.keep()
    [whole, _] = await ledger.sightings()
    assert (whole.name, whole.times) == ("sid", 2)
    await keeper.keep()
    assert len(await ledger.sightings()) == 2


async def test_the_end_of_a_process_waits_only_so_long(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assent.discovery.keeper.LAST_SECONDS", 0.05)

    class Hanging(Breaking):
        async def add_sightings(self, sightings: Sequence[Sighting]) -> None:
            await asyncio.Event().wait()

    store = Hanging(ledger)
    keeper = Keeper(saw(b"sid"), store, SLOWLY)
    keeper.start()
    async with asyncio.timeout(10):
        await keeper.stop()


async def test_one_browsers_word_is_kept_but_believed_nowhere_else(ledger: Ledger) -> None:
    seen = Sightings()
    seen.declared("_ga*", "visitor 1")
    seen.reported(Said("host", "x.ads.example", "img-src", True), b"/", "192.0.2.0")
    first = Keeper(seen, ledger, SLOWLY)
    await first.keep()
    other = Sightings()
    other.learn(await ledger.sightings())
    assert (other.names(), other.hosts()) == ((), ())
    for number in range(20):
        seen.declared("_ga*", f"visitor {number}")
        seen.reported(Said("host", "x.ads.example", "img-src", True), b"/", f"192.0.{number}.0")
    await first.keep()
    other.learn(await ledger.sightings())
    assert (other.names(), other.hosts()) == (("_ga*",), ("x.ads.example",))


async def test_what_never_began_keeps_nothing(ledger: Ledger) -> None:
    keeper = Keeper(saw(b"sid"), ledger, SLOWLY)
    await keeper.stop()
    assert await ledger.sightings() == []
