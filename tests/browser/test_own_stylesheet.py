"""An owner's stylesheet takes effect wherever its documented selectors are: banner, dialog and pages."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import Locator, expect

from assent.demo.run import running
from tests.browser.conftest import Contexts
from tests.browser.shop import PREFIX, Shop

pytestmark = pytest.mark.anyio

RULES = """
#assent .assent-ask { border-radius: 3px }
#assent .assent-dialog { border-radius: 3px }
#assent .assent-title { font-size: 33px }
#assent .assent-body { padding: 3px }
#assent .assent-category { padding-block: 3px }
#assent .assent-table { margin-block-start: 33px }
#assent .assent-switch { border-width: 3px }
"""
TAKES = {
    ".assent-title": ("font-size", "33px"),
    ".assent-body": ("padding-top", "3px"),
    ".assent-category": ("padding-top", "3px"),
    ".assent-table": ("margin-top", "33px"),
    ".assent-switch": ("border-top-width", "3px"),
}


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    (tmp_path / "own.css").write_text(RULES)
    shop = Shop(tmp_path, theme={"stylesheet": str(tmp_path / "own.css")})
    with running(shop.app()) as shop.origin:
        yield shop


async def takes(where: Locator, *selectors: str) -> None:
    for selector in selectors:
        await expect(where.locator(selector).first).to_have_css(*TAKES[selector])


async def test_it_shapes_the_dialog_and_the_pages(shop: Shop, context: Contexts) -> None:
    visitor = await context()
    page = await visitor.new_page()
    await page.goto(shop.origin)
    await expect(page.locator(".assent-ask")).to_have_css("border-top-left-radius", "3px")
    await page.get_by_role("button", name="Customize").click()
    dialog = page.locator("dialog[open]")
    await expect(dialog).to_have_css("border-top-left-radius", "3px")
    await takes(dialog, *TAKES)
    await dialog.get_by_role("button", name="Accept All").click()
    await expect(page.get_by_role("button", name="Consent Preferences")).to_be_visible()
    for path, selectors in (
        ("preferences", TAKES),
        ("cookies", [".assent-title", ".assent-body", ".assent-table"]),
        ("receipt", [".assent-title", ".assent-body"]),
    ):
        await page.goto(f"{shop.origin}{PREFIX}/{path}")
        await takes(page.locator("#assent"), *selectors)
