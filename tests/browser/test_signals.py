"""What vendors' tags are told, before they run and after each decision."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page

from assent.demo.run import running
from tests.browser.conftest import Contexts
from tests.browser.shop import Shop

pytestmark = pytest.mark.anyio

ON = {"google": True, "microsoft": True, "meta": True, "matomo": True, "wordpress": True}
TAGS = """<script>
window.before = JSON.stringify([...dataLayer].map((each) => [...each]));
window.fbq = (...said) => (fbq.said ??= []).push(said.join());
window.wp_set_consent = (...said) => (wp_set_consent.said ??= []).push(said.join());
</script>"""
DENIED = {
    "ad_storage": "denied",
    "ad_user_data": "denied",
    "ad_personalization": "denied",
    "analytics_storage": "denied",
    "functionality_storage": "denied",
    "personalization_storage": "denied",
    "security_storage": "granted",
}
MEASURED = DENIED | {"analytics_storage": "granted"}


@pytest.fixture
async def page(context: Contexts, tmp_path: Path) -> AsyncIterator[Page]:
    shop = Shop(tmp_path, signals=ON)
    shop.head = TAGS
    with running(shop.app()) as origin:
        opened = await (await context()).new_page()
        await opened.goto(origin)
        yield opened


async def told(page: Page) -> list[Any]:
    commands: list[Any] = await page.evaluate("[...dataLayer].map((each) => [...each])")
    return commands


async def test_all_is_denied_before_any_tag_runs(page: Page) -> None:
    assert await page.evaluate("JSON.parse(before)") == [["consent", "default", DENIED]]
    assert await page.evaluate("uetq") == ["consent", "default", {"ad_storage": "denied"}]
    assert await page.evaluate("_paq") == [["requireConsent"]]
    assert await page.evaluate("wp_consent_type") == "optin"
    assert await page.evaluate("Object.prototype.toString.call(dataLayer[0])") == "[object Arguments]"


async def test_each_decision_is_one_update_and_stands_on_the_next_page(page: Page) -> None:
    await page.evaluate("assent.save(['analytics'])")
    assert (await told(page))[1:] == [["consent", "update", MEASURED]]
    assert await page.evaluate("_paq.at(-1)") == ["setConsentGiven"]
    assert await page.evaluate("[...clarity.q.at(-1)]") == [
        "consentv2",
        {"ad_Storage": "denied", "analytics_Storage": "granted"},
    ]
    assert await page.evaluate("fbq.said") == ["consent,revoke"]
    assert "statistics,allow" in await page.evaluate("wp_set_consent.said")
    await page.reload()
    assert await told(page) == [["consent", "default", DENIED], ["consent", "update", MEASURED]]


@pytest.mark.parametrize(("google", "found"), [("auto", "object"), (False, "undefined")])
async def test_who_is_declared_is_told_unless_the_owner_says_no(
    context: Contexts, tmp_path: Path, google: bool | str, found: str
) -> None:
    # The shop declares a cookie of Google's, and nothing of the others'.
    with running(Shop(tmp_path, signals={"google": google}).app()) as origin:
        page = await (await context()).new_page()
        await page.goto(origin)
        listeners = await page.evaluate("[typeof dataLayer, typeof uetq, typeof _paq]")
    assert listeners == [found, "undefined", "undefined"]
