"""A small site behind the real ConsentMiddleware, with what its tests need to go wrong."""

import asyncio
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import Page
from playwright.async_api import Request as Asked
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from assent import ConsentMiddleware, Settings
from assent.asgi.types import ASGIApp, Message, Receive, Scope, Send

PREFIX = "/_assent"
COOKIES = [
    {"name": "shop_session", "category": "necessary", "provider": "Example Shop", "duration": "Session"},
    {"name": "_ga*", "category": "analytics", "description": "Tells visitors apart."},
]


class Shop:
    """The site; ``head`` and ``headers`` go into its page, and while it is ``slow`` its network pauses.

    ``direction`` is the one in which Assent's own texts are written, whatever their language.
    """

    def __init__(
        self, folder: Path, *, theme: dict[str, str] | None = None, direction: str = "ltr", **settings: Any
    ) -> None:
        self.direction = direction
        self.language = "en"
        self.head = ""
        self.headers: dict[str, str] = {}
        self.slow = False
        self.origin = ""
        self._ledger = folder / "ledger.db"
        self._settings = Settings.model_validate(
            {
                "data_dir": folder,
                "site": {"name": "Example Shop", "privacy_policy": "/privacy"},
                # What holds the write lock in these tests holds it on purpose: no use in waiting for it.
                "ledger": {"url": f"sqlite:///{self._ledger}?timeout=0.1"},
                "cookies": COOKIES,
                "theme": theme or {},
                # Visitors on this machine would see an overlay that those whom a proxy speaks for do not.
                "gateway": {"trusted_proxies": ["127.0.0.1/32"]},
                **settings,
            }
        )
        self.layout = self._settings.theme.layout

    def app(self) -> ASGIApp:
        """Return the site behind Assent, and before both the network."""
        site = Starlette(routes=[Route("/", self._page), Route("/other", self._page)])
        app = ConsentMiddleware(site, settings=self._settings)

        async def network(scope: Scope, receive: Receive, send: Send) -> None:
            send = in_pieces(send) if self.slow else send
            await app(scope, receive, mirrored(send) if self.direction == "rtl" else send)

        return network

    @contextmanager
    def stuck_ledger(self) -> Iterator[None]:
        """Hold the ledger's write lock, as a process that hangs would: no choice can be recorded."""
        with closing(sqlite3.connect(self._ledger, isolation_level=None)) as stuck:
            stuck.execute("BEGIN IMMEDIATE")
            yield

    def recorded(self) -> list[str]:
        """Return the actions of all choices that were recorded, oldest first."""
        with closing(sqlite3.connect(self._ledger)) as ledger:
            rows = ledger.execute("SELECT action FROM assent_records WHERE action <> 'start' ORDER BY id")
            return [action for (action,) in rows]

    async def _page(self, request: Request) -> Response:
        html = f"""<!DOCTYPE html><html lang="{self.language}"><head>
<meta charset="utf-8"><title>Example Shop</title>
<meta name="viewport" content="width=device-width, initial-scale=1">{self.head}</head><body>
<main><h1>Fine teas</h1><p><a href="/other">Another page</a></p>{"<p>A page has words.</p>" * 40}
<p><a id="last" href="/imprint">Imprint</a></p></main></body></html>"""
        return HTMLResponse(html, headers=self.headers)


def button(page: Page, name: str) -> Any:
    return page.get_by_role("button", name=name, exact=True)


def asked(page: Page) -> list[str]:
    """Return a list that grows by the path of whatever the page asks Assent for, apart from static files."""
    paths: list[str] = []

    def note(request: Asked) -> None:
        path = urlsplit(request.url).path.removeprefix(PREFIX)
        if not path.startswith("/static/"):
            paths.append(path)

    page.on("request", note)
    return paths


def mirrored(send: Send) -> Send:
    """Return a ``send`` by which what is written from left to right is written from right to left."""

    async def turned(message: Message) -> None:
        if message["type"] == "http.response.body":
            message = {**message, "body": message.get("body", b"").replace(b'dir="ltr"', b'dir="rtl"')}
        await send(message)

    return turned


def in_pieces(send: Send) -> Send:
    """Return a ``send`` that pauses before every form: a browser then paints half of the banner."""

    async def piecemeal(message: Message) -> None:
        if message["type"] != "http.response.body":
            await send(message)
            return
        for piece in re.split(b"(?=<form)", message.get("body", b"")):
            await send({"type": "http.response.body", "body": piece, "more_body": True})
            await asyncio.sleep(0.3)
        await send({**message, "body": b""})

    return piecemeal
