"""Requests to the upstream over a transport of httpx, for what Assent's own does not speak.

Never over httpx's client: that would keep a cookie jar and replay one visitor's cookies to the next, and
would rewrite paths.
"""

import ssl
from collections.abc import AsyncIterator, Sequence
from typing import Any, Self

import httpx

from assent.errors import UpstreamBusy, UpstreamError, UpstreamTimeout
from assent.gateway.address import Address
from assent.gateway.http1 import Field, Reader
from assent.gateway.limits import Limits, Timeouts


def over_httpx(
    address: Address,
    *,
    tls: ssl.SSLContext | None,
    timeouts: Timeouts,
    limits: Limits,
    http2: bool,
    proxy: str | None,
) -> "Delegated":
    """Return a carrier over httpx's own transport."""
    transport = httpx.AsyncHTTPTransport(
        # Plain HTTP needs no certificates, and loading them takes tens of milliseconds.
        verify=tls or ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
        # Over TLS the upstream chooses; without it nobody can ask, so who wants HTTP/2 gets just that.
        http1=not http2 or tls is not None,
        http2=http2,
        proxy=proxy,
        uds=address.socket,
        limits=httpx.Limits(
            max_connections=limits.connections,
            max_keepalive_connections=limits.connections,
            keepalive_expiry=timeouts.keepalive,
        ),
    )
    return Delegated(transport, address, timeouts)


class Delegated:
    """A carrier over any transport that has httpx's interface."""

    def __init__(self, transport: httpx.AsyncBaseTransport, address: Address, timeouts: Timeouts) -> None:
        self._transport = transport
        self._url = httpx.URL(f"{address.scheme}://{address.authority.decode('ascii')}")
        self._extensions: dict[str, Any] = {
            "timeout": {
                "connect": timeouts.connect,
                "read": max(timeouts.first_byte, timeouts.idle),
                "write": timeouts.write,
                "pool": timeouts.queue,
            }
        }
        if address.server_name:
            self._extensions["sni_hostname"] = address.server_name

    async def exchange(
        self, method: str, target: bytes, fields: Sequence[Field], body: Reader | None = None
    ) -> "DelegatedExchange":
        """Send a request and return once the head of its response is there."""
        request = httpx.Request(
            method,
            self._url,
            headers=list(fields),
            stream=_Body(body),
            extensions=self._extensions,
        )
        # Methods are case-sensitive (RFC 9110 section 9.1) and httpx writes them in capitals.
        request.method = method
        request.url = _Url(self._url, target)
        try:
            return DelegatedExchange(await self._transport.handle_async_request(request))
        except httpx.HTTPError as error:
            raise _translated(error) from error

    async def aclose(self) -> None:
        """Close every connection."""
        await self._transport.aclose()


class DelegatedExchange:
    """A request that was sent over httpx, and its response as it comes."""

    def __init__(self, response: httpx.Response) -> None:
        self._response = response
        assert isinstance(response.stream, httpx.AsyncByteStream)  # noqa: S101 - as its interface has it
        self._pieces: AsyncIterator[bytes] = aiter(response.stream)
        self.status = response.status_code
        self.fields: list[Field] = response.headers.raw
        self.version: str = response.extensions["http_version"].decode("ascii").removeprefix("HTTP/")
        self.ended = False

    async def read(self) -> bytes:
        """Return the next piece of the body; empty at its end, which is known only then."""
        try:
            return await anext(self._pieces)
        except StopAsyncIteration:
            self.ended = True
            return b""
        except httpx.HTTPError as error:
            raise _translated(error) from error

    async def aclose(self) -> None:
        """Let go of the connection; before the end of the body that closes it."""
        await self._response.aclose()


class _Url(httpx.URL):
    """A URL with a target that is sent byte for byte, where httpx would resolve and encode it.

    Its own way to give a target, an extension of the request, changes what is asked of a proxy as well.
    """

    def __init__(self, origin: httpx.URL, target: bytes) -> None:
        super().__init__(origin)
        self._target = target

    @property
    def raw_path(self) -> bytes:
        return self._target


class _Body(httpx.AsyncByteStream):
    """The body of one request, read piece by piece as the upstream takes it."""

    def __init__(self, read: Reader | None) -> None:
        self._read = read

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> bytes:
        piece = await self._read() if self._read else None
        if piece is None:
            raise StopAsyncIteration
        return piece


def _translated(error: httpx.HTTPError) -> UpstreamError:
    said = f"{type(error).__name__}: {error}".rstrip(": ")
    if isinstance(error, httpx.PoolTimeout):
        return UpstreamBusy(said)
    if isinstance(error, httpx.TimeoutException):
        return UpstreamTimeout(said)
    return UpstreamError(said)
