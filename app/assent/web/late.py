"""Records that the answer did not wait for: a refusal takes effect at once, and its record follows."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

from assent.errors import LedgerUnavailable

log = logging.getLogger("assent")

MOST = 10_000
"""Records that may be late at once; of more, each ends with its answer."""

LAST_SECONDS = 10.0
"""How long the end of a process waits for them."""


class Late:
    """Sees records through, whether or not anybody still waits for them."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    async def within(self, seconds: float, recording: Coroutine[Any, Any, None]) -> bool:
        """Tell whether this was recorded in time, else it goes on; raises what it raises in time."""
        task = asyncio.create_task(recording, name="assent record")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        done, _ = await asyncio.wait({task}, timeout=seconds)
        if done:
            task.result()
            return True
        task.add_done_callback(_told)
        if len(self._tasks) > MOST:
            task.cancel()
        return False

    async def stop(self) -> None:
        """Wait for what is under way, for some seconds at most."""
        if self._tasks:
            _, left = await asyncio.wait(self._tasks, timeout=LAST_SECONDS)
            for task in left:
                task.cancel()


def _told(task: asyncio.Task[None]) -> None:
    if task.cancelled():
        log.error("a refusal took effect without its record: too many wait, or the process ended")
    elif error := task.exception():
        level = logging.ERROR if isinstance(error, LedgerUnavailable) else logging.CRITICAL
        log.log(level, "a refusal took effect without its record: %s", error)
