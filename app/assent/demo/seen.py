"""What the shop received: the Cookie field of a request, and a short memory of the latest requests."""

from collections import deque
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

REMEMBERED = 200

DIAGNOSTICS = frozenset({"/seen", "/seen/log"})
"""Left out of the memory: looking must not push out what is looked at."""


def cookie_string(scope: Scope) -> str:
    """Return the request's cookie-string, byte for byte as Latin-1.

    Several Cookie fields are joined as RFC 9113 section 8.2.3 says.
    """
    return "; ".join(value.decode("latin-1") for name, value in scope["headers"] if name == b"cookie")


def cookie_names(cookies: str) -> list[str]:
    """Return the cookie-names of a cookie-string in their order, duplicates included."""
    return [pair.partition("=")[0].strip() for pair in cookies.split(";") if pair.strip()]


@dataclass(frozen=True, slots=True)
class Sighting:
    """One request that reached the shop: its path and its cookie-names, never their values."""

    path: str
    cookies: list[str]


@dataclass(slots=True)
class Memory:
    """The latest 200 requests, oldest first, and the two routes that show them as JSON."""

    sightings: deque[Sighting] = field(default_factory=lambda: deque(maxlen=REMEMBERED))

    def routes(self) -> list[Route]:
        """Return ``/seen`` (this request's own cookies) and ``/seen/log``."""
        return [Route("/seen", self._this_request), Route("/seen/log", self._log)]

    async def _this_request(self, request: Request) -> JSONResponse:
        raw = cookie_string(request.scope)
        return JSONResponse({"names": cookie_names(raw), "raw": raw}, headers={"cache-control": "no-store"})

    async def _log(self, request: Request) -> JSONResponse:
        rows = [{"path": sighting.path, "cookies": sighting.cookies} for sighting in self.sightings]
        return JSONResponse(rows, headers={"cache-control": "no-store"})


class Remember:
    """ASGI middleware that writes each request into a ``Memory``."""

    def __init__(self, app: ASGIApp, memory: Memory) -> None:
        self.app = app
        self.memory = memory

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Write down path and cookie-names of an HTTP request, then pass it on."""
        if scope["type"] == "http" and scope["path"] not in DIAGNOSTICS:
            self.memory.sightings.append(Sighting(scope["path"], cookie_names(cookie_string(scope))))
        await self.app(scope, receive, send)
