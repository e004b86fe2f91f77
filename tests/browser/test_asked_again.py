"""The banner that is back for categories that changed: more to say than the first one, on as little room.

It is drawn in every layout, scheme, direction and width, with scripts and without, and in every language.
"""

import re
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from pathlib import Path

import httpx
import pytest
from playwright.async_api import BrowserContext, Page, ViewportSize, expect
from starlette.testclient import TestClient

from assent.config import LANGUAGES
from assent.core.categories import OPTIONAL
from assent.demo.run import running
from tests.browser.conftest import Contexts
from tests.browser.shop import COOKIES, PREFIX, Shop
from tests.browser.test_looks import LAYOUTS, QUICK, REST, SITE, SIZES, judged
from tests.server.processes import until

pytestmark = pytest.mark.anyio

GRANTED = {1: OPTIONAL[-1:], 3: OPTIONAL[1:], 4: OPTIONAL}
"""What was agreed to, by how much of it has changed."""

NEW = {
    "cookies": [
        *COOKIES,
        *({"name": f"fresh_{each}_{number}", "category": each} for each in OPTIONAL for number in range(3)),
    ],
    "hosts": [
        {"host": f"{each}{number}.example", "category": each} for each in OPTIONAL for number in range(2)
    ],
}

WORDS = """() => [...document.querySelectorAll(".assent-ask, .assent-words")].map((each) =>
  each.scrollHeight - each.clientHeight)"""
ENGLISH = re.compile(
    r"\b(your|since|consent|earlier|applies|third part(y|ies)|accept|reject|changed)\b", re.IGNORECASE
)

Agreed = tuple[Path, dict[int, str]]
"""The folder of a site before it changed, and the cookies of visitors who agreed to some of it."""


@pytest.fixture(scope="module")
def agreed(tmp_path_factory: pytest.TempPathFactory) -> Agreed:
    folder = tmp_path_factory.mktemp("before")
    with TestClient(Shop(folder).app(), base_url="http://127.0.0.1") as client:
        # A choice is dated in seconds: what is declared within the same one counts as known.
        time.sleep(1.1)
        fields = {}
        for number, granted in GRANTED.items():
            body = {"action": "save", "categories": list(granted)}
            answer = client.post(f"{PREFIX}/choice", json=body)
            fields[number] = answer.headers["set-cookie"].partition(";")[0]
            client.cookies.clear()
        time.sleep(1.1)
    return folder, fields


def changed(folder: Path, agreed: Agreed, **settings: object) -> Shop:
    """Return the site as it is now, with the keys and the ledger of before."""
    shutil.copytree(agreed[0], folder, dirs_exist_ok=True)
    shop = Shop(folder, **{**NEW, **settings})  # type: ignore[arg-type]
    shop.head = SITE
    return shop


@contextmanager
def running_again(shop: Shop, agreed: Agreed) -> Iterator[Shop]:
    """Run the site, and begin once it has read what was declared before: that it does in the background."""
    with running(shop.app()) as shop.origin:
        field = {"cookie": agreed[1][4]}
        until(lambda: re.search("</p><p>[^<]*12", httpx.get(shop.origin, headers=field).text))
        yield shop


async def comes_back(context: BrowserContext, shop: Shop, agreed: Agreed, number: int) -> None:
    """Give a browser the cookie of one who is asked again for as many categories."""
    name, _, value = agreed[1][number].partition("=")
    await context.add_cookies([{"name": name, "value": value, "url": shop.origin}])


@pytest.fixture(
    params=[*QUICK, *(pytest.param(each, marks=pytest.mark.long) for each in REST)],
    ids=lambda each: "-".join(each),
)
def shop(request: pytest.FixtureRequest, tmp_path: Path, agreed: Agreed) -> Iterator[Shop]:
    layout, direction = request.param
    theme = {"layout": layout, "dialog": LAYOUTS[layout]}
    shop = changed(tmp_path, agreed, theme=theme, direction=direction)
    with running_again(shop, agreed):
        yield shop


async def seen(page: Page, shop: Shop, scheme: str, width: int, *, scripts: bool) -> None:
    height = SIZES[width]
    names = (shop.layout, shop.direction, scheme, width, *([] if scripts else ["no-scripts"]))
    await page.set_viewport_size(ViewportSize(width=width, height=height))
    await page.goto(shop.origin)
    await expect(page.locator(".assent-ask")).to_contain_text("Advertisement: 9 new cookies")
    assert max(await page.evaluate(WORDS)) <= 0
    await judged(page, *names, "again", scripts=scripts)
    await page.get_by_role("button", name="Customize").click()
    await expect(page.get_by_role("heading", name="Customize Consent Preferences")).to_be_visible()
    await expect(page.get_by_role("switch", name="Analytics")).not_to_be_checked()
    await page.mouse.move(0, 0)
    await judged(page, *names, "again", "dialog" if scripts else "page", scripts=scripts)


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_asked_again_banner_and_dialog_look_as_they_should(
    context: Contexts, shop: Shop, agreed: Agreed, scheme: str
) -> None:
    visitor = await context(color_scheme=scheme, reduced_motion="reduce")
    await comes_back(visitor, shop, agreed, 3)
    page = await visitor.new_page()
    for width in SIZES:
        await seen(page, shop, scheme, width, scripts=True)
        assert await page.evaluate("window.shift") == 0


@pytest.mark.long
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_asked_again_without_scripts_it_looks_the_same(
    context: Contexts, shop: Shop, agreed: Agreed, scheme: str
) -> None:
    visitor = await context(color_scheme=scheme, java_script_enabled=False)
    await comes_back(visitor, shop, agreed, 3)
    page = await visitor.new_page()
    for width in SIZES:
        await seen(page, shop, scheme, width, scripts=False)


@pytest.mark.long
@pytest.mark.parametrize(
    ("language", "layout"),
    # The words have the same room in each layout; these two languages, one of each direction, see to that.
    [*product(LANGUAGES, ["bar"]), *product(["de", "ar"], ["box", "centre"])],
)
async def test_asked_again_in_every_language_no_word_needs_scrolling_in_320_pixels(
    context: Contexts, tmp_path: Path, agreed: Agreed, language: str, layout: str
) -> None:
    site = {"name": "Example Shop", "privacy_policy": "/privacy", "languages": [language]}
    shop = changed(tmp_path, agreed, site=site, theme={"layout": layout})
    with running_again(shop, agreed):
        for number in GRANTED:
            visitor = await context(viewport={"width": 320, "height": 640}, reduced_motion="reduce")
            await comes_back(visitor, shop, agreed, number)
            page = await visitor.new_page()
            await page.goto(shop.origin)
            banner = page.locator(".assent-ask")
            await expect(banner).to_contain_text(str(3 * number))
            assert max(await page.evaluate(WORDS)) <= 0
            if language != "en":
                assert not ENGLISH.findall(await banner.inner_text())
            await judged(page, "language", language, layout, "again", number)
        await page.locator(".assent-ask .assent-open").click()
        await expect(page.locator("dialog[open]")).to_be_visible()
        await page.mouse.move(0, 0)
        await judged(page, "language", language, layout, "again", "dialog")
