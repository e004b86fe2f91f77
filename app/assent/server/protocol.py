"""uvicorn's HTTP protocol with what it leaves open: limits on slow and endless clients, strict readings.

A client has PATIENCE seconds for a header section, for each piece of a body, and to take what it was sent.
"""

import asyncio
from collections import deque
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from assent.gateway.admission import MAX_FIELDS
from assent.server.corked import Corked
from assent.server.unframed import unframe

PATIENCE = 60.0

MAX_OVERHEAD = 64 * 1024
"""Bytes of extensions, trailers and padding in a chunked body beyond what chunks of a sensible size need."""

_FREE = 16

_BUSY = (
    b"HTTP/1.1 503 Service Unavailable\r\nconnection: close\r\ncontent-length: 0\r\nretry-after: 5\r\n\r\n"
)
_TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
_TOO_SLOW = b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"


class Bounded(asyncio.Protocol):
    """The limits; of uvicorn's class they look at no more than the exchange in progress."""

    patience = PATIENCE
    max_head = MAX_FIELDS
    max_connections = 0
    """Of the whole server; 0 is no limit."""
    draining = False
    """Whether the request in progress, or else the next one, is the last of the connection."""

    # What uvicorn's class brings.
    transport: Any
    loop: asyncio.AbstractEventLoop
    flow: Any
    cycle: Any
    connections: set[Any]

    _head = 0
    """Bytes since the last header section came to its end, as far as they belong to the next one."""
    _due = 0.0
    _timer: asyncio.TimerHandle | None = None
    _stalled: asyncio.TimerHandle | None = None
    _upgraded = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin to wait for the first header section."""
        super().connection_made(Corked(transport, self.loop))  # type: ignore[arg-type]
        if self.max_connections and len(self.connections) > self.max_connections:
            self.transport.write(_BUSY)
            self.transport.close()
        else:
            self._wait()

    def data_received(self, data: bytes) -> None:
        """Read on, and see what there is to wait for then."""
        cycle = self.cycle
        in_body = cycle is not None and cycle.more_body
        super().data_received(data)
        if self._upgraded:
            return
        if self.cycle is not cycle:
            self._head = 0
            self.transport.cork()
            if self.draining:
                self.cycle.keep_alive = False
        elif not in_body:
            self._head += len(data)
        if self.transport.is_closing():
            self._rest()
        elif self._head:
            self._read_head(began=self._head == len(data))
        elif self.cycle.more_body:
            if not self.cycle.response_complete:
                self._wait()
        elif self._timer is not None:
            self._rest()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing more, and tell the exchange in progress."""
        self._rest()
        self.resume_writing()
        answered = self.answered
        super().connection_lost(exc)
        if answered is not None and not answered.response_complete:
            answered.disconnected = True
            answered.message_event.set()

    def pause_writing(self) -> None:
        """Give the client its time to take what it was sent."""
        super().pause_writing()
        if self._stalled is None:
            self._stalled = self.loop.call_later(self.patience, self.transport.abort)

    def resume_writing(self) -> None:
        """See that the client took what it was sent."""
        super().resume_writing()
        if self._stalled is not None:
            self._stalled.cancel()
            self._stalled = None

    def handle_websocket_upgrade(self, *event: Any) -> None:
        """Leave the connection to the protocol of WebSockets."""
        self._upgraded = True
        self._rest()
        super().handle_websocket_upgrade(*event)  # type: ignore[misc]

    @property
    def answered(self) -> Any:
        """The exchange whose turn it is; ``cycle`` is the last that came."""
        return self.cycle

    def drain(self) -> None:
        """Let the request in progress be the last of this connection, as long as its response can say so."""
        if self.cycle is not None and not self.cycle.response_started:
            self.cycle.keep_alive = False

    def give_up(self) -> None:
        """End the request in progress: with 503 where nothing of a response was sent, else cut off."""
        self._rest()
        answered = self.answered
        if answered is None or answered.response_complete:
            self.transport.close()
        elif answered.response_started:
            # A clean end would pass half a body off as a whole.
            self.transport.abort()
        else:
            self.transport.write(_BUSY)
            self.transport.close()

    def _read_head(self, *, began: bool) -> None:
        if self._head > self.max_head:
            self._hang_up(_TOO_LARGE)
        elif began and self._timer is None:
            self._wait()

    def _wait(self) -> None:
        self._due = self.loop.time() + self.patience
        if self._timer is None:
            self._timer = self.loop.call_at(self._due, self._check)

    def _rest(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _check(self) -> None:
        self._timer = None
        cycle = self.cycle
        answering = cycle is not None and not cycle.more_body and not cycle.response_complete
        if answering or self.flow.read_paused:
            # The client waits for us: for the response, or because the upstream takes no more.
            self._wait()
        elif self.loop.time() < self._due:
            self._timer = self.loop.call_at(self._due, self._check)
        else:
            self._hang_up(_TOO_SLOW if self._head else b"")

    def _hang_up(self, answer: bytes) -> None:
        if answer and (self.cycle is None or self.cycle.response_complete):
            self.transport.write(answer)
        self._rest()
        self.transport.close()


class BoundedHttpTools(Bounded, HttpToolsProtocol):
    """The protocol that ``assent serve`` speaks."""

    _overhead = 0
    _unanswered: deque[Any]

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin with no exchange."""
        self._unanswered = deque()
        super().connection_made(transport)

    @property
    def answered(self) -> Any:
        """The exchange whose turn it is: a client may send requests without waiting for responses."""
        while self._unanswered and self._unanswered[0].response_complete:
            self._unanswered.popleft()
        return self._unanswered[0] if self._unanswered else self.cycle

    def data_received(self, data: bytes) -> None:
        """Read on, as long as a body is not buried in what belongs to its coding."""
        cycle = self.cycle
        in_body = cycle is not None and cycle.more_body
        super().data_received(data)
        if self.cycle is not cycle or not in_body or not cycle.more_body:
            self._overhead = 0
            return
        self._overhead = max(0, self._overhead + len(data))
        if self._overhead > MAX_OVERHEAD:
            self._hang_up(b"")

    def send_400_response(self, msg: str) -> None:
        """Refuse what cannot be read; within a response under way that would be a part of its body."""
        answered = self.answered
        if answered is not None and answered.response_started and not answered.response_complete:
            self.transport.abort()
        else:
            super().send_400_response(msg)

    def on_body(self, body: bytes) -> None:
        """Take a piece of a body."""
        self._overhead -= 3 * len(body) + _FREE
        super().on_body(body)

    def on_headers_complete(self) -> None:
        """Begin an exchange; of a target that is no path, all is kept for the application to judge."""
        cycle = self.cycle
        super().on_headers_complete()
        if self.cycle is cycle:
            return
        if cycle is None or cycle.response_complete:
            self._unanswered.clear()
        self._unanswered.append(self.cycle)
        if self.scope["http_version"] == "1.0":
            unframe(self.cycle)
        # RFC 9110 section 6.5.1: trailers are no header fields, and this list is where they would go.
        self.headers = []
        if b"#" in self.url:
            self.scope["raw_path"] = self.url
        elif not self.url.startswith(b"/"):
            self.scope["raw_path"] = self.url.partition(b"?")[0]

    def on_message_complete(self) -> None:
        """End a request, also one that was answered before its end."""
        super().on_message_complete()
        if self.cycle is not None:
            self.cycle.more_body = False
