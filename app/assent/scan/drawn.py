"""Draws the banner and dialog that settings make, in a browser, and tells what is unfair about them.

Nothing listens: the browser's requests are answered in this process.
"""

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import product
from pathlib import Path

import httpx
from playwright.async_api import Browser, Page, Route, ViewportSize
from starlette.responses import HTMLResponse

from assent.config import Ledger, Settings
from assent.scan.browser import started
from assent.scan.choose import Chooser
from assent.scan.fair import unfair
from assent.web.app import ConsentMiddleware

ORIGIN = "https://site.example"
PAGE = "<!doctype html><html><head><title>Page</title></head><body><main><h1>Page</h1></main></body></html>"
WINDOWS: tuple[ViewportSize, ...] = ({"width": 1280, "height": 800}, {"width": 320, "height": 640})
PAUSE = 0.2
PATIENCE = 2.0


async def drawn(settings: Settings, program: Path | None = None) -> list[str]:
    """Return what is unfair, in each colour scheme and width of window.

    Raises NoBrowser, and ConfigError where the browser does not start.
    """
    scheme = settings.theme.scheme
    found: dict[str, dict[str, None]] = {}
    async with _answering(settings) as client, started(program) as browser:
        for one, window in product(("light", "dark") if scheme == "auto" else (scheme,), WINDOWS):
            where = f"{one}, {window['width']} pixels"
            for problem in await _judged(browser, client, one, window):
                found.setdefault(problem, {})[where] = None
    return [f"{problem} ({'; '.join(places)})" for problem, places in found.items()]


@asynccontextmanager
async def _answering(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """Yield a client of a page behind Assent as these settings have it, with a ledger that is thrown away."""
    with tempfile.TemporaryDirectory(prefix="assent-check-") as name:
        ledger = Ledger(url=f"sqlite:///{Path(name).as_posix()}/ledger.db")
        app = ConsentMiddleware(
            HTMLResponse(PAGE),
            settings=settings.model_copy(update={"data_dir": Path(name), "ledger": ledger}),
        )
        transport = httpx.ASGITransport(app)
        try:
            async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as client:
                yield client
        finally:
            await app.close()


async def _judged(
    browser: Browser, client: httpx.AsyncClient, scheme: str, window: ViewportSize
) -> list[str]:
    async def answer(route: Route) -> None:
        asked = route.request
        got = await client.request(
            asked.method, asked.url, headers=await asked.all_headers(), content=asked.post_data_buffer
        )
        fields = {k: v for k, v in got.headers.items() if k not in ("content-encoding", "content-length")}
        await route.fulfill(status=got.status_code, headers=fields, body=got.content)

    context = await browser.new_context(viewport=window, color_scheme="dark" if scheme == "dark" else "light")
    try:
        page: Page = await context.new_page()
        await page.route("**/*", answer)
        await page.goto(ORIGIN)
        chooser = Chooser(page, PAUSE, PATIENCE, None)
        banner = await chooser.banner(patient=True)
        return unfair(banner, await chooser.open_preferences())
    finally:
        await context.close()
