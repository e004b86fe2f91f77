"""Which cookies are listed under each category: what is declared, and what traffic showed to be in use."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from assent.core.categories import Category
from assent.core.rules import OWN, CookieRule, Rules
from assent.core.words import N_
from assent.web.contexts import CookieRow

FEW = 3
"""Concrete names shown for one catalogue prefix; more would say nothing that the prefix does not."""

DECLARED = N_("Declared by this site.")
SEEN = N_("Seen on this site.")

Tables = Mapping[Category, tuple[CookieRow, ...]]


class CookieTables:
    """The tables, made anew only when a name was seen that was not there before.

    ``names`` gives the cookie-names seen so far, or the prefixes ending in ``*`` that cover them. A name that
    no rule knows is listed nowhere: what it is for would be a guess.
    """

    def __init__(
        self, rules: Rules, *, lifetime_days: int, names: Callable[[], Iterable[str]] = tuple
    ) -> None:
        self._rules = rules
        own = replace(OWN, duration=f"{lifetime_days} days")
        self._declared: dict[str, CookieRule] = {}
        for rule in (own, *rules.cookies):
            # The first of two rules with one name is the one in force.
            self._declared.setdefault(rule.name, rule)
        self._names = names
        self._last: Iterable[str] | None = None
        self._seen: frozenset[str] | None = None
        self._tables: Tables = {}

    def current(self) -> Tables:
        """Return the rows of every category, in the order: Assent's own, declared, seen by name."""
        names = self._names()
        if names is not self._last:
            seen = frozenset(names)
            if seen != self._seen:
                self._tables = self._build(seen)
                self._seen = seen
            self._last = names
        return self._tables

    def _build(self, seen: frozenset[str]) -> Tables:
        rows: dict[Category, list[CookieRow]] = {category: [] for category in Category}
        for rule in self._declared.values():
            rows[rule.category].append(self._row(rule, rule.name, DECLARED))
        for rule, names in sorted(self._catalogued(seen).items(), key=lambda item: item[0].name.lower()):
            concrete = sorted(name for name in names if name != rule.name)
            shown = concrete if 0 < len(concrete) <= FEW else [rule.name]
            rows[rule.category].extend(self._row(rule, name, SEEN) for name in shown)
        return {category: tuple(listed) for category, listed in rows.items()}

    def _catalogued(self, seen: frozenset[str]) -> Mapping[CookieRule, set[str]]:
        """Return the seen names that only the catalogue knows, by the rule that covers them."""
        found: dict[CookieRule, set[str]] = defaultdict(set)
        for name in seen:
            rule = self._rules.cookie(name.encode())
            if rule is not None and rule.name not in self._declared:
                found[rule].add(name)
        return found

    def _row(self, rule: CookieRule, name: str, learned: str) -> CookieRow:
        """Return one line: the rule's facts under a name that it covers."""
        # What the scan proposed to declare, and the operator took over, is the catalogue's as well.
        known = self._rules.catalogued(rule.name.encode())
        catalogued = known is not None and known.description == rule.description
        return CookieRow(name, rule.provider, rule.duration, rule.description, learned, catalogued)
