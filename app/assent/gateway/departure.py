"""Noticing that the client has left while its response is still on the way."""

import asyncio
from types import TracebackType
from typing import Self

from starlette.types import Receive

# Most responses are complete by then, and for those neither a task nor a wait is worth its cost.
_GRACE_SECONDS = 0.05


class ClientGoneError(Exception):
    """The client closed the connection before its request was complete."""


class Departure:
    """A context in which the running task is stopped, without an error, once the client has gone.

    It calls ``receive`` only after ``watch()``, so until then the request's body is someone else's to read.
    """

    __slots__ = ("_left", "_loop", "_receive", "_task", "_timer", "_watcher")

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._left = False
        self._loop: asyncio.AbstractEventLoop
        self._task: asyncio.Task[object] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._watcher: asyncio.Task[None] | None = None

    def __enter__(self) -> Self:
        # With the loop at hand asyncio need not look for it, which takes longer than all the rest here.
        self._loop = asyncio.get_running_loop()
        self._task = asyncio.current_task(self._loop)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> bool:
        self.stop()
        if isinstance(error, ClientGoneError):
            return True
        if self._left and self._task is not None:
            # Only our own cancellation ends here; one from outside goes on.
            return self._task.uncancel() == 0 and isinstance(error, asyncio.CancelledError)
        return False

    def watch(self) -> None:
        """Begin to watch, soon; further calls change nothing."""
        if self._timer is None:
            self._timer = self._loop.call_later(_GRACE_SECONDS, self._start)

    def stop(self) -> None:
        """Stop watching: from here on a disconnect is the normal end."""
        if self._timer is not None:
            self._timer.cancel()
        if self._watcher is not None:
            self._watcher.cancel()
            # A cancelled task holds its last frame, which holds us: a circle that would keep the whole
            # request until the collector comes by.
            self._watcher = None

    def _start(self) -> None:
        self._watcher = self._loop.create_task(self._watch())

    async def _watch(self) -> None:
        # A request without a body still announces its empty end first.
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self._left = True
        if self._task is not None:
            self._task.cancel()
