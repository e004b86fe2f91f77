"""A choice goes through whatever the network, a blocker, a policy or a framework puts in its way."""

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import Contexts
from tests.browser.shop import Shop, button
from tests.browser.test_site_scripts import STRICT

pytestmark = pytest.mark.anyio


async def _press(page: Page, name: str, way: str) -> None:
    if way == "keyboard":
        await button(page, name).focus()
    else:
        await button(page, name).hover()
    # What a hint of a press begins to fetch has failed by then.
    await page.wait_for_timeout(300)
    await (page.keyboard.press("Enter") if way == "keyboard" else button(page, name).click())


@pytest.mark.parametrize("way", ["mouse", "keyboard"])
@pytest.mark.parametrize(("name", "recorded"), [("Reject All", "reject_all"), ("Accept All", "accept_all")])
async def test_r32_the_first_press_counts_though_the_script_behind_it_cannot_be_loaded(
    page: Page, shop: Shop, way: str, name: str, recorded: str
) -> None:
    await page.route("**/assent-choice*", lambda route: route.abort())
    async with page.expect_navigation():
        await _press(page, name, way)
    await expect(page.get_by_role("region", name="Cookie consent")).to_be_hidden()
    assert shop.recorded() == [recorded]


async def test_customize_leads_to_the_page_when_its_script_cannot_be_loaded(page: Page) -> None:
    await page.route("**/assent-choice*", lambda route: route.abort())
    await _press(page, "Customize", "mouse")
    await page.wait_for_url("**/_assent/preferences?*")


async def test_a_script_that_could_not_be_loaded_once_is_asked_for_again(page: Page) -> None:
    await page.route("**/assent-choice*", lambda route: route.abort(), times=1)
    assert await page.evaluate("assent.open().then(() => 'shown', () => 'failed')") == "failed"
    await page.evaluate("void assent.open()")
    await expect(page.get_by_role("dialog")).to_be_visible()


async def test_a_tag_that_trusted_types_stop_takes_nothing_else_along(context: Contexts, shop: Shop) -> None:
    shop.headers = {"content-security-policy": STRICT}
    shop.head = (
        '<script nonce="n0nce" type="text/plain" data-category="analytics" src="/tag.js"></script>'
        '<script nonce="n0nce" type="text/plain" data-category="analytics">document.title = "ran"</script>'
    )
    page = await (await context()).new_page()
    await page.goto(shop.origin)
    failed: list[str] = []
    page.on("pageerror", lambda error: failed.append(str(error)))
    async with page.expect_navigation():
        await button(page, "Accept All").click()
    await page.wait_for_function("window.assent?.state.choice")
    await button(page, "Consent Preferences").click()
    await expect(page.get_by_role("dialog")).to_be_visible()
    assert any("Trusted" in each for each in failed), "the makers of the site are told"


async def test_a_tag_runs_under_its_own_nonce_and_not_under_that_of_assent(
    context: Contexts, shop: Shop
) -> None:
    shop.headers = {"content-security-policy": "script-src 'nonce-n0nce'; style-src 'nonce-n0nce'"}
    tag = '<script%s type="text/plain" data-category="analytics">window.ran = "%s"</script>'
    shop.head = tag % (' nonce="n0nce"', "own") + tag % ("", "smuggled")
    page = await (await context()).new_page()
    await page.goto(shop.origin)
    async with page.expect_navigation():
        await page.evaluate("void assent.accept()")
    await page.wait_for_function("window.ran")
    await page.wait_for_timeout(300)
    assert await page.evaluate("window.ran") == "own"


async def test_a_dialog_that_a_framework_took_away_opens_again(page: Page) -> None:
    await button(page, "Customize").click()
    await expect(page.get_by_role("dialog")).to_be_visible()
    await page.evaluate(
        """() => {
            const body = document.createElement("body");
            body.append(Object.assign(document.createElement("h1"), { textContent: "Another view" }));
            document.body.replaceWith(body);
        }"""
    )
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await button(page, "Customize").click()
    await expect(page.get_by_role("dialog")).to_be_visible()
    assert await page.evaluate("document.querySelector('dialog').matches(':modal')")


async def test_a_base_for_links_opens_no_second_tab_for_a_choice(context: Contexts, shop: Shop) -> None:
    shop.head = '<base target="_blank">'
    fresh = await context(java_script_enabled=False)
    page = await fresh.new_page()
    await page.goto(shop.origin)
    async with page.expect_navigation():
        await button(page, "Reject All").click()
    await expect(button(page, "Consent Preferences")).to_be_visible()
    assert len(fresh.pages) == 1
