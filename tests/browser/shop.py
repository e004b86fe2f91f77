"""A small site behind the real ConsentMiddleware, with what its tests need to go wrong."""

import asyncio
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

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
    """The site; ``head`` and ``headers`` go into its page, and while it is ``slow`` its network pauses."""

    def __init__(self, folder: Path) -> None:
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
            }
        )

    def app(self) -> ASGIApp:
        """Return the site behind Assent, and before both the network."""
        site = Starlette(routes=[Route("/", self._page), Route("/other", self._page)])
        app = ConsentMiddleware(site, settings=self._settings)

        async def network(scope: Scope, receive: Receive, send: Send) -> None:
            await app(scope, receive, in_pieces(send) if self.slow else send)

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
            return [action for (action,) in ledger.execute("SELECT action FROM assent_records ORDER BY id")]

    async def _page(self, request: Request) -> Response:
        html = f"""<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Example Shop</title>
<meta name="viewport" content="width=device-width, initial-scale=1">{self.head}</head><body>
<main><h1>Fine teas</h1><p><a href="/other">Another page</a></p>{"<p>A page has words.</p>" * 40}
<p><a id="last" href="/imprint">Imprint</a></p></main></body></html>"""
        return HTMLResponse(html, headers=self.headers)


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
