"""Where the upstream is, as the operator wrote it, and how to connect to it."""

import asyncio
import re
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import SplitResult, urlsplit

from assent.errors import ConfigError
from assent.gateway.proxies import HOST

Made = TypeVar("Made", bound=asyncio.BaseProtocol)

_PORTS = {"http": 80, "https": 443}
_PATH = re.compile(r"[\x21-\x7e]*")
_UNIX = re.compile(r"unix:(?://)?(/[^/\x00][^\x00]*)")


@dataclass(frozen=True, slots=True)
class Address:
    """An upstream: its host and port, or its Unix socket.

    ``base_path`` is prefixed to every target. ``server_name`` is asked for in TLS (SNI), and the certificate
    has to be for it; without one that is the host.
    """

    scheme: str
    host: str
    port: int
    base_path: bytes = b""
    socket: str | None = None
    server_name: str | None = None

    @property
    def authority(self) -> bytes:
        """What Host says when it names the upstream: no port where the scheme implies it."""
        name = f"[{self.host}]" if ":" in self.host else self.host
        return (name if self.port == _PORTS[self.scheme] else f"{name}:{self.port}").encode("ascii")

    async def connect(self, factory: Callable[[], Made], tls: ssl.SSLContext | None) -> Made:
        """Open a connection for the protocol that the factory makes; raises OSError."""
        loop = asyncio.get_running_loop()
        if self.socket is not None:
            _, protocol = await loop.create_unix_connection(factory, self.socket)
        elif tls is None:
            _, protocol = await loop.create_connection(factory, self.host, self.port)
        else:
            name = self.server_name or self.host
            _, protocol = await loop.create_connection(
                factory, self.host, self.port, ssl=tls, server_hostname=name
            )
        return protocol


def parse(upstream: str) -> Address:
    """Read ``http://host:port/base``, ``https://host`` or ``unix:/path/to.sock``; raises ConfigError."""
    unix = _UNIX.fullmatch(upstream)
    if unix:
        return Address("http", "localhost", 80, socket=unix[1])
    try:
        url = urlsplit(upstream)
        port = url.port
    except ValueError as error:
        raise ConfigError(f"gateway.upstream: {upstream!r} is not a URL: {error}") from error
    problem = _problem(url, upstream, port)
    if problem:
        raise ConfigError(f"gateway.upstream: {_unsecret(url)!r}: {problem}")
    return Address(
        url.scheme,
        url.hostname or "",
        _PORTS[url.scheme] if port is None else port,
        url.path.rstrip("/").encode("ascii"),
    )


def _problem(url: SplitResult, upstream: str, port: int | None) -> str:
    if url.scheme not in _PORTS:
        return 'it has to start with "http://", "https://" or "unix:/"'
    if not url.hostname:
        return "it has no host"
    if url.username is not None:
        return "it must not hold a user name or password; let the upstream know Assent by its address"
    if "?" in upstream or "#" in upstream:
        return "it must not have a query or a fragment; only a base path is prefixed to every request"
    if not HOST.fullmatch(url.netloc):
        return "its host is neither a name nor an address"
    if port == 0:
        return "its port is not between 1 and 65535"
    if not _PATH.fullmatch(url.path):
        return "its path has characters that have to be percent-encoded"
    return ""


def _unsecret(url: SplitResult) -> str:
    # The message ends up in logs, and a password should not.
    return url._replace(netloc=url.netloc.rpartition("@")[2]).geturl()
