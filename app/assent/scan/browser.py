"""Finds a Chromium and starts it: Playwright's own, or any that is installed."""

import contextlib
import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING

from assent.errors import ConfigError, NoBrowser

if TYPE_CHECKING:
    from playwright.async_api import Browser, Playwright

NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "microsoft-edge",
    "microsoft-edge-stable",
    "brave-browser",
)

# Some banners are hidden from browsers that say that they are driven (navigator.webdriver).
NOT_DRIVEN = "--disable-blink-features=AutomationControlled"

NO_PLAYWRIGHT = "this command drives a browser and needs an extra: pip install 'assent[scan]'"
NO_BROWSER = (
    "no Chromium was found: run `playwright install chromium`, install one (apt-get install chromium, "
    "brew install --cask chromium), or name it with --browser"
)


def check() -> None:
    """Raise NoBrowser where the extra is missing."""
    try:
        import playwright  # noqa: F401 - whether it is there
    except ModuleNotFoundError as error:
        raise NoBrowser(NO_PLAYWRIGHT) from error


@contextlib.asynccontextmanager
async def started(path: Path | None = None) -> "AsyncIterator[Browser]":
    """Start the browser at ``path``, or one that is found; it ends with the block.

    Raises ConfigError, or NoBrowser where none is found.
    """
    check()
    from playwright.async_api import Error, async_playwright

    async with async_playwright() as playwright:
        program = _program(playwright, path)
        # As root, as in many containers, Chromium does not start with its sandbox.
        sandbox = getattr(os, "geteuid", lambda: 1)() != 0
        try:
            browser = await playwright.chromium.launch(
                executable_path=program, chromium_sandbox=sandbox, args=[NOT_DRIVEN]
            )
        except Error as error:
            raise ConfigError(f"{program} does not start: {error.message.splitlines()[0]}") from error
        try:
            yield browser
        finally:
            await browser.close()


def _program(playwright: "Playwright", path: Path | None) -> str:
    if path is not None:
        return str(path)
    own = playwright.chromium.executable_path
    if Path(own).exists():
        return own
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        raise NoBrowser(NO_BROWSER)
    return found
