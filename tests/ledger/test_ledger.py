"""The contract of a ledger, over every database it runs on."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from sqlalchemy import make_url, update

from assent.core.categories import NECESSARY_ONLY
from assent.core.record import Action, Record
from assent.errors import LedgerUnavailable
from assent.ledger import Ledger
from assent.ledger.engine import connect_to
from assent.ledger.schema import records as table
from assent.ledger.store import SqlLedger

from .conftest import Store
from .samples import KEYS, a_record, open_ledger

pytestmark = pytest.mark.anyio


@contextlib.asynccontextmanager
async def opened(ledger: Ledger) -> AsyncIterator[Ledger]:
    try:
        await ledger.open()
        yield ledger
    finally:
        await ledger.close()


@pytest.fixture
async def ledger(store: Store) -> AsyncIterator[Ledger]:
    async with opened(open_ledger(store.url)) as ledger:
        yield ledger


def ids(records: list[Record]) -> list[str]:
    return [record.id for record in records]


async def outcomes(ledger: Ledger, *records: Record) -> list[str]:
    found = await asyncio.gather(*map(ledger.append, records), return_exceptions=True)
    return ["stored" if error is None else type(error).__name__ for error in found]


async def test_what_was_appended_is_there_after_reopening(store: Store) -> None:
    record = a_record(language="pt-BR", policy_version="v\u00e9")
    async with opened(open_ledger(store.url)) as ledger:
        await ledger.append(record)
    async with opened(open_ledger(store.url)) as ledger:
        assert await ledger.history("c0ffee") == [record]


async def test_a_closed_ledger_can_be_opened_again(ledger: Ledger) -> None:
    record = a_record()
    await ledger.append(record)
    await ledger.close()
    await ledger.open()
    assert await ledger.last("c0ffee") == record


async def test_an_append_to_a_closed_ledger_is_refused(ledger: Ledger) -> None:
    await ledger.close()
    with pytest.raises(LedgerUnavailable, match="closed"):
        await ledger.append(a_record())
    assert await ledger.probe() == "the ledger is closed"


async def test_a_ledger_never_opened_opens_itself_once(store: Store) -> None:
    ledger = open_ledger(store.url)
    try:
        records = [a_record() for _ in range(20)]
        appends = [ledger.append(record) for record in records]
        await asyncio.gather(*appends, ledger.last("c0ffee"), ledger.probe())
        assert sorted(ids(await ledger.history("c0ffee"))) == sorted(ids(records))
    finally:
        await ledger.close()


async def test_two_ledgers_open_the_same_new_database_at_once(store: Store) -> None:
    ledgers = [open_ledger(store.url) for _ in range(4)]
    try:
        await asyncio.gather(*(ledger.open() for ledger in ledgers))
        await asyncio.gather(*(ledger.append(a_record()) for ledger in ledgers))
        assert len(await ledgers[0].history("c0ffee")) == len(ledgers)
    finally:
        for ledger in ledgers:
            await ledger.close()


async def test_history_is_oldest_first_and_of_one_visitor_only(ledger: Ledger) -> None:
    first = a_record()
    second = a_record(at=first.at - 60_000, previous=first.id, action=Action.WITHDRAW, granted=NECESSARY_ONLY)
    third = a_record(at=second.at, previous=second.id)
    for record in (a_record("other"), first, second, third):
        await ledger.append(record)
    assert await ledger.history("c0ffee") == [first, second, third]
    assert await ledger.last("c0ffee") == third


async def test_a_visitor_without_records_has_an_empty_history(ledger: Ledger) -> None:
    await ledger.append(a_record())
    assert await ledger.history("nobody") == []
    assert await ledger.last("nobody") is None


async def test_200_appends_at_once_are_each_stored_once(ledger: Ledger) -> None:
    records = [a_record() for _ in range(200)]
    assert await outcomes(ledger, *records) == ["stored"] * 200
    assert ids(await ledger.history("c0ffee")) == sorted(ids(records))


async def test_another_record_with_a_known_id_is_refused_and_harms_no_other(ledger: Ledger) -> None:
    known = a_record()
    await ledger.append(known)
    forged = replace(known, language="de")
    good = [a_record() for _ in range(6)]
    found = await outcomes(ledger, *good[:3], forged, *good[3:])
    assert found == ["stored"] * 3 + ["RowRefused"] + ["stored"] * 3
    assert ids(await ledger.history("c0ffee")) == sorted(ids([known, *good]))
    assert known in await ledger.history("c0ffee")
    assert await ledger.probe() is None


async def test_the_same_record_again_is_stored_once_and_is_no_error(ledger: Ledger) -> None:
    record = a_record()
    assert await outcomes(ledger, record, record) == ["stored", "stored"]
    await ledger.append(record)
    assert await ledger.history("c0ffee") == [record]


async def test_a_lost_database_is_said_so_and_recovers_without_a_restart(
    ledger: Ledger, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    before, during = a_record(), a_record("b")
    after = a_record(previous=before.id)
    await ledger.append(before)
    with store.lost():
        with pytest.raises(LedgerUnavailable, match="cannot store records") as error:
            await ledger.append(during)
        assert error.value.status == 503
        assert "cannot store records" in (await ledger.probe() or "")
    await ledger.append(after)
    assert await ledger.probe() is None
    assert await ledger.history("c0ffee") == [before, after]
    assert await ledger.history("b") == []
    levels = [line.levelname for line in caplog.records if line.name == "assent.ledger"]
    assert levels == ["ERROR", "WARNING"]


async def test_many_appends_to_a_lost_database_all_fail_within_a_few_tries(
    ledger: Ledger, store: Store
) -> None:
    with store.lost():
        async with asyncio.timeout(5):
            found = await outcomes(ledger, *(a_record() for _ in range(300)))
    assert found == ["LedgerUnavailable"] * 300


async def test_a_full_queue_turns_away_at_once_and_stores_what_waited(store: Store) -> None:
    async with opened(SqlLedger(store.url, KEYS, queue=5, batch=1)) as ledger:
        with store.held():
            writing = asyncio.create_task(ledger.append(a_record()))
            await asyncio.sleep(0.05)
            waiting = [asyncio.create_task(ledger.append(a_record())) for _ in range(5)]
            await asyncio.sleep(0)
            with pytest.raises(LedgerUnavailable, match="5 records wait"):
                async with asyncio.timeout(0.05):
                    await ledger.append(a_record())
            assert await ledger.probe() == "the ledger's queue is full"
        await asyncio.gather(writing, *waiting)
        assert len(await ledger.history("c0ffee")) == 6


async def test_a_cancelled_caller_does_not_lose_the_record(ledger: Ledger, store: Store) -> None:
    records = [a_record(), a_record()]
    with store.held():
        callers = [asyncio.create_task(ledger.append(records[0]))]
        await asyncio.sleep(0.05)  # the first is now in a transaction, the second in the queue
        callers.append(asyncio.create_task(ledger.append(records[1])))
        await asyncio.sleep(0.01)
        for caller in callers:
            caller.cancel()
        await asyncio.wait(callers)
    await ledger.append(a_record("later"))
    assert sorted(ids(await ledger.history("c0ffee"))) == sorted(ids(records))


async def test_close_stores_what_still_waits(store: Store) -> None:
    ledger = SqlLedger(store.url, KEYS, batch=10)
    await ledger.open()
    records = [a_record() for _ in range(50)]
    callers = [asyncio.create_task(ledger.append(record)) for record in records]
    await asyncio.sleep(0)
    await ledger.close()
    await asyncio.sleep(0)
    assert all(caller.done() for caller in callers)
    await asyncio.gather(*callers)
    async with opened(open_ledger(store.url)) as again:
        assert ids(await again.history("c0ffee")) == sorted(ids(records))


async def test_a_caller_waits_no_longer_than_the_ledgers_patience(store: Store) -> None:
    async with opened(SqlLedger(store.url, KEYS, patience=0.1)) as ledger:
        with store.held(), pytest.raises(LedgerUnavailable, match=r"no answer in 0\.1 seconds"):
            await ledger.append(a_record())
        # Not waited for is not the same as not stored, and what is said again is stored once. On a machine
        # that does other work a commit may well take longer than that patience.
        later = a_record("later")
        for _ in range(100):
            with contextlib.suppress(LedgerUnavailable):
                await ledger.append(later)
                break
        assert await ledger.history("later") == [later]


async def test_a_healthy_ledger_is_ready(ledger: Ledger) -> None:
    assert await ledger.probe() is None
    assert await ledger.probe() is None


async def test_a_read_only_server_is_not_ready(postgresql_store: Store) -> None:
    async with opened(open_ledger(postgresql_store.url)) as ledger:
        await ledger.append(a_record())
    options = {"options": "-cdefault_transaction_read_only=on"}
    read_only = make_url(postgresql_store.url).update_query_dict(options)
    async with opened(open_ledger(read_only.render_as_string(hide_password=False))) as ledger:
        assert "read-only" in (await ledger.probe() or "")
        with pytest.raises(LedgerUnavailable, match="read-only transaction"):
            await ledger.append(a_record())
        assert len(await ledger.history("c0ffee")) == 1


async def test_connections_that_the_server_dropped_fail_no_reader(postgresql_store: Store) -> None:
    async with opened(open_ledger(postgresql_store.url)) as ledger:
        record = a_record()
        await ledger.append(record)
        with postgresql_store.lost():
            pass
        assert await ledger.last("c0ffee") == record


async def test_a_record_altered_in_the_database_is_not_passed_on(ledger: Ledger, store: Store) -> None:
    record = a_record()
    await ledger.append(record)
    database = connect_to(store.url)
    async with database.writing.begin() as connection:
        await connection.execute(update(table).values(record=table.c.record + " "))
    await database.engine.dispose()
    with pytest.raises(LedgerUnavailable, match=f"record {record.id} of the ledger cannot be read"):
        await ledger.history("c0ffee")
