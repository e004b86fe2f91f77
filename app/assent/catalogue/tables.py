"""Reads the catalogue's tables: CSV with a fixed header, every malformed line named at once."""

import csv
import re
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from assent.catalogue.words import described
from assent.core.categories import Category
from assent.core.rules import CookieRule, HostRule, StorageRule
from assent.errors import ConfigError

SOURCES: Mapping[str, str] = {
    "ocd": "Open Cookie Database",
    "tpw": "third-party-web",
    "own": "documentation and behaviour of the product itself",
}
"""Where the facts of a row are from; what they mean was judged for Assent in every case."""

COOKIE_COLUMNS = ("name", "category", "provider", "domain", "duration", "description", "source")
STORAGE_COLUMNS = ("key", "category", "provider", "description", "source")
HOST_COLUMNS = ("host", "category", "provider", "source")

CATEGORIES = frozenset(category.value for category in Category)
MAY_BE_EMPTY = frozenset(("domain", "duration", "description"))

_HOST = re.compile(r"(?:\*\.)?[a-z0-9_-]+(?:\.[a-z0-9_-]+)+")


class KnownCookie(NamedTuple):
    """One cookie and where it lives: on the site itself, or on the domain of a third party."""

    rule: CookieRule
    domain: str
    """"" for the site itself."""


def read_cookies(lines: Iterable[str], where: str) -> tuple[KnownCookie, ...]:
    """Read a table of cookies in CSV; ConfigError names every malformed line, with ``where`` as its place."""
    return tuple(
        KnownCookie(
            CookieRule(name, Category(category), provider, duration, _text(text, category, provider)), domain
        )
        for name, category, provider, domain, duration, text, _ in _table(
            lines, where, COOKIE_COLUMNS, pattern_problem
        )
    )


def read_storage(lines: Iterable[str], where: str) -> tuple[StorageRule, ...]:
    """Read a table of storage keys in CSV; ConfigError names every malformed line."""
    return tuple(
        StorageRule(key, Category(category), provider, _text(text, category, provider))
        for key, category, provider, text, _ in _table(lines, where, STORAGE_COLUMNS, pattern_problem)
    )


def read_hosts(lines: Iterable[str], where: str) -> tuple[HostRule, ...]:
    """Read a table of hosts in CSV; ConfigError names every malformed line."""
    return tuple(
        HostRule(host, Category(category), provider)
        for host, category, provider, _ in _table(lines, where, HOST_COLUMNS, host_problem)
    )


def pattern_problem(name: str) -> str:
    """Return why this is no cookie-name or key and no prefix ending in ``*``; "" when it is one."""
    # A bare star would put every cookie of every site into one category.
    if "*" in name[:-1] or name == "*":
        return f"{name!r} is no pattern; write a whole name, or the beginning of one and then *"
    return ""


def host_problem(host: str) -> str:
    """Return why this is no host as rules write it; "" when it is one."""
    # A wildcard of one label would put a whole top-level domain into one category.
    if not _HOST.fullmatch(host) or (host.startswith("*.") and host.count(".") < 2):
        return f"{host!r} is no host; write tracker.example or *.tracker.example, in lower case"
    return ""


def _text(text: str, category: str, provider: str) -> str:
    return text or described(Category(category), provider)


def _table(
    lines: Iterable[str], where: str, columns: tuple[str, ...], problem_of: Callable[[str], str]
) -> list[list[str]]:
    """Return the rows below the header; ``problem_of`` judges the first column, the second is a category."""
    table = csv.reader(lines, strict=True)
    rows: list[list[str]] = []
    problems: list[str] = []
    try:
        header = next(table, [])
        if tuple(header) != columns:
            raise ConfigError(f"{where}, line 1: the first line must be {','.join(columns)}")
        for fields in table:
            problem = _problem(fields, columns, problem_of)
            if problem:
                problems.append(f"{where}, line {table.line_num}: {problem}")
            else:
                rows.append(fields)
    except csv.Error as error:
        problems.append(f"{where}, line {table.line_num}: not CSV ({error}); mind the quotation marks")
    if problems:
        raise ConfigError(*problems)
    return rows


def _problem(fields: list[str], columns: tuple[str, ...], problem_of: Callable[[str], str]) -> str:
    if len(fields) != len(columns):
        return f"{len(fields)} fields where {len(columns)} belong; quote a field that has a comma in it"
    empty = [
        column
        for column, field in zip(columns, fields, strict=True)
        if not field.strip() and column not in MAY_BE_EMPTY
    ]
    if empty:
        return f"no {' and no '.join(empty)}; fill it in or remove the line"
    what, category, source = fields[0], fields[1], fields[-1]
    if problem := problem_of(what):
        return problem
    if category not in CATEGORIES:
        return f"{category!r} is no category; use one of {', '.join(Category)}"
    if source not in SOURCES:
        return f"{source!r} is no source; use one of {', '.join(SOURCES)}"
    return ""
