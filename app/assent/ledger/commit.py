"""One batch, one transaction: the rows, what the tree needs of them, and the head that is signed over all.

It runs in a thread of its own with a plain connection. Between coroutines, a batch of dozens of rows would
spend more on the steps from one statement to the next than on the rows.
"""

import asyncio
import contextlib
import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, or_, select, update
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from assent.core import log
from assent.core.jws import Keys
from assent.core.merkle import Frontier
from assent.core.record import uuid7
from assent.errors import LedgerUnavailable
from assent.ledger.archive import newest_heads
from assent.ledger.engine import Database
from assent.ledger.schema import heads, nodes, personal, records
from assent.ledger.tree import Grown, Row, Tree

_SLACK = 3_600_000
"""Milliseconds by which the clocks of writers may differ and their starts overlap."""

_CLOSE_SECONDS = 5

_ROW = [column.name for column in records.columns]

# Made once, for to make a statement takes longer than to run it.
_INSERT = insert(records)
_FIRST_HEAD = insert(heads)
_NEWER_HEAD = update(heads).where(heads.c.tree == bindparam("in_tree"), heads.c.no == bindparam("of_no"))


class Committer:
    """Adds batches to this writer's own tree, which begins with the first of them.

    After a failure it begins another one, for nobody can tell how much of the last batch was stored.
    """

    def __init__(self, database: Database, keys: Keys, clock: Callable[[], int] = time.time_ns) -> None:
        self._database = database
        self._keys = keys
        self._clock = clock
        self._tree: Tree | None = None
        self._connection: Connection | None = None
        self._thread: ThreadPoolExecutor | None = None

    @property
    def head(self) -> str:
        """The newest signed head of this writer's tree; empty before the first commit."""
        return self._tree.signed if self._tree else ""

    async def commit(self, rows: Sequence[Row]) -> None:
        """Return once the rows are durable; raises what the database raises, and then stores none."""
        if self._thread is None:
            self._thread = ThreadPoolExecutor(1, thread_name_prefix="assent ledger")
        await asyncio.get_running_loop().run_in_executor(self._thread, self._commit, rows)

    async def close(self) -> None:
        """Let go of the connection; the next commit takes another."""
        if self._thread is None:
            return
        thread, self._thread = self._thread, None
        closing = asyncio.get_running_loop().run_in_executor(thread, self._drop)
        # A commit that hangs is not waited for: the driver's own patience ends it.
        await asyncio.wait({closing}, timeout=_CLOSE_SECONDS)
        thread.shutdown(wait=False)

    def _commit(self, rows: Sequence[Row]) -> None:
        tree, self._tree = self._tree, None
        try:
            # Kept, for a pool would ask the server at each turn whether the connection still stands.
            if self._connection is None:
                self._connection = self._database.plain.connect()
            with self._connection.begin():
                grown = add(self._connection, self._keys, tree, rows, self._clock() // 1_000_000)
        except BaseException:
            self._drop()
            raise
        self._tree = grown.tree

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(SQLAlchemyError, OSError):
                connection.close()


def add(connection: Connection, keys: Keys, tree: Tree | None, rows: Sequence[Row], now: int) -> Grown:
    """Add rows to the tree, or to a new one, in a transaction of the caller's."""
    if not keys.signs:
        raise LedgerUnavailable("there is no key to sign the ledger with")
    if tree is None:
        tree = Tree(uuid7(now, os.urandom(10)), Frontier())
        rows = [_start(connection, tree.id, now), *rows]
    grown = tree.grow(rows, now, keys)
    _store(connection, grown)
    return grown


def entry(entry_id: str, at: int, action: str, text: str) -> Row:
    """Return the row of an entry that concerns no visitor by name."""
    return {
        "id": entry_id,
        "consent_id": None,
        "at": at,
        "expires": None,
        "action": action,
        "record": text,
    }


def _start(connection: Connection, tree: str, now: int) -> Row:
    newest = connection.scalar(select(func.max(heads.c.tree)))
    before: tuple[log.Head, ...] = ()
    if newest is not None:
        # What ended before the newest tree began was named by that one, or by one that was named by it.
        begun = min(int(newest.replace("-", "")[:12], 16), now)
        recent = or_(heads.c.at >= begun - _SLACK, heads.c.tree == newest)
        rows = connection.execute(newest_heads(recent).order_by(heads.c.tree)).all()
        before = tuple(log.Head(row.tree, row.size, row.root, row.at) for row in rows)
    return entry(tree, now, "start", log.start_text(log.Start(tree, now, before)))


def _store(connection: Connection, grown: Grown) -> None:
    known: list[Any] = [row["personal"] for row in grown.rows if "personal" in row]
    # A connection of coroutines, which erasing has, cannot COPY from here.
    if connection.dialect.name == "postgresql" and not connection.dialect.is_async:
        _copy(connection, grown.rows)
    else:
        connection.execute(_INSERT, [{name: row[name] for name in _ROW} for row in grown.rows])
    if grown.nodes:
        connection.execute(insert(nodes), grown.nodes)
    if known:
        connection.execute(insert(personal), known)
    if grown.replaces:
        connection.execute(
            _NEWER_HEAD, grown.head | {"in_tree": grown.head["tree"], "of_no": grown.head["no"]}
        )
    else:
        connection.execute(_FIRST_HEAD, grown.head)


def _copy(connection: Connection, rows: Sequence[Row]) -> None:
    """Insert by COPY: arrays or a statement for each row would cost several times as much, on this side."""
    driver: Any = connection.connection.driver_connection
    errors: Any = connection.dialect.loaded_dbapi
    statement = f"COPY {records.name} ({', '.join(_ROW)}) FROM STDIN"
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row([row[name] for name in _ROW])
    except errors.Error as error:
        # As SQLAlchemy has it, which did not see this statement.
        raise DBAPIError.instance(
            statement, None, error, errors.Error, hide_parameters=True, dialect=connection.dialect
        ) from error
