"""Group reads: questions for newest records that arrive while one is answered share the next one.

A thousand visitors who change their choices at once would else wait for a connection each, and longer than a
choice can wait.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from assent.core.record import Record
from assent.errors import LedgerUnavailable
from assent.ledger.archive import parsed
from assent.ledger.schema import records

Texts = Mapping[str, tuple[str, str]]
"""By visitor: the id of a record, and its text."""


class Newest:
    """Asks ``read`` for ``batch`` visitors at a time; at most ``queue`` wait."""

    def __init__(self, read: Callable[[Sequence[str]], Awaitable[Texts]], *, queue: int, batch: int) -> None:
        self._read = read
        self._queue = queue
        self._batch = batch
        self._waiting: dict[str, asyncio.Future[Record | None]] = {}
        self._task: asyncio.Task[None] | None = None

    async def of(self, consent_id: str) -> Record | None:
        """Return a visitor's newest record; raises LedgerUnavailable, at once when too many wait."""
        answer = self._waiting.get(consent_id)
        if answer is None:
            if len(self._waiting) >= self._queue:
                raise LedgerUnavailable(f"{self._queue:,} visitors wait already; try again in a moment")
            answer = self._waiting[consent_id] = asyncio.get_running_loop().create_future()
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._drain(), name="assent ledger reader")
        # Several may wait for one answer, and one who gives up must not take it from the others.
        await asyncio.wait({answer})
        return answer.result()

    async def _drain(self) -> None:
        asked: dict[str, asyncio.Future[Record | None]] = {}
        try:
            while self._waiting:
                # Who asks from now on may ask for what is written only now.
                asked = {name: self._waiting.pop(name) for name in [*self._waiting][: self._batch]}
                await self._answer(asked)
        finally:
            # Only a cancelled task leaves any behind.
            for answer in (*asked.values(), *self._waiting.values()):
                answer.cancel()
            self._waiting.clear()

    async def _answer(self, asked: Mapping[str, asyncio.Future[Record | None]]) -> None:
        try:
            found = await self._read([*asked])
        except Exception as error:  # noqa: BLE001 - whatever it was, those who wait must be told
            for answer in asked.values():
                _fail(answer, LedgerUnavailable(str(error)))
            return
        for consent_id, answer in asked.items():
            try:
                answer.set_result(parsed(*found[consent_id]) if consent_id in found else None)
            except LedgerUnavailable as error:
                _fail(answer, error)


async def read(connection: AsyncConnection, consent_ids: Sequence[str]) -> Texts:
    """Return the newest record of each of these visitors."""
    newest = (
        select(records.c.consent_id, func.max(records.c.id).label("id"))
        .where(records.c.consent_id.in_(consent_ids))
        .group_by(records.c.consent_id)
        .subquery()
    )
    same = (records.c.consent_id == newest.c.consent_id) & (records.c.id == newest.c.id)
    query = select(records.c.consent_id, records.c.id, records.c.record).join(newest, same)
    found = (await connection.execute(query)).all()
    return {row.consent_id: (row.id, row.record) for row in found}


def _fail(answer: asyncio.Future[Record | None], error: LedgerUnavailable) -> None:
    answer.set_exception(error)
    # Whoever asked may have gone, and then nobody looks.
    answer.exception()
