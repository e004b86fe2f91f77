"""Forgets: the text of entries goes, with what was kept apart; their hashes and a word in the log stay."""

import logging
import os
import time
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, delete, exists, select, text, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from assent.core import log
from assent.core.record import uuid7
from assent.ledger.archive import Archive
from assent.ledger.commit import add, entry
from assent.ledger.schema import personal, records
from assent.ledger.tree import Tree

_log = logging.getLogger("assent.ledger")

PAGE = 1000

DAY = 24 * 3600 * 1000
"""Milliseconds."""


async def erase(archive: Archive, consent_id: str) -> int:
    """Forget one visitor (GDPR Art. 17); return how many records that were. Raises LedgerUnavailable."""
    return await _forget(archive, "request", records.c.consent_id == consent_id)


async def purge(archive: Archive, retention_days: int, now: int) -> int:
    """Forget the records whose consent ended so many days before ``now`` (milliseconds); return how many.

    A consent ends when its time is over, or when the visitor makes another choice.
    """
    before = now - retention_days * DAY
    later = records.alias()
    replaced = exists().where(
        later.c.consent_id == records.c.consent_id, later.c.id > records.c.id, later.c.at < before
    )
    ended = (records.c.expires < before // 1000) | replaced
    return await _forget(
        archive, "retention", (records.c.consent_id.is_not(None)) & (records.c.at < before) & ended
    )


async def _forget(archive: Archive, reason: log.Reason, which: ColumnElement[bool]) -> int:
    """Forget in pages, each whole in one transaction with the entry that says so."""
    tree: Tree | None = None
    last: tuple[str, int] | None = None
    forgotten = 0
    while True:
        async with archive.opening.writing() as connection:
            if connection.dialect.name == "sqlite":
                # Else the text would stay in the file's free pages.
                await connection.execute(text("PRAGMA secure_delete = ON"))
            query = select(records.c.tree, records.c.place, records.c.consent_id, records.c.id).where(which)
            if last is not None:
                # Else each page would look through all that the pages before it have blanked.
                query = query.where(tuple_(records.c.tree, records.c.place) > last)
            page = (
                await connection.execute(query.order_by(records.c.tree, records.c.place).limit(PAGE))
            ).all()
            if page:
                await _blank(connection, page)
                now = time.time_ns() // 1_000_000
                said = log.Erasure(
                    uuid7(now, os.urandom(10)), now, reason, log.spans([row[:2] for row in page])
                )
                row = entry(said.id, now, "erasure", log.erasure_text(said))
                grown = await connection.run_sync(add, archive.keys, tree, [row], now)
                tree, last = grown.tree, (page[-1].tree, page[-1].place)
        forgotten += len(page)
        if len(page) < PAGE:
            break
    if archive.opening.database.file is not None:
        await _empty_the_log(archive)
    return forgotten


async def _empty_the_log(archive: Archive) -> None:
    """Have SQLite's write-ahead log, which still holds the text, copied back and cut."""
    async with archive.opening.database.engine.connect() as connection:
        # Not by SQLAlchemy, which would begin a transaction, in which this is not possible.
        driver: Any = (await connection.get_raw_connection()).driver_connection
        [(busy, *_)] = await driver.execute_fetchall("PRAGMA wal_checkpoint(TRUNCATE)")
    if busy:
        _log.warning(
            "What was forgotten still stands in the file %s or beside it, for somebody is reading there."
            " `assent ledger purge` takes it out when that is done.",
            archive.opening.database.file,
        )


async def _blank(connection: AsyncConnection, page: Sequence[Any]) -> None:
    places = tuple_(records.c.tree, records.c.place).in_([(row.tree, row.place) for row in page])
    blank = {"record": None, "consent_id": None, "expires": None, "action": "erased"}
    await connection.execute(update(records).where(places).values(blank))
    await connection.execute(delete(personal).where(personal.c.record_id.in_([row.id for row in page])))
