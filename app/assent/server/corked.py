"""A transport that sends the head of a response together with the body that follows at once."""

import asyncio
from typing import Any


class Corked:
    """Stands before a connection's transport; all but writing and ending goes through.

    uvicorn writes head and body apart, which is two calls of the kernel and two packets for a small response.
    After ``cork()`` the next piece waits for the one after it, yet no longer than until the event loop has
    done what is due: the head of a slow response, or of an event stream, goes out by itself.
    """

    __slots__ = ("_corked", "_held", "_loop", "_transport", "is_closing")

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._corked = False
        self._held: bytes | None = None
        # What is asked for with every request is spared the detour.
        self.is_closing = transport.is_closing

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def cork(self) -> None:
        """Have the next piece wait for the one after it."""
        self._corked = True

    def write(self, data: bytes) -> None:
        """Send bytes, in the order in which they come."""
        held = self._held
        if held is not None:
            self._held = None
            self._transport.writelines((held, data))
        elif self._corked:
            self._corked = False
            self._held = data
            self._loop.call_soon(self._flush)
        else:
            self._transport.write(data)

    def close(self) -> None:
        """Close when all is sent."""
        self._flush()
        self._transport.close()

    def _flush(self) -> None:
        held, self._held = self._held, None
        if held is not None and not self.is_closing():
            self._transport.write(held)
