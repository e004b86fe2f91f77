"""Assent's way to an upstream under httpx's interface, for whoever has code that speaks to that.

Of a request it takes method, target, fields and body; where the URL points to does not matter, since the
transport has one upstream only. The gateway itself does without: making httpx's objects costs CPU time.
"""

from collections.abc import AsyncIterator

import httpx

from assent.errors import UpstreamBusy, UpstreamError, UpstreamTimeout
from assent.gateway.http1 import Reader
from assent.gateway.transport import Exchange, Transport


class HttpxTransport(httpx.AsyncBaseTransport):
    """An ``httpx.AsyncBaseTransport`` over a Transport; closing it closes that.

    A target in the request's extensions outranks the URL, which httpx rewrites.
    """

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request and return the response with its body still to come."""
        target = request.extensions.get("target", request.url.raw_path)
        fields = request.headers.raw
        has_body = any(name.lower() in (b"content-length", b"transfer-encoding") for name, _ in fields)
        try:
            exchange = await self._transport.exchange(
                request.method, target, fields, _reader(request) if has_body else None
            )
        except UpstreamError as error:
            raise _translated(error, request) from error
        return httpx.Response(
            exchange.status,
            headers=exchange.fields,
            stream=_Stream(exchange, request),
            extensions={"http_version": f"HTTP/{exchange.version}".encode("ascii")},
        )

    async def aclose(self) -> None:
        """Close every connection."""
        await self._transport.aclose()


class _Stream(httpx.AsyncByteStream):
    def __init__(self, exchange: Exchange, request: httpx.Request) -> None:
        self._exchange = exchange
        self._request = request

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            while not self._exchange.ended:
                yield await self._exchange.read()
        except UpstreamError as error:
            raise _translated(error, self._request) from error

    async def aclose(self) -> None:
        await self._exchange.aclose()


def _reader(request: httpx.Request) -> Reader:
    assert isinstance(request.stream, httpx.AsyncByteStream)  # noqa: S101 - httpx checks it before
    pieces = aiter(request.stream)

    async def read() -> bytes | None:
        return await anext(pieces, None)

    return read


def _translated(error: UpstreamError, request: httpx.Request) -> httpx.TransportError:
    if isinstance(error, UpstreamBusy):
        return httpx.PoolTimeout(str(error), request=request)
    if isinstance(error, UpstreamTimeout):
        return httpx.ReadTimeout(str(error), request=request)
    return httpx.RemoteProtocolError(str(error), request=request)
