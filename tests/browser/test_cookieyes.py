"""A site that was made for CookieYes, unchanged, in a real browser."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import BrowserContext, Page, expect
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from assent.demo.run import running
from assent.web import carrying
from tests.browser.conftest import Contexts
from tests.browser.shop import Shop, button

pytestmark = pytest.mark.anyio

SITE = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Teas</title><script>
window.ran = []; window.heard = []; window.dataLayer = [];
for (const type of ["cookieyes_banner_load", "cookieyes_consent_update"]) {
  document.addEventListener(type, ({ detail }) => heard.push([type, detail]));
}
</script><script type="text/plain" data-cookieyes="cookieyes-analytics">ran.push("analytics")</script>
<script type="text/plain" data-cookieyes="cookieyes-advertisement">ran.push("advertisement")</script>
<script type="text/plain" data-cookieyes="cookieyes-other">ran.push("other")</script></head>
<body><main><h1>Fine teas</h1><p><a href="#" class="cky-banner-element">Cookie <b>settings</b></a></p>
<div class="cky-audit-table-element"></div></main></body></html>"""
NOTHING_BUT = {"functional": False, "performance": False, "advertisement": False, "necessary": True}


class Moved(Shop):
    """The site behind Assent, which stands in the place of CookieYes."""

    async def _page(self, request: Request) -> Response:
        return HTMLResponse(SITE, headers=self.headers)


@pytest.fixture
def moved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Moved]:
    # A machine under load may take longer to record a grant than a page should wait.
    monkeypatch.setattr(carrying, "PATIENCE", 30)
    moved = Moved(tmp_path, compatibility={"cookieyes": True}, consent={"imports": ["cookieyes"]})
    with running(moved.app()) as moved.origin:
        yield moved


async def shown(context: BrowserContext, moved: Moved) -> Page:
    page = await context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    await page.goto(moved.origin)
    assert not errors
    return page


async def cookie(page: Page) -> Any:
    return await page.evaluate("document.cookie.match(/cookieyes-consent=([^;]*)/)?.[1]")


async def test_its_functions_and_events_speak(context: Contexts, moved: Moved) -> None:
    page = await shown(await context(), moved)
    (load, loaded), (update, updated) = await page.evaluate("heard")
    assert (load, update) == ("cookieyes_banner_load", "cookieyes_consent_update")
    assert loaded == await page.evaluate("getCkyConsent()")
    assert loaded == {
        "activeLaw": "gdpr",
        "categories": NOTHING_BUT | {"analytics": False},
        "isUserActionCompleted": False,
        "consentID": "",
        "languageCode": "en",
    }
    assert updated["accepted"] == ["necessary"]
    await page.evaluate("performBannerAction('reject')")
    assert len(await page.evaluate("heard")) == 3
    assert await page.evaluate("dataLayer.at(-1).event") == "cookie_consent_update"
    consent = await page.evaluate("getCkyConsent()")
    assert consent["isUserActionCompleted"] is True
    assert (await cookie(page)).startswith(
        f"consentid:{consent['consentID']},consent:no,action:yes,necessary:yes"
    )
    await page.evaluate("revisitCkyConsent()")
    await page.get_by_role("switch", name="Analytics").check()
    async with page.expect_navigation():
        await page.evaluate("void performBannerAction('accept_partial')")
    assert (await page.evaluate("getCkyConsent()"))["categories"] == NOTHING_BUT | {"analytics": True}
    await page.wait_for_function("ran.length")
    assert await page.evaluate("ran") == ["analytics"]


async def test_its_hooks_open_the_dialog_and_list_the_cookies(context: Contexts, moved: Moved) -> None:
    page = await shown(await context(), moved)
    await page.locator(".cky-banner-element b").click()
    await expect(page.get_by_role("dialog")).to_be_visible()
    tags = "[...document.querySelectorAll('[data-cky-tag]')].map((each) => each.dataset.ckyTag).sort()"
    await expect(page.locator("[data-cky-tag=detail-save-button]")).to_have_text("Save My Preferences")
    assert await page.evaluate(tags) == [
        "accept-button",
        "detail-accept-button",
        "detail-close",
        "detail-reject-button",
        "detail-save-button",
        "reject-button",
        "revisit-consent",
        "settings-button",
    ]
    table = page.locator(".cky-audit-table-element")
    await expect(table).to_contain_text("shop_session")
    await expect(table.get_by_role("heading", name="Advertisement")).to_have_count(1)


async def test_what_its_visitors_answered_stands_and_its_cookie_goes_on_being_told(
    context: Contexts, moved: Moved
) -> None:
    visitor = await context()
    value = "consentid:TkVR,consent:yes,action:yes,necessary:yes,functional:no,analytics:yes,performance:no"
    value += ",advertisement:no"
    await visitor.add_cookies([{"name": "cookieyes-consent", "value": value, "url": moved.origin}])
    page = await shown(visitor, moved)
    await page.wait_for_function("ran.length")
    assert await page.evaluate("ran") == ["analytics"]
    await expect(button(page, "Consent Preferences")).to_be_visible()
    await expect(button(page, "Accept All")).to_be_hidden()
    assert moved.recorded() == ["import"]
    assert (await cookie(page)).endswith("analytics:yes,performance:no,advertisement:no,assent:yes")
    await page.close()
    await visitor.clear_cookies(name="assent")
    page = await shown(visitor, moved)
    await expect(button(page, "Reject All")).to_be_visible()
    assert await cookie(page) is None, "what is told again is not carried over again"
    assert moved.recorded() == ["import"]


async def test_a_browser_that_refuses_for_its_user_finds_the_banner_and_its_button(
    context: Contexts, shop: Shop
) -> None:
    page = await (await context()).new_page()
    await page.goto(shop.origin)
    banner = page.locator(".cky-consent-container")
    await banner.locator("[data-cky-tag=reject-button]").click()
    await expect(banner).to_be_hidden()
    assert shop.recorded() == ["reject_all"]
    assert await page.evaluate("[typeof getCkyConsent, document.cookie.includes('cookieyes')]") == [
        "undefined",
        False,
    ]
