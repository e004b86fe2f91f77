"""From the ledger's URL to a SQLAlchemy engine that is durable and that waits only so long."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from assent.errors import ConfigError

_DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "sqlite+aiosqlite": "sqlite+aiosqlite",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
    "postgres": "postgresql+psycopg",
}

_PLAIN = {"sqlite": "sqlite+pysqlite", "postgresql": "postgresql+psycopg"}

# Each of these is an argument of the driver's connect(); the URL's query overrides it (?timeout=10).
_PATIENCE: dict[str, dict[str, Any]] = {
    # Seconds to wait for another writer's lock.
    "sqlite": {"timeout": 3.0},
    # Seconds to connect, and milliseconds after which a silent network counts as broken.
    "postgresql": {"connect_timeout": 5, "tcp_user_timeout": 8000, "application_name": "assent"},
}


@dataclass(frozen=True, slots=True)
class Database:
    """Engines for one database, and where its data are, safe to print.

    ``writing`` takes the write lock at BEGIN; ``plain`` does so too, and is for a thread.
    """

    engine: AsyncEngine
    writing: AsyncEngine
    plain: Engine
    where: str
    file: Path | None


def connect_to(text: str) -> Database:
    """Return the database of a ledger URL without touching it; raises ConfigError, never with a password."""
    url = _url(text)
    dialect = url.get_backend_name()
    patience = {name: value for name, value in _PATIENCE[dialect].items() if name not in url.query}
    if dialect == "sqlite":
        # No driver-made BEGIN: sqlite3 would leave it out before DDL, so migrations would not be atomic.
        patience["isolation_level"] = None
    try:
        # Parameters hidden: records must not end up in a log by way of an error's text.
        engine = create_async_engine(
            url,
            connect_args=patience,
            hide_parameters=True,
            pool_size=5,
            max_overflow=0,
            pool_timeout=5,
            pool_pre_ping=dialect != "sqlite",
        )
        thread = url.set(drivername=_PLAIN[dialect])
        plain = create_engine(thread, connect_args=patience, hide_parameters=True, poolclass=NullPool)
    except ImportError as error:
        raise ConfigError(
            f"ledger.url: {url.drivername} needs a driver that is not installed ({error}): "
            "pip install 'assent[postgres]'"
        ) from error
    if dialect == "sqlite":
        event.listen(engine.sync_engine, "connect", _take_any_text)
        for sync_engine in (engine.sync_engine, plain):
            event.listen(sync_engine, "connect", _make_durable)
            event.listen(sync_engine, "begin", _begin)
    return Database(
        engine=engine,
        writing=engine.execution_options(assent_writes=True),
        plain=plain.execution_options(assent_writes=True),
        where=url.set(query={}).render_as_string(hide_password=True),
        file=Path(url.database or "") if dialect == "sqlite" else None,
    )


def create_file(file: Path) -> None:
    """Create an absent SQLite file and its folders, for its owner's eyes only; raises OSError."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # SQLite gives the files beside it (-wal, -shm) the same permissions.
    file.touch(mode=0o600, exist_ok=True)


def _url(text: str) -> URL:
    try:
        url = make_url(text)
    except (ArgumentError, ValueError) as error:
        raise ConfigError(
            "ledger.url: not a database URL; write sqlite:///path/to/ledger.db or postgresql://user@host/name"
        ) from error
    if url.drivername not in _DRIVERS:
        raise ConfigError(
            f"ledger.url: {url.drivername}:// is not supported; "
            "write sqlite:///path/to/ledger.db or postgresql://user@host/name"
        )
    url = url.set(drivername=_DRIVERS[url.drivername])
    if url.get_backend_name() == "sqlite" and (not url.database or url.database.startswith((":", "file:"))):
        raise ConfigError(
            "ledger.url: evidence must outlive the process; name a file: sqlite:///path/to/ledger.db"
        )
    return url


def _make_durable(connection: Any, _: object) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode = WAL")
    # In WAL mode anything less may lose the last commits when the power goes.
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.close()


def _take_any_text(connection: Any, _: object) -> None:
    # SQLite keeps text that is none, after a fault of the disk or another hand's; its driver then fails the
    # whole question. As octets they reach whoever can name the record.
    def taken(octets: bytes) -> str | bytes:
        try:
            return octets.decode()
        except UnicodeDecodeError:
            return octets

    connection.driver_connection.text_factory = taken


def _begin(connection: Connection) -> None:
    # A transaction that reads first and writes later cannot wait for the lock (SQLITE_BUSY_SNAPSHOT).
    writes = connection.get_execution_options().get("assent_writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
