"""Tells a visitor what a page was kept from, and why; the page itself says what, and may say anything."""

from collections.abc import Iterable
from itertools import islice
from urllib.parse import parse_qsl, urlencode

from assent.core.categories import ALL, Category
from assent.core.freed import category_of
from assent.core.reasons import LONGEST, text
from assent.core.rules import Rules
from assent.core.words import N_
from assent.web.contexts import Denied

FIELD = "assent-denied"
"""The request field in which a page says it: ``cookie=_ga&host=tracker.example``."""

MOST = 100
"""Things that are listed."""

MOST_WITHHELD = 20
"""Cookies that a page is told of: its markup grows by them."""

KINDS = {"cookie": N_("Cookie"), "storage": N_("Stored key"), "host": N_("Third party")}


def denied(said: str, rules: Rules, granted: frozenset[Category]) -> tuple[Denied, ...]:
    """Return each thing once, without what may pass by now."""
    pairs = dict.fromkeys((kind, name) for kind, name in parse_qsl(said) if kind in KINDS)
    found: list[Denied] = []
    for kind, name in islice(pairs, MOST):
        category = category_of(rules, f"{kind} {name}")
        # Whoever agrees to everything agrees to keys that nobody declared.
        passes = granted >= ALL and kind == "storage" if category is None else category in granted
        if not passes:
            found.append(Denied(KINDS[kind], text(name), category.label if category else ""))
    return tuple(found)


def withheld(names: Iterable[bytes]) -> str:
    """Write the names of cookies that the server kept from a page, as that page sends them back."""
    distinct = islice(dict.fromkeys(name[:LONGEST] for name in names if name), MOST_WITHHELD)
    return urlencode([("cookie", name) for name in distinct])
