"""The ledger on SQLite or PostgreSQL, by SQLAlchemy Core."""

import asyncio
import sqlite3
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, insert, select, text, update
from sqlalchemy.exc import DataError, IntegrityError, OperationalError, SQLAlchemyError

from assent.core.record import Record, canonical, parse
from assent.errors import LedgerUnavailable
from assent.ledger.engine import connect_to, create_file
from assent.ledger.migrate import migrate
from assent.ledger.schema import records, version
from assent.ledger.writer import Row, RowRefused, Writer

_FAULTS = (SQLAlchemyError, OSError)  # TimeoutError is an OSError
_CLOSED = "the ledger is closed"
_PROBE_SECONDS = 5
# An answer this young is given again: probes are public, and each one waits for the disk.
_PROBE_AGE = 1.0
_CLOSE_SECONDS = 30
_OPEN_SECONDS = 3


class SqlLedger:
    """A Ledger in one table: ``queue`` records may wait, ``batch`` at most share one commit.

    ``patience`` is how many seconds a caller waits before it is told that the ledger is unavailable.
    """

    def __init__(self, url: str, *, queue: int = 10_000, batch: int = 500, patience: float = 10.0) -> None:
        self._database = connect_to(url)
        self._writer = Writer(self._commit, queue=queue, batch=batch, patience=patience)
        self._patience = patience
        self._opening = asyncio.Lock()
        self._opened = False
        self._closed = False
        self._fine_until = 0.0

    async def open(self) -> None:
        """Create the file and the tables where they are missing; raises LedgerUnavailable."""
        self._closed = False
        try:
            await self._ready()
        except _FAULTS as error:
            raise self._unavailable("cannot be opened", error) from error

    async def append(self, record: Record) -> None:
        """Return once the record is committed; raises LedgerUnavailable when it is not known to be."""
        self._refuse_if_closed()
        await self._writer.append(
            {
                "id": record.id,
                "consent_id": record.consent_id,
                "at": record.at,
                "action": record.action.value,
                "record": canonical(record).decode(),
            }
        )

    async def history(self, consent_id: str) -> list[Record]:
        """Return every record of one visitor, oldest first; raises LedgerUnavailable."""
        return await self._read(_of(consent_id).order_by(records.c.id))

    async def last(self, consent_id: str) -> Record | None:
        """Return the visitor's newest record; raises LedgerUnavailable."""
        found = await self._read(_of(consent_id).order_by(records.c.id.desc()).limit(1))
        return found[0] if found else None

    async def probe(self) -> str | None:
        """Return why a record could not be stored now, or None; tries for real, at most once a second."""
        if self._closed:
            return _CLOSED
        if self._writer.full:
            return "the ledger's queue is full"
        now = asyncio.get_running_loop().time()
        if not self._writer.failing and now < self._fine_until:
            return None
        try:
            async with asyncio.timeout(_PROBE_SECONDS):
                await self._ready()
                await self._try_writing()
        except LedgerUnavailable as error:
            return str(error)
        except _FAULTS as error:
            return str(self._unavailable("cannot store records", error))
        self._fine_until = now + _PROBE_AGE
        return None

    async def close(self) -> None:
        """Store what still waits, for 30 seconds at most, and release the database."""
        self._closed = True
        await self._writer.finish(_CLOSE_SECONDS)
        async with self._opening:
            self._opened = False
            self._fine_until = 0.0
            await self._database.engine.dispose()

    def _refuse_if_closed(self) -> None:
        # Not the business of _ready: while closing, what was accepted before is still being stored.
        if self._closed:
            raise LedgerUnavailable(_CLOSED)

    async def _ready(self) -> None:
        if self._opened:
            return
        async with self._opening:
            if not self._opened:
                try:
                    await self._prepare()
                except BaseException:
                    await self._database.engine.dispose()
                    raise
                self._opened = True

    async def _prepare(self) -> None:
        if self._database.file is not None:
            await asyncio.to_thread(create_file, self._database.file)
        now = asyncio.get_running_loop().time
        until = now() + _OPEN_SECONDS
        while True:
            try:
                await migrate(self._database.writing)
            except OperationalError as error:
                # Turning a new file into WAL mode fails at once, whatever the timeout, while another process
                # does the same.
                if now() >= until or not _is_busy(error):
                    raise
                await asyncio.sleep(0.05)
            else:
                return

    async def _commit(self, rows: Sequence[Row]) -> None:
        try:
            await self._ready()
            async with self._database.writing.begin() as connection:
                await connection.execute(insert(records), rows)
        except (IntegrityError, DataError) as error:
            # A commit whose answer was lost is tried again: what it stored then stands there already.
            if len(rows) == 1 and await self._holds(rows[0]):
                return
            raise RowRefused(f"the database refused the record: {_reason(error)}") from error
        except _FAULTS as error:
            raise self._unavailable("cannot store records", error) from error

    async def _holds(self, row: Row) -> bool:
        async with self._database.engine.connect() as connection:
            found = await connection.scalar(select(records.c.record).where(records.c.id == row["id"]))
        return bool(found == row["record"])

    async def _read(self, query: Select[Any]) -> list[Record]:
        self._refuse_if_closed()
        try:
            async with asyncio.timeout(self._patience):
                await self._ready()
                async with self._database.engine.connect() as connection:
                    found = (await connection.execute(query)).all()
        except _FAULTS as error:
            raise self._unavailable("cannot be read", error) from error
        return [_parsed(row.id, row.record) for row in found]

    async def _try_writing(self) -> None:
        async with self._database.writing.begin() as connection:
            if connection.dialect.name == "sqlite":
                # The only proof that the disk has room is a commit.
                await connection.execute(update(version).values(version_num=version.c.version_num))
                return
            may = await connection.scalar(
                text(
                    "SELECT current_setting('transaction_read_only') = 'off' "
                    "AND has_table_privilege('assent_records', 'INSERT')"
                )
            )
        if not may:
            raise LedgerUnavailable(f"the ledger at {self._database.where} is read-only for this user")

    def _unavailable(self, what: str, error: BaseException) -> LedgerUnavailable:
        return LedgerUnavailable(f"the ledger at {self._database.where} {what}: {_reason(error)}")


def _of(consent_id: str) -> Select[Any]:
    return select(records.c.id, records.c.record).where(records.c.consent_id == consent_id)


def _parsed(record_id: str, stored: str) -> Record:
    try:
        return parse(stored.encode())
    except ValueError as error:
        raise LedgerUnavailable(f"record {record_id} of the ledger cannot be read: {error}") from error


def _is_busy(error: OperationalError) -> bool:
    # The low byte is the primary code, the rest only refines it.
    code: int = getattr(error.orig, "sqlite_errorcode", 0)
    return code & 0xFF == sqlite3.SQLITE_BUSY


def _reason(error: BaseException) -> str:
    # The driver's own first line: SQLAlchemy adds the statement, and libpq a line for every address tried.
    said = str(getattr(error, "orig", None) or error).strip()
    return said.splitlines()[0] if said else type(error).__name__
