"""The shop's third party: a tag, a pixel and a film, from an origin of their own."""

import base64
import secrets
from collections import deque
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

REMEMBERED = 200
YEAR = 365 * 86400
PIXEL = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")

_FILES = Path(__file__).parent / "templates" / "third_party"
TAG = (_FILES / "tag.js").read_text("utf-8")
FILM = (_FILES / "film.html").read_text("utf-8")

Hits = deque[dict[str, str]]


class CountHits:
    """ASGI middleware that keeps path and Referer of each request, ``/hits`` itself left out."""

    def __init__(self, app: ASGIApp, hits: Hits) -> None:
        self.app = app
        self.hits = hits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Write down path and Referer of an HTTP request, then pass it on."""
        if scope["type"] == "http" and scope["path"] != "/hits":
            referer = Request(scope).headers.get("referer", "")
            self.hits.append({"path": scope["path"], "referer": referer})
        await self.app(scope, receive, send)


async def _tag(request: Request) -> Response:
    return Response(TAG, media_type="text/javascript", headers={"cache-control": "no-cache"})


async def _pixel(request: Request) -> Response:
    response = Response(PIXEL, media_type="image/gif", headers={"cache-control": "no-store"})
    if "tp_id" not in request.cookies:
        response.set_cookie("tp_id", secrets.token_hex(8), max_age=YEAR)
    return response


async def _beacon(request: Request) -> Response:
    return Response(status_code=204)


async def _film(request: Request) -> Response:
    response = HTMLResponse(FILM, headers={"cache-control": "no-cache"})
    if "tp_video" not in request.cookies:
        response.set_cookie("tp_video", secrets.token_hex(8), max_age=YEAR, httponly=True)
    return response


def create_third_party() -> Starlette:
    """Return the third party; ``/hits`` lists the latest 200 requests that it got, as JSON, oldest first."""
    hits: Hits = deque(maxlen=REMEMBERED)

    async def show_hits(request: Request) -> Response:
        return JSONResponse(list(hits), headers={"cache-control": "no-store"})

    return Starlette(
        routes=[
            Route("/tag.js", _tag),
            Route("/pixel.gif", _pixel),
            Route("/beacon", _beacon, methods=["POST"]),
            Route("/video", _film),
            Route("/hits", show_hits),
        ],
        middleware=[Middleware(CountHits, hits=hits)],
    )
