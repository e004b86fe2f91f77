"""What opening does to the tables."""

import asyncio
import contextlib
import os
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, select, text, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection

from assent.core import receipt
from assent.core.jws import Keys
from assent.core.record import uuid7
from assent.core.sighting import Sighting
from assent.errors import LedgerUnavailable
from assent.ledger.archive import Archive
from assent.ledger.engine import connect_to, create_file
from assent.ledger.schema import HEAD, metadata, version
from assent.ledger.verify import Verdict, verify

from .conftest import Store
from .samples import KEYS, a_record, open_ledger

pytestmark = pytest.mark.anyio


@contextlib.asynccontextmanager
async def connected(store: Store) -> AsyncIterator[AsyncConnection]:
    database = connect_to(store.url)
    if database.file is not None:
        create_file(database.file)
    try:
        async with database.writing.begin() as connection:
            yield connection
    finally:
        await database.engine.dispose()


async def open_once(store: Store) -> None:
    ledger = open_ledger(store.url)
    try:
        await ledger.open()
    finally:
        await ledger.close()


def differences(connection: Connection) -> object:
    context = MigrationContext.configure(
        connection, opts={"version_table": version.name, "compare_type": True}
    )
    return compare_metadata(context, metadata)


async def test_the_migrations_give_the_tables_of_the_schema(store: Store) -> None:
    await open_once(store)
    async with connected(store) as connection:
        assert await connection.run_sync(differences) == []


async def test_opening_again_changes_nothing(store: Store) -> None:
    record = a_record()
    for _ in range(3):
        ledger = open_ledger(store.url)
        await ledger.open()
        await ledger.append(record)
        assert await ledger.history("c0ffee") == [record]
        await ledger.close()


async def test_tables_of_a_newer_assent_are_left_alone(store: Store) -> None:
    await open_once(store)
    async with connected(store) as connection:
        await connection.execute(update(version).values(version_num="9999"))
    ledger = open_ledger(store.url)
    with pytest.raises(LedgerUnavailable, match="schema 9999, this Assent knows schemas up to"):
        await ledger.open()
    with pytest.raises(LedgerUnavailable, match="install a newer one"):
        await ledger.append(a_record())
    await ledger.close()


async def test_tables_of_an_unknown_history_are_left_alone(store: Store) -> None:
    await open_once(store)
    async with connected(store) as connection:
        await connection.execute(update(version).values(version_num="0000"))
    ledger = open_ledger(store.url)
    with pytest.raises(LedgerUnavailable, match="cannot be upgraded"):
        await ledger.open()
    await ledger.close()


async def test_a_migration_that_fails_leaves_nothing_behind(store: Store) -> None:
    async with connected(store) as connection:
        # In the way of the second statement of the first migration.
        await connection.execute(text("CREATE TABLE blocker (id int)"))
        await connection.execute(text("CREATE INDEX assent_records_by_consent ON blocker (id)"))
    with pytest.raises(LedgerUnavailable, match="cannot be opened"):
        await open_once(store)
    async with connected(store) as connection:
        await connection.execute(text("DROP TABLE blocker"))
    await open_once(store)


async def test_on_sqlite_only_a_writer_waits_for_the_write_lock(sqlite_store: Store) -> None:
    await open_once(sqlite_store)
    database = connect_to(sqlite_store.url)
    try:
        with sqlite_store.held():
            async with database.engine.begin() as reading:
                assert await reading.scalar(select(version.c.version_num)) == HEAD
            with pytest.raises(OperationalError, match="locked"):
                async with database.writing.begin():
                    pytest.fail("BEGIN took no lock")
    finally:
        await database.engine.dispose()


async def test_opening_outlasts_another_process_that_is_creating_the_file(tmp_path: Path) -> None:
    file = tmp_path / "ledger.db"
    # SQLite's own patience, here none, does not cover the change to WAL mode in every case.
    ledger = open_ledger(f"sqlite:///{file}?timeout=0")
    with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        opening = asyncio.create_task(ledger.open())
        await asyncio.sleep(0.1)
        assert not opening.done()
        other.execute("ROLLBACK")
    await opening
    await ledger.append(a_record())
    await ledger.close()


def test_the_newest_migration_is_the_one_the_schema_names() -> None:
    config = Config()
    config.set_main_option("script_location", "assent.ledger:migrations")
    config.set_main_option("path_separator", "os")
    assert ScriptDirectory.from_config(config).get_current_head() == HEAD


def test_opening_an_upgraded_ledger_does_not_import_alembic(tmp_path: Path) -> None:
    code = (
        "import asyncio, sys\n"
        "from tests.ledger.samples import open_ledger\n"
        "async def main():\n"
        "    ledger = open_ledger(sys.argv[1])\n"
        "    await ledger.open(); await ledger.close()\n"
        "    print('alembic' in sys.modules)\n"
        "asyncio.run(main())\n"
    )
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    found = [
        subprocess.run(
            [sys.executable, "-c", code, url], capture_output=True, text=True, check=True, timeout=30
        ).stdout
        for _ in range(2)
    ]
    assert found == ["True\n", "False\n"]


# Migrations with data

FIRST_RECORD = (
    '{"action":"save","at":1790000000000,"consent_id":"c0ffee","expires":1805552000,"given":["analytics"],'
    '"gpc":true,"id":"%s","language":"en","method":"script","notice":"'
    + "ab"
    * 32
    + '","policy_version":"1",'
    '"previous":null,"refused":["functional","performance","advertisement"],"schema":1,'
    '"site":"https://shop.example","withdrawn":[]}'
)


async def first_schema(store: Store, ids: list[str]) -> None:
    """Make the tables as the first version had them, with records of its time."""
    async with connected(store) as connection:
        await connection.run_sync(up_to, "0001")
        for record_id in ids:
            await connection.execute(
                text(
                    "INSERT INTO assent_records (id, consent_id, at, action, record)"
                    " VALUES (:id, 'c0ffee', 1790000000000, 'save', :record)"
                ),
                {"id": record_id, "record": FIRST_RECORD % record_id},
            )


def up_to(connection: Connection, revision: str) -> None:
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", "assent.ledger:migrations")
    config.set_main_option("path_separator", "os")
    command.upgrade(config, revision)


async def sound(store: Store) -> Verdict:
    archive = Archive(store.url, KEYS)
    try:
        async with archive.view() as view:
            return await verify(view, KEYS)
    finally:
        await archive.close()


async def test_records_of_the_first_schema_come_along_and_can_be_proved(store: Store) -> None:
    # More than one page of the migration, and more than one inner node.
    ids = sorted(uuid7(1_790_000_000_000 + number // 3, os.urandom(10)) for number in range(1100))
    await first_schema(store, ids)
    ledger = open_ledger(store.url)
    await ledger.open()
    assert [record.id for record in await ledger.history("c0ffee")] == ids
    proof = await ledger.proof("c0ffee")
    assert proof is not None
    site = receipt.Site("https://shop.example", None, "https://shop.example/_assent/preferences")
    assert receipt.verify(receipt.issue(proof, site, 1, KEYS), KEYS).record.id == ids[-1]
    newer = a_record(previous=ids[-1])
    await ledger.append(newer)
    assert (await ledger.history("c0ffee"))[-1] == newer
    await ledger.close()
    verdict = await sound(store)
    assert (verdict.problems, verdict.records, verdict.trees) == ([], 1101, 2)


async def test_records_of_the_second_schema_come_along(store: Store) -> None:
    ledger = open_ledger(store.url)
    kept = [a_record() for _ in range(3)]
    for record in kept:
        await ledger.append(record)
    await ledger.close()
    async with connected(store) as connection:
        # What the third added is a table.
        await connection.execute(text("DROP TABLE assent_sightings"))
        await connection.execute(update(version).values(version_num="0002"))
    seen = Sighting("cookie", "_ga", "", "", 1, 2, 3)
    ledger = open_ledger(store.url)
    await ledger.add_sightings([seen])
    assert await ledger.sightings() == [seen]
    assert {record.id for record in await ledger.history("c0ffee")} == {record.id for record in kept}
    await ledger.close()
    assert (await sound(store)).problems == []
    async with connected(store) as connection:
        assert await connection.run_sync(differences) == []


async def test_without_a_key_records_are_not_migrated_and_stay_as_they_are(store: Store) -> None:
    await first_schema(store, [uuid7(1_790_000_000_000, os.urandom(10))])
    archive = Archive(store.url, Keys())
    with pytest.raises(LedgerUnavailable, match="without the secret key that signs it"):
        async with archive.view():
            pytest.fail("it was opened")
    await archive.close()
    async with connected(store) as connection:
        assert await connection.scalar(select(version.c.version_num)) == "0001"


async def test_an_empty_ledger_of_the_first_schema_is_migrated(store: Store) -> None:
    await first_schema(store, [])
    await open_once(store)
    assert (await sound(store)).problems == []
    async with connected(store) as connection:
        assert await connection.run_sync(differences) == []


async def test_ten_gateways_migrate_one_ledger_at_once(store: Store) -> None:
    await first_schema(store, [uuid7(1_790_000_000_000, os.urandom(10)) for _ in range(50)])
    # Ten that wait for one lock need their time on a machine that does other work.
    url = store.url.replace("timeout=0.3", "timeout=20")
    ledgers = [open_ledger(url) for _ in range(10)]
    await asyncio.gather(*(ledger.append(a_record()) for ledger in ledgers))
    assert len(await ledgers[0].history("c0ffee")) == 60
    for ledger in ledgers:
        await ledger.close()
    verdict = await sound(store)
    assert (verdict.problems, verdict.trees) == ([], 11)


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        ("DROP TABLE assent_heads", "assent_heads lacks tree, no"),
        ("ALTER TABLE assent_records DROP COLUMN leaf", "assent_records lacks leaf"),
        ("DROP INDEX assent_records_by_consent", "assent_records lacks assent_records_by_consent"),
        (
            "DROP TABLE assent_ledger_version",
            "there is assent_heads, .* but no version in assent_ledger_version",
        ),
        (
            "DELETE FROM assent_ledger_version",
            "there is assent_heads, .* but no version in assent_ledger_version",
        ),
    ],
)
async def test_a_half_done_migration_is_said_so_and_nothing_is_touched(
    store: Store, damage: str, says: str
) -> None:
    await open_once(store)
    async with connected(store) as connection:
        await connection.execute(text(damage))
        before = await connection.run_sync(lambda sync: sorted(inspect(sync).get_table_names()))
    ledger = open_ledger(store.url)
    with pytest.raises(LedgerUnavailable, match=f"half migrated: {says}.*Restore the copy"):
        await ledger.open()
    with pytest.raises(LedgerUnavailable, match="half migrated"):
        await ledger.append(a_record())
    await ledger.close()
    async with connected(store) as connection:
        assert await connection.run_sync(lambda sync: sorted(inspect(sync).get_table_names())) == before
