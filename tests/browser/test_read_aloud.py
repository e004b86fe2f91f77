"""What assistive technology is told of banner and dialog, and in which order (APG dialog pattern)."""

import re

import pytest
from playwright.async_api import Page, expect

from tests.browser.shop import PREFIX, Shop, button

pytestmark = pytest.mark.anyio

BANNER = """
- region "Cookie consent":
  - paragraph: Your choice about cookies
  - paragraph:
    - link "Cookie list"
    - link "Privacy policy"
  - button "Customize"
  - button "Reject All"
  - button "Accept All"
"""
CATEGORY = """
  - heading "{0}" [level=3]
  - switch "{0}" [checked={1}]
  - paragraph: /./
"""
BEFORE = """
- dialog "Customize Consent Preferences":
  - heading "Customize Consent Preferences" [level=2]
  - button "Close"
  - paragraph: /./
  - paragraph:
    - button "Show more"
  - paragraph:
    - link "All cookies and third parties"
    - link "Privacy policy"
  - heading "Necessary" [level=3]
  - text: Always Active
  - paragraph: /Necessary cookies/
  - group:
    - table "Necessary cookies":
      - rowgroup:
        - row:
          - columnheader "Cookie"
          - columnheader "Provider"
          - columnheader "Duration"
          - columnheader "Description"
"""
AFTER = """
- dialog "Customize Consent Preferences":
  - heading "Customize Consent Preferences" [level=2]
  - button "Close"
  - paragraph:
    - text: You chose on
    - time: /UTC/
    - text: /Consent ID/
  - link "Receipt"
  - button "Withdraw consent"
  - paragraph: /Withdrawing deletes/
"""
END = """
  - button "Reject All"
  - button "Save My Preferences"
  - button "Accept All"
"""


def _dialog(begin: str, *, checked: bool) -> str:
    names = ("Functional", "Analytics", "Performance", "Advertisement")
    categories = "".join(CATEGORY.format(name, str(checked).lower()) for name in names)
    return "\n".join(line for line in (begin + categories + END).splitlines() if line)


async def test_r35_banner_and_dialog_tell_names_roles_and_states(page: Page) -> None:
    await expect(page.locator("#assent")).to_match_aria_snapshot(BANNER)
    await button(page, "Customize").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_match_aria_snapshot(_dialog(BEFORE, checked=False))
    await dialog.get_by_role("button", name="Accept All").click()
    await button(page, "Consent Preferences").click()
    await expect(dialog).to_match_aria_snapshot(_dialog(AFTER, checked=True))


async def test_r35_the_page_of_its_own_tells_the_same(page: Page, shop: Shop) -> None:
    await page.goto(f"{shop.origin}{PREFIX}/preferences")
    main = page.get_by_role("main")
    await expect(main.get_by_role("heading", level=1)).to_have_text("Customize Consent Preferences")
    for name in ("Functional", "Analytics", "Performance", "Advertisement"):
        await expect(main.get_by_role("switch", name=name)).not_to_be_checked()
        await expect(main.get_by_role("switch", name=name)).to_have_accessible_description(
            re.compile("cookies")
        )


async def test_r35_the_focus_moves_into_the_dialog_and_back(page: Page) -> None:
    opener = button(page, "Customize")
    await opener.click()
    await expect(page.get_by_role("heading", name="Customize Consent Preferences")).to_be_focused()
    await page.get_by_role("switch", name="Analytics").check()
    await page.keyboard.press("Escape")
    await expect(opener).to_be_focused()
    assert await page.evaluate("assent.state.choice") is None


async def _read_aloud(page: Page) -> list[str]:
    """Return roles and names in the order in which a screen reader comes to them."""
    session = await page.context.new_cdp_session(page)
    nodes = (await session.send("Accessibility.getFullAXTree"))["nodes"]
    known = {node["nodeId"]: node for node in nodes}
    heard: list[str] = []
    waiting = [nodes[0]["nodeId"]]
    while waiting:
        node = known[waiting.pop()]
        waiting.extend(reversed(node.get("childIds", [])))
        if not node.get("ignored") and node.get("name", {}).get("value"):
            heard.append(f"{node['role']['value']} {node['name']['value']}")
    return heard


async def test_r35_read_aloud_the_banner_comes_before_the_page(page: Page) -> None:
    await page.wait_for_function("document.querySelector('[aria-owns=assent]')")
    heard = await _read_aloud(page)
    assert heard.index("region Cookie consent") < heard.index("button Reject All")
    assert heard.index("button Accept All") < heard.index("heading Fine teas")
    await page.evaluate("document.body.replaceWith(document.body.cloneNode(true))")
    heard = await _read_aloud(page)
    assert heard.count("region Cookie consent") == 1
    assert heard.index("button Accept All") < heard.index("heading Fine teas")
    await button(page, "Reject All").click()
    await expect(button(page, "Consent Preferences")).to_be_visible()
    heard = await _read_aloud(page)
    assert heard.index("button Consent Preferences") < heard.index("heading Fine teas")
