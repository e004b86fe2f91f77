"""Host rules, compiled: one look-up walks from a host to its parents, however many rules there are."""

from collections.abc import Iterable
from typing import Generic, TypeVar

from assent.core.urls import Target

RuleT = TypeVar("RuleT")


class HostPatterns(Generic[RuleT]):
    """Hosts, with or without a port, and ``*.`` patterns that cover a domain and all below it."""

    def __init__(self, rules: Iterable[tuple[str, RuleT]]) -> None:
        self._exact: dict[str, RuleT] = {}
        self._below: dict[str, RuleT] = {}
        for pattern, rule in rules:
            table = self._below if pattern.startswith("*.") else self._exact
            table.setdefault(pattern.removeprefix("*.").removesuffix("."), rule)

    def find(self, target: Target) -> RuleT | None:
        """Return the rule of the exact host, else of its nearest parent; with its port before without."""
        names = (f"{target.host}:{target.port}", target.host) if target.port is not None else (target.host,)
        for name in names:
            rule = self._exact.get(name)
            if rule is not None:
                return rule
        for name in names:
            while name:
                rule = self._below.get(name)
                if rule is not None:
                    return rule
                name = name.partition(".")[2]
        return None
