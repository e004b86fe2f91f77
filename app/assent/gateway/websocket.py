"""WebSockets through the gateway (RFC 6455): two connections, and their messages carried between them.

Messages, close codes and reasons pass as they are. Pings are answered on each connection by itself, and no
extension is offered to the upstream: what a site does not compress is not compressed here either.
"""

import asyncio
import logging
from collections.abc import Sequence

from starlette.types import Receive, Send
from websockets.asyncio.client import ClientConnection
from websockets.client import ClientProtocol
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException
from websockets.frames import CloseCode
from websockets.http11 import Request, Response
from websockets.typing import Subprotocol
from websockets.uri import WebSocketURI

from assent.errors import UpstreamError, UpstreamTimeout
from assent.gateway.transport import Transport

logger = logging.getLogger("assent.gateway")

Field = tuple[bytes, bytes]

PING_SECONDS = 20.0
"""Keeps both ways from being closed as idle. No answer has a deadline: a long message may stand before it."""

_CLOSE_SECONDS = 10.0
_NEVER_SENT = (CloseCode.NO_STATUS_RCVD, CloseCode.ABNORMAL_CLOSURE, CloseCode.TLS_HANDSHAKE)
_BROKE_OFF = "The site behind this gateway broke off."

# The URI that the library asks for has no part in a handshake whose target and fields are given.
_NOWHERE = WebSocketURI(secure=False, host="localhost", port=80, path="", query="")


class HandshakeRefused(Exception):
    """The upstream answered the handshake with a response of its own."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status_code)
        self.status = response.status_code
        self.fields = fields_of(response)
        self.body = bytes(response.body)


class _Handshake(ClientProtocol):
    """The client's side of a connection, with the target and the fields that it is given, byte for byte."""

    def __init__(
        self, target: bytes, fields: Sequence[Field], subprotocols: Sequence[str], max_size: int
    ) -> None:
        offered = [Subprotocol(name) for name in subprotocols]
        super().__init__(_NOWHERE, subprotocols=offered or None, max_size=max_size)
        self._target = target
        self._fields = fields

    def connect(self) -> Request:
        headers = Headers()
        for name, value in self._fields:
            headers[name.decode("ascii")] = value.decode("latin-1")
        for key, said in super().connect().headers.raw_items():
            if key.lower() != "host":
                headers[key] = said
        return Request(self._target.decode("ascii"), headers)


async def connect(
    transport: Transport,
    target: bytes,
    fields: Sequence[Field],
    subprotocols: Sequence[str],
    *,
    max_size: int,
) -> ClientConnection:
    """Open a WebSocket to the upstream; raises HandshakeRefused, UpstreamTimeout or UpstreamError."""
    own = [field for field in fields if not field[0].lower().startswith(b"sec-websocket-")]

    def made() -> ClientConnection:
        return ClientConnection(
            _Handshake(target, own, subprotocols, max_size),
            ping_interval=PING_SECONDS,
            ping_timeout=None,
            close_timeout=_CLOSE_SECONDS,
            # A frame may be as large as a message, and what is not yet taken is held here.
            max_queue=(1, 0),
        )

    connection: ClientConnection | None = None
    opened = False
    try:
        async with asyncio.timeout(transport.timeouts.connect + transport.timeouts.first_byte):
            connection = await transport.address.connect(made, transport.tls)
            await connection.handshake(user_agent_header=None)
        opened = True
    except InvalidStatus as refused:
        raise HandshakeRefused(refused.response) from None
    except TimeoutError as error:
        raise UpstreamTimeout("the handshake of a WebSocket took too long") from error
    except (OSError, WebSocketException) as error:
        raise UpstreamError(f"{type(error).__name__}: {error}") from error
    finally:
        if connection is not None and not opened:
            connection.transport.abort()
    connection.start_keepalive()
    return connection


def fields_of(response: Response | None) -> list[Field]:
    """Return the fields of a handshake's response as they came, without those of the handshake itself."""
    pairs = response.headers.raw_items() if response else ()
    return [
        (name.encode("ascii"), value.encode("latin-1"))
        for name, value in pairs
        if not name.lower().startswith("sec-websocket-")
    ]


class Tunnel:
    """Two open WebSockets, and what passes between them."""

    def __init__(self, receive: Receive, send: Send, upstream: ClientConnection) -> None:
        self._receive = receive
        self._send = send
        self._upstream = upstream
        self._client_left = False

    async def run(self, subprotocol: str | None, fields: Sequence[Field]) -> None:
        """Accept the client's handshake, and carry messages both ways until one side closes.

        The other side is told with the same code and reason.
        """
        try:
            await self._send({"type": "websocket.accept", "subprotocol": subprotocol, "headers": fields})
        except OSError:
            self._upstream.transport.abort()
            return
        upwards = asyncio.create_task(self._upwards())
        try:
            await self._downwards()
        except OSError:
            # The client is gone; how it went is told to the upstream on the way up.
            await asyncio.wait({upwards}, timeout=_CLOSE_SECONDS)
        finally:
            upwards.cancel()
            self._upstream.transport.abort()
        await asyncio.wait({upwards})
        if not upwards.cancelled() and (error := upwards.exception()):
            raise error

    async def _downwards(self) -> None:
        try:
            while True:
                message = await self._upstream.recv()
                kind = "text" if isinstance(message, str) else "bytes"
                await self._send({"type": "websocket.send", kind: message})
        except ConnectionClosed as closed:
            if self._client_left:
                return
            code, reason = _farewell(closed)
        await self._send({"type": "websocket.close", "code": code, "reason": reason})

    async def _upwards(self) -> None:
        try:
            while (message := await self._receive())["type"] == "websocket.receive":
                text = message.get("text")
                await self._upstream.send(message["bytes"] if text is None else text)
            self._client_left = True
            code = message.get("code", CloseCode.NO_STATUS_RCVD)
            if code == CloseCode.NO_STATUS_RCVD and "reason" in message:
                code = CloseCode.NORMAL_CLOSURE
            if code not in _NEVER_SENT:
                await self._upstream.close(code, message.get("reason") or "")
        except ConnectionClosed:
            return
        finally:
            # Without a close frame the upstream learns that the client sent none either.
            self._upstream.transport.abort()


def _farewell(closed: ConnectionClosed) -> tuple[int, str]:
    if closed.rcvd is None or closed.rcvd_then_sent is False:
        logger.warning("upstream broke off a WebSocket: %s", closed)
        return CloseCode.BAD_GATEWAY.value, _BROKE_OFF
    if closed.rcvd.code == CloseCode.NO_STATUS_RCVD:
        return CloseCode.NORMAL_CLOSURE.value, ""
    return closed.rcvd.code, closed.rcvd.reason
