"""How often what was blocked, and where it was first seen: bounded, whoever makes up names."""

from collections import Counter
from dataclasses import dataclass

from assent.core.categories import Category
from assent.core.reasons import Layer, Reason, Reasons
from assent.core.rules import Rules

MOST = 256
"""Things of one layer that are listed; what comes later is counted without its name."""

STRANGERS = 64
"""How many of these may be names that only strangers have sent: they can make up any."""

LONGEST = 256
"""Octets of a name by which one thing is told from another, and of a page's path."""


@dataclass(slots=True, eq=False)
class Count:
    """How often one thing was blocked; ``page`` is the path of the request where that was first seen."""

    reason: Reason
    page: bytes = b""
    times: int = 0
    told: bool = False

    def add(self, page: bytes) -> "Count":
        """Count once more."""
        self.times += 1
        self.page = self.page or page[:LONGEST]
        return self


class Tally:
    """The counts of one site, by layer and name. What is found here once costs a look-up from then on."""

    def __init__(self, rules: Rules) -> None:
        self._reasons = Reasons(rules)
        self._counts: dict[tuple[Layer, str, bytes | str], Count] = {}
        self._listed: Counter[Layer] = Counter()
        self._others: dict[tuple[Layer, Category | None, str], Count] = {}

    def cookie(self, layer: Layer, name: bytes, *, strange: bool = False) -> Count:
        """Return the count of a cookie-name; ``strange`` means that a stranger may have made it up."""
        key = (layer, "", name[:LONGEST])
        return self._counts.get(key) or self._new(key, self._reasons.cookie(layer, name), strange)

    def blanking(self, name: bytes) -> Count:
        """Return the count of a cookie that is blocked for its value."""
        key: tuple[Layer, str, bytes] = ("set-cookie", "value", name[:LONGEST])
        return self._counts.get(key) or self._new(key, self._reasons.blanking(name), False)

    def storage(self, key: str) -> Count:
        """Return the count of a storage key, which a page reports."""
        place: tuple[Layer, str, str] = ("guard", "storage", key[:LONGEST])
        return self._counts.get(place) or self._new(place, self._reasons.storage(key), False)

    def host(self, layer: Layer, what: str, host: str, *, strange: bool = False) -> Count:
        """Return the count of a third party at one kind of place; "" for what may name anybody."""
        key = (layer, what, host[:LONGEST])
        return self._counts.get(key) or self._new(key, self._reasons.host(layer, what, host), strange)

    def path(self, path: str) -> Count:
        """Return the count of a path of the site."""
        reason = self._reasons.path(path)
        # A visitor can add anything to a path that a pattern covers, so the pattern is what is counted.
        key: tuple[Layer, str, str] = ("path", "", reason.rule)
        return self._counts.get(key) or self._new(key, reason, False)

    def unguarded(self, why: str) -> Count:
        """Return the count of pages that went out as they came."""
        key: tuple[Layer, str, str] = ("page", why, "")
        return self._counts.get(key) or self._new(key, self._reasons.unguarded(why), False)

    def listed(self) -> list[Count]:
        """Return what was blocked, in the order in which it was first seen."""
        return [count for count in self._counts.values() if count.times]

    def totals(self) -> dict[tuple[str, str], int]:
        """Return how often something was blocked, by layer and category."""
        totals: Counter[tuple[str, str]] = Counter()
        for count in (*self._counts.values(), *self._others.values()):
            totals[count.reason.layer, count.reason.label] += count.times
        return dict(totals)

    def unlisted(self) -> int:
        """Return how often something was blocked that is not listed."""
        return sum(count.times for count in self._others.values())

    def _new(self, key: tuple[Layer, str, bytes | str], reason: Reason, strange: bool) -> Count:
        if self._listed[reason.layer] < (STRANGERS if strange else MOST):
            self._listed[reason.layer] += 1
            count = self._counts[key] = Count(reason)
            return count
        rest = Reason(reason.layer, "", reason.table, "", reason.category, "")
        return self._others.setdefault((rest.layer, rest.category, rest.table), Count(rest))
