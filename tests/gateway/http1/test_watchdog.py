"""Deadlines that move: the callback comes once, not early, and not at all when nothing is due."""

import asyncio
from typing import Any

import pytest

from assent.gateway.http1.watchdog import Watchdog


class Clock(asyncio.SelectorEventLoop):
    """An event loop whose time passes only as it is told, and which counts the timers that are set."""

    def __init__(self) -> None:
        self.now = 0.0
        self.timers = 0
        super().__init__()

    def time(self) -> float:
        return self.now

    def call_at(self, *args: Any, **kwargs: Any) -> asyncio.TimerHandle:  # type: ignore[override]
        self.timers += 1
        return super().call_at(*args, **kwargs)

    def pass_until(self, now: float) -> None:
        self.now = now
        for _ in range(2):
            self.call_soon(self.stop)
            self.run_forever()


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_deadline_that_passes_is_told_once(clock: Clock) -> None:
    told: list[float] = []
    watchdog = Watchdog(clock, lambda: told.append(clock.now))
    watchdog.expect(10)
    clock.pass_until(9.9)
    assert told == []
    clock.pass_until(10.1)
    clock.pass_until(100)
    assert told == [10.1]
    clock.close()


def test_deadline_that_moves_on_touches_a_timer_only_when_it_is_due(clock: Clock) -> None:
    told: list[float] = []
    watchdog = Watchdog(clock, lambda: told.append(clock.now))
    for second in range(100):
        clock.pass_until(second)
        watchdog.expect(60)
    assert clock.timers < 5
    clock.pass_until(158)
    assert told == []
    clock.pass_until(160)
    assert told == [160]
    clock.close()


def test_shorter_deadline_counts_at_once(clock: Clock) -> None:
    told: list[float] = []
    watchdog = Watchdog(clock, lambda: told.append(clock.now))
    watchdog.expect(60)
    watchdog.expect(4)
    clock.pass_until(5)
    assert told == [5]
    clock.close()


@pytest.mark.parametrize("end", ["rest", "stop"])
def test_nothing_expected_is_nothing_told(clock: Clock, end: str) -> None:
    told: list[float] = []
    watchdog = Watchdog(clock, lambda: told.append(clock.now))
    watchdog.expect(10)
    getattr(watchdog, end)()
    clock.pass_until(100)
    assert told == []
    if end == "rest":
        watchdog.expect(10)
        clock.pass_until(200)
        assert told == [200]
    clock.close()
