"""Ledgers to check, and the checking of them."""

import asyncio
from collections.abc import Iterable
from typing import Any

from sqlalchemy import text

from assent.core.jws import Keys
from assent.core.record import Record
from assent.ledger.archive import Archive
from assent.ledger.engine import connect_to
from assent.ledger.verify import Verdict, verify

from .samples import KEYS, a_record, open_ledger

TREES = 3
SIZE = 7
"""Entries of each tree: its start and six records, two in each commit."""


async def fill(url: str, trees: int = TREES) -> list[Record]:
    """Several runs of a gateway, each of which begins a tree."""
    written: list[Record] = []
    for _ in range(trees):
        ledger = open_ledger(url)
        for _ in range(3):
            pair = [a_record(f"visitor-{len(written)}"), a_record(f"visitor-{len(written) + 1}")]
            await asyncio.gather(*map(ledger.append, pair))
            written += pair
        await ledger.close()
    return written


async def checked(url: str, published: Iterable[str] = (), keys: Keys = KEYS) -> Verdict:
    archive = Archive(url, keys)
    try:
        async with archive.view() as view:
            return await verify(view, keys, published)
    finally:
        await archive.close()


async def published(url: str) -> list[str]:
    archive = Archive(url, KEYS)
    try:
        async with archive.view() as view:
            return [head.signed for head in await view.newest_heads()]
    finally:
        await archive.close()


async def execute(url: str, statement: str, **values: Any) -> None:
    database = connect_to(url)
    async with database.writing.begin() as connection:
        await connection.execute(text(statement), values)
    await database.engine.dispose()


def told(verdict: Verdict) -> str:
    return "\n".join(problem.says for problem in verdict.problems)
