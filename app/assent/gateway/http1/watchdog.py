"""A deadline that moves with every request and hardly ever touches a timer."""

import asyncio
from collections.abc import Callable


class Watchdog:
    """Calls ``expired`` once the deadline has passed.

    Moving the deadline later costs no more than reading the clock: the timer that is set already finds out
    when it fires. A timer for each request would cost more than the rest of its bookkeeping.
    """

    __slots__ = ("_deadline", "_due", "_expired", "_loop", "_timer")

    def __init__(self, loop: asyncio.AbstractEventLoop, expired: Callable[[], None]) -> None:
        self._loop = loop
        self._expired = expired
        self._deadline: float | None = None
        self._due = 0.0
        self._timer: asyncio.TimerHandle | None = None

    def expect(self, seconds: float) -> None:
        """Set the deadline to so many seconds from now."""
        self._deadline = deadline = self._loop.time() + seconds
        if self._timer is None:
            self._arm(deadline)
        elif deadline < self._due:
            self._timer.cancel()
            self._arm(deadline)

    def rest(self) -> None:
        """Expect nothing until the next deadline is set."""
        self._deadline = None

    def stop(self) -> None:
        """Let go of the timer, for good."""
        self._deadline = None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _arm(self, due: float) -> None:
        self._due = due
        self._timer = self._loop.call_at(due, self._fired)

    def _fired(self) -> None:
        self._timer = None
        deadline = self._deadline
        if deadline is None:
            return
        if self._loop.time() < deadline:
            self._arm(deadline)
        else:
            self._deadline = None
            self._expired()
