"""A small site that carries the insertion, with Assent's dialog, choice and state behind it, on loopback."""

import asyncio
import re
import socket
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from assent.core.categories import ALL, Category
from assent.core.choice import NAME, ChoiceCookie
from assent.core.decision import Decision, decide
from assent.core.rules import CookieRule, Rules
from assent.web.assets import Assets
from assent.web.dialog import Dialog
from assent.web.state import state

PREFIX = "/_assent"
POLICY_VERSION = "2026-11"
RULES = Rules(
    cookies=(
        CookieRule("shop_session", Category.NECESSARY, "Example Shop", "Session", "Keeps your basket."),
        CookieRule("_ga*", Category.ANALYTICS, "Google Analytics", "2 years", "Tells visitors apart."),
    )
)


@dataclass
class Shop:
    """The site; ``head`` and ``headers`` go into its page.

    While it is ``broken`` no choice can be recorded; while it is ``slow`` its pages pause at every form.
    """

    head: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    broken: bool = False
    slow: bool = False
    asked: list[str] = field(default_factory=list)
    origin: str = ""

    def __post_init__(self) -> None:
        self.assets = Assets(PREFIX)
        self.cookie = ChoiceCookie(
            ["a key of the tests"], policy_version=POLICY_VERSION, lifetime=180 * 86400
        )
        self.dialog = Dialog(
            prefix=PREFIX,
            rules=RULES,
            assets=self.assets,
            policy_version=POLICY_VERSION,
            lifetime_days=180,
            site_name="Example Shop",
            privacy_policy="/privacy",
        )

    def app(self) -> Starlette:
        """Return the whole site."""
        return Starlette(
            routes=[
                Route("/", self.home),
                Route("/other", self.home),
                Route(f"{PREFIX}/preferences", self.preferences),
                Route(f"{PREFIX}/choice", self.choose, methods=["POST"]),
                Route(f"{PREFIX}/state", self.state),
                Route(f"{PREFIX}/static/{{name}}", self.assets),
            ]
        )

    async def home(self, request: Request) -> Response:
        """A page of the site."""
        nonce = "n0nce" if "nonce-n0nce" in str(self.headers) else ""
        path = f"{request.url.path}?{request.url.query}" if request.url.query else request.url.path
        markup = self.dialog.insertion(
            self._decision(request), path=path, script_nonce=nonce, style_nonce=nonce
        )
        html = f"""<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Example Shop</title>
<meta name="viewport" content="width=device-width, initial-scale=1">{self.head}</head><body>{markup.decode()}
<main><h1>Fine teas</h1><p><a href="/other">Another page</a></p>{"<p>A page has words.</p>" * 40}
<p><a id="last" href="/imprint">Imprint</a></p></main></body></html>"""
        if self.slow:
            return StreamingResponse(slowly(html), media_type="text/html", headers=self.headers)
        return HTMLResponse(html, headers=self.headers)

    async def preferences(self, request: Request) -> Response:
        """The dialog, whole or alone."""
        self.asked.append("fragment" if "assent-fragment" in request.headers else "page")
        decision, return_to = self._decision(request), request.query_params.get("return_to", "/")
        if "assent-fragment" in request.headers:
            return HTMLResponse(self.dialog.fragment(decision, return_to=return_to))
        more = request.query_params.get("more")
        ticked = frozenset(c for c in Category if c in request.query_params.getlist("category"))
        return HTMLResponse(
            self.dialog.page(
                decision, return_to=return_to, more=more == "1", ticked=None if more is None else ticked
            )
        )

    async def choose(self, request: Request) -> Response:
        """Take a choice."""
        script = request.headers["content-type"] == "application/json"
        if script:
            body = await request.json()
            action, names, back = body["action"], body["categories"], ""
        else:
            form = await request.form()
            action, names, back = str(form["action"]), form.getlist("category"), str(form["return_to"])
        self.asked.append(action)
        if self.broken:
            return JSONResponse({"error": "Your choice could not be recorded."}, status_code=503)
        granted = ALL if action == "accept_all" else map(Category, names) if action == "save" else ()
        choice = self.cookie.choice("0190a7c0-0000", granted, int(time.time()))
        body = state(decide(choice, gpc=False), POLICY_VERSION)
        response = JSONResponse(body) if script else RedirectResponse(back, status_code=303)
        response.raw_headers.append((b"set-cookie", self.cookie.set_cookie(choice, secure=False)))
        return response

    async def state(self, request: Request) -> Response:
        """The state as JSON."""
        self.asked.append("state")
        return JSONResponse(state(self._decision(request), POLICY_VERSION))

    def _decision(self, request: Request) -> Decision:
        value = request.cookies.get(NAME, "").encode()
        choice = self.cookie.load(value, int(time.time()))
        return decide(choice, gpc=request.headers.get("sec-gpc") == "1")


async def slowly(html: str) -> AsyncIterator[str]:
    """Yield a page so that a browser paints in the middle of the banner."""
    for piece in re.split("(?=<form)", html):
        yield piece
        await asyncio.sleep(0.3)


@contextmanager
def serving(shop: Shop) -> Iterator[Shop]:
    """Serve a shop on a free port; its ``origin`` is then set."""
    listener = socket.create_server(("127.0.0.1", 0))
    shop.origin = f"http://127.0.0.1:{listener.getsockname()[1]}"
    server = uvicorn.Server(uvicorn.Config(shop.app(), log_level="error", lifespan="off", ws="none"))
    thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield shop
    finally:
        server.should_exit = True
        thread.join(5)
        listener.close()
