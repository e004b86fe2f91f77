"""How long something took, counted in classes: the cost is the same however often it happened."""

from bisect import bisect_left
from dataclasses import dataclass, field

BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
"""Seconds; what takes longer than the last is counted in a class of its own."""


@dataclass(slots=True)
class Histogram:
    """Durations by class, and their sum."""

    counts: list[int] = field(default_factory=lambda: [0] * (len(BOUNDS) + 1))
    total: float = 0.0

    def add(self, seconds: float) -> None:
        """Count one duration; a bound belongs to the class below it, as Prometheus has it."""
        self.counts[bisect_left(BOUNDS, seconds)] += 1
        self.total += seconds
