"""What is new to a visitor who has chosen: it was declared, or first seen, after that choice.

Nothing is looked up for it: a process has the dates of what is declared and seen at hand, and those of
others since it last read them. Of a choice that is older than what it remembers it says nothing.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from assent.core.categories import Category
from assent.core.choice import Choice
from assent.core.rules import Rules
from assent.discovery import Sightings
from assent.web.contexts import PartyRow, Section
from assent.web.parties import domain_of


class Novelty:
    """Made with the settings: what they declare is taken note of."""

    def __init__(self, rules: Rules, sightings: Sightings) -> None:
        self._sightings = sightings
        self._cookies = {(rule.category, rule.name): _key(rule.category, rule.name) for rule in rules.cookies}
        self._parties: dict[tuple[str, str], list[str]] = defaultdict(list)
        for rule in rules.hosts:
            place = rule.category.value, domain_of(rule.host.removeprefix("*."))
            self._parties[place].append(_key(rule.category, f"host {rule.host}"))
        declared = [key for keys in self._parties.values() for key in keys]
        sightings.declarations.declare([*self._cookies.values(), *declared])

    def cookie(self, category: Category, name: str, choice: Choice) -> bool:
        """Tell whether a cookie of this name is younger than a choice."""
        moment, declarations = _moment(choice), self._sightings.declarations
        if key := self._cookies.get((category, name)):
            return declarations.newer(key, moment)
        seen = self._sightings.first(name)
        return seen is not None and seen > moment and declarations.watched(moment)

    def party(self, row: PartyRow, choice: Choice) -> bool:
        """Tell whether all that is declared of a third party is younger than a choice."""
        keys, moment = self._parties.get((row.category, row.domain), ()), _moment(choice)
        return bool(keys) and all(self._sightings.declarations.newer(key, moment) for key in keys)


def marked(section: Section, parties: Iterable[PartyRow], choice: Choice, novelty: Novelty | None) -> Section:
    """Return a section such that it says what is new since a choice, if it is asked for again."""
    category = Category(section.value)
    if category not in choice.changed:
        return section
    if novelty is None:
        return replace(section, changed=True)
    return replace(
        section,
        changed=True,
        cookies=tuple(
            replace(row, new=novelty.cookie(category, row.name, choice)) for row in section.cookies
        ),
        new_parties=tuple(
            row.domain for row in parties if row.category == section.value and novelty.party(row, choice)
        ),
    )


def _key(category: Category, what: str) -> str:
    return f"{category} {what}"


def _moment(choice: Choice) -> int:
    # What came within the same second counts as known.
    return choice.at * 1000 + 999
