"""All that is known without the operator: the built-in catalogue, and below it what was imported."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple, TypeVar

from assent import catalogue
from assent.catalogue.imported import facts
from assent.catalogue.importers.facts import Fact
from assent.catalogue.words import described
from assent.core.hosts import HostPatterns
from assent.core.rules import NAME_PREFIXES, CookieRule, HostRule, Patterns, StorageRule, without_prefix
from assent.core.urls import Target

RuleT = TypeVar("RuleT")


class Known(NamedTuple):
    """The tables that rules take from the catalogue."""

    cookies: tuple[CookieRule, ...]
    storage: tuple[StorageRule, ...]
    hosts: tuple[HostRule, ...]


def in_force(folder: Path) -> Known:
    """Return the tables in force for this ``data_dir``; raises ConfigError when the imported one is damaged.

    An imported pattern that the built-in table covers is left out, so that one look-up does for both. So is
    one such as ``__Host-a*`` or ``_*``: it would be found before a bare name that is built in.
    """
    cookies, storage, hosts = catalogue.cookies(), catalogue.storage(), catalogue.hosts()
    imported: dict[str, list[Fact]] = {"cookies": [], "storage": [], "hosts": []}
    for found in facts(folder):
        imported[found.fact.kind].append(found.fact)
    by_name = _covers([(rule.name, rule) for rule in cookies]) if imported["cookies"] else _nothing
    by_key = _covers([(rule.key, rule) for rule in storage]) if imported["storage"] else _nothing
    return Known(
        (*cookies, *map(_cookie, _uncovered(filter(_is_bare, imported["cookies"]), by_name))),
        (*storage, *map(_key, _uncovered(imported["storage"], by_key))),
        (*hosts, *map(_host, _uncovered(imported["hosts"], _hosts_covered(hosts)))),
    )


def _is_bare(fact: Fact) -> bool:
    name = fact.pattern.encode().lower()
    beginning = name.removesuffix(b"*")
    return beginning == name or not any(
        beginning.startswith(prefix) or prefix.startswith(beginning) for prefix in NAME_PREFIXES
    )


def _uncovered(imported: Iterable[Fact], covered: Callable[[str], bool]) -> Iterator[Fact]:
    return (fact for fact in imported if not covered(fact.pattern))


def _covers(rules: list[tuple[str, RuleT]]) -> Callable[[str], bool]:
    """Return what tells whether these rules decide about all names that a pattern fits."""
    every = Patterns(rules)
    prefixes = Patterns((pattern, rule) for pattern, rule in rules if pattern.endswith("*"))

    def covered(pattern: str) -> bool:
        table = prefixes if pattern.endswith("*") else every
        name = pattern.removesuffix("*").encode()
        return (table.find(name) or table.find(without_prefix(name))) is not None

    return covered


def _hosts_covered(rules: tuple[HostRule, ...]) -> Callable[[str], bool]:
    every = HostPatterns((rule.host, rule) for rule in rules)
    wildcards = HostPatterns((rule.host, rule) for rule in rules if rule.host.startswith("*."))

    def covered(pattern: str) -> bool:
        table = wildcards if pattern.startswith("*.") else every
        return table.find(Target(pattern.removeprefix("*."))) is not None

    return covered


def _nothing(_: str) -> bool:
    return False


def _cookie(fact: Fact) -> CookieRule:
    text = described(fact.category, fact.provider) if fact.provider else ""
    return CookieRule(fact.pattern, fact.category, fact.provider, fact.duration, text)


def _key(fact: Fact) -> StorageRule:
    return StorageRule(fact.pattern, fact.category, fact.provider)


def _host(fact: Fact) -> HostRule:
    return HostRule(fact.pattern, fact.category, fact.provider)
