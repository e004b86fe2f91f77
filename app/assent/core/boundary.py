"""What pages of one origin may reach under one decision: the one answer that every layer asks for.

Header fields, policy and markup each stop what only they can see; all of them ask here.
"""

from collections.abc import Callable
from dataclasses import dataclass

from assent.core.categories import Category
from assent.core.rules import Rules
from assent.core.urls import Target, third_party

HostSighted = Callable[[str], None]
"""Told each third-party host that a page or a field names."""


@dataclass(frozen=True, slots=True)
class Blocked:
    """A third party that may not be reached now; ``category`` None means that no rule knows it."""

    host: str
    category: Category | None


class Boundary:
    """Judges URLs for one origin and one set of granted categories."""

    def __init__(self, rules: Rules, granted: frozenset[Category], origin: str, sighted: HostSighted) -> None:
        self.origin = origin
        self.granted = granted
        self._rules = rules
        self._sighted = sighted

    def blocked(self, url: str) -> Blocked | None:
        """Tell what keeps a page from this URL, or None when nothing does."""
        target = third_party(url, self.origin)
        if target is None:
            return None
        self._sighted(str(target))
        return self.judge(target)

    def judge(self, target: Target) -> Blocked | None:
        """Judge a host alone."""
        category = self._rules.host(target)
        if category is None:
            return None if self._rules.unknown_hosts == "allow" else Blocked(str(target), None)
        return None if category in self.granted else Blocked(str(target), category)
