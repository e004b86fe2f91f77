"""What regulators ask of a consent dialog, in a browser; docs/scan.md lists the rules by these numbers."""

from pathlib import Path

import pytest
from playwright.async_api import Page, Route, expect

from assent.demo.run import running
from tests.browser.conftest import Contexts
from tests.browser.shop import Shop

pytestmark = pytest.mark.anyio

STATE = "assent.state.granted.join()"


async def tab_to(page: Page, name: str) -> None:
    """Press Tab until the focus is on what has this name."""
    for _ in range(60):
        await page.keyboard.press("Tab")
        if name == await page.evaluate("document.activeElement.textContent.trim()"):
            return
    raise AssertionError(f"{name} cannot be reached by keyboard")


async def test_r3_scrolling_and_browsing_are_no_consent(page: Page, shop: Shop) -> None:
    await page.mouse.wheel(0, 4000)
    await page.get_by_role("link", name="Another page").click()
    await page.wait_for_url("**/other")
    await page.mouse.click(5, 5)
    await expect(page.get_by_role("region", name="Cookie consent")).to_be_visible()
    assert await page.context.cookies() == []
    assert shop.recorded() == []


async def test_r5_the_page_can_be_scrolled_and_used_while_the_banner_is_shown(page: Page) -> None:
    await page.mouse.wheel(0, 300)
    await page.wait_for_function("scrollY >= 300")
    await page.evaluate("scrollTo(0, 0)")
    await page.get_by_role("link", name="Another page").click()
    await page.wait_for_url("**/other")


@pytest.mark.parametrize("name", ["Reject All", "Accept All"])
async def test_r9_refusing_takes_one_click_as_agreeing_does(page: Page, name: str) -> None:
    await page.get_by_role("button", name=name).click()
    await expect(page.get_by_role("region", name="Cookie consent")).to_be_hidden()
    assert await page.evaluate("assent.state.choice !== null")


async def test_r12_closing_the_dialog_leaves_the_question_open(page: Page, shop: Shop) -> None:
    await page.get_by_role("button", name="Customize").click()
    await page.get_by_role("button", name="Close").click()
    await expect(page.get_by_role("region", name="Cookie consent")).to_be_visible()
    assert shop.recorded() == []


async def test_r19_who_refused_is_not_asked_again(page: Page, shop: Shop) -> None:
    await page.get_by_role("button", name="Reject All").click()
    await expect(page.get_by_role("button", name="Consent Preferences")).to_be_visible()
    for path in ("/", "/other", "/"):
        await page.goto(shop.origin + path)
        await expect(page.get_by_role("region", name="Cookie consent")).to_be_hidden()


async def test_r22_every_page_has_a_way_back_to_the_choice(page: Page, shop: Shop) -> None:
    await page.get_by_role("button", name="Accept All").click()
    await expect(page.get_by_role("button", name="Consent Preferences")).to_be_in_viewport()
    for path in ("/", "/other"):
        await page.goto(shop.origin + path)
        await expect(page.get_by_role("button", name="Consent Preferences")).to_be_in_viewport()


async def test_r23_and_r31_withdrawing_takes_as_many_clicks_as_ticking_and_saving(page: Page) -> None:
    await page.get_by_role("button", name="Accept All").click()
    await page.get_by_role("button", name="Consent Preferences").click()
    async with page.expect_navigation():
        await page.get_by_role("button", name="Withdraw consent").click()
    assert await page.evaluate(STATE) == "necessary"


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
async def test_r37_everything_can_be_done_by_keyboard(context: Contexts, shop: Shop, scripts: bool) -> None:
    page = await (await context(java_script_enabled=scripts)).new_page()
    await page.goto(shop.origin)
    await tab_to(page, "Customize")
    await page.keyboard.press("Enter")
    await page.get_by_role("heading", name="Customize Consent Preferences").wait_for()
    switch = page.get_by_role("switch", name="Analytics")
    for _ in range(20):
        await page.keyboard.press("Tab")
        if await switch.evaluate("each => each === document.activeElement"):
            break
    await page.keyboard.press("Space")
    await expect(switch).to_be_checked()
    await tab_to(page, "Save My Preferences")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name="Consent Preferences")).to_be_visible()
    assert shop.recorded() == ["save"]


async def test_r37_who_begins_with_the_keyboard_comes_to_the_banner_first(page: Page) -> None:
    await page.keyboard.press("Tab")
    assert await page.evaluate("document.activeElement.closest('.assent-ask') !== null")
    await page.reload()
    await page.get_by_role("heading").first.click()
    await page.keyboard.press("Tab")
    assert await page.evaluate("document.activeElement.closest('#assent') === null")


async def test_r37_the_keyboard_stays_with_what_the_site_has_open(page: Page) -> None:
    await page.evaluate(
        """() => {
          document.body.insertAdjacentHTML("beforeend", "<dialog><a href=/a>A</a><a href=/b>B</a></dialog>");
          document.querySelector("dialog:last-child").showModal();
          document.activeElement.blur();
        }"""
    )
    await page.keyboard.press("Tab")
    assert await page.evaluate("document.activeElement.closest('dialog') !== null")


async def test_r37_a_site_may_have_the_tab_key_for_itself(page: Page) -> None:
    await page.evaluate("document.addEventListener('keydown', (event) => event.preventDefault(), true)")
    await page.keyboard.press("Tab")
    assert await page.evaluate("document.activeElement === document.body")


TRACKED = """<script>document.cookie = "_ga=1; max-age=9999"; localStorage.setItem("_fbp", 1);
fetch("http://tracker.example/hit").catch(() => {})</script><img src="http://tracker.example/pixel" alt="">"""


async def test_r18_after_a_refusal_nothing_new_is_stored_and_nothing_is_sent(
    context: Contexts, shop: Shop
) -> None:
    shop.head = TRACKED
    shop.headers = {"set-cookie": "_gid=1; Max-Age=9999; Path=/"}
    visitor = await context()
    page = await visitor.new_page()
    reached: list[str] = []

    async def note(route: Route) -> None:
        reached.append(route.request.url)
        await route.abort()

    await page.route("http://tracker.example/**", note)
    await page.goto(shop.origin)
    await page.get_by_role("button", name="Reject All").click()
    await expect(page.get_by_role("button", name="Consent Preferences")).to_be_visible()
    await page.reload()
    for path in ("/", "/other", "/"):
        await page.goto(shop.origin + path)
        await page.wait_for_load_state("networkidle")
        assert [cookie.get("name") for cookie in await visitor.cookies()] == ["assent"]
        assert await page.evaluate("Object.keys(localStorage)") == []
    assert reached == []


async def test_r29_the_way_back_can_have_the_name_that_a_law_wants(context: Contexts, tmp_path: Path) -> None:
    texts = tmp_path / "texts"
    texts.mkdir()
    (texts / "en.po").write_text('msgid "Consent Preferences"\nmsgstr "Your Privacy Choices"\n')
    site = {"name": "Example Shop", "languages": ["en"], "translations": str(texts)}
    shop = Shop(tmp_path, site=site)
    with running(shop.app()) as shop.origin:
        page = await (await context()).new_page()
        await page.goto(shop.origin)
        await page.get_by_role("button", name="Reject All").click()
        await expect(page.get_by_role("button", name="Your Privacy Choices")).to_be_visible()
        for path in ("/", "/other"):
            await page.goto(shop.origin + path)
            await expect(page.get_by_role("button", name="Your Privacy Choices")).to_be_in_viewport()


async def test_r36_banner_dialog_and_words_about_a_choice_are_in_the_language_of_the_page(
    context: Contexts, shop: Shop
) -> None:
    shop.language = "de"
    page = await (await context(locale="fr-FR")).new_page()
    await page.goto(shop.origin)
    await expect(page.get_by_role("region", name="Cookie-Einwilligung")).to_be_visible()
    await expect(page.locator("#assent")).to_have_attribute("lang", "de")
    await page.get_by_role("button", name="Anpassen").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog.get_by_role("button", name="Alle ablehnen")).to_be_visible()
    await expect(dialog.get_by_text("Immer aktiv")).to_be_visible()
    await dialog.get_by_role("button", name="Alle ablehnen").click()
    await expect(page.get_by_role("status")).to_contain_text("gespeichert")
