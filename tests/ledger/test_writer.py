"""Group commit by itself: who is told what when some commits fail."""

import asyncio
from collections.abc import Sequence

import pytest

from assent.errors import LedgerUnavailable
from assent.ledger.tree import Row
from assent.ledger.writer import RowRefused, Writer

pytestmark = pytest.mark.anyio


class Table:
    """Stores numbered rows all or none, and fails on those it is told to."""

    def __init__(self, *, refused: Sequence[int] = (), broken: Sequence[int] = ()) -> None:
        self.refused, self.broken = refused, broken
        self.rows: list[int] = []
        self.tries: list[int] = []

    async def commit(self, rows: Sequence[Row]) -> None:
        numbers = [int(str(row["number"])) for row in rows]
        self.tries.append(len(numbers))
        await asyncio.sleep(0)
        if set(numbers) & set(self.broken):
            raise ConnectionError("gone")
        if set(numbers) & set(self.refused):
            raise RowRefused("a row's own fault")
        self.rows += numbers


async def written(table: Table, count: int, *, batch: int = 500) -> list[str]:
    writer = Writer(table.commit, queue=1000, batch=batch, patience=5)
    found = await asyncio.gather(
        *(writer.append({"number": number}) for number in range(count)), return_exceptions=True
    )
    return ["stored" if error is None else f"{type(error).__name__}: {error}" for error in found]


async def test_appends_at_one_moment_share_a_commit() -> None:
    table = Table()
    assert await written(table, 25, batch=10) == ["stored"] * 25
    assert table.tries == [10, 10, 5]
    assert table.rows == list(range(25))


async def test_refused_rows_alone_are_refused_however_many_they_are() -> None:
    table = Table(refused=[1, 2, 3, 4])
    refused = "RowRefused: a row's own fault"
    assert await written(table, 6) == ["stored", refused, refused, refused, refused, "stored"]
    assert table.rows == [0, 5]


async def test_one_row_that_breaks_the_connection_takes_no_other_down() -> None:
    table = Table(broken=[1, 3])
    broken = "LedgerUnavailable: gone"
    assert await written(table, 5) == ["stored", broken, "stored", broken, "stored"]


async def test_two_breaks_in_a_row_are_the_databases_and_end_the_trying() -> None:
    table = Table(broken=range(100))
    assert await written(table, 100) == ["LedgerUnavailable: gone"] * 100
    assert table.tries == [100, 1, 1]


async def test_a_break_is_remembered_until_the_next_success() -> None:
    table = Table(broken=[0])
    writer = Writer(table.commit, queue=10, batch=10, patience=5)
    with pytest.raises(LedgerUnavailable):
        await writer.append({"number": 0})
    assert writer.failing
    await writer.append({"number": 1})
    assert not writer.failing


async def test_finish_gives_up_what_a_hung_database_holds() -> None:
    async def hang(_: Sequence[Row]) -> None:
        await asyncio.Event().wait()

    writer = Writer(hang, queue=10, batch=1, patience=5)
    callers = [asyncio.create_task(writer.append({"number": number})) for number in range(3)]
    await asyncio.sleep(0)
    await writer.finish(0.01)
    found = await asyncio.gather(*callers, return_exceptions=True)
    assert [str(error) for error in found] == [
        "the ledger stopped before the record was known to be stored"
    ] * 3
