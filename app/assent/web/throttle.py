"""How often one client may ask for what costs the ledger something; choices have a budget of their own.

The dialog is never kept from anybody, and a refusal takes effect at any rate: what is limited are grants and
the recording of refusals, as when the ledger is down.
"""

from ipaddress import IPv6Address, ip_address, ip_network
from math import ceil
from time import monotonic

from starlette.responses import PlainTextResponse

from assent.asgi.types import ASGIApp, Receive, Scope, Send
from assent.core.buckets import Buckets
from assent.errors import TooManyRequests
from assent.gateway import TrustedProxies, arrival
from assent.web.process import Process

FREE = ("/preferences", "/choice", "/state", "/blocked", "/leaving", "/health", "/ready", "/metrics", "")
"""Routes that a visitor or an operator must always be able to reach, and that cost little."""

FREE_BELOW = ("/static/", "/guard/")

NETWORK_BITS = 64
"""What one subscriber of IPv6 has at least; its addresses are one client."""


class Throttle:
    """Counts what each public address asks for; ``per_minute`` at once, and as many again in a minute.

    Addresses that are not public are let through: they are those of a proxy that nobody named as trusted, and
    stand for all visitors.
    """

    def __init__(self, per_minute: int, trusted: TrustedProxies, process: Process) -> None:
        self._trusted = trusted
        self._process = process
        self._choices = Buckets(per_minute / 60, per_minute) if per_minute else None
        self._others = Buckets(per_minute / 60, per_minute) if per_minute else None

    def choice(self, scope: Scope) -> None:
        """Count a choice that is to be recorded; raises TooManyRequests."""
        self._count(self._choices, scope)

    def around(self, app: ASGIApp, prefix: str) -> ASGIApp:
        """Return the app with a limit on the routes below the prefix that are not free."""

        async def limited(scope: Scope, receive: Receive, send: Send) -> None:
            path = scope["path"].removeprefix(scope.get("root_path", "")).removeprefix(prefix)
            if scope["type"] == "http" and path not in FREE and not path.startswith(FREE_BELOW):
                try:
                    self._count(self._others, scope)
                except TooManyRequests as error:
                    headers = {"retry-after": str(error.seconds), "cache-control": "no-store"}
                    answer = PlainTextResponse(f"{error}\n", error.status, headers)
                    await answer(scope, receive, send)
                    return
            await app(scope, receive, send)

        return limited

    def _count(self, buckets: Buckets | None, scope: Scope) -> None:
        client = client_of(arrival(scope, self._trusted).chain[0]) if buckets else None
        if buckets and client and (wait := buckets.take(client, monotonic())):
            self._process.throttled += 1
            raise TooManyRequests(ceil(wait))


def client_of(address: str) -> str | None:
    """Return what tells one client from another; None for an address that is not public."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return None
    if not parsed.is_global:
        return None
    if isinstance(parsed, IPv6Address):
        return str(ip_network((parsed.packed, NETWORK_BITS), strict=False))
    return address
