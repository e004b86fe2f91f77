"""Makes a choice as a visitor would: finds the buttons, presses them, and counts the clicks."""

import asyncio
import contextlib
from pathlib import Path
from typing import Any, NamedTuple

from playwright.async_api import ElementHandle, Frame, Page
from playwright.async_api import Error as PlaywrightError

from assent.scan import buttons
from assent.scan.autoconsent import Autoconsent
from assent.scan.seen import Banner, Choice, Control, Role

LOOK = (Path(__file__).parent / "look.js").read_text("utf-8")
CLICK_MS = 3000
VIEW_SECONDS = 5.0
LOOK_SECONDS = 0.5
"""Between two looks."""


class View(NamedTuple):
    """What one frame shows, and the elements to press."""

    controls: tuple[Control, ...]
    banner: Banner | None
    elements: list[ElementHandle]

    def element(self, control: Control) -> ElementHandle:
        """Return the element of a control."""
        return self.elements[self.controls.index(control)]


class Chooser:
    """Chooses on one page."""

    def __init__(self, page: Page, pause: float, patience: float, rules: Autoconsent | None) -> None:
        self._page = page
        self._pause = pause
        self._times = 1 + int(patience / LOOK_SECONDS)
        self._rules = rules
        self.preferences: Banner | None = None
        """The second layer, once it was opened."""

    async def banner(self, *, patient: bool = False) -> Banner | None:
        """Return what asks for consent now; patiently, where it may be on its way."""
        view = await self._asking(self._times if patient else 1)
        return view.banner if view else None

    async def again(self) -> Control | None:
        """Return the control that opens the choice again."""
        view = await self._outside()
        return buttons.again(view.controls, view.banner) if view else None

    async def choose(self, role: Role) -> Choice:
        """Accept or reject everything, over the second layer where the first has no button for it."""
        view = await self._asking(self._times)
        if self._rules and not (view and view.banner and view.banner.found_by == "Assent"):
            done = await self._rules.choose(self._page, role)
            if done is not None:
                return done
        if view is None or view.banner is None:
            return Choice(made=False)
        return await self._through(view, role, [])

    async def withdraw(self) -> Choice:
        """Open the choice again, and take back what was granted."""
        outside = await self._outside()
        opener = buttons.again(outside.controls, outside.banner) if outside else None
        if outside is None or opener is None:
            return Choice(made=False)
        await self._press(outside.element(opener))
        view = await self._asking(self._times)
        if view is None or view.banner is None:
            return Choice(made=False, clicks=(opener.name,), opened=1)
        self.preferences = self.preferences or view.banner
        choice = await self._through(view, "withdraw", [opener.name])
        return Choice(choice.made, choice.clicks, 1, choice.by)

    async def open_preferences(self) -> Banner | None:
        """Open the second layer from the first and return it, or None when there is none."""
        view = await self._asking(1)
        opener = view.banner.first("preferences") if view and view.banner else None
        if view is None or opener is None:
            return None
        await self._press(view.element(opener))
        inside = await self._asking(self._times, toggles=True)
        return inside.banner if inside else None

    async def _through(self, view: View, role: Role, clicks: list[str]) -> Choice:
        """Press what leads to the choice; the first layer, then the second."""
        wanted: tuple[Role, ...] = ("withdraw", "reject") if role == "withdraw" else (role,)
        for _ in range(2):
            shown = view.banner
            if shown is None:
                break
            found = next((control for each in wanted if (control := shown.first(each))), None)
            if found is None and role != "accept" and shown.toggles and (found := shown.first("save")):
                clicks += await self._untick(view, shown)
            if found is not None:
                clicks.append(found.name)
                await self._press(view.element(found))
                return Choice(True, tuple(clicks), by=shown.found_by)
            opener = shown.first("preferences")
            if opener is None:
                break
            clicks.append(opener.name)
            await self._press(view.element(opener))
            inside = await self._asking(self._times, other_than=shown)
            if inside is None or inside.banner is None:
                break
            view = inside
            self.preferences = self.preferences or inside.banner
        return Choice(False, tuple(clicks))

    async def _untick(self, view: View, shown: Banner) -> list[str]:
        pressed = []
        for toggle in shown.toggles:
            if toggle.checked and not toggle.disabled:
                await self._press(view.element(toggle))
                pressed.append(toggle.name)
        return pressed

    async def _press(self, element: ElementHandle) -> None:
        try:
            await element.click(timeout=CLICK_MS)
        except PlaywrightError:
            # Something lies above it, or it is drawn by its label; a keyboard would reach it all the same.
            with contextlib.suppress(PlaywrightError):
                await element.evaluate("element => element.click()")
        with contextlib.suppress(PlaywrightError):
            await self._page.wait_for_load_state("load", timeout=10_000)
        await asyncio.sleep(self._pause)

    async def _asking(
        self, times: int, *, toggles: bool = False, other_than: Banner | None = None
    ) -> View | None:
        """Return the frame that asks for consent, looked for several times."""
        for attempt in range(times):
            if attempt:
                await asyncio.sleep(LOOK_SECONDS)
            found = [view for view in await self._views() if view.banner is not None]
            for view in found:
                shown = view.banner
                if shown and (not toggles or shown.toggles) and not (other_than and shown == other_than):
                    return view
        return None

    async def _outside(self) -> View | None:
        views = await self._views()
        return next((view for view in views if buttons.again(view.controls, view.banner)), None)

    async def _views(self) -> list[View]:
        views = []
        for frame in self._page.frames:
            # A frame may be busy with itself, or gone.
            with contextlib.suppress(PlaywrightError, TimeoutError):
                views.append(await asyncio.wait_for(_view(frame), VIEW_SECONDS))
        return views


async def _view(frame: Frame) -> View:
    seen = await frame.evaluate_handle(LOOK)
    facts: dict[str, Any] = await (await seen.get_property("facts")).json_value()
    controls = buttons.read(facts)
    held = await (await seen.get_property("elements")).get_properties()
    elements = [element for place in range(len(controls)) if (element := held[str(place)].as_element())]
    return View(controls, buttons.banner(facts, controls), elements)
