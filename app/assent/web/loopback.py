"""Who is on this machine, and so may see why something is blocked."""

from functools import lru_cache
from ipaddress import IPv6Address, ip_address
from urllib.parse import urlsplit

from assent.asgi.types import Scope
from assent.core.domains import LoopbackHosts, is_loopback
from assent.core.shape import RequestShape, names_of, request_shape
from assent.gateway import TrustedProxies


class Loopback:
    """Tells a visitor on this machine from one whom a proxy on this machine speaks for.

    The peer has a loopback address and is no trusted proxy, the Host that it asked for is loopback, the site
    has no other public origin, and nothing in the request says that it was passed on.
    """

    def __init__(self, trusted: TrustedProxies, origin: str | None) -> None:
        self._trusted = trusted
        self._hosts = LoopbackHosts()
        self._public = origin is not None and not is_loopback(urlsplit(origin).hostname or "")

    def __call__(self, scope: Scope, asked: RequestShape) -> bool:
        """Tell it of a request whose fields have this shape."""
        if self._public or asked.passed_on or asked.host < 0:
            return False
        if not self._hosts[scope["headers"][asked.host][1]]:
            return False
        peer: str | None = (scope.get("client") or (None,))[0]
        # HTTP/1.0 is what some proxies speak unless told otherwise, and no browser does.
        speaks_for_others = self._trusted.trusts(peer) or scope.get("http_version") == "1.0"
        return peer is not None and _is_address(peer) and not speaks_for_others

    def is_here(self, scope: Scope) -> bool:
        """Tell it of any request."""
        return self(scope, request_shape(tuple(map(names_of, scope["headers"]))))


@lru_cache(maxsize=1024)
def _is_address(peer: str) -> bool:
    try:
        address = ip_address(peer)
    except ValueError:
        return False
    # A socket for both families shows addresses of IPv4 in those of IPv6.
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return (mapped or address).is_loopback
