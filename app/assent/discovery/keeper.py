"""Keeps what was seen, in the background: no request ever waits for it."""

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress
from typing import Protocol

from assent.core.sighting import Sighting, merged
from assent.discovery.sightings import Sightings
from assent.errors import LedgerUnavailable

log = logging.getLogger("assent")

MOST_WAITING = 10_000
"""Sightings that wait while they cannot be kept."""

LAST_SECONDS = 5.0
"""How long the end of a process waits for what is still to be kept."""

OVERLAP = 3_600_000
"""Milliseconds by which the clocks of processes may differ."""


class Store(Protocol):
    """Where sightings are kept and merged; whatever keeps it from doing so is a LedgerUnavailable."""

    async def add_sightings(self, sightings: Sequence[Sighting]) -> None:
        """Merge these with what is there."""

    async def sightings(self, since: int = 0) -> list[Sighting]:
        """Return what was seen since then, in milliseconds since 1970, by all processes."""


class Keeper:
    """Writes what one process saw every ``seconds``, and takes over what others did."""

    def __init__(self, sightings: Sightings, store: Store, seconds: float) -> None:
        self._sightings = sightings
        self._store = store
        self._seconds = seconds
        self._waiting: list[Sighting] = []
        self._read_until = 0
        self._failing = False
        self._ending = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin, with what was kept before; what never begins keeps nothing."""
        self._task = asyncio.create_task(self._run(), name="assent discovery")

    async def stop(self) -> None:
        """Keep what is left, for some seconds at most."""
        self._ending.set()
        task, self._task = self._task, None
        if task is None:
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(LAST_SECONDS):
                await task
                await self.keep()

    async def keep(self) -> None:
        """Write what was seen since the last time; what cannot be written waits."""
        self._waiting = merged([*self._waiting, *self._sightings.drain()])[:MOST_WAITING]
        if not self._waiting:
            return
        try:
            await self._store.add_sightings(self._waiting)
        except LedgerUnavailable as error:
            self._fails(error)
        else:
            self._waiting = []
            self._failing = False

    async def _run(self) -> None:
        while not self._ending.is_set():
            await self._merge()
            with suppress(TimeoutError):
                async with asyncio.timeout(self._seconds):
                    await self._ending.wait()
                return
            await self.keep()

    async def _merge(self) -> None:
        try:
            found = await self._store.sightings(self._read_until - OVERLAP)
        except LedgerUnavailable as error:
            self._fails(error)
            return
        self._sightings.learn(found)
        self._read_until = max((one.last for one in found), default=self._read_until)

    def _fails(self, error: LedgerUnavailable) -> None:
        # One line when it breaks: a database that is away stays so for a while.
        if not self._failing:
            log.warning("what traffic revealed cannot be kept, and waits: %s", error)
        self._failing = True
