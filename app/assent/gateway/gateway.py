"""The gateway as an ASGI app: a request in, a request to the upstream, its response back, all streamed."""

import logging
import ssl
from collections.abc import Awaitable, Callable, Sequence
from contextlib import aclosing
from http import HTTPStatus

from starlette.types import Receive, Scope, Send

from assent.errors import UpstreamError, UpstreamTimeout
from assent.gateway.admission import NO_WEBSOCKET, Framing, Refusal, admit, target
from assent.gateway.departure import ClientGoneError, Departure
from assent.gateway.forwarding import Field, request_fields, response_fields
from assent.gateway.proxies import TrustedProxies, arrival
from assent.gateway.transport import NO_BODY, Exchange, RequestBody, Timeouts, Transport

logger = logging.getLogger("assent.gateway")

_CLOSE_UNACCEPTED = 1011

Reader = Callable[[], Awaitable[bytes | None]]
"""Gives the next piece of a request's body, and None after the last."""

_LATE = Refusal(504, "The site behind this gateway did not answer in time.")
_AWAY = Refusal(502, "The site behind this gateway gave no answer.")


class Gateway:
    """A reverse proxy in front of one upstream, as a plain ASGI app.

    ``upstream`` is an http or https URL; a path in it is prefixed to every request. ``trusted_proxies`` lists
    the networks whose Forwarded and X-Forwarded-* fields are believed. Without ``preserve_host`` the upstream
    sees its own name as Host. ``via=False`` leaves Via out, for upstreams that stop compressing when they see
    it. ``tls`` replaces the verifying default. Raises ConfigError when the URL or a network is wrong.
    """

    def __init__(
        self,
        upstream: str,
        *,
        trusted_proxies: Sequence[str] = (),
        preserve_host: bool = True,
        via: bool = True,
        timeouts: Timeouts | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._transport = Transport(upstream, timeouts=timeouts, tls=tls)
        self._trusted = TrustedProxies(trusted_proxies)
        self._preserve_host = preserve_host
        self._via = via

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one ASGI scope: http is forwarded, websocket refused, lifespan opens and closes the pools."""
        if scope["type"] == "http":
            await self._http(scope, receive, send)
        elif scope["type"] == "websocket":
            await _refuse_websocket(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        else:
            raise NotImplementedError(f"The gateway does not serve scopes of the type {scope['type']!r}.")

    async def aclose(self) -> None:
        """Close the connections to the upstream; needed only where the server offers no lifespan."""
        await self._transport.aclose()

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        framing = admit(scope)
        aim = target(scope, self._transport.base_path)
        if isinstance(framing, Refusal):
            await _reply(scope, send, framing, close=True)
        elif isinstance(aim, Refusal):
            await _reply(scope, send, aim, close=True)
        else:
            with Departure(receive) as departure:
                framing, body = await _body(framing, receive, departure)
                fields = self._request_fields(scope, framing)
                exchange = self._transport.exchange(scope["method"], aim, fields, body)
                await self._relay(scope, send, exchange, departure)

    def _request_fields(self, scope: Scope, framing: Framing) -> list[Field]:
        preserved = self._preserve_host and any(name.lower() == b"host" for name, _ in scope["headers"])
        return request_fields(
            scope["headers"],
            arrival(scope, self._trusted),
            framing,
            host=None if preserved else self._transport.host,
            version=scope.get("http_version", "1.1"),
            via=self._via,
        )

    async def _relay(self, scope: Scope, send: Send, exchange: Exchange, departure: Departure) -> None:
        started = False
        try:
            async with exchange:
                if not 200 <= exchange.status < 600:
                    raise UpstreamError(f"status {exchange.status} is not one that can be passed on")
                started = True
                await self._respond(send, exchange)
                # Some servers report the end of the response as a disconnect.
                departure.stop()
                await send({"type": "http.response.body", "body": b"", "more_body": False})
        except UpstreamError as error:
            failure = error
        else:
            return
        if started:
            # A clean end would pass half a body off as a whole; an error makes the server cut the connection.
            raise UpstreamError(f"upstream broke off during a response: {failure}") from None
        refusal = _LATE if isinstance(failure, UpstreamTimeout) else _AWAY
        # Without the target: it may tell who visited what.
        where = self._transport.host.decode("latin-1")
        logger.warning("%d for a %s: upstream %s: %s", refusal.status, scope["method"], where, failure)
        departure.stop()
        await _reply(scope, send, refusal)

    async def _respond(self, send: Send, exchange: Exchange) -> None:
        headers = response_fields(exchange.fields, exchange.status, version=exchange.version, via=self._via)
        await send({"type": "http.response.start", "status": exchange.status, "headers": headers})
        async with aclosing(exchange.pieces()) as pieces:
            async for piece in pieces:
                await send({"type": "http.response.body", "body": piece, "more_body": True})

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


async def _body(framing: Framing, receive: Receive, departure: Departure) -> tuple[Framing, RequestBody]:
    first: bytes | None = None
    read = _reader(receive, departure)
    if framing is Framing.UNSAID:
        first = await read()
        framing = Framing.CHUNKED if first else Framing.NONE
    if framing is Framing.NONE:
        departure.watch()
        return framing, NO_BODY
    return framing, RequestBody(_after(first, read) if first else read)


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


async def _reply(scope: Scope, send: Send, refusal: Refusal, *, close: bool = False) -> None:
    status, body, headers = _page(refusal)
    if close and scope.get("http_version", "1.1").startswith("1"):
        # What follows on the connection may be the rest of a request that was not understood.
        headers.append((b"connection", b"close"))
    if refusal.status == HTTPStatus.METHOD_NOT_ALLOWED:
        headers.append((b"allow", b"GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})


async def _refuse_websocket(scope: Scope, receive: Receive, send: Send) -> None:
    await receive()
    if "websocket.http.response" not in scope.get("extensions", {}):
        await send({"type": "websocket.close", "code": _CLOSE_UNACCEPTED, "reason": NO_WEBSOCKET.reason})
        return
    status, body, headers = _page(NO_WEBSOCKET)
    await send({"type": "websocket.http.response.start", "status": status, "headers": headers})
    await send({"type": "websocket.http.response.body", "body": body})


def _page(refusal: Refusal) -> tuple[int, bytes, list[tuple[bytes, bytes]]]:
    body = f"{refusal.status} {HTTPStatus(refusal.status).phrase}: {refusal.reason}\n".encode()
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
    ]
    return refusal.status, body, headers
