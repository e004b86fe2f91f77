"""Connections to one upstream, kept and handed out: last in, first out, with the same work for any number."""

import asyncio
import ssl
from collections import OrderedDict
from collections.abc import Sequence
from typing import NamedTuple

from assent.errors import UpstreamBusy, UpstreamError, UpstreamTimeout
from assent.gateway.address import Address
from assent.gateway.http1.connection import Connection
from assent.gateway.http1.exchange import Exchange, Reader, StaleConnection
from assent.gateway.http1.request import Field, request_head
from assent.gateway.limits import Limits, Timeouts

_IDEMPOTENT = frozenset({"GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"})
"""RFC 9110 section 9.2.2: what may be sent a second time, as long as nothing of a body was used up."""


class Counts(NamedTuple):
    """Connections that are open or being opened, those of them that wait for work, and requests that wait."""

    open: int
    idle: int
    waiting: int


class Pool:
    """Connections of one event loop to one upstream.

    Requests that find all of them in use wait for their turn, served in the order that they came.
    Raises UpstreamBusy, UpstreamTimeout or UpstreamError.
    """

    def __init__(
        self,
        address: Address,
        *,
        tls: ssl.SSLContext | None = None,
        timeouts: Timeouts | None = None,
        limits: Limits | None = None,
    ) -> None:
        """Without ``tls`` the connections are plain."""
        self._address = address
        self._tls = tls
        self._timeouts = timeouts or Timeouts()
        self._limits = limits or Limits()
        self._loop = asyncio.get_running_loop()
        self._open: set[Connection] = set()
        self._reserved = 0
        self._idle: dict[Connection, None] = {}
        self._waiting: OrderedDict[asyncio.Future[Connection | None], None] = OrderedDict()
        self._closing = False

    @property
    def counts(self) -> Counts:
        """How many there are now."""
        return Counts(len(self._open) + self._reserved, len(self._idle), len(self._waiting))

    async def exchange(
        self, method: str, target: bytes, fields: Sequence[Field], body: Reader | None = None
    ) -> Exchange:
        """Send a request and return once the head of its response is there."""
        head, length = request_head(method, target, fields, body=body is not None)
        connection = self._kept() or await self._another()
        exchange = Exchange(connection, method, self._timeouts, self._done)
        try:
            await exchange.start(head, length, body)
        except BaseException as error:
            await exchange.aclose()
            if not isinstance(error, StaleConnection) or body is not None or method not in _IDEMPOTENT:
                raise
        else:
            return exchange
        # The event loop will tell that it is gone, but its place is needed now.
        self._gone(connection)
        exchange = Exchange(await self._another(), method, self._timeouts, self._done)
        try:
            await exchange.start(head, length, body)
        except BaseException:
            await exchange.aclose()
            raise
        return exchange

    async def aclose(self) -> None:
        """Close every connection; what they carry fails."""
        self._closing = True
        for connection in list(self._open):
            connection.abort()
        while self._open:  # noqa: ASYNC110 - they are gone within a turn or two of the event loop
            await asyncio.sleep(0)

    def _kept(self) -> Connection | None:
        """Take the connection that was used last: the others may then grow old and go."""
        while self._idle:
            connection, _ = self._idle.popitem()
            if connection.is_open:
                return connection
        return None

    async def _another(self) -> Connection:
        """Open a connection if there is room for one, else wait for one that becomes free."""
        if self._closing:
            raise UpstreamError("the connections to the upstream are closed")
        if len(self._open) + self._reserved < self._limits.connections:
            self._reserved += 1
            return await self._connect()
        if (kept := self._kept()) is not None:
            return kept
        while (handed := await self._turn()) is not None:
            if handed.is_open:
                return handed
        return await self._connect()

    async def _connect(self) -> Connection:
        """Open a connection in the place that was reserved for it."""
        seconds = self._timeouts.connect
        try:
            async with asyncio.timeout(seconds):
                connection = await self._address.connect(self._made, self._tls)
            if not connection.is_open:
                raise UpstreamError("the connection was closed as soon as it was open")
        except BaseException as error:
            self._vacate()
            if isinstance(error, TimeoutError):
                raise UpstreamTimeout(f"no connection within {seconds:g} s") from None
            if isinstance(error, OSError):
                raise UpstreamError(f"no connection: {error}") from error
            raise
        self._reserved -= 1
        self._open.add(connection)
        if self._closing:
            connection.abort()
        return connection

    def _made(self) -> Connection:
        return Connection(self._loop, self._gone)

    async def _turn(self) -> Connection | None:
        """Wait for a connection, or for the place to open one, which is None."""
        if len(self._waiting) >= self._limits.waiting:
            raise UpstreamBusy(f"all connections are in use, and {len(self._waiting)} requests wait already")
        seconds = self._timeouts.queue
        turn: asyncio.Future[Connection | None] = self._loop.create_future()
        self._waiting[turn] = None
        try:
            async with asyncio.timeout(seconds):
                return await turn
        except BaseException as error:
            self._waiting.pop(turn, None)
            if turn.done() and not turn.cancelled():
                self._pass_on(turn.result())
            if isinstance(error, TimeoutError):
                raise UpstreamBusy(f"no connection became free within {seconds:g} s") from None
            raise

    def _pass_on(self, connection: Connection | None) -> None:
        if connection is None:
            self._vacate()
        elif connection.is_open:
            self._done(connection)

    def _done(self, connection: Connection) -> None:
        connection.used = True
        if self._closing:
            connection.close()
        elif (turn := self._next()) is not None:
            turn.set_result(connection)
        else:
            self._idle[connection] = None
            connection.watchdog.expect(self._timeouts.keepalive)

    def _gone(self, connection: Connection) -> None:
        self._idle.pop(connection, None)
        if connection in self._open:
            self._open.remove(connection)
            self._reserved += 1
            self._vacate()

    def _vacate(self) -> None:
        """Give a reserved place to whoever waits for one, or up."""
        turn = self._next()
        if turn is None:
            self._reserved -= 1
        else:
            turn.set_result(None)

    def _next(self) -> asyncio.Future[Connection | None] | None:
        while self._waiting:
            turn, _ = self._waiting.popitem(last=False)
            if not turn.done():
                return turn
        return None
