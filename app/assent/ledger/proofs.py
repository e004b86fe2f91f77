"""Reads the proof that a visitor's newest record is in the log: a few stored hashes, never the whole tree."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from assent.core import merkle
from assent.core.receipt import Proof
from assent.ledger.archive import parsed
from assent.ledger.schema import heads, nodes, records

_SIDE = 1 << merkle.TILE


async def prove(connection: AsyncConnection, consent_id: str) -> Proof | None:
    """Return the proof for the newest record of a visitor; None when there is none.

    Raises LedgerUnavailable when the record cannot be read.
    """
    newest = select(records).where(records.c.consent_id == consent_id).order_by(records.c.id.desc()).limit(1)
    record = (await connection.execute(newest)).first()
    if record is None:
        return None
    parsed(record.id, record.record)
    tree, place = record.tree, record.place
    head = (
        await connection.execute(
            select(heads).where(heads.c.tree == tree).order_by(heads.c.no.desc()).limit(1)
        )
    ).one()
    stretches = merkle.inclusion(place, head.size)
    found: dict[tuple[int, int], bytes] = {}
    wanted = merkle.stored(node for stretch in stretches for node in merkle.perfect(stretch))
    for level, number in wanted:
        found |= await _tile(connection, tree, level, number)
    path = merkle.hashes(stretches, lambda level, number: found[level, number])
    return Proof(tree, place, record.record, path, head.signed)


async def _tile(
    connection: AsyncConnection, tree: str, level: int, number: int
) -> dict[tuple[int, int], bytes]:
    begin, end = number * _SIDE, (number + 1) * _SIDE
    if level == 0:
        query = select(records.c.place, records.c.leaf.label("hash")).where(
            records.c.tree == tree, records.c.place >= begin, records.c.place < end
        )
    else:
        query = select(nodes.c.place, nodes.c.hash).where(
            nodes.c.tree == tree, nodes.c.level == level, nodes.c.place >= begin, nodes.c.place < end
        )
    return {(level, row.place): row.hash for row in (await connection.execute(query)).all()}
