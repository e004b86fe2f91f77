"""Durations by class."""

import pytest

from assent.core.histogram import BOUNDS, Histogram


@pytest.mark.parametrize(
    ("seconds", "place"),
    [(0.0, 0), (0.001, 0), (0.0011, 1), (30.0, len(BOUNDS) - 1), (30.1, len(BOUNDS))],
)
def test_a_bound_belongs_to_the_class_below_it(seconds: float, place: int) -> None:
    times = Histogram()
    times.add(seconds)
    assert [index for index, count in enumerate(times.counts) if count] == [place]


def test_the_sum_is_kept() -> None:
    times = Histogram()
    for seconds in (0.5, 1.5, 100.0):
        times.add(seconds)
    assert (sum(times.counts), times.total) == (3, 102.0)
