"""The built-in catalogue: what widely used cookies and hosts are for, as data files, and their reader."""

import csv
import re
from collections.abc import Callable, Iterable
from functools import cache
from importlib.resources import files
from io import StringIO

from assent.core.categories import Category
from assent.core.rules import CookieRule, HostRule
from assent.errors import ConfigError

COLUMNS = ["name", "category", "provider", "duration", "description"]
HOST_COLUMNS = ["host", "category", "provider"]
CATEGORIES = frozenset(category.value for category in Category)

_HOST = re.compile(r"(?:\*\.)?[a-z0-9_-]+(?:\.[a-z0-9_-]+)+")


@cache
def cookies() -> tuple[CookieRule, ...]:
    """Return the cookies that Assent knows without being told, in the order of their names' bytes."""
    return read(*_file("cookies.csv"))


@cache
def hosts() -> tuple[HostRule, ...]:
    """Return the third parties that Assent knows without being told, in the order of their bytes."""
    return read_hosts(*_file("hosts.csv"))


def read(lines: Iterable[str], where: str) -> tuple[CookieRule, ...]:
    """Read a table of cookies in CSV; ConfigError names every malformed line, with ``where`` as its place."""
    return tuple(
        CookieRule(name, Category(category), provider, duration, description)
        for name, category, provider, duration, description in _table(lines, where, COLUMNS, _pattern_problem)
    )


def read_hosts(lines: Iterable[str], where: str) -> tuple[HostRule, ...]:
    """Read a table of hosts in CSV; ConfigError names every malformed line, with ``where`` as its place."""
    return tuple(
        HostRule(host, Category(category))
        for host, category, _ in _table(lines, where, HOST_COLUMNS, _host_problem)
    )


def _file(name: str) -> tuple[StringIO, str]:
    source = files(__name__) / name
    return StringIO(source.read_text(encoding="utf-8")), str(source)


def _table(
    lines: Iterable[str], where: str, columns: list[str], problem_of: Callable[[str], str]
) -> list[list[str]]:
    """Return the rows below the header; ``problem_of`` judges the first column, the second is a category."""
    table = csv.reader(lines, strict=True)
    rows: list[list[str]] = []
    problems: list[str] = []
    try:
        header = next(table, [])
        if header != columns:
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


def _problem(fields: list[str], columns: list[str], problem_of: Callable[[str], str]) -> str:
    if len(fields) != len(columns):
        return f"{len(fields)} fields where {len(columns)} belong; quote a field that has a comma in it"
    empty = [column for column, field in zip(columns, fields, strict=True) if not field.strip()]
    if empty:
        return f"no {' and no '.join(empty)}; fill it in or remove the line"
    what, category = fields[:2]
    problem = problem_of(what)
    if not problem and category not in CATEGORIES:
        return f"{category!r} is no category; use one of {', '.join(Category)}"
    return problem


def _pattern_problem(name: str) -> str:
    # A bare star would put every cookie of every site into one category.
    if "*" in name[:-1] or name == "*":
        return f"{name!r} is no pattern; write a whole name, or the beginning of one and then *"
    return ""


def _host_problem(host: str) -> str:
    # A wildcard of one label would put a whole top-level domain into one category.
    if not _HOST.fullmatch(host) or (host.startswith("*.") and host.count(".") < 2):
        return f"{host!r} is no host; write tracker.example or *.tracker.example, in lower case"
    return ""
