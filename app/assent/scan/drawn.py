"""Draws the banner and dialog that settings make, in a browser, and tells what is unfair about them.

Nothing listens: the browser's requests are answered in this process.
"""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import count, product
from pathlib import Path

import httpx
from playwright.async_api import Browser, Page, Route, ViewportSize
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.types import Receive, Scope, Send

from assent.config import Ledger, Settings
from assent.scan.browser import started
from assent.scan.choose import Chooser
from assent.scan.fair import unfair
from assent.web.app import ConsentMiddleware

ORIGIN = "https://site.example"
PAGE = (
    '<!doctype html><html lang="{}"><head><title>Page</title></head>'
    "<body><main><h1>Page</h1></main></body></html>"
)
WINDOWS: tuple[ViewportSize, ...] = ({"width": 1280, "height": 800}, {"width": 320, "height": 640})
PAUSE = 0.2
PATIENCE = 2.0
LANES = 4
"""Pages that are drawn at a time."""


Look = tuple[str, str, ViewportSize]
"""Language, colour scheme and window."""


def looks(settings: Settings) -> list[Look]:
    """Return what is drawn: the first language in every way, the others as narrow as it gets."""
    scheme = settings.theme.scheme
    first, *others = settings.site.languages
    every = product((first,), ("light", "dark") if scheme == "auto" else (scheme,), WINDOWS)
    plain = "dark" if scheme == "dark" else "light"
    return [*every, *((language, plain, WINDOWS[-1]) for language in others)]


async def drawn(settings: Settings, program: Path | None, progress: Callable[[int], None]) -> list[str]:
    """Return what is unfair, and in which of the ``looks``; ``progress`` is told how many are done.

    Raises NoBrowser, and ConfigError where the browser does not start.
    """
    lanes, done = asyncio.Semaphore(LANES), count(1)
    async with _answering(settings) as client, started(program) as browser:

        async def judged(look: Look) -> list[str]:
            async with lanes:
                problems = await _judged(browser, client, look)
            progress(next(done))
            return problems

        told = await asyncio.gather(*map(judged, looks(settings)))
    found: dict[str, list[str]] = {}
    for (language, scheme, window), problems in zip(looks(settings), told, strict=True):
        for problem in dict.fromkeys(problems):
            found.setdefault(problem, []).append(f"{language}, {scheme}, {window['width']} pixels")
    return [f"{problem} ({'; '.join(places)})" for problem, places in found.items()]


async def _page(scope: Scope, receive: Receive, send: Send) -> None:
    language = Request(scope).url.path.strip("/")
    await HTMLResponse(PAGE.format(language))(scope, receive, send)


@asynccontextmanager
async def _answering(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """Yield a client of a page behind Assent as these settings have it, with a ledger that is thrown away."""
    with tempfile.TemporaryDirectory(prefix="assent-check-") as name:
        ledger = Ledger(url=f"sqlite:///{Path(name).as_posix()}/ledger.db")
        app = ConsentMiddleware(
            _page,
            settings=settings.model_copy(update={"data_dir": Path(name), "ledger": ledger}),
        )
        transport = httpx.ASGITransport(app)
        try:
            async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as client:
                yield client
        finally:
            await app.close()


async def _judged(browser: Browser, client: httpx.AsyncClient, look: Look) -> list[str]:
    language, scheme, window = look

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
        await page.goto(f"{ORIGIN}/{language}")
        chooser = Chooser(page, PAUSE, PATIENCE, None)
        banner = await chooser.banner(patient=True)
        return unfair(banner, await chooser.open_preferences())
    finally:
        await context.close()
