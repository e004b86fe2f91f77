"""The gateway as an ASGI app: a request in, a request to the upstream, its response back, all streamed."""

import logging
import ssl
from collections import Counter
from collections.abc import Awaitable, Sequence
from typing import TYPE_CHECKING, Any

from starlette.types import Receive, Scope, Send

from assent.errors import UpstreamError
from assent.gateway.admission import NO_WEBSOCKET, Framing, Refusal, admit, admit_handshake, target
from assent.gateway.answers import deny, refuse, refuse_handshake
from assent.gateway.departure import ClientGoneError, Departure
from assent.gateway.forwarding import Field, request_fields, response_fields
from assent.gateway.http1 import Counts, Reader
from assent.gateway.limits import Timeouts
from assent.gateway.names import Names
from assent.gateway.proxies import Arrival, TrustedProxies, arrival
from assent.gateway.transport import Exchange, Transport

if TYPE_CHECKING:
    from assent.gateway import websocket
else:
    # The extra ws brings what it stands on.
    try:
        from assent.gateway import websocket
    except ImportError:
        websocket = None

logger = logging.getLogger("assent.gateway")

MAX_MESSAGE = 64 << 20
"""Bytes of one WebSocket message, either way; it is held in memory until it is whole."""

_FAILURES = {
    502: Refusal(502, "The site behind this gateway gave no answer."),
    503: Refusal(503, "The site behind this gateway is busy. Please try again in a moment."),
    504: Refusal(504, "The site behind this gateway did not answer in time."),
}

_KINDS = {502: "unreachable", 503: "busy", 504: "timeout"}


class Gateway:
    """A reverse proxy in front of one upstream, as a plain ASGI app.

    ``upstream`` is an http or https URL, ``unix:`` and the path of a socket, or a Transport with options of
    its own; a path in the URL is prefixed to every request. ``trusted_proxies`` lists the networks whose
    Forwarded and X-Forwarded-* fields are believed. Without ``preserve_host`` the upstream sees its own name
    as Host. ``via=False`` leaves Via out, for upstreams that stop compressing when they see it.
    ``max_message`` is what a WebSocket message of the upstream may have; for those of the client the server
    has a limit of its own. ``tls`` replaces the verifying default. Raises ConfigError when the URL or a
    network is wrong.
    """

    def __init__(
        self,
        upstream: str | Transport,
        *,
        trusted_proxies: Sequence[str] = (),
        preserve_host: bool = True,
        via: bool = True,
        max_message: int = MAX_MESSAGE,
        timeouts: Timeouts | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        if isinstance(upstream, str):
            upstream = Transport(upstream, timeouts=timeouts, tls=tls)
        self._transport = upstream
        self._trusted = TrustedProxies(trusted_proxies)
        self._preserve_host = preserve_host
        self._via = via
        self._max_message = max_message
        self._names = Names(upstream.address)
        self.errors: Counter[str] = Counter()
        """Requests that the upstream failed, by "unreachable", "timeout", "busy" and "broken_off"."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one ASGI scope: http and websocket go upstream, lifespan opens and closes the pools."""
        if scope["type"] == "http":
            await self._http(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._websocket(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        else:
            raise NotImplementedError(f"The gateway does not serve scopes of the type {scope['type']!r}.")

    @property
    def connections(self) -> Counts | None:
        """Connections to the upstream; None where httpx keeps them."""
        return self._transport.counts

    async def probe(self) -> str | None:
        """Return why the upstream cannot be reached now, or None when it can."""
        return await self._transport.probe()

    async def aclose(self) -> None:
        """Close the connections to the upstream; needed only where the server offers no lifespan."""
        await self._transport.aclose()

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        framing = admit(scope)
        aim = target(scope, self._transport.address.base_path)
        if isinstance(framing, Refusal):
            await refuse(scope, send, framing, close=True)
        elif isinstance(aim, Refusal):
            await refuse(scope, send, aim, close=True)
        else:
            with Departure(receive) as departure:
                framing, body = await _body(framing, receive, departure)
                came = arrival(scope, self._trusted)
                fields = self._request_fields(scope, came, framing)
                exchange = self._transport.exchange(scope["method"], aim, fields, body)
                await self._relay(scope, send, came, exchange, departure)

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        aim = admit_handshake(scope) or target(scope, self._transport.address.base_path)
        if websocket is None or isinstance(aim, Refusal):
            await refuse_handshake(scope, send, aim if isinstance(aim, Refusal) else NO_WEBSOCKET)
            return
        came = arrival(scope, self._trusted)
        fields = self._request_fields(scope, came, Framing.NONE)
        try:
            upstream = await websocket.connect(
                self._transport, aim, fields, scope.get("subprotocols", ()), max_size=self._max_message
            )
        except websocket.HandshakeRefused as refused:
            own = self._response_fields(scope, came, refused.fields, refused.status)
            own = [field for field in own if field[0] != b"content-length"]
            await deny(scope, send, refused.status, own, refused.body)
        except UpstreamError as error:
            await refuse_handshake(scope, send, self._failure("WebSocket", error))
        else:
            own = self._response_fields(scope, came, websocket.fields_of(upstream.response), 101)
            await websocket.Tunnel(receive, send, upstream).run(upstream.subprotocol, own)

    def _request_fields(self, scope: Scope, came: Arrival, framing: Framing) -> list[Field]:
        version = scope.get("http_version", "1.1")
        # Only HTTP/1.0 does without Host, and then the site is asked for by its own name.
        preserved = self._preserve_host and (version != "1.0" or _has_host(scope))
        own = None if preserved else self._transport.address.authority
        return request_fields(scope["headers"], came, framing, host=own, version=version, via=self._via)

    def _response_fields(
        self, scope: Scope, came: Arrival, fields: Sequence[Field], status: int, version: str = "1.1"
    ) -> list[Field]:
        kept = response_fields(fields, status, version=version, via=self._via)
        return self._names.public(kept, came.host, scope.get("root_path", "").rstrip("/").encode())

    def _failure(self, what: str, error: UpstreamError) -> Refusal:
        refusal = _FAILURES[error.status]
        self.errors[_KINDS[error.status]] += 1
        # Without the target: it may tell who visited what.
        where = self._transport.address.authority.decode("ascii")
        logger.warning("%d for a %s: upstream %s: %s", refusal.status, what, where, error)
        return refusal

    async def _relay(
        self, scope: Scope, send: Send, came: Arrival, sent: Awaitable[Exchange], departure: Departure
    ) -> None:
        started = False
        try:
            exchange = await sent
            try:
                if not 200 <= exchange.status < 600:
                    raise UpstreamError(f"status {exchange.status} is not one that can be passed on")
                started = True
                fields = self._response_fields(
                    scope, came, exchange.fields, exchange.status, exchange.version
                )
                await send({"type": "http.response.start", "status": exchange.status, "headers": fields})
                await _respond(send, exchange, departure)
            finally:
                await exchange.aclose()
        except UpstreamError as error:
            failure = error
        else:
            return
        if started:
            self.errors["broken_off"] += 1
            # A clean end would pass half a body off as a whole; an error makes the server cut the connection.
            raise UpstreamError(f"upstream broke off during a response: {failure}") from None
        refusal = self._failure(scope["method"], failure)
        departure.stop()
        await refuse(scope, send, refusal)

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                self._transport.open()
                await send({"type": "lifespan.startup.complete"})
            elif message["type"] == "lifespan.shutdown":
                await self._transport.aclose()
                await send({"type": "lifespan.shutdown.complete"})
                return


async def _respond(send: Send, exchange: Exchange, departure: Departure) -> None:
    if exchange.ended:
        await send(_piece(b"", exchange, departure))
    while not exchange.ended:
        # Without a name of its own here no piece stays in memory while the next one is waited for.
        await send(_piece(await exchange.read(), exchange, departure))


def _piece(body: bytes, exchange: Exchange, departure: Departure) -> dict[str, Any]:
    if exchange.ended:
        # Some servers report the end of the response as a disconnect.
        departure.stop()
    return {"type": "http.response.body", "body": body, "more_body": not exchange.ended}


def _has_host(scope: Scope) -> bool:
    return any(name.lower() == b"host" for name, _ in scope["headers"])


async def _body(framing: Framing, receive: Receive, departure: Departure) -> tuple[Framing, Reader | None]:
    if framing is Framing.NONE:
        departure.watch()
        return framing, None
    first: bytes | None = None
    read = _reader(receive, departure)
    if framing is Framing.UNSAID:
        first = await read()
        framing = Framing.CHUNKED if first else Framing.NONE
    if framing is Framing.NONE:
        departure.watch()
        return framing, None
    return framing, _after(first, read) if first else read


def _reader(receive: Receive, departure: Departure) -> Reader:
    ended = False

    async def read() -> bytes | None:
        nonlocal ended
        while not ended:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise ClientGoneError
            ended = not message.get("more_body", False)
            if ended:
                departure.watch()
            if message.get("body"):
                body: bytes = message["body"]
                return body
        return None

    return read


def _after(first: bytes, read: Reader) -> Reader:
    waiting = [first]

    async def read_on() -> bytes | None:
        return waiting.pop() if waiting else await read()

    return read_on
