"""Group commit: appends that arrive while one transaction runs share the next one."""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from assent.core.histogram import Histogram
from assent.errors import LedgerUnavailable
from assent.ledger.tree import Row

_log = logging.getLogger("assent.ledger")

# Single rows that may fail, one after the other, before the database is blamed and not the rows.
_STRIKES = 2


class RowRefused(LedgerUnavailable):
    """The database works, but it will never take this row."""


@dataclass(slots=True, eq=False)
class _Entry:
    row: Row
    stored: asyncio.Future[None]
    until: float
    """When its caller is told that nobody knows, by the event loop's clock."""


@dataclass(slots=True)
class Counts:
    """What a writer did: rows stored, rows that were not, and how long its commits took."""

    stored: int = 0
    failed: int = 0
    commits: Histogram = field(default_factory=Histogram)
    waiting: int = 0


class Writer:
    """Hands rows to ``commit`` in batches and tells each caller when its own row is durable.

    ``commit`` stores all of its rows or raises: RowRefused when the fault is a row's. At most ``queue``
    rows wait, none of their callers longer than ``patience`` seconds.
    """

    def __init__(
        self,
        commit: Callable[[Sequence[Row]], Awaitable[None]],
        *,
        queue: int,
        batch: int,
        patience: float,
    ) -> None:
        self._commit = commit
        self._queue = queue
        self._batch = batch
        self._patience = patience
        self._waiting: deque[_Entry] = deque()
        self._unanswered: deque[_Entry] = deque()
        self._timer: asyncio.TimerHandle | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[None] | None = None
        self._counts = Counts()
        self.failing = False
        """Whether the latest commit failed for a reason that was not a row's."""

    @property
    def counts(self) -> Counts:
        """What was done up to now, and how many rows wait."""
        self._counts.waiting = len(self._waiting)
        return self._counts

    @property
    def full(self) -> bool:
        """Whether the next append would be turned away."""
        return len(self._waiting) >= self._queue

    async def append(self, row: Row) -> None:
        """Return once the row is committed; raises LedgerUnavailable, at once when the queue is full.

        Once it waits, a row is stored even if its caller is cancelled.
        """
        if self.full:
            raise LedgerUnavailable(f"{self._queue:,} records wait already; try again in a moment")
        loop = asyncio.get_running_loop()
        entry = _Entry(row, loop.create_future(), loop.time() + self._patience)
        self._waiting.append(entry)
        self._watch(entry, loop)
        # The task lives only while there is work: a server that never calls close() leaves nothing running.
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._drain(), name="assent ledger writer")
        await entry.stored

    async def finish(self, patience: float) -> None:
        """Return when nothing waits any more; after ``patience`` seconds what still waits is given up."""
        task = self._task
        if task is None or task.done():
            return
        _, late = await asyncio.wait({task}, timeout=patience)
        if late:
            task.cancel()
            await asyncio.wait({task})

    def _watch(self, entry: _Entry, loop: asyncio.AbstractEventLoop) -> None:
        # One timer for the oldest, as all wait equally long: one for each costs more than to store a row.
        while self._unanswered and self._unanswered[0].stored.done():
            self._unanswered.popleft()
        self._unanswered.append(entry)
        if self._timer is None or self._loop is not loop:
            self._loop = loop
            self._timer = loop.call_at(entry.until, self._expire, loop)

    def _expire(self, loop: asyncio.AbstractEventLoop) -> None:
        self._timer = None
        while self._unanswered:
            entry = self._unanswered[0]
            if not entry.stored.done() and entry.until > loop.time():
                self._timer = loop.call_at(entry.until, self._expire, loop)
                return
            self._unanswered.popleft()
            seconds = f"{self._patience:g} seconds"
            _fail(entry, LedgerUnavailable(f"the database gave no answer in {seconds}"))

    async def _drain(self) -> None:
        batch: list[_Entry] = []
        try:
            while self._waiting:
                batch = [self._waiting.popleft() for _ in range(min(self._batch, len(self._waiting)))]
                await self._store(batch)
        finally:
            # Only a cancelled task leaves any behind.
            left = [*batch, *self._waiting]
            self._waiting.clear()
            for entry in left:
                _fail(entry, LedgerUnavailable("the ledger stopped before the record was known to be stored"))

    async def _store(self, batch: Sequence[_Entry]) -> None:
        try:
            await self._timed(batch)
        except Exception:  # noqa: BLE001 - whatever it was, the callers must be told, and row by row tells more
            await self._store_singly(batch)
        else:
            self._note(None)
            for entry in batch:
                _succeed(entry)

    async def _timed(self, batch: Sequence[_Entry]) -> None:
        began = time.perf_counter()
        await self._commit([entry.row for entry in batch])
        self._counts.commits.add(time.perf_counter() - began)
        self._counts.stored += len(batch)

    async def _store_singly(self, batch: Sequence[_Entry]) -> None:
        strikes = 0
        fault: Exception | None = None
        for entry in batch:
            if strikes < _STRIKES:
                try:
                    await self._timed([entry])
                except RowRefused as refusal:
                    strikes = 0
                    self._counts.failed += 1
                    _fail(entry, refusal)
                    continue
                except Exception as error:  # noqa: BLE001 - as above
                    strikes += 1
                    fault = error
                else:
                    strikes = 0
                    _succeed(entry)
                    continue
            self._counts.failed += 1
            _fail(entry, LedgerUnavailable(str(fault)))
        self._note(fault if strikes else None)

    def _note(self, fault: Exception | None) -> None:
        # One line when it breaks and one when it is mended: a busy site would write thousands between.
        if fault is not None and not self.failing:
            _log.error("The ledger cannot store records, so no grant takes effect: %s", fault)
        elif fault is None and self.failing:
            _log.warning("The ledger stores records again.")
        self.failing = fault is not None


def _succeed(entry: _Entry) -> None:
    if not entry.stored.done():
        entry.stored.set_result(None)


def _fail(entry: _Entry, error: LedgerUnavailable) -> None:
    if not entry.stored.done():
        entry.stored.set_exception(error)
