"""A browser for which one server is the rest of the web, and sites that are made when they are asked for."""

import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path

import pytest
from playwright.async_api import Browser, async_playwright

from assent import Settings, create_app
from assent.demo.run import running
from tests.browser.conftest import executable
from tests.pages.elsewhere import Elsewhere, running_elsewhere
from tests.pages.pages import Page
from tests.pages.workshop import Workshop, needs
from tests.sites.conftest import free_port, process

BEHIND_A_PROXY = "127.0.0.1/32"
"""Visitors on this machine would see an overlay that those whom a proxy speaks for do not."""

Sides = Callable[[Page], tuple[str, str]]
"""Returns the origins of a page's site, and of Assent before it."""


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Elsewhere]:
    with running_elsewhere(tmp_path_factory.mktemp("elsewhere")) as there:
        yield there


@pytest.fixture(scope="session")
async def browser(anyio_backend: str, elsewhere: Elsewhere) -> AsyncIterator[Browser]:
    path = executable()
    async with async_playwright() as playwright:
        # As root, as in many containers, Chromium does not start with its sandbox.
        sandbox = getattr(os, "geteuid", lambda: 1)() != 0
        launched = await playwright.chromium.launch(
            executable_path=path, chromium_sandbox=sandbox, args=elsewhere.arguments
        )
        yield launched
        await launched.close()


@pytest.fixture(scope="session")
def sides(elsewhere: Elsewhere, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sides]:
    fronts: dict[Page, str] = {}
    with ExitStack() as stack:
        workshop = Workshop(stack, tmp_path_factory.mktemp("sites"), elsewhere.mirror)

        def put(page: Page) -> tuple[str, str]:
            needs(*page.packages)
            site = workshop.origin(page.site)
            if page not in fronts:
                folder = tmp_path_factory.mktemp("assent")
                front = served(folder, site) if page.sockets else gateway(folder, site, page)
                fronts[page] = stack.enter_context(front)
            return site, fronts[page]

        yield put


def gateway(folder: Path, site: str, page: Page) -> AbstractContextManager[str]:
    """Run Assent before a site, configured as the page needs it."""
    values = {
        "data_dir": folder,
        "gateway": {"upstream": site, "trusted_proxies": [BEHIND_A_PROXY]},
        "hosts": [{"host": host, "category": "functional"} for host in page.hosts],
        "storage": [{"key": key, "category": "necessary"} for key in page.keys],
    }
    return running(create_app(Settings.model_validate(values)))


def served(folder: Path, site: str) -> AbstractContextManager[str]:
    """Run Assent before a site by its command, whose server speaks WebSocket."""
    (folder / "assent.toml").write_text(f'[gateway]\ntrusted_proxies = ["{BEHIND_A_PROXY}"]\n')
    port = free_port()
    return process("-m", "assent", "serve", "--upstream", site, "--port", str(port), port=port, cwd=folder)
