"""Where a request came from and under which public origin; only trusted proxies are believed."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import NamedTuple

from starlette.types import Scope

from assent.errors import ConfigError
from assent.gateway.remembered import Remembered

HOST = re.compile(r"(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::[0-9]{0,5})?")
"""A Host field's value: an address or a registered name as browsers send it, and a port."""

UNKNOWN = "unknown"
"""RFC 7239 section 6.2: the node that cannot be named."""

_WEB_SCHEMES = {"http": "http", "https": "https", "ws": "http", "wss": "https"}
_DEFAULT_PORTS = {"http": ":80", "https": ":443"}
_NODE = re.compile(r"\[(?P<v6>[^\]]+)\](?::\w+)?|(?P<v4>[0-9.]+)(?::\w+)?|(?P<bare>[0-9A-Fa-f:.]+)")
_PAIR = re.compile(
    r"[ \t]*(?P<name>[\w!#$%&'*+.^`|~-]+)=(?:\"(?P<quoted>(?:[^\"\\]|\\.)*)\"|(?P<token>[^\s;,\"]*))"
    r"[ \t]*(?P<end>[;,]|$)"
)
_CACHED_PEERS = 4096
_LONGEST_HOST = 300
"""Bytes; a name has 253 at most (RFC 1035 section 2.3.4), and a port follows."""

_IS_HOST = Remembered(lambda name: name.lower() == b"host")


class TrustedProxies:
    """The networks whose word about a request's origin is believed.

    Entries are addresses or networks ("10.0.0.0/8", "::1"), or "unix" for a peer on a Unix socket.
    Raises ConfigError that names every entry that is neither.
    """

    def __init__(self, entries: Sequence[str] = ()) -> None:
        networks: list[IPv4Network | IPv6Network] = []
        problems = []
        for entry in entries:
            if entry == "unix":
                continue
            try:
                networks.append(ip_network(entry))
            except ValueError as error:
                problems.append(
                    f'gateway.trusted_proxies: {error}; write an address or a network such as "10.0.0.0/8"'
                )
        if problems:
            raise ConfigError(*problems)
        self._networks = tuple(networks)
        self._unix = "unix" in entries
        # Parsing an address costs microseconds and the same few proxies ask again with every request.
        self._listed = lru_cache(_CACHED_PEERS)(self._look_up)

    def trusts(self, peer: str | None) -> bool:
        """Whether this peer's word is believed; None is a peer without an address."""
        if peer is None:
            return self._unix
        return bool(self._networks) and self._listed(peer)

    def _look_up(self, peer: str) -> bool:
        address = _address(peer)
        if address is None:
            return False
        parsed = ip_address(address)
        return any(parsed in network for network in self._networks)


class Arrival(NamedTuple):
    """How a request came: ``chain`` runs from the visitor to our own peer, as addresses or "unknown"."""

    chain: tuple[str, ...]
    scheme: str
    host: str
    trusted: bool


class _Said(NamedTuple):
    """What the trusted peer passed on: who asked, and the lists of schemes and hosts."""

    nodes: list[str]
    schemes: list[str]
    hosts: list[str]


def arrival(scope: Scope, trusted: TrustedProxies) -> Arrival:
    """Tell how the request of this ASGI scope came.

    The visitor is the right-most address that no trusted proxy has; whatever stands left of it was
    written by strangers and is not passed on.
    """
    client = scope.get("client")
    peer: str | None = client[0] if client and client[0] else None
    scheme = _WEB_SCHEMES.get(scope.get("scheme", "http"), "http")
    host = _own_host(scope)
    me = (_address(peer) or UNKNOWN) if peer else UNKNOWN
    if not trusted.trusts(peer):
        return Arrival((me,), scheme, host, trusted=False)
    said = _said(scope["headers"])
    chain = (*_from_visitor(said.nodes, trusted), me)
    hops = max(1, len(chain) - 1)
    # Some proxies say "wss" of a WebSocket.
    said_scheme = _WEB_SCHEMES.get(_nearest_visitor(said.schemes, hops).lower(), scheme)
    said_host = _nearest_visitor(said.hosts, hops)
    return Arrival(chain, said_scheme, said_host if HOST.fullmatch(said_host) else host, trusted=True)


def public_origin(scope: Scope, trusted: TrustedProxies) -> str:
    """Serialise the origin that the visitor's browser sees, as RFC 6454 section 6.2 has it: "https://shop.example"."""
    came = arrival(scope, trusted)
    host = came.host.lower().removesuffix(_DEFAULT_PORTS[came.scheme]).removesuffix(":")
    return f"{came.scheme}://{host}"


def _own_host(scope: Scope) -> str:
    values = [value for name, value in scope["headers"] if _IS_HOST[name]]
    if len(values) == 1 and (host := host_of(values[0])):
        return host
    # HTTP/1.0 has no Host, and an ambiguous one names nobody.
    name, port = scope.get("server") or ("localhost", None)
    name = f"[{name}]" if ":" in name else name
    return f"{name}:{port}" if port else name


def host_of(value: bytes) -> str:
    """Return the Host field's value as text when it is a valid one, else nothing."""
    return _host_of(value) if len(value) <= _LONGEST_HOST else ""


@lru_cache(_CACHED_PEERS)
def _host_of(value: bytes) -> str:
    host = value.decode("latin-1")
    return host if HOST.fullmatch(host) else ""


def _said(headers: Iterable[tuple[bytes, bytes]]) -> _Said:
    lists: dict[bytes, list[str]] = {
        b"x-forwarded-for": [],
        b"x-forwarded-proto": [],
        b"x-forwarded-host": [],
    }
    elements: list[dict[str, str]] = []
    for name, value in headers:
        lower = name.lower()
        if lower in lists:
            lists[lower] += [part.strip() for part in value.decode("latin-1").split(",") if part.strip()]
        elif lower == b"forwarded":
            elements += _elements(value.decode("latin-1"))
    if any(lists.values()):
        # A proxy that writes X-Forwarded-* seldom removes the visitor's own Forwarded: one source, not both.
        return _Said(lists[b"x-forwarded-for"], lists[b"x-forwarded-proto"], lists[b"x-forwarded-host"])
    return _Said(
        [element.get("for", UNKNOWN) for element in elements],
        [element.get("proto", "") for element in elements],
        [element.get("host", "") for element in elements],
    )


def _elements(value: str) -> list[dict[str, str]]:
    """Read a Forwarded field (RFC 7239 section 4); what is malformed says nothing at all."""
    elements: list[dict[str, str]] = [{}]
    position = 0
    while position < len(value):
        pair = _PAIR.match(value, position)
        if pair is None:
            return []
        quoted = pair["quoted"]
        text = pair["token"] if quoted is None else re.sub(r"\\(.)", r"\1", quoted)
        elements[-1][pair["name"].lower()] = text
        if pair["end"] == ",":
            elements.append({})
        position = pair.end()
    return elements


def _from_visitor(nodes: Sequence[str], trusted: TrustedProxies) -> list[str]:
    chain: list[str] = []
    for node in reversed(nodes):
        address = _address(node)
        chain.append(address or UNKNOWN)
        if address is None or not trusted.trusts(address):
            break
    chain.reverse()
    return chain


def _nearest_visitor(values: Sequence[str], hops: int) -> str:
    # Proxies that append do so once each, so counting back the trusted hops finds what the outermost of
    # them saw; a proxy that replaces leaves a single value, which is its own.
    return values[max(0, len(values) - hops)] if values else ""


@lru_cache(_CACHED_PEERS)
def _address(node: str) -> str | None:
    """Canonical form of a node's address, without brackets and port; None when it is no address."""
    match = _NODE.fullmatch(node)
    text = (match["v6"] or match["v4"] or match["bare"]) if match else node
    try:
        address = ip_address(text)
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return str(address)
