"""A browser for all tests of this folder, found as the commands find it."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser

from assent import catalogue
from assent.core.rules import Rules
from assent.scan.browser import started
from assent.scan.judge import Judge
from assent.scan.phases import Play
from assent.scan.plan import Plan
from assent.scan.seen import Site
from tests.browser.conftest import executable

RULES = Rules(
    catalogue=catalogue.cookies(),
    catalogue_hosts=catalogue.hosts(),
    catalogue_storage=catalogue.storage(),
)


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
async def browser(anyio_backend: str) -> AsyncIterator[Browser]:
    executable()
    async with started() as browser:
        yield browser


async def audited(origin: str, browser: Browser, **options: object) -> Site:
    """Audit one page of a site."""
    return await Play(quick(origin, **options), browser, lambda _: None).audit()


def quick(origin: str, **options: object) -> Plan:
    return Plan(**{"url": f"{origin}/", "pages": 1, "settle": 0.1, "patience": 0.5, **options})  # type: ignore[arg-type]


def judge(site: Site) -> Judge:
    return Judge(RULES, (), site.declared, site.url)
