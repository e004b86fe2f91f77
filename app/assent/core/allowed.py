"""Which third parties a policy may name under a decision: an allow-list that never covers a refused host."""

from collections.abc import Iterable

from assent.core.categories import Category
from assent.core.rules import Rules
from assent.core.urls import Target

MOST_HOSTS = 100
"""Hosts that are named; those that do not fit stay closed."""

# A sighted host that names no port is on the default port of http or of https.
DEFAULT_PORTS = (443, 80)


def allowed_hosts(rules: Rules, granted: frozenset[Category], sighted: Iterable[str]) -> tuple[str, ...]:
    """Return the hosts, as rules write them, that pages may reach now: the operator's, then as sighted.

    Of the catalogue only those patterns are named that ``sighted`` hosts (``x`` or ``x:port``) fall under:
    it knows thousands. Takes a millisecond or so with the built-in catalogue: keep the result.
    """
    passing = [
        (host, target)
        for host in dict.fromkeys(sighted)
        if rules.host(target := Target.read(host)) in granted and "*" not in host
    ]
    declared = {rule.host for rule in rules.hosts}
    known = {rule.host for rule in rules.catalogue_hosts}
    covering = dict.fromkeys(pattern for _, target in passing if (pattern := _covering(target, known)))
    chosen = [
        pattern
        for pattern in dict.fromkeys((*sorted(declared), *covering))
        # "*.x" as a host stands for whatever is below x.
        if rules.host(Target.read(pattern)) in granted
    ]
    wide = _opening_refused(chosen, rules, granted)
    narrow = [pattern for pattern in chosen if pattern not in wide]
    instead = [
        pattern
        for _, target in passing
        if any(_within(target, one) for one in wide)
        for pattern in _exact(target)
    ]
    return tuple(dict.fromkeys((*narrow, *instead)))[:MOST_HOSTS]


def _opening_refused(chosen: list[str], rules: Rules, granted: frozenset[Category]) -> set[str]:
    """Return those of the chosen patterns that would open a host which a closer rule refuses.

    An allow-list knows no exceptions, so such a pattern cannot be named.
    """
    # The closest rule of all is one that names both host and port.
    chosen = [pattern for pattern in chosen if pattern.startswith("*.") or not Target.read(pattern).port]
    domains = tuple(f".{Target.read(pattern).host.removeprefix('*.')}" for pattern in chosen)
    every = [rule.host for rule in (*rules.hosts, *rules.catalogue_hosts)]
    inside = [host for host in every if f".{host.removeprefix('*.').partition(':')[0]}".endswith(domains)]
    refused = [host for host in inside if rules.host(Target.read(host)) not in granted]
    ports = {port for host in every if ":" in host and (port := Target.read(host).port)}
    return {
        pattern
        for pattern in chosen
        if any(
            _within(Target.read(host.removeprefix("*.")), pattern)
            for host in refused
            if pattern.startswith("*.") or not host.startswith("*.")
        )
        or any(
            rules.host(Target(pattern, port)) not in granted
            for port in (() if Target.read(pattern).port else ports)
        )
    }


def _within(target: Target, pattern: str) -> bool:
    """Tell whether a source for this pattern would let this host pass, on any of its ports."""
    domain = Target.read(pattern.removeprefix("*.")).host
    return target.host == domain or (pattern.startswith("*.") and target.host.endswith(f".{domain}"))


def _covering(target: Target, known: set[str]) -> str | None:
    """Return the known pattern that decides about this host, in the order in which rules are looked up."""
    names = (str(target), target.host) if target.port else (target.host,)
    for name in names:
        if name in known:
            return name
    for name in names:
        while name:
            if f"*.{name}" in known:
                return f"*.{name}"
            name = name.partition(".")[2]
    return None


def _exact(target: Target) -> tuple[str, ...]:
    ports = (target.port,) if target.port else DEFAULT_PORTS
    return tuple(f"{target.host}:{port}" for port in ports)
