"""The built-in catalogue: what widely used cookies are for, as a data file, and its reader."""

import csv
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from io import StringIO

from assent.core.categories import Category
from assent.core.rules import CookieRule
from assent.errors import ConfigError

COLUMNS = ["name", "category", "provider", "duration", "description"]
CATEGORIES = frozenset(category.value for category in Category)


@cache
def cookies() -> tuple[CookieRule, ...]:
    """Return the cookies that Assent knows without being told, in the order of their names' bytes."""
    source = files(__name__) / "cookies.csv"
    return read(StringIO(source.read_text(encoding="utf-8")), str(source))


def read(lines: Iterable[str], where: str) -> tuple[CookieRule, ...]:
    """Read a table of cookies in CSV; ConfigError names every malformed line, with ``where`` as its place."""
    table = csv.reader(lines, strict=True)
    rules: list[CookieRule] = []
    problems: list[str] = []
    try:
        header = next(table, [])
        if header != COLUMNS:
            raise ConfigError(f"{where}, line 1: the first line must be {','.join(COLUMNS)}")
        for fields in table:
            problem = _problem(fields)
            if problem:
                problems.append(f"{where}, line {table.line_num}: {problem}")
            else:
                rules.append(_rule(fields))
    except csv.Error as error:
        problems.append(f"{where}, line {table.line_num}: not CSV ({error}); mind the quotation marks")
    if problems:
        raise ConfigError(*problems)
    return tuple(rules)


def _problem(fields: list[str]) -> str:
    if len(fields) != len(COLUMNS):
        return f"{len(fields)} fields where {len(COLUMNS)} belong; quote a field that has a comma in it"
    empty = [column for column, field in zip(COLUMNS, fields, strict=True) if not field.strip()]
    if empty:
        return f"no {' and no '.join(empty)}; fill it in or remove the line"
    name, category = fields[:2]
    # A bare star would put every cookie of every site into one category.
    if "*" in name[:-1] or name == "*":
        return f"{name!r} is no pattern; write a whole name, or the beginning of one and then *"
    if category not in CATEGORIES:
        return f"{category!r} is no category; use one of {', '.join(Category)}"
    return ""


def _rule(fields: list[str]) -> CookieRule:
    name, category, provider, duration, description = fields
    return CookieRule(name, Category(category), provider, duration, description)
