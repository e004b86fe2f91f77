"""Banner, dialog and page in every layout, scheme, direction and width, with scripts and without.

With ``ASSENT_SCREENSHOTS`` the pictures are kept in that folder, to be looked at.
"""

import os
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, ViewportSize, expect

from assent.config import LANGUAGES
from assent.demo.run import running
from tests.browser.conftest import Contexts
from tests.browser.shop import PREFIX, Shop

pytestmark = pytest.mark.anyio

KEPT = os.environ.get("ASSENT_SCREENSHOTS")
SIZES = {320: 640, 768: 1024, 1280: 800}
LAYOUTS = {"bar": "centre", "box": "side", "centre": "centre"}
"""Each layout of the banner with one of the dialog; bar and centre differ in the banner alone."""

SITE = """<style>:root { color-scheme: light dark } body { font-family: Georgia, serif; margin: 2em auto;
max-width: 44em; padding: 0 1em } a { color: inherit }</style><script>window.shift = 0;
new PerformanceObserver((list) => { for (const entry of list.getEntries())
  shift += entry.hadRecentInput ? 0 : entry.value;
}).observe({ type: "layout-shift", buffered: true })</script>"""

PAIR = """() => ["reject_all", "accept_all"].map((value) => {
  const shown = document.querySelector("dialog[open]") ?? document.querySelector("#assent");
  const button = [...shown.querySelectorAll(`[value=${value}]`)].find((each) => each.checkVisibility());
  const { width, height, x, y } = button.getBoundingClientRect();
  const style = getComputedStyle(button);
  return {
    size: [width, height].map(Math.round),
    look: ["color", "backgroundColor", "font", "border", "padding", "boxShadow", "opacity"]
      .map((name) => style[name]),
    seen: document.elementFromPoint(x + width / 2, y + height - 2) === button,
    cut: button.scrollWidth > button.clientWidth + 1,
  };
})"""
SIDEWAYS = """() => [document.documentElement, ...document.querySelectorAll("#assent *")].filter((each) =>
  !each.matches(".assent-unseen, .assent-close, thead *") && each.clientWidth
  && each.scrollWidth > each.clientWidth + 1).map((each) => each.className || each.tagName)"""
BURIED = """(where) => [...document.querySelectorAll(`${where} .assent-actions > *`)].filter((each) => {
  const { x, y, width, height } = each.getBoundingClientRect();
  return document.elementFromPoint(x + width / 2, y + height / 2) !== each;
}).map((each) => each.className)"""

QUICK = [("bar", "ltr"), ("box", "rtl")]
REST = [each for each in product(LAYOUTS, ["ltr", "rtl"]) if each not in QUICK]


@pytest.fixture(
    params=[*QUICK, *(pytest.param(each, marks=pytest.mark.long) for each in REST)],
    ids=lambda each: "-".join(each),
)
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Shop]:
    layout, direction = request.param
    shop = Shop(tmp_path, theme={"layout": layout, "dialog": LAYOUTS[layout]}, direction=direction)
    shop.head = SITE
    with running(shop.app()) as shop.origin:
        yield shop


async def judged(page: Page, *names: object, scripts: bool = True) -> None:
    """Keep a picture, and see that nothing is cut off, one-sided or inaccessible."""
    if KEPT:
        await page.screenshot(path=Path(KEPT, f"{'-'.join(map(str, names))}.png"))
    assert await page.evaluate(SIDEWAYS) == []
    reject, accept = await page.evaluate(PAIR)
    assert reject == accept
    if names[-1] != "page":
        assert reject["seen"]
    assert not reject["cut"]
    if scripts:
        found: Any = await Axe().run(page)
        assert [
            f"{each['id']}: {[node['target'] for node in each['nodes']]}"
            for each in found.response["violations"]
        ] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_banner_dialog_and_page_look_as_they_should(context: Contexts, shop: Shop, scheme: str) -> None:
    page = await (await context(color_scheme=scheme, reduced_motion="reduce")).new_page()
    for width, height in SIZES.items():
        names = (shop.layout, shop.direction, scheme, width)
        await page.set_viewport_size(ViewportSize(width=width, height=height))
        await page.goto(shop.origin)
        await judged(page, *names, "banner")
        await page.get_by_role("button", name="Customize").click()
        await expect(page.get_by_role("dialog")).to_be_visible()
        await page.get_by_role("switch", name="Analytics").check()
        await page.mouse.move(0, 0)
        await judged(page, *names, "dialog")
        assert await page.evaluate("window.shift") == 0
        await page.goto(shop.origin + f"{PREFIX}/preferences")
        await judged(page, *names, "page")


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_without_scripts_banner_and_page_look_the_same(
    context: Contexts, shop: Shop, scheme: str
) -> None:
    page = await (await context(color_scheme=scheme, java_script_enabled=False)).new_page()
    for width, height in SIZES.items():
        names = (shop.layout, shop.direction, scheme, width, "no-scripts")
        await page.set_viewport_size(ViewportSize(width=width, height=height))
        await page.goto(shop.origin)
        await judged(page, *names, "banner", scripts=False)
        await page.goto(shop.origin + f"{PREFIX}/preferences")
        await judged(page, *names, "page", scripts=False)


async def test_what_went_wrong_can_be_read_beside_the_buttons(context: Contexts, shop: Shop) -> None:
    page = await (await context(reduced_motion="reduce")).new_page()
    await page.route(f"**{PREFIX}/choice", lambda route: route.abort())
    for width, height in SIZES.items():
        names = (shop.layout, shop.direction, "light", width, "error")
        await page.set_viewport_size(ViewportSize(width=width, height=height))
        await page.goto(shop.origin)
        await page.get_by_role("button", name="Customize").click()
        await page.locator("dialog[open] [value=save]").click()
        await expect(page.locator("dialog .assent-error")).to_be_visible()
        assert await page.evaluate(BURIED, "dialog") == []
        await judged(page, *names, "dialog")
        await page.keyboard.press("Escape")
        await page.locator(".assent-ask [value=reject_all]").click()
        await expect(page.locator(".assent-ask .assent-error")).to_be_visible()
        assert await page.evaluate(BURIED, ".assent-ask") == []
        await page.mouse.move(0, 0)
        await judged(page, *names, "banner")


@pytest.mark.parametrize(
    "language",
    # German is long and Arabic runs the other way; the others take their time.
    [pytest.param(each, marks=[] if each in ("ar", "de") else pytest.mark.long) for each in LANGUAGES],
)
async def test_in_every_language_all_of_it_fits_into_320_pixels(
    context: Contexts, tmp_path: Path, language: str
) -> None:
    shop = Shop(
        tmp_path, site={"name": "Example Shop", "privacy_policy": "/privacy", "languages": [language]}
    )
    shop.head = SITE
    page = await (await context(viewport={"width": 320, "height": 640}, reduced_motion="reduce")).new_page()
    with running(shop.app()) as origin:
        await page.goto(origin)
        await judged(page, "language", language, "banner")
        await page.locator(".assent-ask .assent-open").click()
        await page.locator("dialog[open] [value=analytics]").check()
        await page.mouse.move(0, 0)
        await judged(page, "language", language, "dialog")
        async with page.expect_response(f"**{PREFIX}/choice"):
            await page.locator("dialog[open] [value=save]").click()
        for path in ("cookies", "receipt", "preferences"):
            await page.goto(f"{origin}{PREFIX}/{path}")
            assert await page.locator("html").get_attribute("lang") == language
            assert await page.evaluate(SIDEWAYS) == []
