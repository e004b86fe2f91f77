"""Tells on standard error how far a long command has come: one line that changes, or a line now and then."""

import sys
import time
from types import TracebackType
from typing import Self

EVERY = {True: 0.2, False: 5.0}
"""Seconds between two words, on a terminal and elsewhere."""


class Progress:
    """Called with how many are done; ``total`` is None when nobody knows."""

    def __init__(self, verb: str, total: int | None) -> None:
        self._verb = verb
        self._of = "" if total is None else f" of {total:,}"
        self._terminal = sys.stderr.isatty()
        self._next = time.monotonic() + EVERY[self._terminal]
        self._written = False

    def __call__(self, done: int) -> None:
        """Tell, unless that was done a moment ago."""
        now = time.monotonic()
        if now < self._next:
            return
        self._next = now + EVERY[self._terminal]
        begin, end = ("\r", "") if self._terminal else ("", "\n")
        sys.stderr.write(f"{begin}{done:,}{self._of} {self._verb}{end}")
        sys.stderr.flush()
        self._written = True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._written and self._terminal:
            sys.stderr.write("\n")
