"""The local table of what was imported: one SQLite file, each list with its source, version and licence."""

import contextlib
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assent.catalogue.importers.facts import STRICTEST_LAST, Fact, Kind
from assent.core.categories import Category
from assent.errors import ConfigError

FILE = "imported.db"
"""Its name in ``data_dir``."""

FORM = 1
AT_ONCE = 2000

_TABLES = """
CREATE TABLE IF NOT EXISTS sources (
  source TEXT PRIMARY KEY, version TEXT NOT NULL, licence TEXT NOT NULL, file TEXT NOT NULL,
  at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS facts (
  kind TEXT NOT NULL, pattern TEXT NOT NULL, source TEXT NOT NULL,
  rank INTEGER NOT NULL, provider TEXT NOT NULL, duration TEXT NOT NULL,
  PRIMARY KEY (kind, pattern, source)
) WITHOUT ROWID;
"""
# One list may say two things of one name: the stricter counts.
_ADD = """
INSERT INTO facts (kind, pattern, source, rank, provider, duration) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT DO UPDATE SET rank = excluded.rank, provider = excluded.provider, duration = excluded.duration
WHERE excluded.rank > facts.rank
"""


@dataclass(frozen=True, slots=True)
class Source:
    """One imported list; ``at`` is when, in seconds since 1970."""

    title: str
    version: str
    licence: str
    file: str
    at: int


@dataclass(frozen=True, slots=True)
class Imported:
    """One fact and the list that it is from."""

    fact: Fact
    source: str


class Replacing:
    """One list on its way into the table, in the place of what it said before."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._waiting: list[tuple[object, ...]] = []
        self.finished = False
        connection.execute("DELETE FROM facts WHERE source = ''")

    def add(self, fact: Fact) -> None:
        """Take one fact; memory holds a few at a time."""
        rank = STRICTEST_LAST.index(fact.category)
        self._waiting.append((fact.kind, fact.pattern, "", rank, fact.provider, fact.duration))
        if len(self._waiting) >= AT_ONCE:
            self._write()

    def finish(self, source: Source) -> None:
        """Put the list in force under its title, which may stand at its end only."""
        self._write()
        self._connection.execute("DELETE FROM facts WHERE source = ?", (source.title,))
        self._connection.execute("UPDATE facts SET source = ? WHERE source = ''", (source.title,))
        self._connection.execute(
            "INSERT OR REPLACE INTO sources (source, version, licence, file, at) VALUES (?, ?, ?, ?, ?)",
            (source.title, source.version, source.licence, source.file, source.at),
        )
        self.finished = True

    def _write(self) -> None:
        self._connection.executemany(_ADD, self._waiting)
        self._waiting.clear()


@contextlib.contextmanager
def replacing(folder: Path) -> Iterator[Replacing]:
    """Open the table for one list; what is not finished, or fails, leaves it as it was."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / FILE
    with _told(path), contextlib.closing(sqlite3.connect(path, timeout=30)) as connection:
        _check(connection, path)
        connection.executescript(f"{_TABLES} PRAGMA user_version = {FORM};")
        table = Replacing(connection)
        try:
            yield table
        finally:
            if table.finished:
                connection.commit()
            else:
                connection.rollback()


def facts(folder: Path) -> Iterator[Imported]:
    """Yield what is in force of everything imported: for each pattern what its strictest source says."""
    last: tuple[str, str] | None = None
    for kind, pattern, rank, provider, duration, source in _select(
        folder,
        "SELECT kind, pattern, rank, provider, duration, source FROM facts ORDER BY kind, pattern, rank DESC",
    ):
        if (kind, pattern) != last:
            last = kind, pattern
            yield Imported(Fact(kind, pattern, STRICTEST_LAST[rank], provider, duration), source)


def sources(folder: Path) -> list[Source]:
    """Return the lists that were imported."""
    return [Source(*row) for row in _select(folder, "SELECT source, version, licence, file, at FROM sources")]


def counts(folder: Path, title: str) -> dict[tuple[Kind, Category], int]:
    """Return how many patterns of each kind and category a list has."""
    found = _select(
        folder, "SELECT kind, rank, count(*) FROM facts WHERE source = ? GROUP BY kind, rank", title
    )
    return {(kind, STRICTEST_LAST[rank]): count for kind, rank, count in found}


def _select(folder: Path, query: str, *values: str) -> Iterator[Any]:
    path = folder / FILE
    if not path.exists():
        return
    with _told(path):
        # Read-only, so that a server whose data_dir belongs to somebody else can start.
        url = f"{path.absolute().as_uri()}?mode=ro"
        with contextlib.closing(sqlite3.connect(url, uri=True, timeout=30)) as connection:
            _check(connection, path)
            yield from connection.execute(query, values)


def _check(connection: sqlite3.Connection, path: Path) -> None:
    (form,) = connection.execute("PRAGMA user_version").fetchone()
    if form not in (0, FORM):
        raise ConfigError(f"{path}: written by a newer Assent (form {form}); import the lists anew or update")


@contextlib.contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise ConfigError(f"{path}: {error}; remove it and import the lists anew") from error
