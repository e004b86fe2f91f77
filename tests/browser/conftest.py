"""A real browser for the tests: one for the session, and a fresh profile for each test."""

import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

from assent.demo.run import running
from tests.browser.shop import Shop

PATIENCE = 20_000
"""Milliseconds: on a machine that does other work a page takes its time."""

expect.set_options(timeout=PATIENCE)

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge")
MISSING = (
    "no Chromium was found: install one (apt-get install chromium, or brew install --cask chromium), "
    "or name it in ASSENT_BROWSER"
)

Contexts = Callable[..., Awaitable[BrowserContext]]


def executable() -> str:
    """Return the path of the browser; skips without one, and fails where no proof may be skipped."""
    found = os.environ.get("ASSENT_BROWSER") or next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        if os.environ.get("CI") == "true":
            pytest.fail(MISSING)
        pytest.skip(MISSING)
    return found


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
async def browser(anyio_backend: str) -> AsyncIterator[Browser]:
    """The browser, started once."""
    path = executable()
    async with async_playwright() as playwright:
        # As root, as in many containers, Chromium does not start with its sandbox.
        sandbox = getattr(os, "geteuid", lambda: 1)() != 0
        launched = await playwright.chromium.launch(executable_path=path, chromium_sandbox=sandbox)
        yield launched
        await launched.close()


@pytest.fixture
async def context(browser: Browser) -> AsyncIterator[Contexts]:
    """Makes profiles: ``await context(java_script_enabled=False)``; they end with the test."""
    made: list[BrowserContext] = []

    async def make(**options: Any) -> BrowserContext:
        fresh = await browser.new_context(**options)
        fresh.set_default_timeout(PATIENCE)
        made.append(fresh)
        return fresh

    yield make
    for used in made:
        await used.close()


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    shop = Shop(tmp_path)
    with running(shop.app()) as shop.origin:
        yield shop


@pytest.fixture
async def page(context: Contexts, shop: Shop) -> AsyncIterator[Page]:
    """The site's first page, in a fresh profile; no error may be thrown in it."""
    errors: list[str] = []
    opened = await (await context()).new_page()
    opened.on("pageerror", lambda error: errors.append(str(error)))
    await opened.goto(shop.origin + "/?tea=green")
    yield opened
    assert not errors
