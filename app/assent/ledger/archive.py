"""What the command line and the read API ask of a ledger: all of it, streamed, and in one state."""

import contextlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select, tuple_
from sqlalchemy import Row as SqlRow
from sqlalchemy.ext.asyncio import AsyncConnection

from assent.core.audit import Stored
from assent.core.jws import Keys
from assent.core.record import Record, parse
from assent.core.sighting import Sighting
from assent.errors import LedgerUnavailable
from assent.ledger.engine import connect_to
from assent.ledger.opening import Opening
from assent.ledger.rates import Rate, rates
from assent.ledger.rates import query as rates_query
from assent.ledger.schema import heads, nodes, notices, personal, records
from assent.ledger.sightings import read as read_sightings

PAGE = 2000

Place = tuple[str, int]
"""A tree and a number in it."""


@dataclass(frozen=True, slots=True)
class Period:
    """From one moment up to, not including, another, in milliseconds since 1970; None has no end."""

    since: int | None = None
    until: int | None = None


@dataclass(frozen=True, slots=True)
class Filed:
    """A record with its place in the log."""

    tree: str
    place: int
    record: Record


@dataclass(frozen=True, slots=True)
class NewestHead:
    """The newest head of a tree, as stored."""

    tree: str
    size: int
    signed: str


class Archive:
    """A ledger that is looked at as a whole."""

    def __init__(self, url: str, keys: Keys) -> None:
        self.opening = Opening(connect_to(url), keys)
        self.keys = keys

    async def close(self) -> None:
        """Let go of the database."""
        await self.opening.close()

    @contextlib.asynccontextmanager
    async def view(self) -> AsyncIterator["View"]:
        """Give a view of the ledger as it is now, whoever adds to it meanwhile; raises LedgerUnavailable."""
        async with self.opening.reading() as connection:
            yield View(connection)


class View:
    """One state of a ledger."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def newest_heads(self) -> list[NewestHead]:
        """Return the newest head of each tree, the oldest tree first."""
        found = await self._all(newest_heads().order_by(heads.c.tree))
        return [NewestHead(row.tree, row.size, row.signed) for row in found]

    async def heads_of(self, tree: str) -> Sequence[SqlRow[Any]]:
        """Return every kept head of a tree, oldest first: what is filed, and ``signed``."""
        return await self._all(select(heads).where(heads.c.tree == tree).order_by(heads.c.no))

    async def trees(self) -> list[str]:
        """Return every tree that has an entry or a head; each is found by its first, without a scan."""
        found: set[str] = {head.tree for head in await self.newest_heads()}
        after = ""
        smallest = select(func.min(records.c.tree))
        while (tree := await self._scalar(smallest.where(records.c.tree > after))) is not None:
            found.add(tree)
            after = tree
        # What is no text, as another hand may have put into SQLite, names no tree.
        return sorted(tree for tree in found if isinstance(tree, str))

    async def entries(self, tree: str, *, limit: int | None = None) -> AsyncIterator[Stored]:
        """Yield every entry of a tree, in order, or the first few of them."""
        begin, size = 0, min(limit or PAGE, PAGE)
        while True:
            page = await self._all(
                select(records)
                .where(records.c.tree == tree, records.c.place >= begin)
                .order_by(records.c.place)
                .limit(size)
            )
            for row in page:
                yield Stored(
                    row.place, row.id, row.consent_id, row.at, row.expires, row.action, row.record, row.leaf
                )
            if limit or len(page) < size:
                return
            begin = page[-1].place + 1

    async def nodes_of(self, tree: str) -> dict[tuple[int, int], bytes]:
        """Return the stored inner nodes of a tree, by level and number."""
        found = await self._all(select(nodes).where(nodes.c.tree == tree))
        return {(row.level, row.place): row.hash for row in found}

    async def filed(self, period: Period, after: Place | None = None) -> AsyncIterator[Filed]:
        """Yield the records of a period in the order of the log, tree by tree."""
        place = after or ("", -1)
        within = [records.c.consent_id.is_not(None), *_within(period)]
        while True:
            page = await self._all(
                select(records.c.tree, records.c.place, records.c.id, records.c.record)
                .where(tuple_(records.c.tree, records.c.place) > place, *within)
                .order_by(records.c.tree, records.c.place)
                .limit(PAGE)
            )
            for row in page:
                yield Filed(row.tree, row.place, parsed(row.id, row.record))
            if len(page) < PAGE:
                return
            place = (page[-1].tree, page[-1].place)

    async def history(self, consent_id: str) -> list[Record]:
        """Return every record of one visitor, oldest first."""
        query = select(records.c.id, records.c.record).where(records.c.consent_id == consent_id)
        return [parsed(row.id, row.record) for row in await self._all(query.order_by(records.c.id))]

    async def rates(self, period: Period) -> list[Rate]:
        """Return how visitors chose, by day and language."""
        query = rates_query(self._connection.dialect.name).where(*_within(period))
        return rates(await self._all(query))

    async def count(self) -> int:
        """Return how many entries the newest heads cover; those of other kinds than records count too."""
        return sum(head.size for head in await self.newest_heads())

    async def notice(self, sha256: str) -> str | None:
        """Return a kept notice."""
        found: str | None = await self._scalar(select(notices.c.notice).where(notices.c.sha256 == sha256))
        return found

    async def notice_at(self, at: int) -> str | None:
        """Return the notice that was the newest at a moment, in milliseconds since 1970."""
        newest = select(notices.c.notice).where(notices.c.at <= at).order_by(notices.c.at.desc()).limit(1)
        found: str | None = await self._scalar(newest)
        return found

    async def all_notices(self) -> AsyncIterator[tuple[str, str]]:
        """Yield every kept notice with the hash that it is kept under."""
        after = ""
        query = select(notices.c.sha256, notices.c.notice).order_by(notices.c.sha256).limit(1)
        while page := await self._all(query.where(notices.c.sha256 > after)):
            yield page[0].sha256, page[0].notice
            after = page[0].sha256

    async def sightings(self) -> list[Sighting]:
        """Return all that traffic revealed, by name."""
        return await read_sightings(self._connection)

    async def personal_of(self, consent_id: str) -> Sequence[SqlRow[Any]]:
        """Return what is kept apart about a visitor: ``record_id``, ``salt`` and ``data``."""
        return await self._all(select(personal).where(personal.c.consent_id == consent_id))

    async def all_personal(self) -> AsyncIterator[tuple[SqlRow[Any], str | None]]:
        """Yield all that is kept apart, each with the text of its record."""
        after = ""
        query = (
            select(personal, records.c.record)
            .outerjoin(
                records,
                (records.c.consent_id == personal.c.consent_id) & (records.c.id == personal.c.record_id),
            )
            .order_by(personal.c.record_id)
            .limit(PAGE)
        )
        while page := await self._all(query.where(personal.c.record_id > after)):
            for row in page:
                yield row, row.record
            after = page[-1].record_id

    async def _all(self, query: Any) -> Sequence[SqlRow[Any]]:
        return (await self._connection.execute(query)).all()

    async def _scalar(self, query: Any) -> Any:
        return await self._connection.scalar(query)


def _within(period: Period) -> list[ColumnElement[bool]]:
    since = [] if period.since is None else [records.c.at >= period.since]
    until = [] if period.until is None else [records.c.at < period.until]
    return [*since, *until]


def newest_heads(*which: ColumnElement[bool]) -> Select[Any]:
    """Return the query for the newest head of each tree, among those that ``which`` leaves."""
    last = select(heads.c.tree, func.max(heads.c.no).label("no")).where(*which).group_by(heads.c.tree)
    found = last.subquery()
    return select(heads).join(found, (heads.c.tree == found.c.tree) & (heads.c.no == found.c.no))


def parsed(record_id: str, stored: str) -> Record:
    """Return the record of a stored text; raises LedgerUnavailable when it is none any more."""
    try:
        if not isinstance(stored, str):
            raise ValueError("it is no text")
        return parse(stored.encode())
    except ValueError as error:
        raise LedgerUnavailable(f"record {record_id} of the ledger cannot be read: {error}") from error
