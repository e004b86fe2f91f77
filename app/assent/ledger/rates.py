"""How visitors choose, by day, language and category: counted by the database."""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import JSON, Select, cast, func, select, type_coerce

from assent.core.categories import OPTIONAL
from assent.core.moments import iso
from assent.core.record import Action
from assent.ledger.schema import records

_DAY = 24 * 3600 * 1000

_ASKED = [action.value for action in Action if action not in (Action.EXPIRE, Action.IMPORT)]
"""What counts as a choice: the end of its time is none, and what is carried over was made elsewhere."""


@dataclass(slots=True)
class Rate:
    """The choices of one day in one language."""

    day: str
    language: str
    choices: int = 0
    accepted: int = 0
    """Those that gave every category."""
    rejected: int = 0
    """Those that gave none."""
    given: Counter[str] = field(default_factory=Counter)
    """How many gave each category."""


def query(dialect: str) -> Select[Any]:
    """Return the query that counts; its rows are ``day``, ``language``, ``given`` as JSON, and ``number``."""
    # PostgreSQL has to be told that the text is JSON; SQLite takes it for what it is.
    told = cast(records.c.record, JSON) if dialect == "postgresql" else type_coerce(records.c.record, JSON)
    day = (records.c.at // _DAY).label("day")
    language, given = told["language"].as_string().label("language"), told["given"].as_string().label("given")
    counted = select(day, language, given, func.count().label("number"))
    asked = (records.c.consent_id.is_not(None)) & (records.c.action.in_(_ASKED))
    return counted.where(asked).group_by(day, language, given).order_by(day, language)


def rates(rows: Iterable[Any]) -> list[Rate]:
    """Fold the rows of the query."""
    found: dict[tuple[int, str], Rate] = {}
    for row in rows:
        rate = found.setdefault((row.day, row.language), Rate(iso(row.day * _DAY)[:10], row.language))
        given = json.loads(row.given)
        rate.choices += row.number
        rate.accepted += row.number * (len(given) == len(OPTIONAL))
        rate.rejected += row.number * (not given)
        rate.given.update(dict.fromkeys(given, row.number))
    return list(found.values())
