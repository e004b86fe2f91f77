"""What traffic revealed, as the inventory tells it: each thing once, with what is known or suggested."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from assent.cli.ledger import with_archive
from assent.config import Settings
from assent.config.inventory import KEYS, Name, quoted
from assent.core.durations import DAY, lasting, outlives
from assent.core.sighting import Kind, Sighting, Trait, attributes

if TYPE_CHECKING:
    from assent.core.rules import CookieRule, HostRule, Rules, StorageRule
    from assent.core.suggestion import Suggestion

    Rule = CookieRule | StorageRule | HostRule

TABLES: dict[Kind, Name] = {"cookie": "cookies", "storage": "storage", "host": "hosts"}

MOST_PLACES = 3
"""Of one thing that are told, those first in which it was seen most."""


@dataclass(frozen=True, slots=True)
class Revealed:
    """One name that traffic showed."""

    seen: Sighting
    places: tuple[Sighting, ...]
    rule: "Rule | None"
    suggestion: "Suggestion | None"

    @property
    def table(self) -> Name:
        """The list of the configuration that could declare it."""
        return TABLES[self.seen.kind]

    @property
    def category(self) -> str:
        """Its category, or "unknown"."""
        return self.rule.category.value if self.rule else "unknown"

    @property
    def provider(self) -> str:
        """Whose it is, where that is known."""
        return getattr(self.rule, "provider", "")

    def joined(self, other: "Revealed") -> "Revealed":
        """Return both names as one."""
        return replace(self, seen=self.seen.merged(other.seen), places=(*self.places, *other.places))

    @property
    def columns(self) -> tuple[str, ...]:
        """First and last day, how often, what it is like, where it was seen, and what is suggested."""
        said = self.suggestion
        likely = f"looks like {said.category.value}: {said.reason}" if said else ""
        return (
            day(self.seen.first),
            day(self.seen.last),
            str(self.seen.times),
            self._like(),
            self._where(),
            likely,
        )

    def _like(self) -> str:
        if self.seen.kind != "cookie" or not self.seen.traits & Trait.SET:
            return ""
        lives = lasting(self.seen.lifetime or None)
        declared = getattr(self.rule, "duration", "")
        over = f" (declared: {declared})" if declared and outlives(self.seen.lifetime, declared) else ""
        marks = attributes(self.seen.traits)
        return f"{lives}{over}{', ' if marks else ''}{marks}"

    def _where(self) -> str:
        most = sorted(self.places, key=lambda place: place.times, reverse=True)
        told = [f"{place.how} {place.place}" for place in most[:MOST_PLACES]]
        if self.seen.kind == "cookie" and not self.seen.traits & Trait.SET and not told:
            return "sent by browsers, set by no answer"
        return ", ".join(told)


def revealed(settings: Settings, rules: "Rules") -> list[Revealed]:
    """Return what traffic showed, by kind and name; nothing where there is no ledger yet."""
    from assent.core.suggestion import Suggestions
    from assent.ledger.engine import connect_to

    file = connect_to(settings.ledger.url).file
    if file is not None and not file.exists():
        return []

    async def run(archive: Any) -> list[Sighting]:
        async with archive.view() as view:
            return list(await view.sightings())

    return list(_gathered(with_archive(settings, run), rules, Suggestions(rules)))


def by_rule(found: Iterable[Revealed]) -> dict[int, Revealed]:
    """Return all that each rule covers as one, by the identity of the rule."""
    covered: dict[int, Revealed] = {}
    for one in found:
        if one.rule is not None:
            earlier = covered.get(id(one.rule))
            covered[id(one.rule)] = earlier.joined(one) if earlier else one
    return covered


def between(found: Iterable[Revealed], since: int, until: int) -> tuple[list[Revealed], list[Revealed]]:
    """Return what was first seen between two moments, and what was seen before and for the last time then.

    What was seen on the last day may well be seen again.
    """
    listed = list(found)
    new = [one for one in listed if since <= one.seen.first < until]
    gone = [one for one in listed if one.seen.first < since <= one.seen.last < until - DAY * 1000]
    return new, gone


def day(moment: int) -> str:
    """Return the day of a moment, in UTC."""
    return datetime.fromtimestamp(moment / 1000, UTC).date().isoformat()


def _gathered(seen: Iterable[Sighting], rules: "Rules", suggestions: Any) -> Iterator[Revealed]:
    found: dict[tuple[Kind, str], list[Sighting]] = {}
    for one in seen:
        if one.kind in TABLES:
            found.setdefault((one.kind, one.name), []).append(one)
    for every in found.values():
        # The name as such may have gone for lack of room, while one of its places stays.
        whole = next((one for one in every if not one.place), None)
        if whole is not None:
            rule = _rule(whole, rules)
            likely = None if rule else suggestions.of(whole)
            yield Revealed(whole, tuple(one for one in every if one.place), rule, likely)


def _rule(seen: Sighting, rules: "Rules") -> "Rule | None":
    from assent.core.urls import Target

    octets = seen.name.encode("utf-8", "surrogateescape")
    if seen.kind == "cookie":
        return rules.cookie(octets)
    return rules.storage_rule(octets) if seen.kind == "storage" else rules.host_rule(Target.read(seen.name))


def entry(one: Revealed) -> str:
    """Return one thing as an entry for a configuration file.

    What nobody knows is commented out, with what it looks like: pasted as it is, it stays blocked.
    """
    lines = [f"[[{one.table}]]", f"{KEYS[one.table]} = {quoted(one.seen.name)}"]
    if one.rule is not None:
        lines.append(f'category = "{one.category}"')
        details = ("provider", "duration", "description") if one.table == "cookies" else ()
        lines += [f"{key} = {quoted(value)}" for key in details if (value := getattr(one.rule, key))]
        return "".join(f"{line}\n" for line in lines)
    said = one.suggestion
    lines.append(f'category = "{said.category.value if said else ""}"')
    if one.table == "cookies":
        lines.append(f"duration = {quoted(lasting(one.seen.lifetime or None))}")
    why = f"looks like {said.category.value}: {said.reason}" if said else "unknown"
    lines.insert(0, f"{why}; first seen {day(one.seen.first)}, last {day(one.seen.last)}")
    return "".join(f"# {line}\n" for line in lines)
