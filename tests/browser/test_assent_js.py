"""The script in a real browser: everything in place, and as without it where it cannot work."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, expect

from assent.core.categories import ALL
from assent.core.choice import ChoiceCookie
from assent.demo.run import running
from tests.browser.conftest import Contexts
from tests.browser.shop import PREFIX, Shop, asked, button

pytestmark = pytest.mark.anyio

HOSTILE = """<style>
html { font-size: 62.5% } * { box-sizing: content-box; letter-spacing: 3px }
p { font-size: 40px; margin: 50px }
button { all: unset; color: red } div { display: flex } [hidden] { display: block } label { display: none }
section, form, input, table, td, h2 { border: 9px dashed lime; text-transform: uppercase }
:focus { outline: none !important }
</style>"""
STATE = "window.assent.state"
KEY = "a-key-of-more-than-32-characters-for-tests"
ID = "0190a7c0-1111-7222-8333-944444444444"


async def violations(page: Page) -> list[str]:
    found = await Axe().run(page)
    return [
        f"{found['id']}: {[node['target'] for node in found['nodes']]}"
        for found in found.response["violations"]
    ]


@pytest.mark.parametrize(
    ("name", "granted"),
    [("Accept All", 5), ("Reject All", 1)],
    ids=["accepting grants all five", "rejecting leaves the necessary"],
)
async def test_one_click_in_the_banner_is_a_choice_and_the_page_stays(
    page: Page, name: str, granted: int
) -> None:
    await page.evaluate("window.same = true")
    await button(page, name).click()
    await expect(page.get_by_role("region", name="Cookie consent")).to_be_hidden()
    await expect(button(page, "Consent Preferences")).to_be_focused()
    await expect(page.get_by_role("status")).to_contain_text("saved")
    assert len(await page.evaluate(f"{STATE}.granted")) == granted
    assert await page.evaluate("window.same")
    await page.reload()
    await expect(page.get_by_role("region", name="Cookie consent")).to_be_hidden()
    assert len(await page.evaluate(f"{STATE}.choice.categories")) == granted


async def test_the_dialog_saves_what_is_ticked(page: Page, shop: Shop) -> None:
    await button(page, "Customize").click()
    dialog = page.get_by_role("dialog", name="Customize Consent Preferences")
    await expect(page.get_by_role("heading", name="Customize Consent Preferences")).to_be_focused()
    assert await dialog.get_by_role("switch").count() == 4
    assert not await dialog.get_by_role("switch", checked=True).count()
    await dialog.get_by_role("switch", name="Analytics", exact=True).check()
    await dialog.get_by_role("switch", name="Functional", exact=True).press("Enter")
    await button(page, "Save My Preferences").click()
    await expect(dialog).to_have_count(0)
    await expect(button(page, "Consent Preferences")).to_be_focused()
    assert await page.evaluate(f"{STATE}.granted") == ["necessary", "functional", "analytics"]
    await button(page, "Consent Preferences").click()
    await expect(dialog.get_by_role("switch", name="Analytics", exact=True)).to_be_checked()
    async with page.expect_navigation():
        await button(page, "Withdraw consent").click()
    await expect(dialog).to_have_count(0)
    assert await page.evaluate(f"{STATE}.granted") == ["necessary"]
    assert shop.recorded() == ["save", "withdraw"]


@pytest.mark.parametrize("way", ["Escape", "Close", "backdrop"])
async def test_closing_the_dialog_chooses_nothing_and_gives_the_focus_back(
    page: Page, shop: Shop, way: str
) -> None:
    requests = asked(page)
    await button(page, "Customize").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("switch", name="Advertisement").check()
    if way == "Escape":
        await page.keyboard.press("Escape")
    elif way == "Close":
        await button(page, "Close").click()
    else:
        await page.mouse.click(5, 5)
    await expect(dialog).to_have_count(0)
    await expect(button(page, "Customize")).to_be_focused()
    assert await page.evaluate(f"{STATE}.choice") is None
    assert requests == ["/preferences"]
    assert shop.recorded() == []
    await button(page, "Customize").click()
    await expect(dialog.get_by_role("switch", name="Advertisement")).not_to_be_checked()


async def test_show_more_reveals_the_rest_in_place(page: Page) -> None:
    await button(page, "Customize").click()
    rest = page.locator("#assent-rest")
    await expect(rest).to_be_hidden()
    await button(page, "Show more").click()
    await expect(rest).to_be_visible()
    await expect(button(page, "Show less")).to_have_attribute("aria-expanded", "true")
    await button(page, "Show less").click()
    await expect(rest).to_be_hidden()


async def test_a_double_click_on_customize_accepts_nothing_that_appears_under_it(
    page: Page, shop: Shop
) -> None:
    requests = asked(page)
    await button(page, "Customize").click()
    # Where the dialog's buttons come to lie differs by layout and window.
    await page.locator("dialog[open]").get_by_role("button", name="Accept All").hover()
    await page.mouse.down(click_count=2)
    await page.mouse.up(click_count=2)
    await page.wait_for_load_state("networkidle")
    await expect(page.get_by_role("dialog")).to_be_visible()
    assert requests == ["/preferences"]
    await page.mouse.down()
    await page.mouse.up()
    await expect(page.get_by_role("dialog")).to_have_count(0)
    assert shop.recorded() == ["accept_all"]


async def test_a_choice_that_could_not_be_recorded_is_said_beside_the_buttons(page: Page, shop: Shop) -> None:
    with shop.stuck_ledger():
        await button(page, "Accept All").click()
        await expect(page.get_by_role("alert")).to_contain_text("could not be recorded")
    await expect(page.get_by_role("region", name="Cookie consent")).to_be_visible()
    assert await page.evaluate(f"{STATE}.choice") is None
    await button(page, "Accept All").click()
    await expect(button(page, "Consent Preferences")).to_be_visible()
    await expect(page.get_by_role("alert")).to_have_count(0)


async def test_without_a_network_the_words_say_so_and_ticks_are_kept(page: Page) -> None:
    await button(page, "Customize").click()
    await page.get_by_role("switch", name="Analytics").check()
    await page.context.set_offline(True)
    await button(page, "Save My Preferences").click()
    await expect(page.get_by_role("alert")).to_contain_text("could not be sent")
    await expect(page.get_by_role("switch", name="Analytics")).to_be_checked()


async def test_without_scripts_every_choice_can_be_made(context: Contexts, shop: Shop) -> None:
    page = await (await context(java_script_enabled=False)).new_page()
    await page.goto(shop.origin + "/other")
    await button(page, "Customize").click()
    await page.get_by_role("switch", name="Performance").check()
    await button(page, "Show more").click()
    await expect(page.locator("#assent-rest")).to_be_visible()
    await expect(page.get_by_role("switch", name="Performance")).to_be_checked()
    await button(page, "Show less").click()
    await expect(page.locator("#assent-rest")).to_be_hidden()
    await button(page, "Save My Preferences").click()
    assert page.url == shop.origin + "/other"
    await button(page, "Consent Preferences").click()
    await expect(page.get_by_role("switch", name="Performance")).to_be_checked()
    await page.get_by_role("link", name="Close").click()
    assert page.url == shop.origin + "/other"


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_banner_dialog_and_page_have_no_accessibility_violation(
    context: Contexts, shop: Shop, scheme: str
) -> None:
    # The site's own colours have to pass as well, as axe judges the page as a whole.
    shop.head = "<style>:root { color-scheme: light dark } a { color: inherit }</style>"
    page = await (await context(color_scheme=scheme, reduced_motion="reduce")).new_page()
    await page.goto(shop.origin)
    assert await violations(page) == []
    await button(page, "Customize").click()
    await page.get_by_role("switch", name="Analytics").check()
    assert await violations(page) == []
    await button(page, "Save My Preferences").click()
    await expect(page.get_by_role("dialog")).to_have_count(0)
    assert await violations(page) == []
    await page.goto(shop.origin + f"{PREFIX}/preferences")
    assert await violations(page) == []


async def test_reject_and_accept_look_the_same_whatever_the_site_does_to_buttons(
    context: Contexts, shop: Shop
) -> None:
    shop.head = HOSTILE
    page = await (await context()).new_page()
    await page.goto(shop.origin)
    looks = [
        await button(page, name).evaluate(
            """element => {
                const s = getComputedStyle(element);
                return [s.color, s.backgroundColor, s.fontSize, s.fontWeight, s.padding, s.border,
                        s.textTransform, s.letterSpacing, element.offsetHeight];
            }"""
        )
        for name in ("Reject All", "Accept All")
    ]
    assert looks[0] == looks[1]
    assert looks[0][0] != "rgb(255, 0, 0)"
    assert looks[0][2] == "15px"
    assert looks[0][6:8] == ["none", "normal"]
    await expect(button(page, "Consent Preferences")).to_be_hidden()


async def test_at_320_pixels_nothing_needs_scrolling_sideways_and_every_target_is_large(
    context: Contexts, shop: Shop
) -> None:
    page = await (await context(viewport={"width": 320, "height": 256})).new_page()
    await page.goto(shop.origin)
    box = await page.get_by_role("region", name="Cookie consent").bounding_box()
    assert box is not None
    assert box["height"] <= 128
    await button(page, "Customize").click()
    await page.get_by_role("switch", name="Advertisement").check()
    sizes = await page.evaluate(
        """() => [...document.querySelectorAll("#assent button, #assent [role=switch], #assent summary")]
            .filter((element) => element.checkVisibility())
            .map((element) => element.getBoundingClientRect())
            .map((box) => Math.min(box.width, box.height))"""
    )
    assert len(sizes) > 10
    assert min(sizes) >= 24
    widths = "[document.documentElement, ...document.querySelectorAll('#assent *')]"
    assert (
        await page.evaluate(
            f"{widths}.filter(e => !e.matches('.assent-unseen, .assent-close, thead *') && e.clientWidth"
            " && e.scrollWidth > e.clientWidth + 1).map(e => e.className || e.tagName)"
        )
        == []
    )


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (320, 640), (320, 256)])
async def test_the_last_link_of_a_page_can_be_focused_in_sight_of_the_banner(
    page: Page, width: int, height: int
) -> None:
    await page.set_viewport_size({"width": width, "height": height})
    await page.locator("#last").focus()
    await page.wait_for_function(
        """() => document.querySelector("#last").getBoundingClientRect().bottom
            <= document.querySelector(".assent-ask").getBoundingClientRect().top"""
    )


async def test_a_banner_that_arrives_in_pieces_shifts_nothing(context: Contexts, shop: Shop) -> None:
    shop.slow = True
    shop.head = (
        "<script>window.shift = 0; new PerformanceObserver((list) => { for (const entry of list.getEntries())"
        " shift += entry.value }).observe({ type: 'layout-shift', buffered: true })</script>"
    )
    page = await (await context()).new_page()
    await page.goto(shop.origin)
    await expect(page.get_by_role("region", name="Cookie consent")).to_be_visible()
    await page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert await page.evaluate("window.shift") == 0


@asynccontextmanager
async def nearly_over(context: Contexts, folder: Path, seconds: int) -> AsyncIterator[tuple[Page, str]]:
    """Yield a page of a visitor whose consent to everything ends in so many seconds, and where to go."""
    shop = Shop(folder, secret_keys=[KEY], consent={"policy_version": "1"})
    book = ChoiceCookie([KEY], policy_version="1", lifetime=180 * 86_400)
    with running(shop.app()) as origin:
        visitor = await context()
        made = book.choice(ID, ALL, int(time.time()) - book.lifetime + seconds)
        await visitor.add_cookies([{"name": "assent", "value": book.dump(made), "url": origin}])
        yield await visitor.new_page(), origin


async def test_a_tab_that_stays_open_follows_the_end_of_the_consent(
    context: Contexts, tmp_path: Path
) -> None:
    async with nearly_over(context, tmp_path, 5) as (page, origin):
        await page.goto(origin)
        assert len(await page.evaluate(f"{STATE}.granted")) == 5
        await page.wait_for_function(f"{STATE}.granted.length === 1", timeout=20_000)
        await expect(page.get_by_role("region", name="Cookie consent")).to_be_visible()


async def test_the_end_of_the_consent_is_asked_about_again_when_no_answer_came(
    context: Contexts, tmp_path: Path
) -> None:
    async with nearly_over(context, tmp_path, 3600) as (page, origin):
        await page.clock.install()
        await page.route(f"**{PREFIX}/state", lambda route: route.abort())
        await page.goto(origin)
        await page.get_by_role("button", name="Consent Preferences").click()
        await expect(page.get_by_role("dialog")).to_be_visible()
        for _ in range(2):
            async with page.expect_event("requestfailed"):
                await page.clock.fast_forward(3_700_000)
            # The page hears of it before it hears of what it asks for later.
            await page.evaluate("fetch('/other').then((answer) => answer.text())")
