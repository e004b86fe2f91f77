"""Requests to the upstream over pooled connections, through the transport API of httpx and never its client.

The client would keep a cookie jar and replay one visitor's cookies to the next, and would rewrite paths.
"""

import asyncio
import ssl
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import asdict, dataclass
from operator import attrgetter
from types import TracebackType
from typing import TYPE_CHECKING, Self

from assent.errors import ConfigError, UpstreamError, UpstreamTimeout
from assent.gateway.proxies import HOST

if TYPE_CHECKING:
    import httpx
else:
    # httpx2 has the same interface and walks its pool far less; httpx is the declared floor.
    try:
        import httpx2 as httpx
    except ImportError:
        import httpx

Field = tuple[bytes, bytes]

_LANES = 8
_CONNECTIONS_PER_LANE = 25
# Below the 5 s after which Node.js and uvicorn hang up: a request sent into a closing connection is lost.
_KEEPALIVE_SECONDS = 4.0
_REPEATABLE = frozenset({"GET", "HEAD", "OPTIONS"})
_HUNG_UP = (httpx.ReadError, httpx.WriteError, httpx.RemoteProtocolError)


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds to wait for a connection, for each read, for each write and for a free place in the pool."""

    connect: float = 5.0
    read: float = 60.0
    write: float = 60.0
    pool: float = 5.0


class RequestBody(httpx.AsyncByteStream):
    """The body of one request, read piece by piece as the upstream takes it."""

    def __init__(self, read: Callable[[], Awaitable[bytes | None]] | None = None) -> None:
        """``read`` gives the next piece and None after the last; without it there is no body."""
        self._read = read

    @property
    def empty(self) -> bool:
        """Whether there is no body at all, so that the request may be sent a second time."""
        return self._read is None

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> bytes:
        piece = await self._read() if self._read else None
        if piece is None:
            raise StopAsyncIteration
        return piece


NO_BODY = RequestBody()


class Transport:
    """Connections to one upstream, in several small pools: a pool's cost grows with its connections.

    Pools belong to an event loop and are made when that loop first asks. Raises ConfigError for a bad URL.
    """

    def __init__(
        self, upstream: str, *, timeouts: Timeouts | None = None, tls: ssl.SSLContext | None = None
    ) -> None:
        self._url = _checked(upstream)
        self.base_path: bytes = self._url.raw_path.rstrip(b"/")
        self.host: bytes = self._url.netloc
        self._timeout = asdict(timeouts or Timeouts())
        self._tls = tls
        self._lanes: list[_Lane] = []
        self._loop: asyncio.AbstractEventLoop | None = None

    def open(self) -> None:
        """Make the pools for the running event loop, unless they are there."""
        loop = asyncio.get_running_loop()
        if self._loop is loop:
            return
        if self._tls is None:
            # Plain HTTP needs no certificates, and loading them takes tens of milliseconds.
            secure = self._url.scheme == "https"
            self._tls = httpx.create_ssl_context() if secure else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        # Connections of an earlier loop died with it and can no longer be closed from here.
        self._lanes = [_Lane(self._tls) for _ in range(_LANES)]
        self._loop = loop

    async def aclose(self) -> None:
        """Close every connection; the next request opens new ones."""
        lanes, self._lanes, self._loop = self._lanes, [], None
        for lane in lanes:
            await lane.transport.aclose()

    def exchange(
        self, method: str, target: bytes, fields: list[Field], body: RequestBody = NO_BODY
    ) -> "Exchange":
        """Prepare one request; entering the result sends it, and leaving it gives the connection back."""
        self.open()
        request = httpx.Request(
            method,
            self._url,
            headers=fields,
            stream=body,
            extensions={"target": target, "timeout": self._timeout},
        )
        # Methods are case-sensitive (RFC 9110 section 9.1) and httpx writes them in capitals.
        request.method = method
        lane = min(self._lanes, key=attrgetter("busy"))
        return Exchange(lane, request, repeatable=body.empty and method in _REPEATABLE)


class _Lane:
    """One pool and how many exchanges it carries now."""

    __slots__ = ("busy", "transport")

    def __init__(self, tls: ssl.SSLContext) -> None:
        self.busy = 0
        self.transport = httpx.AsyncHTTPTransport(
            verify=tls,
            limits=httpx.Limits(
                max_connections=_CONNECTIONS_PER_LANE,
                max_keepalive_connections=_CONNECTIONS_PER_LANE,
                keepalive_expiry=_KEEPALIVE_SECONDS,
            ),
        )


class Exchange:
    """One request and its response: an async context manager.

    Raises UpstreamTimeout or UpstreamError when the upstream is late, away or broken, on entering and within.
    """

    __slots__ = ("_lane", "_repeatable", "_request", "_response")

    def __init__(self, lane: _Lane, request: httpx.Request, *, repeatable: bool) -> None:
        self._lane = lane
        self._request = request
        self._repeatable = repeatable
        self._response: httpx.Response | None = None

    async def __aenter__(self) -> Self:
        self._lane.busy += 1
        try:
            self._response = await self._send()
        except BaseException as error:
            self._lane.busy -= 1
            if isinstance(error, httpx.HTTPError):
                raise _translated(error) from error
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._lane.busy -= 1
        if self._response is not None:
            # Before its end this closes the connection, so that the upstream stops as well.
            await self._response.aclose()
        if isinstance(error, httpx.HTTPError):
            raise _translated(error) from error

    async def _send(self) -> httpx.Response:
        send = self._lane.transport.handle_async_request
        try:
            return await send(self._request)
        except _HUNG_UP:
            # A kept connection may be closed by the upstream in the moment that it is taken up again.
            if not self._repeatable:
                raise
        return await send(self._request)

    @property
    def status(self) -> int:
        """The status code of the response."""
        return self._answer.status_code

    @property
    def fields(self) -> list[Field]:
        """The response's header fields exactly as they came."""
        return self._answer.headers.raw

    @property
    def version(self) -> str:
        """The protocol version that the upstream speaks, such as "1.1"."""
        spoken: bytes = self._answer.extensions.get("http_version", b"HTTP/1.1")
        return spoken.decode("ascii").removeprefix("HTTP/")

    async def pieces(self) -> AsyncGenerator[bytes]:
        """Yield the body as it comes, content codings untouched."""
        async with aclosing(self._answer.aiter_raw()) as stream:  # type: ignore[type-var]
            async for piece in stream:
                yield piece

    @property
    def _answer(self) -> httpx.Response:
        if self._response is None:
            raise RuntimeError("The exchange has not been entered, so there is no response yet.")
        return self._response


def _checked(upstream: str) -> httpx.URL:
    problem = ""
    try:
        url = httpx.URL(upstream)
    except (httpx.InvalidURL, ValueError, TypeError) as error:
        raise ConfigError(f"gateway.upstream: {upstream!r} is not a URL: {error}") from error
    if url.scheme not in {"http", "https"}:
        problem = 'it has to start with "http://" or "https://"'
    elif not url.host:
        problem = "it has no host"
    elif url.userinfo:
        problem = "it must not hold a user name or password; let the upstream know Assent by its address"
    elif "?" in upstream or "#" in upstream:
        problem = "it must not have a query or a fragment; only a base path is prefixed to every request"
    elif not HOST.fullmatch(url.netloc.decode("latin-1")):
        problem = "its host is neither a name nor an address"
    elif url.port is not None and not 0 < url.port < 65536:
        problem = "its port is not between 1 and 65535"
    if problem:
        raise ConfigError(f"gateway.upstream: {_unsecret(url)!r}: {problem}")
    return url


def _unsecret(url: httpx.URL) -> str:
    # The message ends up in logs, and a password should not.
    return str(url.copy_with(userinfo=b"")) if url.userinfo else str(url)


def _translated(error: httpx.HTTPError) -> UpstreamError:
    said = f"{type(error).__name__}: {error}".rstrip(": ")
    if isinstance(error, httpx.TimeoutException):
        return UpstreamTimeout(said)
    return UpstreamError(said)
