"""One connection to the upstream: bytes in and out, for one exchange after another."""

import asyncio
from collections.abc import Callable
from typing import Protocol, cast

from assent.errors import UpstreamTimeout
from assent.gateway.http1.watchdog import Watchdog


class Carried(Protocol):
    """What a connection carries: it is told what comes, and when nothing comes any more."""

    def received(self, data: bytes) -> None:
        """Take bytes from the upstream."""

    def lost(self, reason: Exception | None) -> None:
        """Take the end of the connection; without a reason the upstream closed it in good order."""

    def expired(self) -> None:
        """Take note that the upstream was silent for too long."""


class Connection(asyncio.Protocol):
    """A connection and the one exchange that it carries, if any; ``gone`` is called once, at its end."""

    __slots__ = ("_drained", "_gone", "_loop", "_transport", "carried", "is_open", "used", "watchdog")

    def __init__(self, loop: asyncio.AbstractEventLoop, gone: Callable[["Connection"], None]) -> None:
        self._loop = loop
        self._gone = gone
        self._drained: asyncio.Future[None] | None = None
        self._transport: asyncio.Transport
        self.watchdog = Watchdog(loop, self._expired)
        self.carried: Carried | None = None
        self.is_open = False
        self.used = False
        """Whether it has carried an exchange before, so that the upstream may be closing it just now."""

    def write(self, *pieces: bytes) -> None:
        """Send bytes, sooner or later, without joining them first."""
        # A transport that broke just now may raise rather than wait for its end to be told.
        if not self._transport.is_closing():
            self._transport.writelines(pieces)

    async def drain(self, seconds: float) -> None:
        """Wait, if the upstream does not keep up, until it has taken most of what was sent."""
        if self._drained is None:
            return
        try:
            async with asyncio.timeout(seconds):
                await self._drained
        except TimeoutError:
            raise UpstreamTimeout(f"the request was not taken within {seconds:g} s") from None

    def pause(self) -> None:
        """Read no more for now: whoever the bytes are for does not keep up."""
        if not self._transport.is_closing():
            self._transport.pause_reading()

    def resume(self) -> None:
        """Read on."""
        if not self._transport.is_closing():
            self._transport.resume_reading()

    def close(self) -> None:
        """Close in good order."""
        if self.is_open:
            self.is_open = False
            self._transport.close()

    def abort(self) -> None:
        """Close at once; what was not sent yet never will be."""
        self.is_open = False
        self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self._transport = cast("asyncio.Transport", transport)
        self.is_open = True

    def data_received(self, data: bytes) -> None:
        """Pass on what came; what nobody asked for makes the connection useless."""
        if self.carried is None:
            self.abort()
        else:
            self.carried.received(data)

    def eof_received(self) -> None:
        """Take the upstream's end as the end: the transport then closes ours."""
        self._end(None)

    def connection_lost(self, exc: Exception | None) -> None:
        """End."""
        self._end(exc)
        self.watchdog.stop()
        self.resume_writing()
        self._gone(self)

    def pause_writing(self) -> None:
        """Have the sender wait."""
        self._drained = self._loop.create_future()

    def resume_writing(self) -> None:
        """Have the sender go on."""
        if self._drained is not None and not self._drained.done():
            self._drained.set_result(None)
        self._drained = None

    def _end(self, reason: Exception | None) -> None:
        self.is_open = False
        carried, self.carried = self.carried, None
        if carried is not None:
            carried.lost(reason)

    def _expired(self) -> None:
        if self.carried is None:
            self.close()
        else:
            self.carried.expired()
