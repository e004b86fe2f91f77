"""Brings a ledger's tables to the newest form, whoever else is doing so at the same moment."""

import asyncio
import importlib

from sqlalchemy import Connection, inspect, select, text
from sqlalchemy.ext.asyncio import AsyncEngine

from assent.errors import LedgerUnavailable
from assent.ledger.schema import HEAD, version

# Any number that another application is unlikely to lock; ours spells "assent".
_LOCK = int.from_bytes(b"assent")


async def migrate(engine: AsyncEngine) -> None:
    """Create or upgrade the tables in one transaction; ``engine`` must lock for writing at BEGIN.

    Raises LedgerUnavailable when a newer Assent has upgraded them, and what SQLAlchemy raises.
    """
    # Asked first and without Alembic, whose import takes longer than the rest of opening.
    async with engine.connect() as connection:
        found = await connection.run_sync(_version)
    if found == HEAD:
        return
    if found is not None and found > HEAD:
        raise LedgerUnavailable(
            f"the ledger has schema {found}, this Assent knows schemas up to {HEAD}: install a newer one"
        )
    await asyncio.to_thread(importlib.import_module, "alembic.command")
    async with engine.begin() as connection:
        await connection.run_sync(_upgrade)


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table(version.name):
        return None
    found: str | None = connection.scalar(select(version.c.version_num))
    return found


def _upgrade(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    if connection.dialect.name == "postgresql":
        # SQLite has taken its lock at BEGIN; this one too is held until the transaction ends.
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", "assent.ledger:migrations")
    config.set_main_option("path_separator", "os")
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise LedgerUnavailable(f"the ledger's tables cannot be upgraded: {error}") from error
