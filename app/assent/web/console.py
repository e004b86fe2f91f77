"""Says on the console why something was blocked: each thing once, and those of a page together."""

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence

from assent.core.tally import Count

log = logging.getLogger("assent.reasons")

PAUSE = 2.5
"""Seconds in which a page and the reports about it come together."""

MOST = 150
"""Things that are said in all; the list on the page goes on."""


class Console:
    """Collects what visitors on this machine met, and logs it as information."""

    def __init__(self, words: Callable[[Sequence[Count], str], str]) -> None:
        self._words = words
        self._waiting: list[Count] = []
        self._address = ""
        self._left = MOST

    def tell(self, counts: Iterable[Count], address: str) -> None:
        """Take what was blocked; what was said before is not said again."""
        for count in counts:
            if not count.told and self._left:
                count.told = True
                self._left -= 1
                self._waiting.append(count)
                self._address = address
                if len(self._waiting) == 1:
                    asyncio.get_running_loop().call_later(PAUSE, self.say)

    def say(self) -> None:
        """Log what waits."""
        if self._waiting:
            said, self._waiting = self._waiting, []
            log.info("%s", self._words(said, self._address))
