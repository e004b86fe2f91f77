"""Which category a cookie, a storage key, a host or a path serves: operator, then catalogue, then unknown."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Generic, Literal, TypeVar

from assent.core.categories import Category
from assent.core.hosts import HostPatterns
from assent.core.urls import Target
from assent.core.words import N_

Unknown = Literal["block", "allow"]


@dataclass(frozen=True, slots=True)
class CookieRule:
    """One declared cookie; ``name`` is exact, or a prefix ending in ``*``."""

    name: str
    category: Category
    provider: str = ""
    duration: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True)
class StorageRule:
    """One key, or prefix ending in ``*``, of localStorage, sessionStorage, IndexedDB or Cache Storage."""

    key: str
    category: Category
    provider: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True)
class HostRule:
    """One third-party host; ``*.x`` covers x and all below it."""

    host: str
    category: Category
    provider: str = ""


@dataclass(frozen=True, slots=True)
class PathRule:
    """One first-party path, or prefix ending in ``*``, that serves a purpose of its own."""

    path: str
    category: Category


OWN = CookieRule(
    name="assent",
    category=Category.NECESSARY,
    provider=N_("This site"),
    description=N_("Remembers your consent preferences."),
)

# RFC 6265bis 4.1.3: user agents match these without regard to case, and a framework that adds one to its
# session cookie still means the same cookie.
NAME_PREFIXES = (b"__host-http-", b"__host-", b"__secure-", b"__http-")

RuleT = TypeVar("RuleT")


class Patterns(Generic[RuleT]):
    """Exact names and prefixes, compiled: a look-up costs the same for ten patterns as for ten thousand."""

    def __init__(self, rules: Iterable[tuple[str, RuleT]]) -> None:
        self._exact: dict[bytes, RuleT] = {}
        self._prefix: dict[bytes, RuleT] = {}
        for pattern, rule in rules:
            table = self._prefix if pattern.endswith("*") else self._exact
            table.setdefault(pattern.removesuffix("*").encode(), rule)
        # By the first octet, since most names then meet no prefix at all; "*" alone has none, and comes last.
        lengths: dict[bytes, set[int]] = {}
        for prefix in self._prefix:
            lengths.setdefault(prefix[:1], set()).add(len(prefix))
        self._lengths = {first: sorted(found, reverse=True) for first, found in lengths.items()}

    def find(self, name: bytes) -> RuleT | None:
        """Return the rule of the exact name, else of the longest prefix that fits."""
        rule = self._exact.get(name)
        if rule is not None:
            return rule
        for length in self._lengths.get(name[:1], ()):
            rule = self._prefix.get(name[:length])
            if rule is not None:
                return rule
        return self._prefix.get(b"")


@dataclass(frozen=True)
class Rules:
    """All rules in force, compiled once; precedence: Assent's own cookie, operator, catalogue, unknown."""

    cookies: tuple[CookieRule, ...] = ()
    catalogue: tuple[CookieRule, ...] = ()
    storage: tuple[StorageRule, ...] = ()
    hosts: tuple[HostRule, ...] = ()
    paths: tuple[PathRule, ...] = ()
    unknown_cookies: Unknown = "block"
    unknown_hosts: Unknown = "block"
    unknown_storage: Unknown = "block"
    catalogue_hosts: tuple[HostRule, ...] = ()
    catalogue_storage: tuple[StorageRule, ...] = ()
    _operator: Patterns[CookieRule] = field(init=False, repr=False, compare=False)
    _builtin: Patterns[CookieRule] = field(init=False, repr=False, compare=False)
    _operator_hosts: HostPatterns[HostRule] = field(init=False, repr=False, compare=False)
    _builtin_hosts: HostPatterns[HostRule] = field(init=False, repr=False, compare=False)
    _storage: Patterns[StorageRule] = field(init=False, repr=False, compare=False)
    _builtin_storage: Patterns[StorageRule] = field(init=False, repr=False, compare=False)
    _paths: Patterns[PathRule] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        compiled = {
            "_operator": Patterns((rule.name, rule) for rule in (OWN, *self.cookies)),
            "_builtin": Patterns((rule.name, rule) for rule in self.catalogue),
            "_operator_hosts": HostPatterns((rule.host, rule) for rule in self.hosts),
            "_builtin_hosts": HostPatterns((rule.host, rule) for rule in self.catalogue_hosts),
            "_storage": Patterns((rule.key, rule) for rule in self.storage),
            "_builtin_storage": Patterns((rule.key, rule) for rule in self.catalogue_storage),
            "_paths": Patterns((rule.path, rule) for rule in self.paths),
        }
        for name, table in compiled.items():
            object.__setattr__(self, name, table)

    def cookie(self, name: bytes) -> CookieRule | None:
        """Return the rule for a cookie-name, or None when nobody knows it."""
        bare = without_prefix(name)
        for table in (self._operator, self._builtin):
            rule = table.find(name) or (table.find(bare) if bare != name else None)
            if rule is not None:
                return rule
        return None

    def catalogued(self, name: bytes) -> CookieRule | None:
        """Return what the catalogue has about a cookie-name, whatever the operator declares."""
        return self._builtin.find(name) or self._builtin.find(without_prefix(name))

    def permits(self, name: bytes, granted: frozenset[Category]) -> bool:
        """Tell whether a cookie of this name may pass. This is the line that decides about a cookie."""
        rule = self.cookie(name)
        if rule is None:
            return self.unknown_cookies == "allow"
        return rule.category in granted

    def host(self, target: Target) -> Category | None:
        """Return the category of a third-party host, or None when nobody knows it."""
        rule = self.host_rule(target)
        return None if rule is None else rule.category

    def host_rule(self, target: Target) -> HostRule | None:
        """Return the rule for a third-party host, or None when nobody knows it."""
        return self._operator_hosts.find(target) or self._builtin_hosts.find(target)

    def storage_rule(self, key: bytes) -> StorageRule | None:
        """Return the rule for a storage key, or None when nobody knows it."""
        return self._storage.find(key) or self._builtin_storage.find(key)

    def path_rule(self, path: str) -> PathRule | None:
        """Return the rule for a first-party path, or None when it is not declared."""
        return self._paths.find(path.encode("utf-8", "surrogateescape"))

    def permits_path(self, path: str, granted: frozenset[Category]) -> bool:
        """Tell whether a first-party path may be asked for; one that is not declared may."""
        rule = self.path_rule(path)
        return rule is None or rule.category in granted


def without_prefix(name: bytes) -> bytes:
    """Return the cookie-name without ``__Host-``, ``__Secure-`` and the like (RFC 6265bis 4.1.3)."""
    lowered = name[:12].lower()
    for prefix in NAME_PREFIXES:
        if lowered.startswith(prefix):
            return name[len(prefix) :]
    return name


def policy_version(rules: Rules) -> str:
    """Return a version that changes, category by category, when what the operator declares changes.

    The catalogue is no part of it: an upgrade of Assent must not ask every visitor again.
    """
    declared = [
        *(("cookie", rule.category, rule.name) for rule in rules.cookies),
        *(("storage", rule.category, rule.key) for rule in rules.storage),
        *(("host", rule.category, rule.host) for rule in rules.hosts),
        *(("path", rule.category, rule.path) for rule in rules.paths),
    ]
    digests = (
        hashlib.sha256(repr(sorted((kind, what) for kind, of, what in declared if of is category)).encode())
        for category in Category
    )
    return "-".join(digest.hexdigest()[:6] for digest in digests)
