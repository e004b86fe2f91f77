"""What traffic revealed, in the ledger's database, which merges what many processes saw."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Insert, case, delete, func, select, tuple_
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from assent.core.sighting import Kind, Sighting, surplus
from assent.ledger.schema import sightings as table

MOST_NAMES = 4096
"""Of one kind."""

MOST_PLACES = 16_384
"""Of all names of one kind together."""

_KEY = (table.c.kind, table.c.name, table.c.how, table.c.place)


async def add(connection: AsyncConnection, seen: Sequence[Sighting]) -> None:
    """Merge sightings with those that are there, and let go of what is too much."""
    # In one order everywhere: two processes that each hold a row and want the other's would wait for ever.
    rows = [_row(one) for one in sorted(seen, key=lambda one: one.key)]
    await connection.execute(_MERGE[connection.dialect.name], rows)
    for kind in sorted({one.kind for one in seen}):
        await _bound(connection, kind, table.c.place == "", MOST_NAMES)
        await _bound(connection, kind, table.c.place != "", MOST_PLACES)


async def read(connection: AsyncConnection, since: int = 0) -> list[Sighting]:
    """Return what was seen since a moment, by name."""
    found = await connection.execute(select(table).where(table.c.last >= since).order_by(*_KEY))
    return [Sighting(*row) for row in found.all()]


async def _bound(connection: AsyncConnection, kind: Kind, which: Any, most: int) -> None:
    these = (table.c.kind == kind) & which
    number = await connection.scalar(select(func.count()).select_from(table).where(these))
    if (number or 0) <= most:
        return
    found = (await connection.execute(select(table).where(these))).all()
    # Some more than must go, or the next few would make all of this necessary again.
    gone = [one.key for one in surplus((Sighting(*row) for row in found), most - most // 16)]
    for begin in range(0, len(gone), 100):
        await connection.execute(delete(table).where(tuple_(*_KEY).in_(gone[begin : begin + 100])))


def _row(one: Sighting) -> dict[str, object]:
    return {column.name: getattr(one, column.name) for column in table.columns}


def _merging(insert: Any) -> Insert:
    new = insert(table)
    other = new.excluded
    return new.on_conflict_do_update(  # type: ignore[no-any-return]
        index_elements=_KEY,
        set_={
            "first": case((other.first < table.c.first, other.first), else_=table.c.first),
            "last": case((other.last > table.c.last, other.last), else_=table.c.last),
            "times": table.c.times + other.times,
            "traits": table.c.traits.bitwise_or(other.traits),
            "lifetime": case((other.lifetime > table.c.lifetime, other.lifetime), else_=table.c.lifetime),
            "sources": table.c.sources.bitwise_or(other.sources),
        },
    )


_MERGE = {"sqlite": _merging(sqlite.insert), "postgresql": _merging(postgresql.insert)}
