"""The ledger on SQLite or PostgreSQL, by SQLAlchemy Core."""

import asyncio
import contextlib
import hashlib
import time
from collections.abc import AsyncIterator, Callable, Sequence

from sqlalchemy import select, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DataError, IntegrityError

from assent.core.jws import Keys
from assent.core.personal import Personal
from assent.core.receipt import Proof
from assent.core.record import Record, canonical
from assent.core.sighting import Sighting
from assent.errors import LedgerUnavailable
from assent.ledger import sightings as seen
from assent.ledger.archive import View, parsed
from assent.ledger.commit import Committer
from assent.ledger.engine import connect_to
from assent.ledger.newest import Newest, Texts
from assent.ledger.newest import read as read_newest
from assent.ledger.opening import FAULTS, Opening, reason
from assent.ledger.proofs import prove
from assent.ledger.publish import Publisher
from assent.ledger.schema import notices, records, version
from assent.ledger.tree import Row
from assent.ledger.writer import Counts, RowRefused, Writer

_CLOSED = "the ledger is closed"
_PROBE_SECONDS = 5
# An answer this young is given again: probes are public, and each one waits for the disk.
_PROBE_AGE = 1.0
_CLOSE_SECONDS = 30
_READ_TOGETHER = 200


class SqlLedger:
    """A Ledger in SQL: ``queue`` records may wait, ``batch`` at most share one commit.

    ``patience`` is how many seconds a caller waits before it is told that the ledger is unavailable.
    """

    def __init__(
        self,
        url: str,
        keys: Keys,
        publisher: Publisher | None = None,
        *,
        queue: int = 10_000,
        batch: int = 500,
        patience: float = 10.0,
        clock: Callable[[], int] = time.time_ns,
    ) -> None:
        self._publisher = publisher
        self._opening = Opening(connect_to(url), keys)
        self._committer = Committer(self._opening.database, keys, clock)
        self._writer = Writer(self._commit, queue=queue, batch=batch, patience=patience)
        self._patience = patience
        self._kept: set[str] = set()
        self._keeping = asyncio.Lock()
        self._newest = Newest(self._read_newest, queue=queue, batch=_READ_TOGETHER)
        self._closed = False
        self._fine_until = 0.0

    async def open(self) -> None:
        """Create the file and the tables where they are missing; raises LedgerUnavailable."""
        self._closed = False
        try:
            await self._opening.ready()
        except FAULTS as error:
            raise self._opening.unavailable("cannot be opened", error) from error

    async def append(self, record: Record, personal: Personal | None = None) -> None:
        """Return once the record is committed; raises LedgerUnavailable when it is not known to be."""
        self._refuse_if_closed()
        row: dict[str, object] = {
            "id": record.id,
            "consent_id": record.consent_id,
            "at": record.at,
            "expires": record.expires,
            "action": record.action.value,
            "record": canonical(record).decode(),
        }
        if personal is not None:
            row["personal"] = {
                "record_id": record.id,
                "consent_id": record.consent_id,
                "salt": personal.salt,
                "data": personal.text,
            }
        await self._writer.append(row)

    async def keep(self, notice: bytes) -> None:
        """Keep a notice by its hash, once; raises LedgerUnavailable."""
        sha256 = hashlib.sha256(notice).hexdigest()
        if sha256 in self._kept:
            return
        async with self._keeping:
            # Many may come at once with the same one, which has been kept when their turn comes.
            if sha256 not in self._kept:
                await self._keep(sha256, notice)

    async def _keep(self, sha256: str, notice: bytes) -> None:
        self._refuse_if_closed()
        async with self._opening.writing() as connection:
            inserting = {"sqlite": sqlite, "postgresql": postgresql}[connection.dialect.name].insert
            row = {"sha256": sha256, "at": time.time_ns() // 1_000_000, "notice": notice.decode()}
            await connection.execute(inserting(notices).values(row).on_conflict_do_nothing())
        self._kept.add(sha256)

    async def history(self, consent_id: str) -> list[Record]:
        """Return every record of one visitor, oldest first; raises LedgerUnavailable."""
        self._refuse_if_closed()
        query = select(records.c.id, records.c.record).where(records.c.consent_id == consent_id)
        async with self._opening.reading(self._patience) as connection:
            found = (await connection.execute(query.order_by(records.c.id))).all()
        return [parsed(row.id, row.record) for row in found]

    async def last(self, consent_id: str) -> Record | None:
        """Return the visitor's newest record; raises LedgerUnavailable."""
        self._refuse_if_closed()
        return await self._newest.of(consent_id)

    async def proof(self, consent_id: str) -> Proof | None:
        """Return the visitor's newest record with its proof; raises LedgerUnavailable."""
        self._refuse_if_closed()
        async with self._opening.reading(self._patience) as connection:
            return await prove(connection, consent_id)

    @contextlib.asynccontextmanager
    async def view(self) -> AsyncIterator[View]:
        """Give a view of the whole ledger as it is now; raises LedgerUnavailable."""
        self._refuse_if_closed()
        async with self._opening.reading() as connection:
            yield View(connection)

    async def add_sightings(self, sightings: Sequence[Sighting]) -> None:
        """Merge what traffic revealed with what is there; raises LedgerUnavailable."""
        self._refuse_if_closed()
        async with self._opening.writing() as connection:
            await seen.add(connection, sightings)

    async def sightings(self, since: int = 0) -> list[Sighting]:
        """Return what traffic revealed since a moment, in milliseconds; raises LedgerUnavailable."""
        self._refuse_if_closed()
        async with self._opening.reading(self._patience) as connection:
            return await seen.read(connection, since)

    @property
    def counts(self) -> Counts:
        """What the writer of this process did."""
        return self._writer.counts

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
                await self._opening.ready()
                await self._try_writing()
        except LedgerUnavailable as error:
            return str(error)
        except FAULTS as error:
            return str(self._opening.unavailable("cannot store records", error))
        self._fine_until = now + _PROBE_AGE
        return None

    async def close(self) -> None:
        """Store what still waits, for 30 seconds at most, and release the database."""
        self._closed = True
        await self._writer.finish(_CLOSE_SECONDS)
        if self._publisher is not None:
            await self._publisher.finish()
        with contextlib.suppress(*FAULTS):
            await self._committer.close()
        self._fine_until = 0.0
        await self._opening.close()

    def _refuse_if_closed(self) -> None:
        # Not the business of Opening: while closing, what was accepted before is still being stored.
        if self._closed:
            raise LedgerUnavailable(_CLOSED)

    async def _commit(self, rows: Sequence[Row]) -> None:
        try:
            await self._opening.ready()
            await self._committer.commit(rows)
            if self._publisher is not None:
                self._publisher.note(self._committer.head)
        except (IntegrityError, DataError) as error:
            # A commit whose answer was lost is tried again: what it stored then stands there already.
            if len(rows) == 1 and await self._holds(rows[0]):
                return
            raise RowRefused(f"the database refused the record: {reason(error)}") from error
        except FAULTS as error:
            raise self._opening.unavailable("cannot store records", error) from error

    async def _holds(self, row: Row) -> bool:
        same = (records.c.consent_id == row["consent_id"]) & (records.c.id == row["id"])
        async with self._opening.database.engine.connect() as connection:
            found = await connection.scalar(select(records.c.record).where(same))
        return bool(found == row["record"])

    async def _read_newest(self, consent_ids: Sequence[str]) -> Texts:
        async with self._opening.reading(self._patience) as connection:
            return await read_newest(connection, consent_ids)

    async def _try_writing(self) -> None:
        async with self._opening.database.writing.begin() as connection:
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
            where = self._opening.database.where
            raise LedgerUnavailable(f"the ledger at {where} is read-only for this user")
