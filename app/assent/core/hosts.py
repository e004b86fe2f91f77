"""Host rules, compiled: one look-up walks from a host to its parents, however many rules there are."""

from collections.abc import Iterable

from assent.core.categories import Category
from assent.core.urls import Target


class HostPatterns:
    """Hosts, with or without a port, and ``*.`` patterns that cover a domain and all below it."""

    def __init__(self, rules: Iterable[tuple[str, Category]]) -> None:
        self._exact: dict[str, Category] = {}
        self._below: dict[str, Category] = {}
        for pattern, category in rules:
            table = self._below if pattern.startswith("*.") else self._exact
            table.setdefault(pattern.removeprefix("*.").removesuffix("."), category)

    def find(self, target: Target) -> Category | None:
        """Return the category of the exact host, else of its nearest parent; with its port before without."""
        names = (f"{target.host}:{target.port}", target.host) if target.port else (target.host,)
        for name in names:
            category = self._exact.get(name)
            if category is not None:
                return category
        for name in names:
            while name:
                category = self._below.get(name)
                if category is not None:
                    return category
                name = name.partition(".")[2]
        return None
