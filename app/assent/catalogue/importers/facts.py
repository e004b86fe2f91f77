"""What a reader of somebody else's list yields, line by line."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from assent.catalogue.tables import host_problem, pattern_problem
from assent.core.categories import Category

Kind = Literal["cookies", "storage", "hosts"]

STRICTEST_LAST = (
    Category.NECESSARY,
    Category.FUNCTIONAL,
    Category.PERFORMANCE,
    Category.ANALYTICS,
    Category.ADVERTISEMENT,
)
"""Where sources contradict each other, the later one here counts."""

LONGEST_NAME = 256
SHORTEST_PREFIX = 3
"""Octets before the ``*``: fewer do not tell whose names they begin."""

LONGEST_TEXT = 200

_IN_NO_NAME = re.compile(r"[=;]|\A\s|\s\Z")


@dataclass(frozen=True, slots=True)
class Fact:
    """One pattern and what it is for, according to a list."""

    kind: Kind
    pattern: str
    category: Category
    provider: str = ""
    duration: str = ""


@dataclass(frozen=True, slots=True)
class Malformed:
    """A line that cannot be read; it is skipped."""

    place: str
    says: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A line that can be read, but says nothing that could be used here."""

    why: str


@dataclass(frozen=True, slots=True)
class About:
    """What a list says about itself."""

    title: str = ""
    version: str = ""
    licence: str = ""


Item = Fact | Malformed | LeftOut | About


def strictest(categories: Iterable[Category]) -> Category | None:
    """Return the category that is granted least readily; None of none."""
    return max(categories, key=STRICTEST_LAST.index, default=None)


def fact(
    kind: Kind, pattern: str, category: Category, place: str, provider: str = "", duration: str = ""
) -> Fact | Malformed:
    """Return a fact, when its pattern is one that a rule could have."""
    problem = host_problem(pattern) if kind == "hosts" else _name_problem(pattern)
    if problem:
        return Malformed(place, problem)
    return Fact(kind, pattern, category, line(provider), line(duration))


def line(text: str) -> str:
    """Return a text from outside as one short line."""
    return "".join(c for c in " ".join(text.split()) if c.isprintable())[:LONGEST_TEXT]


def _name_problem(name: str) -> str:
    if not name or not name.isprintable() or _IN_NO_NAME.search(name) or len(name) > LONGEST_NAME:
        return f"{name[:40]!r} is no name of a cookie or a key"
    if name.endswith("*") and len(name) <= SHORTEST_PREFIX:
        return f"{name!r} is too short a beginning to tell whose names it covers"
    return pattern_problem(name)
