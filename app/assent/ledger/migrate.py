"""Brings a ledger's tables to the newest form, whoever else is doing so at the same moment."""

import asyncio
import importlib
import time

from sqlalchemy import Connection, inspect, select, text, update
from sqlalchemy.ext.asyncio import AsyncEngine

from assent.core.jws import Keys
from assent.core.log import Head
from assent.errors import LedgerUnavailable
from assent.ledger.schema import HEAD, heads, metadata, version

# Any number that another application is unlikely to lock; ours spells "assent".
_LOCK = int.from_bytes(b"assent")

_HALF = (
    "the ledger's tables are half migrated: {}. Restore the copy that was made before the upgrade, "
    "or finish or undo the change by hand; nothing was touched"
)


async def migrate(engine: AsyncEngine, keys: Keys) -> None:
    """Create or upgrade the tables in one transaction; ``engine`` must lock for writing at BEGIN.

    Raises LedgerUnavailable when a newer Assent has upgraded them or another hand left them half done, and
    what SQLAlchemy raises.
    """
    # Asked first and without Alembic, whose import takes longer than the rest of opening.
    async with engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            # All of it at one moment: another process may be upgrading the tables just now.
            await connection.execution_options(isolation_level="REPEATABLE READ")
        found = await connection.run_sync(_checked_version)
    if found == HEAD:
        return
    if found is not None and found > HEAD:
        raise LedgerUnavailable(
            f"the ledger has schema {found}, this Assent knows schemas up to {HEAD}: install a newer one"
        )
    await asyncio.to_thread(importlib.import_module, "alembic.command")
    async with engine.begin() as connection:
        await connection.run_sync(_upgrade, keys)


def _checked_version(connection: Connection) -> str | None:
    held: str | None = None
    if inspect(connection).has_table(version.name):
        held = connection.scalar(select(version.c.version_num))
    if held is None:
        if there := _tables(connection) & metadata.tables.keys():
            raise LedgerUnavailable(
                _HALF.format(f"there is {', '.join(sorted(there))} but no version in {version.name}")
            )
        return None
    if held == HEAD and (lacking := _lacking(connection)):
        raise LedgerUnavailable(_HALF.format("; ".join(lacking)))
    return held


def _tables(connection: Connection) -> set[str]:
    return {name for name in inspect(connection).get_table_names() if name.startswith("assent_")}


def _lacking(connection: Connection) -> list[str]:
    looking, there = inspect(connection), sorted(_tables(connection))
    found = looking.get_multi_columns(filter_names=there)
    has = {table: {column["name"] for column in listed} for (_, table), listed in found.items()}
    # Without its unique index a ledger would take a record twice, and say nothing.
    for (_, table), indexes in looking.get_multi_indexes(filter_names=there).items():
        has.setdefault(table, set()).update(str(index["name"]) for index in indexes)
    return [
        f"{table.name} lacks {', '.join(missing)}"
        for table in metadata.sorted_tables
        if (
            missing := [
                str(part.name)
                for part in (*table.columns, *sorted(table.indexes, key=lambda index: str(index.name)))
                if part.name not in has.get(table.name, ())
            ]
        )
    ]


def _upgrade(connection: Connection, keys: Keys) -> None:
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
    _sign(connection, keys)


def _sign(connection: Connection, keys: Keys) -> None:
    """Sign the heads that a migration left unsigned."""
    now = time.time_ns() // 1_000_000
    unsigned = connection.execute(select(heads).where(heads.c.signed == "")).all()
    if unsigned and not keys.signs:
        raise LedgerUnavailable("the ledger's tables cannot be upgraded without the secret key that signs it")
    for row in unsigned:
        signed = Head(row.tree, row.size, row.root, now).sign(keys)
        connection.execute(
            update(heads).where(heads.c.tree == row.tree, heads.c.no == row.no).values(at=now, signed=signed)
        )
