"""Plays a visitor through a site: before a choice, refusing, agreeing, withdrawing, signalling an opt-out."""

import contextlib
import time
from asyncio import sleep
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urljoin

from playwright.async_api import Browser, Page, ViewportSize
from playwright.async_api import Error as PlaywrightError

from assent.errors import ConfigError
from assent.scan.choose import Chooser
from assent.scan.crawl import NOWHERE, Frontier, Outside
from assent.scan.plan import Plan
from assent.scan.profile import WIDE, Profiles, client
from assent.scan.seen import Banner, Choice, Observed, Site, Step
from assent.scan.visit import Visit

NARROW: ViewportSize = {"width": 320, "height": 640}


class Play:
    """The steps, each of which leaves what was observed."""

    def __init__(self, plan: Plan, browser: Browser, visited: Callable[[int], None]) -> None:
        self._plan = plan
        self._profiles = Profiles(plan, browser)
        self._visited = visited
        self._count = 0
        self._front = Frontier(plan.url, plan.pages, lambda _: True)
        self._steps: list[Observed] = []
        self._policy = ""

    async def scan(self) -> Site:
        """Visit before a choice, after a refusal, and after agreeing to everything."""
        async with client(self._plan) as asking:
            outside = Outside(self._plan.url, asking)
            await self._refusing(outside)
            await self._agreeing(withdraw=False)
            return await self._site(outside)

    async def audit(self) -> Site:
        """Visit as an auditor does: also withdrawing, and with an opt-out signal."""
        async with client(self._plan) as asking:
            outside = Outside(self._plan.url, asking)
            await self._refusing(outside)
            await self._agreeing(withdraw=True)
            await self._signalling()
            return await self._site(outside)

    async def _site(self, outside: Outside) -> Site:
        declared = await outside.json(f"{self._plan.base}/cookies.json")
        signal = await outside.json("/.well-known/gpc.json")
        return Site(
            url=self._plan.url,
            browser=self._profiles.browser,
            steps=tuple(self._steps),
            declared=_declared(declared),
            policy_text=self._policy,
            gpc_file=isinstance(signal, dict) and signal.get("gpc") is True,
        )

    async def _refusing(self, outside: Outside) -> None:
        async with self._profiles.visit("before") as visit:
            plan, robots = self._plan, await outside.robots()
            free = plan.own or plan.near
            self._front = Frontier(plan.url, plan.pages, lambda url: free or robots.can_fetch("*", url))
            chooser = self._chooser(visit)
            await self._first(visit)
            banner = await chooser.banner(patient=True)
            narrow = await _fits_narrow(visit.page, chooser)
            self._front.add(await _links(visit.page))
            self._front.add(await outside.sitemap(robots))
            await self._rest(visit, discover=True)
            before = visit.observed()
            preferences = await self._second_layer(visit, chooser)
            asked, inside = _told(visit, banner), _told(visit, preferences)
            self._steps.append(replace(before, banner=asked, preferences=inside, narrow=narrow))
            if banner is None:
                self._unasked("reject")
                return
            self._policy = await outside.texts(control.href for control in banner.controls if control.href)
            await visit.go(plan.url)
            await self._choosing(visit, "reject")

    async def _agreeing(self, *, withdraw: bool) -> None:
        if self._steps[0].banner is None:
            self._unasked("accept", *(("withdraw",) if withdraw else ()))
            return
        async with self._profiles.visit("accept") as visit:
            await self._first(visit)
            await self._choosing(visit, "accept")
            if withdraw:
                await visit.go(self._plan.url)
                await self._choosing(visit, "withdraw")

    async def _signalling(self) -> None:
        async with self._profiles.visit("gpc") as visit:
            await self._first(visit)
            banner = await self._chooser(visit).banner(patient=True)
            await self._rest(visit)
            self._steps.append(replace(visit.observed(), banner=_told(visit, banner)))

    async def _choosing(self, visit: Visit, step: Step) -> None:
        """Make a choice where the visitor is, reload, and visit the other pages."""
        chooser = self._chooser(visit)
        if step == "reject":
            visit.begin(step)
        choice = await (chooser.withdraw() if step == "withdraw" else chooser.choose(_ROLES[step]))
        await visit.look()
        if step == "withdraw":
            # The request that withdraws carries what is withdrawn; from then on nothing may.
            visit.begin(step)
        await self._shot(visit, f"{step}-chosen")
        banner = again = None
        if choice.made:
            await self._first(visit)
            if step == "reject":
                # Some ask again a moment after the page is there.
                await sleep(self._plan.patience / 2)
            banner = await chooser.banner()
            again = await chooser.again()
            await self._rest(visit)
        self._steps.append(
            replace(
                self._left(visit),
                choice=choice,
                banner=_told(visit, banner),
                again=again,
                preferences=_told(visit, chooser.preferences),
            )
        )

    def _unasked(self, *steps: Step) -> None:
        """Note that nothing asked, so that nothing could be chosen."""
        self._steps += [Observed(step, time.time(), choice=Choice(made=False)) for step in steps]

    def _left(self, visit: Visit) -> Observed:
        """Return what was observed; after a withdrawal without what it took away."""
        observed, (cookies, keys) = visit.observed(), visit.held()
        if observed.step != "withdraw":
            return observed
        return replace(
            observed,
            cookies=tuple(
                cookie
                for cookie in observed.cookies
                if cookie.new or (cookie.name, cookie.domain, cookie.path) in cookies
            ),
            storage=tuple(
                one for one in observed.storage if one.new or (one.kind, one.key, one.origin) in keys
            ),
        )

    async def _first(self, visit: Visit) -> None:
        if not await visit.go(self._plan.url):
            raise ConfigError(f"{self._plan.url} does not answer")
        self._visited(self._advance())
        await self._shot(visit, visit.observed().step)

    async def _rest(self, visit: Visit, *, discover: bool = False) -> None:
        place = 1
        while place < len(self._front):
            await self._to(visit, self._front[place])
            if discover:
                self._front.add(await _links(visit.page))
            place += 1
        await self._to(visit, urljoin(self._plan.url, NOWHERE))
        await self._shot(visit, f"{visit.observed().step}-end")

    async def _to(self, visit: Visit, url: str) -> None:
        if not self._plan.near:
            await sleep(self._plan.delay)
        await visit.go(url)
        self._visited(self._advance())

    def _advance(self) -> int:
        self._count += 1
        return self._count

    def _chooser(self, visit: Visit) -> Chooser:
        return Chooser(visit.page, self._plan.settle / 2, self._plan.patience, self._plan.autoconsent)

    async def _second_layer(self, visit: Visit, chooser: Chooser) -> Banner | None:
        with contextlib.suppress(PlaywrightError):
            await visit.page.goto(self._plan.url, wait_until="load")
            await sleep(self._plan.settle)
            opened = await chooser.open_preferences()
            await self._shot(visit, "preferences")
            return opened
        return None

    async def _shot(self, visit: Visit, name: str) -> None:
        if self._plan.evidence is not None:
            with contextlib.suppress(PlaywrightError):
                await visit.page.screenshot(path=self._plan.evidence / f"{name}.png")


_ROLES: dict[Step, Any] = {"reject": "reject", "accept": "accept"}


def _told(visit: Visit, banner: Banner | None) -> Banner | None:
    return None if banner is None else replace(banner, text=visit.without_values(banner.text))


async def _links(page: Page) -> Sequence[str]:
    with contextlib.suppress(PlaywrightError):
        found: list[str] = await page.evaluate("() => [...document.links].map(link => link.href)")
        return found
    return []


async def _fits_narrow(page: Page, chooser: Chooser) -> bool | None:
    await page.set_viewport_size(NARROW)
    try:
        shown = await chooser.banner()
        return None if shown is None else not shown.overflows
    finally:
        await page.set_viewport_size(WIDE)


def _declared(tree: object) -> dict[str, str]:
    """Read Assent's own declaration (``/cookies.json`` below its prefix)."""
    found = {}
    if isinstance(tree, dict) and isinstance(tree.get("categories"), list):
        with contextlib.suppress(KeyError, TypeError):
            for section in tree["categories"]:
                for cookie in section["cookies"]:
                    found[str(cookie["name"])] = str(section["category"])
    return found
