"""One request and its response over one connection, each as fast as the slower side takes it."""

import asyncio
from collections.abc import Awaitable, Callable

from assent.errors import UpstreamError, UpstreamTimeout
from assent.gateway.http1.connection import Connection
from assent.gateway.http1.request import CHUNKED, LAST_CHUNK, Field, chunk
from assent.gateway.http1.response import Head, Response
from assent.gateway.limits import Timeouts

Reader = Callable[[], Awaitable[bytes | None]]
"""Gives the next piece of a request's body, and None after the last."""

HIGH_WATER = 128 * 1024
"""Bytes of a response that wait for a slow client before the upstream has to wait, too."""


class StaleConnection(UpstreamError):
    """A connection kept from before was closed by the upstream in the moment that it was used again."""


class Exchange:
    """A request that was sent, and its response as it comes.

    ``read`` until ``ended``, and ``aclose`` in any case: before the end that closes the connection, so that
    the upstream stops as well. Raises UpstreamTimeout or UpstreamError when the upstream is late or broken.
    """

    __slots__ = (
        "_connection",
        "_done",
        "_failure",
        "_paused",
        "_response",
        "_timeouts",
        "_upload",
        "_waiter",
    )

    def __init__(
        self, connection: Connection, method: str, timeouts: Timeouts, done: Callable[[Connection], None]
    ) -> None:
        """``done`` gets the connection when the next request may use it."""
        self._connection: Connection | None = connection
        self._done = done
        self._timeouts = timeouts
        self._response = Response(method)
        self._failure: BaseException | None = None
        self._paused = False
        self._upload: asyncio.Task[None] | None = None
        self._waiter: asyncio.Future[None] | None = None

    async def start(self, head: bytes, length: int, body: Reader | None) -> None:
        """Send the request, and return once the head of the response is there."""
        connection = self._connection
        assert connection is not None  # noqa: S101 - it was given one
        connection.carried = self
        connection.write(head)
        if body is None:
            connection.watchdog.expect(self._timeouts.first_byte)
        else:
            # How long the connection might have stayed unused counts no more.
            connection.watchdog.rest()
            # A task of its own, since an upstream may answer before it has read everything.
            self._upload = asyncio.create_task(self._send(connection, body, length))
            self._upload.add_done_callback(self._sent)
        while self._response.head is None:
            await self._news()

    @property
    def status(self) -> int:
        """The status code of the response."""
        return self._head.status

    @property
    def fields(self) -> list[Field]:
        """The response's header fields exactly as they came."""
        return self._head.fields

    @property
    def version(self) -> str:
        """The protocol version that the upstream speaks, such as "1.1"."""
        return "1.1" if self._head.minor else "1.0"

    @property
    def ended(self) -> bool:
        """Whether all of the response was read."""
        return self._response.complete and not self._response.pieces

    async def read(self) -> bytes:
        """Return what has come of the body, content codings untouched; wait if there is nothing yet."""
        response = self._response
        while not response.pieces:
            if response.complete:
                return b""
            await self._news()
        data = response.take()
        if self._paused and self._connection is not None:
            self._paused = False
            self._connection.resume()
            self._expect(self._connection)
        return data

    async def aclose(self) -> None:
        """Let go of the connection."""
        if self._connection is not None:
            self._fail(UpstreamError("the exchange was left before its end"))
        if self._upload is not None:
            self._upload.cancel()
            await asyncio.wait([self._upload])

    def received(self, data: bytes) -> None:
        """Take bytes from the upstream."""
        response, connection = self._response, self._connection
        if connection is None:
            return
        try:
            response.feed(data)
        except UpstreamError as error:
            self._fail(error)
            return
        if response.complete:
            self._finish(connection)
        elif response.buffered > HIGH_WATER:
            if not self._paused:
                self._paused = True
                connection.pause()
                connection.watchdog.rest()
        elif response.head is not None:
            self._expect(connection)
        self._wake()

    def lost(self, reason: Exception | None) -> None:
        """Take the end of the connection."""
        connection = self._connection
        if connection is None:
            return
        if connection.used and not self._response.begun:
            self._fail(StaleConnection("the connection was closed before the response began"))
        elif reason is not None:
            self._fail(UpstreamError(f"the connection broke: {reason}"))
        else:
            try:
                self._response.end()
            except UpstreamError as error:
                self._fail(error)
            else:
                self._finish(connection)
                self._wake()

    def expired(self) -> None:
        """Take note that the upstream was silent for too long."""
        if self._response.head is None:
            late = f"no response came within {self._timeouts.first_byte:g} s"
        else:
            late = f"nothing more of the response came for {self._timeouts.idle:g} s"
        self._fail(UpstreamTimeout(late))

    async def _send(self, connection: Connection, body: Reader, length: int) -> None:
        left = length
        while (piece := await body()) is not None:
            if not piece:
                continue
            if length == CHUNKED:
                connection.write(*chunk(piece))
            elif len(piece) > left:
                raise UpstreamError("the request's body is longer than it announces")
            else:
                connection.write(piece)
                left -= len(piece)
            await connection.drain(self._timeouts.write)
        if length == CHUNKED:
            connection.write(LAST_CHUNK)
        elif left:
            raise UpstreamError("the request's body is shorter than it announces")
        self._upload = None
        if not self._paused:
            self._expect(connection)

    def _sent(self, upload: asyncio.Task[None]) -> None:
        if not upload.cancelled() and (error := upload.exception()) is not None:
            self._fail(error)

    def _expect(self, connection: Connection) -> None:
        # While the request is under way the upstream may well wait for the rest of it.
        if self._upload is None:
            started = self._response.head is not None
            connection.watchdog.expect(self._timeouts.idle if started else self._timeouts.first_byte)

    def _finish(self, connection: Connection) -> None:
        self._connection = connection.carried = None
        if self._upload is not None:
            # The rest of the request would be read as the beginning of the next one.
            self._upload.cancel()
            connection.abort()
        elif self._response.reusable and connection.is_open:
            if self._paused:
                connection.resume()
            self._done(connection)
        else:
            connection.close()

    def _fail(self, error: BaseException) -> None:
        if self._failure is None:
            self._failure = error
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.carried = None
            connection.abort()
        if self._upload is not None:
            self._upload.cancel()
        self._wake()

    def _news(self) -> asyncio.Future[None]:
        if self._failure is not None:
            raise self._failure
        self._waiter = asyncio.get_running_loop().create_future()
        return self._waiter

    def _wake(self) -> None:
        waiter, self._waiter = self._waiter, None
        if waiter is not None and not waiter.done():
            waiter.set_result(None)

    @property
    def _head(self) -> Head:
        head = self._response.head
        if head is None:
            raise RuntimeError("The exchange has not started, so there is no response yet.")
        return head
