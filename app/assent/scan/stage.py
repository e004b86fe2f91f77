"""A page behind Assent as settings have it, in a browser. Nothing listens: this process answers."""

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from http.cookiejar import CookieJar, DefaultCookiePolicy
from pathlib import Path
from typing import Any

import httpx
from playwright.async_api import Browser, Page, Route, ViewportSize
from playwright.async_api import Error as PlaywrightError
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.types import Receive, Scope, Send

from assent.config import Ledger, Settings
from assent.web.app import ConsentMiddleware

ORIGIN = "https://site.example"
PAGE = (
    '<!doctype html><html lang="{}"><head><title>Page</title></head>'
    "<body><main><h1>Page</h1></main></body></html>"
)

Look = tuple[str, str, ViewportSize]
"""Language, colour scheme and window."""


class Stage:
    """Where layers are looked at."""

    def __init__(self, browser: Browser, client: httpx.AsyncClient, base: str) -> None:
        self._browser = browser
        self._client = client
        self.base = ORIGIN + base
        """Below which Assent's own routes are."""

    @asynccontextmanager
    async def page(self, look: Look, address: str | None = None) -> AsyncIterator[Page]:
        """Open the page, or an address, as a visitor who was never there."""
        language, scheme, window = look
        context = await self._browser.new_context(
            viewport=window, color_scheme="dark" if scheme == "dark" else "light"
        )
        try:
            page = await context.new_page()
            await page.route("**/*", self._answer)
            await page.goto(address or f"{ORIGIN}/{language}")
            yield page
            await page.unroute_all(behavior="ignoreErrors")
        finally:
            await context.close()

    async def state(self, page: Page) -> dict[str, Any]:
        """Return what the visitor of a page has chosen."""
        got = await self._client.get(f"{self.base}/state", headers=await _cookies(page, self.base))
        found: dict[str, Any] = got.json()
        return found

    async def text(self, address: str, **headers: str) -> str:
        """Return what is at an address."""
        return (await self._client.get(address, headers=headers)).text

    async def _answer(self, route: Route) -> None:
        # A page may be gone before its answer is there.
        with suppress(PlaywrightError):
            await self._fulfil(route)

    async def _fulfil(self, route: Route) -> None:
        asked = route.request
        cookies = await _cookies(asked.frame.page, asked.url)
        got = await self._client.request(
            asked.method,
            asked.url,
            headers={**await asked.all_headers(), **cookies},
            content=asked.post_data_buffer,
        )
        dropped = ("content-encoding", "content-length")
        fields = {name: value for name, value in got.headers.items() if name not in dropped}
        if set_cookies := got.headers.get_list("set-cookie"):
            fields["set-cookie"] = "\n".join(set_cookies)
        await route.fulfill(status=got.status_code, headers=fields, body=got.content)


@asynccontextmanager
async def staged(settings: Settings, browser: Browser) -> AsyncIterator[Stage]:
    """Yield a stage, with a ledger that is thrown away."""
    with tempfile.TemporaryDirectory(prefix="assent-check-") as name:
        ledger = Ledger(url=f"sqlite:///{Path(name).as_posix()}/ledger.db")
        app = ConsentMiddleware(
            _page,
            settings=settings.model_copy(update={"data_dir": Path(name), "ledger": ledger}),
        )
        # Each page has its own cookies, in the browser.
        jar = CookieJar(DefaultCookiePolicy(allowed_domains=()))
        transport = httpx.ASGITransport(app)
        try:
            async with httpx.AsyncClient(transport=transport, base_url=ORIGIN, cookies=jar) as client:
                yield Stage(browser, client, settings.prefix)
        finally:
            await app.close()


async def _cookies(page: Page, url: str) -> dict[str, str]:
    held = await page.context.cookies(url)
    return {"cookie": "; ".join(f"{one['name']}={one['value']}" for one in held)} if held else {}


async def _page(scope: Scope, receive: Receive, send: Send) -> None:
    language = Request(scope).url.path.strip("/")
    await HTMLResponse(PAGE.format(language))(scope, receive, send)
