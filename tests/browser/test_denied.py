"""What a page was kept from, and what went wrong with a choice: both in the language of the visitor."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from assent.demo.run import running
from tests.browser.conftest import Contexts
from tests.browser.shop import Shop, button

pytestmark = pytest.mark.anyio

GERMAN = {"name": "Teeladen", "languages": ["de"]}
HEAD = """<script>document.cookie = "zz=1"; localStorage.setItem("zz_key", 1);</script>
<script src="https://stats.g.doubleclick.net/x.js"></script>"""
CUSTOMIZE, ACCEPT = "Anpassen", "Alle akzeptieren"


@pytest.fixture
def german(tmp_path: Path) -> Shop:
    shop = Shop(tmp_path, site=GERMAN)
    shop.head = HEAD
    shop.headers = {"Set-Cookie": "_fbp=1; Path=/; HttpOnly"}
    return shop


@pytest.fixture
async def opened(context: Contexts, german: Shop) -> AsyncIterator[Page]:
    with running(german.app()) as origin:
        page = await (await context()).new_page()
        await page.goto(origin)
        yield page


async def test_the_dialog_lists_what_server_policy_and_guard_kept_from_the_page(opened: Page) -> None:
    lines = opened.locator(".assent-denied li")
    await opened.wait_for_function("window[Symbol.for('assent.blocked')].length === 3")
    await button(opened, CUSTOMIZE).click()
    await expect(lines).to_have_text(
        [
            "Cookie _fbp \N{EN DASH} nicht erlaubt: Werbung",
            "Cookie zz \N{EN DASH} von dieser Website nicht angegeben",
            "Gespeicherter Schlüssel zz_key \N{EN DASH} von dieser Website nicht angegeben",
            "Drittanbieter stats.g.doubleclick.net \N{EN DASH} nicht erlaubt: Werbung",
        ]
    )
    await opened.keyboard.press("Escape")
    await expect(opened.get_by_role("dialog")).to_have_count(0)
    # Lone surrogates are no text, and can be in a key all the same.
    await opened.evaluate("localStorage.setItem('late \\ud800', 1)")
    await button(opened, CUSTOMIZE).click()
    await expect(lines).to_have_count(5)
    await expect(lines.last).to_contain_text("late")


async def test_a_page_that_was_denied_nothing_has_no_list(context: Contexts, german: Shop) -> None:
    german.head, german.headers = "", {}
    with running(german.app()) as origin:
        page = await (await context()).new_page()
        await page.goto(origin)
        await button(page, CUSTOMIZE).click()
        await expect(page.get_by_role("dialog")).to_be_visible()
        await expect(page.locator(".assent-denied")).to_have_count(0)


async def test_a_choice_that_could_not_be_recorded_is_told_in_german(opened: Page, german: Shop) -> None:
    with german.stuck_ledger():
        await button(opened, ACCEPT).click()
        await expect(opened.get_by_role("alert")).to_contain_text("konnte nicht aufgezeichnet werden")
