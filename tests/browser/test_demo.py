"""The promise, end to end: Chromium, Assent, the demo shop; what the jar holds and what the shop received."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
from playwright.async_api import BrowserContext, Page

from assent import Settings, create_app
from assent.demo.counter import EMAIL, PASSWORD
from assent.demo.rules import DECLARED, declared
from assent.demo.run import running
from assent.demo.shop import create_shop
from assent.demo.third_party import create_third_party
from tests.browser.conftest import Contexts

pytestmark = pytest.mark.anyio

CATEGORY = {entry["name"]: entry["category"] for entry in DECLARED} | {"assent": "necessary"}
BY_SCRIPT = {"shop_recent", "shop_timing", "_ga_DEMO"}
"""Cookies that the shop's and the third party's scripts write."""

BY_HEADER = set(CATEGORY) - BY_SCRIPT - {"tp_id", "tp_video"}
PAGES = ("/", "/teas/assam", "/journal/water", "/go/spring", "/nowhere", "/basket", "/seen.html")


@dataclass
class Site:
    origin: str
    shop: str

    def received(self) -> set[str]:
        """The names of all cookies that the shop got in its last requests."""
        log = httpx2.get(f"{self.shop}/seen/log", timeout=60).json()
        return {name for entry in log for name in entry["cookies"]}


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with (
        running(create_third_party(), name="localhost") as third_party,
        running(create_shop(third_party)) as shop,
    ):
        settings = Settings.model_validate({"data_dir": tmp_path, **declared(shop, third_party)})
        with running(create_app(settings)) as origin:
            yield Site(origin, shop)


@dataclass
class Visitor:
    """One browser profile that walks through the shop."""

    context: BrowserContext
    page: Page
    site: Site
    scripts: bool

    async def browse(self) -> None:
        for path in PAGES:
            await self.page.goto(self.site.origin + path)

    async def press(self, name: str) -> None:
        """Press a button of the banner or the dialog, and wait until the choice is made."""
        button = self.page.get_by_role("button", name=name, exact=True)
        if self.scripts and name == "Reject All":
            async with self.page.expect_response(
                lambda answer: answer.url.endswith("/_assent/choice")
            ) as answer:
                await button.click()
            assert (await answer.value).status == 200
        else:
            # A form leads to a page; and with scripts, what was kept from the page comes alive, or what was
            # granted ends, with a reload.
            async with self.page.expect_navigation():
                await button.click()

    async def open_dialog(self) -> None:
        opener = self.page.get_by_role("button", name="Customize", exact=True).or_(
            self.page.get_by_role("button", name="Consent Preferences", exact=True)
        )
        await opener.click()
        heading = self.page.get_by_role("heading", name="Customize Consent Preferences")
        await heading.wait_for()

    async def log_in(self) -> None:
        await self.page.goto(f"{self.site.origin}/login")
        form = self.page.get_by_role("main")
        await form.get_by_label("E-mail").fill(EMAIL)
        await form.get_by_label("Password").fill(PASSWORD)
        await form.get_by_role("button", name="Log in").click()
        await self.page.get_by_text("Ada").first.wait_for()

    async def jar(self) -> set[str]:
        """The names of all cookies that the browser would send to the shop, HttpOnly ones included."""
        stored: list[Any] = await self.context.cookies(f"{self.site.origin}/basket")
        return {cookie["name"] for cookie in stored}

    async def check(self, *granted: str) -> None:
        """Assert that of the header cookies exactly those of the granted categories are here and there."""
        allowed = {"necessary", *granted}
        expected = {name for name in BY_HEADER if CATEGORY[name] in allowed}
        jar = await self.jar()
        assert jar - BY_SCRIPT == expected
        assert {CATEGORY[name] for name in jar} <= allowed
        assert {CATEGORY[name] for name in self.site.received()} <= allowed


@pytest.fixture(params=[True, False], ids=["scripts on", "scripts off"])
async def visitor(request: pytest.FixtureRequest, context: Contexts, site: Site) -> Visitor:
    profile = await context(java_script_enabled=request.param)
    page = await profile.new_page()
    await page.goto(site.origin)
    return Visitor(profile, page, site, request.param)


async def test_before_a_choice_only_necessary_cookies_are_stored(visitor: Visitor) -> None:
    await visitor.browse()

    assert await visitor.jar() == {"shop_session", "shop_csrf"}
    assert {CATEGORY[name] for name in visitor.site.received()} == {"necessary"}


async def test_after_reject_all_it_stays_so_and_a_login_works(visitor: Visitor) -> None:
    await visitor.press("Reject All")
    await visitor.page.reload()
    await visitor.browse()
    await visitor.log_in()

    await visitor.check()
    assert await visitor.page.get_by_role("region", name="Cookie consent").count() == 0


async def test_saving_analytics_alone_lets_exactly_those_through(visitor: Visitor) -> None:
    await visitor.open_dialog()
    await visitor.page.get_by_role("switch", name="Analytics", exact=True).check()
    async with visitor.page.expect_navigation():
        await visitor.page.get_by_role("button", name="Save My Preferences").click()
    await visitor.browse()

    await visitor.check("analytics")
    assert {"_ga", "shop_visit"} <= visitor.site.received()


async def test_accept_all_lets_all_through(visitor: Visitor) -> None:
    await visitor.press("Accept All")
    await visitor.browse()
    await visitor.page.goto(f"{visitor.site.origin}/basket")

    await visitor.check("functional", "analytics", "performance", "advertisement")
    assert {"shop_upsell", "shop_retarget", "shop_campaign", "_fbp"} <= visitor.site.received()


async def test_withdrawal_removes_what_was_granted_wherever_it_was_set(visitor: Visitor) -> None:
    await visitor.press("Accept All")
    await visitor.browse()
    await visitor.page.goto(visitor.site.origin)
    assert "shop_upsell" in await visitor.jar()

    await visitor.open_dialog()
    await visitor.press("Withdraw consent")

    assert await visitor.jar() == {"assent", "shop_session", "shop_csrf"}


async def test_cookies_that_scripts_write_are_kept_from_the_shop_and_expired(
    context: Contexts, site: Site
) -> None:
    profile = await context()
    page = await profile.new_page()
    await page.goto(f"{site.origin}/teas/assam")
    await profile.add_cookies([{"name": "shop_recent", "value": "x", "url": site.origin}])
    await page.goto(f"{site.origin}/robots.txt")

    assert "shop_recent" not in {cookie["name"] for cookie in await profile.cookies(site.origin)}
    assert "shop_recent" not in site.received()
