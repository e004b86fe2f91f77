"""Opens a ledger's database once, whoever asks first, and words what goes wrong with it."""

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator

from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from assent.core.jws import Keys
from assent.errors import LedgerUnavailable
from assent.ledger.engine import Database, create_file
from assent.ledger.migrate import migrate

FAULTS = (SQLAlchemyError, OSError)  # TimeoutError is an OSError
_OPEN_SECONDS = 3


class Opening:
    """A database that becomes ready when it is first needed, and again after it was closed."""

    def __init__(self, database: Database, keys: Keys) -> None:
        self.database = database
        self._keys = keys
        self._lock = asyncio.Lock()
        self._opened = False

    async def ready(self) -> None:
        """Create or upgrade what is missing; raises LedgerUnavailable and FAULTS."""
        if self._opened:
            return
        async with self._lock:
            if not self._opened:
                try:
                    await self._prepare()
                except BaseException:
                    await self.database.engine.dispose()
                    raise
                self._opened = True

    async def close(self) -> None:
        """Let go of the database."""
        async with self._lock:
            self._opened = False
            await self.database.engine.dispose()

    @contextlib.asynccontextmanager
    async def reading(self, patience: float | None = None) -> AsyncIterator[AsyncConnection]:
        """Give a connection that sees the database as it is at its first question; raises LedgerUnavailable.

        ``patience`` is how many seconds all of it may take.
        """
        try:
            async with asyncio.timeout(patience):
                await self._made_ready("cannot be read")
                async with self.database.engine.connect() as connection:
                    if connection.dialect.name == "postgresql":
                        await connection.execution_options(isolation_level="REPEATABLE READ")
                    yield connection
        except (SQLAlchemyError, TimeoutError) as error:
            raise self.unavailable("cannot be read", error) from error

    @contextlib.asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """Give a connection whose transaction is committed at the end; raises LedgerUnavailable."""
        await self._made_ready("cannot be changed")
        try:
            async with self.database.writing.begin() as connection:
                yield connection
        except SQLAlchemyError as error:
            raise self.unavailable("cannot be changed", error) from error

    def unavailable(self, what: str, error: BaseException) -> LedgerUnavailable:
        """Return the error that tells what cannot be done with this database, and why."""
        return LedgerUnavailable(f"the ledger at {self.database.where} {what}: {reason(error)}")

    async def _made_ready(self, what: str) -> None:
        # By itself: an OSError of whoever uses a connection is not the database's.
        try:
            await self.ready()
        except FAULTS as error:
            raise self.unavailable(what, error) from error

    async def _prepare(self) -> None:
        if self.database.file is not None:
            await asyncio.to_thread(create_file, self.database.file)
        now = asyncio.get_running_loop().time
        until = now() + _OPEN_SECONDS
        while True:
            try:
                await migrate(self.database.writing, self._keys)
            except OperationalError as error:
                # Turning a new file into WAL mode fails at once, whatever the timeout, while another process
                # does the same.
                if now() >= until or not _is_busy(error):
                    raise
                await asyncio.sleep(0.05)
            else:
                return


def reason(error: BaseException) -> str:
    """Return the driver's own first line; SQLAlchemy adds the statement, libpq a line an address."""
    said = str(getattr(error, "orig", None) or error).strip()
    return said.splitlines()[0] if said else type(error).__name__


def _is_busy(error: OperationalError) -> bool:
    # The low byte is the primary code, the rest only refines it.
    code: int = getattr(error.orig, "sqlite_errorcode", 0)
    return code & 0xFF == sqlite3.SQLITE_BUSY
