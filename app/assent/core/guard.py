"""What the guard in the page must know of a decision: the rules as tables of verdicts, fit to be sent."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypedDict

from assent.core.categories import ALL, Category
from assent.core.rules import NAME_PREFIXES, OWN, Rules

Table = dict[str, int]
"""1 for what may pass and 0 for what may not, by pattern; a bare ``*`` speaks for all that no other names."""

Declared = Iterable[tuple[str, Category]]


class Patterns(TypedDict):
    """For each kind its tables: the first that has a pattern that fits decides, and the last always has."""

    own: str
    cookie: list[Table]
    storage: list[Table]
    host: list[Table]


def patterns(rules: Rules, granted: frozenset[Category], *, naming: bool = False) -> Patterns:
    """Return the guard's rules; what stands in them is found as ``Rules`` finds it.

    What the default says as well is left out, but with ``naming`` not of storage: the guard deletes what it
    knows by name to be refused, and leaves alone what nobody knows.
    """
    cookies = _table(((rule.name, rule.category) for rule in rules.cookies), granted)
    known_cookies = _table(((rule.name, rule.category) for rule in rules.catalogue), granted)
    storage = _table(((rule.key, rule.category) for rule in rules.storage), granted)
    known_storage = _table(((rule.key, rule.category) for rule in rules.catalogue_storage), granted)
    hosts = _table(((_host(rule.host), rule.category) for rule in rules.hosts), granted)
    known_hosts = _table(((_host(rule.host), rule.category) for rule in rules.catalogue_hosts), granted)
    cookie_default, host_default = int(rules.unknown_cookies == "allow"), int(rules.unknown_hosts == "allow")
    # A key that nobody declared may serve anything: whoever agrees to everything agrees to it.
    storage_default = int(rules.unknown_storage == "allow" or granted >= ALL)
    known_storage = known_storage if naming else _names(known_storage, storage_default)
    some_refused = not storage_default or 0 in storage.values() or 0 in known_storage.values()
    return {
        "own": OWN.name,
        # The choice is the visitor's: no script may write it, whatever is declared.
        "cookie": _filled(
            cookies | {OWN.name: 0},
            _names(known_cookies, cookie_default, keep=_may_be_prefixed),
            {"*": cookie_default},
        ),
        "storage": _filled(*((storage, known_storage) if some_refused else ()), {"*": storage_default}),
        "host": _filled(hosts, _hosts(known_hosts, host_default), {"*": host_default}),
    }


def refuses_storage(found: Patterns) -> bool:
    """Tell whether any storage key is refused; where none is, storage needs no guard."""
    return any(0 in table.values() for table in found["storage"])


def _table(declared: Declared, granted: frozenset[Category]) -> Table:
    table: Table = {}
    for pattern, category in declared:
        table.setdefault(pattern, int(category in granted))
    return table


def _filled(*tables: Table) -> list[Table]:
    return [table for table in tables if table]


def _names(table: Mapping[str, int], default: int, keep: Callable[[str], bool] = lambda _: False) -> Table:
    """Leave out what would be found without it as well; only for the last table: what misses it is unknown.

    A pattern stays that is an exception from the next shorter one, or from the default where there is none.
    """
    return {
        pattern: verdict
        for pattern, verdict in table.items()
        if keep(pattern)
        or verdict != next((table[shorter] for shorter in _shorter(pattern) if shorter in table), default)
    }


def _hosts(table: Mapping[str, int], default: int) -> Table:
    """Leave out what the default would say as well, save exceptions from broader patterns."""
    return {
        pattern: verdict
        for pattern, verdict in table.items()
        if verdict != default or any(table.get(other, default) != default for other in _parents(pattern))
    }


def _shorter(pattern: str) -> Iterator[str]:
    """Yield the prefix patterns that fit whatever this one fits, the next broader one first."""
    name = pattern.removesuffix("*")
    longest = len(name) - pattern.endswith("*")
    return (name[:length] + "*" for length in range(longest, -1, -1))


def _may_be_prefixed(pattern: str) -> bool:
    """Tell whether a pattern may fit names with ``__Host-`` and the like, which are looked up twice."""
    name = pattern.removesuffix("*").encode().lower()
    return any(name.startswith(prefix) or prefix.startswith(name) for prefix in NAME_PREFIXES)


def _parents(pattern: str) -> Iterator[str]:
    """Yield the ``*.`` patterns that cover a host pattern, with its port and without."""
    for name in (pattern, pattern.rpartition(":")[0]):
        rest = name.removeprefix("*.")
        while rest:
            yield f"*.{rest}"
            rest = rest.partition(".")[2]


def _host(pattern: str) -> str:
    return pattern.removesuffix(".")
