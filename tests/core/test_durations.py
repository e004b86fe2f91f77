"""Lifetimes in words and in seconds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assent.core.durations import DAY, UNITS, lasting, outlives, seconds


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("2 years", 2 * 365 * DAY),
        ("1 day", DAY),
        ("1 Week", 7 * DAY),
        ("30 minutes", 1800),
        ("Session", 0),
        ("", None),
        ("for ever", None),
        ("two years", None),
        ("99999999 years", None),
    ],
)
def test_words_are_read(words: str, expected: int | None) -> None:
    assert seconds(words) == expected


@given(st.integers(1, 23), st.sampled_from(UNITS))
def test_what_is_told_is_read_back_within_a_twentieth(number: int, unit: tuple[int, str]) -> None:
    lifetime = number * unit[0]
    told = seconds(lasting(lifetime))
    assert told is not None
    assert abs(told - lifetime) <= lifetime / 20 + 5


@pytest.mark.parametrize(
    ("lifetime", "declared", "longer"),
    [
        (400 * DAY, "1 day", True),
        (DAY, "1 day", False),
        (DAY, "2 years", False),
        (DAY, "Session", True),
        (0, "Session", False),
        (DAY, "as long as you like", False),
    ],
)
def test_a_lifetime_beyond_the_declared_one_is_known(lifetime: int, declared: str, longer: bool) -> None:
    assert outlives(lifetime, declared) is longer
