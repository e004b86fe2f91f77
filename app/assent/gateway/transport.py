"""Requests to the upstream: over Assent's own HTTP/1.1, or where the operator wants more, over httpx."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

from assent.errors import ConfigError
from assent.gateway.address import Address, parse
from assent.gateway.http1 import Counts, Field, Pool, Reader
from assent.gateway.limits import Limits, Timeouts


class Exchange(Protocol):
    """A request that was sent, and its response as it comes.

    ``read`` until ``ended``, and ``aclose`` in any case: before the end that stops the upstream as well.
    Raises UpstreamTimeout or UpstreamError when the upstream is late or broken.
    """

    @property
    def status(self) -> int:
        """The status code of the response."""

    @property
    def fields(self) -> list[Field]:
        """The response's header fields exactly as they came."""

    @property
    def version(self) -> str:
        """The protocol version that the upstream speaks, such as "1.1"."""

    @property
    def ended(self) -> bool:
        """Whether all of the response was read."""

    async def read(self) -> bytes:
        """Return what has come of the body, content codings untouched; wait if there is nothing yet."""

    async def aclose(self) -> None:
        """Let go of the connection."""


class Carrier(Protocol):
    """Whatever carries requests to the upstream; it belongs to one event loop."""

    async def exchange(
        self, method: str, target: bytes, fields: Sequence[Field], body: Reader | None = None
    ) -> Exchange:
        """Send a request and return once the head of its response is there."""

    async def aclose(self) -> None:
        """Close every connection."""


class Transport:
    """The way to one upstream.

    ``upstream`` is an http or https URL, or ``unix:`` and the path of a socket. The certificate of an https
    upstream is verified against ``ca_file``, else against what the system trusts, for ``server_name``, else
    for the host; ``tls`` replaces all that. ``http2`` offers HTTP/2, and without TLS assumes it; ``proxy`` is
    the URL of a forward proxy; both go over httpx, which is slower. Raises ConfigError.
    """

    def __init__(
        self,
        upstream: str,
        *,
        timeouts: Timeouts | None = None,
        limits: Limits | None = None,
        tls: ssl.SSLContext | None = None,
        ca_file: str | Path | None = None,
        server_name: str | None = None,
        http2: bool = False,
        proxy: str | None = None,
    ) -> None:
        self._address = replace(parse(upstream), server_name=server_name)
        self._timeouts = timeouts or Timeouts()
        self._limits = limits or Limits()
        self._verifying: Callable[[], ssl.SSLContext] = lambda: tls or _verifying(ca_file)
        self._tls = self._verifying() if self._address.scheme == "https" else None
        self._http2 = http2
        self._proxy = proxy
        self._needs_httpx = http2 or proxy is not None
        self._carrier: Carrier | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        if proxy and self._address.socket:
            raise ConfigError("gateway.proxy: no proxy can reach a Unix socket; remove one of the two")
        if http2 and find_spec("h2") is None:
            raise ConfigError("gateway.protocol: http/2 needs an extra: pip install 'assent[http2]'")

    @property
    def address(self) -> Address:
        """Where the upstream is."""
        return self._address

    @property
    def tls(self) -> ssl.SSLContext | None:
        """What connections to the upstream are made with; None for plain ones."""
        return self._tls

    @property
    def timeouts(self) -> Timeouts:
        """How long each step may take."""
        return self._timeouts

    @property
    def counts(self) -> Counts | None:
        """The connections there are now; None where httpx keeps them."""
        return self._carrier.counts if isinstance(self._carrier, Pool) else None

    async def probe(self) -> str | None:
        """Return why no connection can be made now, or None when one can; through a proxy nobody knows."""
        if self._proxy:
            return None
        try:
            async with asyncio.timeout(self._timeouts.connect):
                made = await self._address.connect(_Probe, self._tls)
        except (OSError, TimeoutError) as error:
            where = self._address.socket or self._address.authority.decode("ascii")
            return f"the site at {where} cannot be reached: {error or 'it takes too long'}"
        made.transport.close()
        return None

    def exchange(
        self, method: str, target: bytes, fields: Sequence[Field], body: Reader | None = None
    ) -> Awaitable[Exchange]:
        """Send a request and return once the head of its response is there.

        Connections belong to the event loop that first asks; those of an earlier loop died with it.
        """
        carrier = self._carrier
        if carrier is None or self._loop is not asyncio.get_running_loop():
            carrier = self.open()
        return carrier.exchange(method, target, fields, body)

    def open(self) -> Carrier:
        """Make the carrier for the running event loop; nothing is connected yet."""
        self._loop = asyncio.get_running_loop()
        if self._needs_httpx:
            self._carrier = self._delegated()
        else:
            self._carrier = Pool(self._address, tls=self._tls, timeouts=self._timeouts, limits=self._limits)
        return self._carrier

    async def aclose(self) -> None:
        """Close every connection; the next request opens new ones."""
        carrier, self._carrier = self._carrier, None
        if carrier is not None and self._loop is asyncio.get_running_loop():
            await carrier.aclose()

    def _delegated(self) -> Carrier:
        # Loading httpx takes a tenth of a second, which only those wait who use it.
        from assent.gateway.delegated import over_httpx

        return over_httpx(
            self._address,
            # One of its own: httpx writes into it what it offers, and WebSockets are always HTTP/1.1.
            tls=self._verifying() if self._tls else None,
            timeouts=self._timeouts,
            limits=self._limits,
            http2=self._http2,
            proxy=self._proxy,
        )


class _Probe(asyncio.Protocol):
    """A connection that nothing is sent on."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport


def _verifying(ca_file: str | Path | None) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=ca_file)
    except OSError as error:
        raise ConfigError(f"gateway.ca_file: {ca_file}: {error.strerror or error}") from error
    context.set_alpn_protocols(["http/1.1"])
    return context
