"""Presses what Assent's own layers offer, as a hand would, and looks at what is then granted."""

import asyncio
from collections.abc import AsyncIterator
from typing import NamedTuple

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page

from assent.scan.even import ROLES, uneven
from assent.scan.eye import Eye
from assent.scan.layers import Shipped
from assent.scan.stage import Look, Stage

BANNER, DIALOG, OWN_PAGE, AGAIN = (
    "#assent .assent-ask",
    "#assent dialog[open]",
    "#assent.assent-page",
    "#assent .assent-again",
)
PLACES = {BANNER: "banner", DIALOG: "dialog", OWN_PAGE: "page of preferences"}
FIRST = ("reject_all", "accept_all")
SECOND = (*FIRST, "save")
CLICK_MS = 5000
ANSWER_SECONDS = 6.0
LOOK_SECONDS = 0.1


class Press(NamedTuple):
    """One action in one layer."""

    layer: str
    action: str


PRESSES = (
    *(Press(BANNER, one) for one in FIRST),
    *(Press(at, one) for at in (DIALOG, OWN_PAGE) for one in SECOND),
)


async def pressed(stage: Stage, look: Look, shipped: Shipped, press: Press) -> list[str]:
    """Return what is wrong with one action, and with what follows it."""
    address = f"{stage.base}/preferences?return_to=/{look[0]}&language={look[0]}"
    async with stage.page(look, address if press.layer == OWN_PAGE else None) as page:
        told = f"{ROLES[press.action][0]} in the {PLACES[press.layer]}"
        try:
            if press.layer == DIALOG:
                await opened(page, BANNER)
            await _click(page, f'{press.layer} [name="action"][value="{press.action}"]')
        except PlaywrightError:
            return [f"{told} cannot be pressed"]
        granted = {"necessary", *(shipped.categories if press.action == "accept_all" else ())}
        if problem := await _granted(stage, page, granted):
            return [f"{told} {problem}"]
        if press.layer == BANNER:
            return [one async for one in _again(stage, page, look, shipped)]
        return []


async def opened(page: Page, layer: str) -> None:
    """Open the dialog by what leads to it; raises Error of Playwright where nothing does."""
    await _click(page, f"{layer} .assent-open")
    await page.locator(DIALOG).wait_for(timeout=CLICK_MS)


async def _click(page: Page, selector: str) -> None:
    await page.locator(selector).first.click(timeout=CLICK_MS)


async def _granted(stage: Stage, page: Page, wanted: set[str]) -> str:
    """Return what is wrong with the choice that follows a press, or ""; an answer takes a while."""
    found: set[str] | None = None
    for _ in range(int(ANSWER_SECONDS / LOOK_SECONDS)):
        state = await stage.state(page)
        found = set(state["granted"]) if state["choice"] else None
        if found == wanted:
            return ""
        await asyncio.sleep(LOOK_SECONDS)
    return "makes no choice" if found is None else f"grants {', '.join(sorted(found))}"


async def _again(stage: Stage, page: Page, look: Look, shipped: Shipped) -> AsyncIterator[str]:
    """Go the way back to the choice, and withdraw."""
    try:
        await page.locator(AGAIN).wait_for(timeout=CLICK_MS)
        await page.wait_for_load_state("load")
        eye = await Eye.on(page)
        if layer := await eye.layer(AGAIN, pixels=True):
            for one in uneven(layer, (), shipped, look[0]):
                yield f"in what leads back to the choice: {one}"
        await opened(page, AGAIN)
    except PlaywrightError:
        yield "after a choice, nothing leads back to it"
        return
    if layer := await eye.layer(DIALOG):
        for one in uneven(layer, (*SECOND, "withdraw"), shipped, look[0]):
            yield f"in the dialog after a choice: {one}"
    try:
        await _click(page, f'{DIALOG} [name="action"][value="withdraw"]')
    except PlaywrightError:
        yield "Withdraw in the dialog cannot be pressed"
        return
    if problem := await _granted(stage, page, {"necessary"}):
        yield f"Withdraw in the dialog {problem}"
