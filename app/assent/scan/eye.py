"""Looks at Assent's own layers in a page: what they hold, how they are drawn, and which pixels come of it."""

import base64
from pathlib import Path
from typing import Any

from playwright.async_api import JSHandle, Page

from assent.core.contrast import ratio
from assent.scan.layers import Difference, Layer, Pair, Shipped, Surface, moves, read

LAYER = (Path(__file__).parent / "layer.js").read_text("utf-8")
BOTH = ("accept_all", "reject_all")
MARGIN = 6
"""CSS pixels around a button in which its focus may be seen."""

FEW = 2
"""Pixels of a colour from which on it is no accident."""


class Eye:
    """Looks at one page; of another that the browser goes to, a new one has to."""

    def __init__(self, page: Page, eye: JSHandle) -> None:
        self._page = page
        self._eye = eye

    @classmethod
    async def on(cls, page: Page) -> "Eye":
        """Return one that looks at what the page is now."""
        return cls(page, await page.evaluate_handle(LAYER))

    async def rest(self) -> None:
        """Point at nothing, and let what moves arrive."""
        await self._page.mouse.move(1, 1)
        await self._ask("settle")

    async def layer(self, selector: str, *, scroll: bool = False, pixels: bool = False) -> Layer | None:
        """Return the facts of a layer, or None where it is not to be seen."""
        await self._page.mouse.move(1, 1)
        facts = await self._ask("layer", selector, scroll)
        if facts is None:
            return None
        if not pixels:
            return read(facts, [None] * len(facts["words"]), 0)
        rects = [one["rect"] for one in facts["words"]]
        window = self._page.viewport_size or {"width": 0, "height": 0}
        whole = {"left": 0, "top": 0, "right": window["width"], "bottom": window["height"]}
        found = await self._ask("read", await self._picture(), [whole, *(one or whole for one in rects)])
        contrasts = [_surface(one).contrast if at else None for at, one in zip(rects, found[1:], strict=True)]
        return read(facts, contrasts, 1 - found[0]["white"] / found[0]["pixels"])

    async def pair(self, selector: str, *, scroll: bool = False, pixels: bool = False) -> Pair | None:
        """Return how Accept and Reject are drawn, at rest, pointed at and focused; None without both."""
        await self._page.mouse.move(1, 1)
        if scroll:
            await self._ask("bring", selector, BOTH[0])
        rest = [await self._ask("keep", f"rest {each}", selector, each) for each in BOTH]
        if None in rest:
            return None
        told, surfaces = [*rest], None
        rects = [one["rect"] for one in rest]
        covered = [(each, "at rest") for each, one in zip(BOTH, rest, strict=True) if not one["hit"]]
        before = await self._picture() if pixels else ""
        if pixels:
            accept, reject = await self._ask("read", before, rects)
            surfaces = _surface(accept), _surface(reject)
        for each, rect in zip(BOTH, rects, strict=True):
            await self._page.mouse.move(
                (rect["left"] + rect["right"]) / 2, (rect["top"] + rect["bottom"]) / 2
            )
            told.append(one := await self._ask("keep", f"hover {each}", selector, each))
            covered += [] if one["hit"] else [(each, "pointed at")]
        await self._page.mouse.move(1, 1)
        # What a script focuses after a key shows that it is focused.
        await self._page.keyboard.press("Tab")
        rings = []
        for each, rect in zip(BOTH, rects, strict=True):
            await self._ask("focus", selector, each)
            told.append(await self._ask("keep", f"focus {each}", selector, each))
            if pixels:
                changed = await self._ask("changed", before, await self._picture(), rect, MARGIN)
                rings.append(changed / (2 * (rect["right"] - rect["left"] + rect["bottom"] - rect["top"])))
        differences = [
            Difference(state, *one)
            for key, state in (("rest", "at rest"), ("hover", "pointed at"), ("focus", "focused"))
            for one in await self._ask("differ", *(f"{key} {each}" for each in BOTH))
        ]
        return Pair(
            tuple(differences),
            tuple(covered),
            surfaces,
            (rings[0], rings[1]) if pixels else None,
            tuple(move for one in told for move in moves(one["moving"])),
        )

    async def shipped(self, banner: str, dialog: str) -> Shipped:
        """Return what two pages say that no owner's file has changed."""
        return Shipped(**await self._ask("shipped", banner, dialog))

    async def _picture(self) -> str:
        return base64.b64encode(await self._page.screenshot()).decode()

    async def _ask(self, what: str, *about: object) -> Any:
        return await self._eye.evaluate("(eye, [what, about]) => eye[what](...about)", [what, about])


def _surface(read: dict[str, Any]) -> Surface:
    ground, count = read["colours"][0]
    most = max(
        ratio(ground, colour) for colour, pixels in read["colours"] if pixels >= FEW or colour == ground
    )
    return Surface(ground, count / read["pixels"], round(most, 2))
