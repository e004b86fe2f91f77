"""Ten minutes of everything at once: no wrong byte, nobody else's byte, and nothing left at the end."""

import asyncio
from collections import Counter
from pathlib import Path
from random import Random

import pytest

from tests.gateway.http1client import BrokenError
from tests.gateway.running import Shop, serving, shop
from tests.gateway.visiting import MIXED, ROOM, Street, Visitor, acts

pytestmark = [pytest.mark.long, pytest.mark.anyio]

CALIBRATION_SECONDS = 10
SOAK_SECONDS = 600
LOAD = 0.7
CROWD = 64
STAY = 50
"""Acts of one visitor before another one comes."""
RESTART_SECONDS = 20
MEGABYTE = 1 << 20


class Crowd:
    """Visitors who come, do what visitors do, and go; they note what broke off, and when."""

    def __init__(self, street: Street, site: Shop) -> None:
        self._street = street
        self._site = site
        self._random = Random(1)
        self.visitors = 0
        self.done: Counter[str] = Counter()
        self.broken: Counter[str] = Counter()

    async def stay(self, seconds: float, rate: float | None) -> float:
        """Keep a crowd in the shop; at ``rate`` acts in a second, or at as many as there can be."""
        before, clock = self.done.total(), asyncio.get_running_loop()
        began = clock.time()
        async with asyncio.TaskGroup() as group:
            for _ in range(CROWD):
                group.create_task(self._places(began + seconds, CROWD / rate if rate else 0.0))
        return (self.done.total() - before) / (clock.time() - began)

    async def _places(self, end: float, pace: float) -> None:
        clock = asyncio.get_running_loop()
        due = clock.time() + pace * self._random.random()
        while clock.time() < end:
            self.visitors += 1
            visitor = Visitor(self.visitors, self._street)
            await visitor.choose()
            for act in acts(self._random, STAY):
                await asyncio.sleep(max(0.0, due - clock.time()))
                due = max(due, clock.time() - 1) + pace
                if clock.time() > end:
                    break
                outages = self._site.outages
                try:
                    await act(visitor)
                except BrokenError as error:
                    if not (self._site.is_away or self._site.outages > outages):
                        raise AssertionError(f"{act.__name__} broke off for no reason") from error
                    self.broken[act.__name__] += 1
                else:
                    self.done[act.__name__] += 1


async def restarts(site: Shop) -> None:
    while True:
        await asyncio.sleep(RESTART_SECONDS)
        await site.restart()


async def test_soak_leaves_nothing_and_changes_no_byte(tmp_path: Path) -> None:
    async with shop() as site, serving(site.url, tmp_path, **ROOM) as process:
        with Street(process.port) as street:
            # The best of three, since other work on this machine may come between.
            most = max([await Crowd(street, site).stay(CALIBRATION_SECONDS, None) for _ in range(3)])
        before = await process.at_rest()
        cpu = process.cpu_seconds
        with Street(process.port) as street:
            crowd = Crowd(street, site)
            restarting = asyncio.create_task(restarts(site))
            rate = await crowd.stay(SOAK_SECONDS, LOAD * most)
            restarting.cancel()
        cpu = process.cpu_seconds - cpu
        after = await process.at_rest()
    print(f"{most:.0f}/s at most, then {rate:.0f}/s with {cpu / SOAK_SECONDS:.0%} of a core")
    print(f"done {dict(crowd.done)}, broken off {dict(crowd.broken)} in {site.outages} outages")
    print(f"before {before}, after {after}")
    assert {act.__name__ for act in MIXED} == set(crowd.done)
    assert site.outages > SOAK_SECONDS // RESTART_SECONDS // 2
    assert (after.descriptors, after.tasks) == (before.descriptors, before.tasks)
    # A bounded table remembers what a visitor's cookies mean, in some ten objects; there were STAY times as
    # many acts as visitors, so whatever an act leaves shows beside that.
    assert after.objects - before.objects < 16 * crowd.visitors
    assert after.memory - before.memory < 16 * MEGABYTE
