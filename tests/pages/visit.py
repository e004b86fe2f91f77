"""One visit to a page in a fresh profile: what it became, said, asked for and stored."""

import asyncio
import re
from contextlib import suppress
from dataclasses import dataclass, field

from playwright.async_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Request,
    Response,
    ViewportSize,
    WebError,
)
from playwright.async_api import Page as Tab
from playwright.async_api import TimeoutError as TooLong

from tests.pages.snapshot import Snapshot, snapshot
from tests.pages.steps import Steps

OWN_PATH = "/_assent/"
CHOICE = "assent"
SIZE = ViewportSize(width=1280, height=900)
PATIENCE_MS = 60_000
IDLE_MS = 5_000
LOOKS = 40
PAUSE = 0.3
UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"

STORED = """async () => ({
  local: Object.keys(localStorage),
  session: Object.keys(sessionStorage),
  databases: (await indexedDB.databases()).map((each) => each.name),
  caches: await caches.keys(),
  workers: (await navigator.serviceWorker.getRegistrations()).map((each) => each.scope),
})"""
HIDE_OWN = "document.getElementById('assent')?.style.setProperty('display', 'none', 'important')"
"""A style sheet would not do: a page's own policy may refuse it."""


@dataclass
class Seen:
    """What came of a visit. The site's own origin reads ``site:`` everywhere, for it differs by its port."""

    snapshot: Snapshot = field(default_factory=Snapshot)
    console: set[str] = field(default_factory=set)
    requests: set[str] = field(default_factory=set)
    own_requests: set[str] = field(default_factory=set)
    stored: set[str] = field(default_factory=set)
    picture: bytes = b""


class Visitor:
    """Makes visits to one origin, each in a profile of its own."""

    def __init__(self, browser: Browser, origin: str, *, accepts: bool = False, varies: str = "") -> None:
        self._browser = browser
        self._origin = origin
        self._accepts = accepts
        self._varies = re.compile("|".join(filter(None, (UUID, varies))))

    async def visit(self, path: str, steps: Steps) -> Seen:
        """Open a page, do the steps, wait until nothing changes any more, and look."""
        seen = Seen()
        context = await self._browser.new_context(viewport=SIZE, reduced_motion="reduce")
        context.set_default_timeout(PATIENCE_MS)
        try:
            if self._accepts:
                await self._accept(context)
            self._listen(context, seen)
            tab = await context.new_page()
            tab.on("websocket", lambda socket: seen.requests.add(self._plain(f"WEBSOCKET {socket.url}")))
            await tab.goto(self._origin + path)
            await self._idle(tab)
            await steps(tab)
            await self._settle(tab, seen)
            stored: dict[str, list[str]] = await tab.evaluate(STORED)
            stored["cookies"] = [each["name"] for each in await context.cookies() if each["name"] != CHOICE]
            seen.stored = {self._plain(f"{kind} {name}") for kind, names in stored.items() for name in names}
            await tab.evaluate(HIDE_OWN)
            seen.picture = await tab.screenshot()
        finally:
            await context.close()
        return seen

    async def _accept(self, context: BrowserContext) -> None:
        answer = await context.request.post(
            f"{self._origin}{OWN_PATH}choice",
            data={"action": "accept_all"},
            headers={"origin": self._origin, "sec-fetch-site": "same-origin"},
        )
        assert answer.status == 200, await answer.text()

    def _listen(self, context: BrowserContext, seen: Seen) -> None:
        def said(message: ConsoleMessage) -> None:
            # Browsers look for this file when they please.
            if not message.location["url"].endswith("/favicon.ico"):
                seen.console.add(self._plain(f"{message.type}: {message.text}"))

        def thrown(error: WebError) -> None:
            seen.console.add(self._plain(f"thrown: {error.error}"))

        def asked(request: Request, outcome: str) -> None:
            own = request.url.startswith(self._origin + OWN_PATH)
            line = self._plain(f"{request.method} {request.url} {request.resource_type}: {outcome}")
            (seen.own_requests if own else seen.requests).add(line)

        def answered(response: Response) -> None:
            # Whether a copy at hand is confirmed or sent anew is a matter of timing.
            asked(response.request, "200" if response.status == 304 else str(response.status))

        def failed(request: Request) -> None:
            # What a page left behind did not wait for is a matter of timing, too.
            if request.failure != "net::ERR_ABORTED":
                asked(request, request.failure or "failed")

        context.on("console", said)
        context.on("weberror", thrown)
        context.on("response", answered)
        context.on("requestfailed", failed)

    async def _idle(self, tab: Tab) -> None:
        # Some pages are never idle; that nothing changes is what counts in the end.
        with suppress(TooLong):
            await tab.wait_for_load_state("networkidle", timeout=IDLE_MS)

    async def _settle(self, tab: Tab, seen: Seen) -> None:
        await self._idle(tab)
        await tab.evaluate("scrollTo(0, 0)")
        await tab.mouse.move(0, 0)
        session = await tab.context.new_cdp_session(tab)
        for _ in range(LOOKS):
            last, seen.snapshot = seen.snapshot, await snapshot(session)
            if last.nodes == seen.snapshot.nodes:
                break
            await asyncio.sleep(PAUSE)
        for node in seen.snapshot.nodes:
            node.update({key: self._plain(text) for key, text in node.items() if isinstance(text, str)})
        await session.detach()

    def _plain(self, text: str) -> str:
        """Return a text without what differs between two visits anyway."""
        host = self._origin.partition("//")[2]
        for name in (self._origin, f"ws://{host}", host):
            text = text.replace(name, "site:")
        return self._varies.sub("*", text)
