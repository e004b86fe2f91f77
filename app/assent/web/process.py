"""What a process keeps while settings change: what it saw, what it counted, whether it is about to end."""

from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from assent.core.histogram import Histogram
from assent.core.tally import Tally
from assent.discovery import Sightings

Snapshot = dict[str, tuple[str, str, list[tuple[str, dict[str, str], float]]]]
"""The figures of one process, in what JSON can carry: by name, what it is about, its type, and samples."""


@dataclass(slots=True)
class Traffic:
    """What the server counts; ``to`` is "site" or "assent" throughout."""

    requests: Counter[tuple[str, str, int]] = field(default_factory=Counter)
    """By ``to``, method and status."""
    seconds: dict[str, Histogram] = field(
        default_factory=lambda: {"site": Histogram(), "assent": Histogram()}
    )
    received: Counter[str] = field(default_factory=Counter)
    """Bytes of bodies."""
    sent: Counter[str] = field(default_factory=Counter)
    running: int = 0
    websockets: int = 0
    websockets_total: int = 0
    reloads: Counter[str] = field(default_factory=Counter)
    connections: Callable[[], int] = lambda: 0


@dataclass(slots=True, eq=False)
class Process:
    """One of these is handed from settings to settings, so that counters go up and sightings are kept."""

    sightings: Sightings = field(default_factory=Sightings)
    choices: Counter[str] = field(default_factory=Counter)
    throttled: int = 0
    upstream_errors: Counter[str] = field(default_factory=Counter)
    traffic: Traffic | None = None
    """None where another server counts: around the middleware."""
    draining: bool = False
    siblings: Callable[[], Awaitable[dict[str, Snapshot]]] | None = None
    """Asks all worker processes for their figures; None where there is one process only."""
    _tallies: list[Tally] = field(default_factory=list)
    _blocked: Counter[tuple[str, str]] = field(default_factory=Counter)

    def begin(self, tally: Tally) -> None:
        """Count what is blocked under new settings; the old ones may still be in use."""
        self._tallies.append(tally)

    def end(self, tally: Tally) -> None:
        """Keep the totals of settings that are in use no more."""
        if tally in self._tallies:
            self._tallies.remove(tally)
            self._blocked.update(tally.totals())

    def blocked(self) -> Counter[tuple[str, str]]:
        """Return how often something was blocked, by layer and category."""
        totals = Counter(self._blocked)
        for tally in self._tallies:
            totals.update(tally.totals())
        return totals
