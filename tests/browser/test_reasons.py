"""A first run before a site that Assent does not know explains itself, in Chromium on this machine."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, expect
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from assent import ConsentMiddleware, Settings
from assent.demo.run import running
from tests.browser.conftest import Contexts

pytestmark = pytest.mark.anyio

TAB = ".assent-reasons > summary"
PANEL = ".assent-panel"
STRICT = (
    "default-src 'self'; script-src 'nonce-abc'; style-src 'nonce-abc'; require-trusted-types-for 'script'"
)


@dataclass
class Site:
    """A page that loads a tag from elsewhere; it sets one cookie by header and one by script."""

    origin: str = ""
    elsewhere: str = ""
    policy: str = ""

    async def page(self, request: Request) -> Response:
        answer = HTMLResponse(
            f"""<!DOCTYPE html><html lang="en"><head><title>Teas</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style nonce="abc">:root {{ color-scheme: light dark }} a {{ color: inherit }}</style>
<script nonce="abc" src="{self.elsewhere}/tag.js"></script></head>
<body><main><h1>Teas</h1><p>{"Words. " * 200}</p></main>
<script nonce="abc">document.cookie = "by_script=secret; Path=/";</script></body></html>""",
            headers={"content-security-policy": self.policy} if self.policy else {},
        )
        answer.set_cookie("by_header", "secret")
        return answer


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    site = Site()
    app = ConsentMiddleware(
        Starlette(routes=[Route("/", site.page)]), settings=Settings.model_validate({"data_dir": tmp_path})
    )
    with running(Starlette(), name="localhost") as site.elsewhere, running(app) as site.origin:
        yield site


async def opened(page: Page) -> Any:
    """Open the panel and return its text."""
    await page.locator(TAB).click()
    await expect(page.locator(PANEL)).to_be_visible()
    return await page.locator(PANEL).inner_text()


@pytest.mark.parametrize("policy", ["", STRICT], ids=["no policy of its own", "a strict one"])
async def test_the_first_page_lists_what_was_blocked_by_field_guard_and_policy(
    context: Contexts, site: Site, policy: str
) -> None:
    site.policy = policy
    page = await (await context()).new_page()
    await page.goto(site.origin)
    await expect(page.locator(TAB)).to_have_text("What Assent blocked (3)")

    text = await opened(page)

    assert 'name = "by_header"' in text
    assert "set-cookie on /, once" in text
    assert 'name = "by_script"' in text
    assert "guard on /, once" in text
    assert f'host = "{site.elsewhere.partition("//")[2]}"' in text
    assert "policy (script-src-elem) on /, once" in text
    assert "secret" not in text


async def test_without_scripts_the_list_is_there_as_well(context: Contexts, site: Site) -> None:
    page = await (await context(java_script_enabled=False)).new_page()
    await page.goto(site.origin)
    await page.goto(site.origin)

    assert 'name = "by_header"' in await opened(page)
    await page.get_by_role("link", name="The whole list as a page").click()
    await expect(page.get_by_role("heading", name="What Assent blocked")).to_be_visible()
    await page.get_by_role("link", name="Back").click()
    assert page.url == site.origin + "/"


@pytest.mark.parametrize("direction", ["ltr", "rtl"])
@pytest.mark.parametrize(("width", "height"), [(1100, 760), (320, 640)])
async def test_neither_tab_nor_panel_covers_the_banner_or_widens_the_page(
    context: Contexts, site: Site, width: int, height: int, direction: str
) -> None:
    page = await (await context(viewport={"width": width, "height": height})).new_page()
    await page.goto(site.origin)
    await page.evaluate(f"document.querySelector('#assent').dir = '{direction}'")

    for _ in ("closed", "opened"):
        banner = await page.get_by_role("region", name="Cookie consent").bounding_box()
        shown = await page.locator(".assent-reasons").bounding_box()
        assert banner
        assert shown
        assert shown["y"] + shown["height"] <= banner["y"]
        assert shown["x"] >= 0
        assert shown["x"] + shown["width"] <= width
        assert await page.evaluate("document.documentElement.scrollWidth") <= width
        await page.locator(TAB).click()


async def test_a_keyboard_opens_and_closes_it(context: Contexts, site: Site) -> None:
    page = await (await context()).new_page()
    await page.goto(site.origin)
    await page.locator(TAB).focus()

    await page.keyboard.press("Enter")
    await expect(page.locator(PANEL)).to_be_visible()
    await expect(page.locator(TAB)).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.locator(PANEL)).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_panel_and_page_have_no_accessibility_violation(
    context: Contexts, site: Site, scheme: str
) -> None:
    page = await (await context(color_scheme=scheme, reduced_motion="reduce")).new_page()
    await page.goto(site.origin)
    await opened(page)
    for path in ("", "/_assent/reasons"):
        if path:
            await page.goto(site.origin + path)
        found = await Axe().run(page)
        assert [
            (each["id"], [node["target"] for node in each["nodes"]]) for each in found.response["violations"]
        ] == []
