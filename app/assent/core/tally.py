"""What was withheld, and why: a counter for each reason, for the owner who asks why something is missing."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from assent.core.categories import Category

Layer = Literal["set-cookie", "cookie", "field", "policy", "markup", "path", "redirect"]
"""Where something was withheld: in a response's cookies, a request's, another field, by the browser under the
decision's policy, in a page's markup, before a first-party path, or at a redirect."""

MOST = 2048
"""Reasons that are told apart; clients can invent hosts and names, and later ones share one counter."""


@dataclass(slots=True)
class Withheld:
    """One reason: ``name`` is a cookie-name, a host or a path; ``rule`` the pattern that decided, if any."""

    layer: Layer
    name: str
    category: Category | None
    rule: str = ""
    count: int = 0

    def __str__(self) -> str:
        return f"{self.layer} {self.name}: {self.category or 'unknown'}" + (
            f" by {self.rule}" if self.rule else ""
        )

    @property
    def remedy(self) -> str:
        """The lines of ``assent.toml`` that would let it pass."""
        name = self.name.replace("\\", "\\\\").replace('"', '\\"')
        table, key = _TABLES[self.layer]
        return f'[[{table}]]\n{key} = "{name}"\ncategory = "necessary"'


_TABLES: dict[str, tuple[str, str]] = {
    "set-cookie": ("cookies", "name"),
    "cookie": ("cookies", "name"),
    "field": ("hosts", "host"),
    "policy": ("hosts", "host"),
    "markup": ("hosts", "host"),
    "path": ("paths", "path"),
    "redirect": ("hosts", "host"),
}


class Tally:
    """All that was withheld since the start, bounded."""

    def __init__(self) -> None:
        self._reasons: dict[tuple[str, str, str | None], Withheld] = {}
        self._rest = Withheld("field", "(more)", None)

    def reason(self, layer: Layer, name: str, category: Category | None, rule: str = "") -> Withheld:
        """Return the counter of one reason; the caller adds to it."""
        key = (layer, name, category)
        found = self._reasons.get(key)
        if found is None:
            if len(self._reasons) >= MOST:
                return self._rest
            found = self._reasons[key] = Withheld(layer, name, category, rule)
        return found

    def __iter__(self) -> Iterator[Withheld]:
        return iter(sorted(self._reasons.values(), key=lambda reason: -reason.count))

    def __len__(self) -> int:
        return len(self._reasons)
