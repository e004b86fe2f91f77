"""Plays a visitor through a site: before a choice, refusing, agreeing, withdrawing, signalling an opt-out."""

import contextlib
import json
import time
from asyncio import sleep
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import httpx
from playwright.async_api import Browser, Page, ViewportSize
from playwright.async_api import Error as PlaywrightError

from assent.core.domains import is_loopback
from assent.errors import ConfigError
from assent.scan.autoconsent import Autoconsent
from assent.scan.choose import Chooser
from assent.scan.crawl import NOWHERE, Frontier, Outside, origin
from assent.scan.har import without_values
from assent.scan.seen import Banner, Choice, Observed, Site, Step
from assent.scan.visit import Visit

NARROW: ViewportSize = {"width": 320, "height": 640}
WIDE: ViewportSize = {"width": 1280, "height": 800}
POLICY_TEXT = 200_000

# navigator.globalPrivacyControl is there for scripts where the field is there for servers (W3C GPC 3.2).
GPC_SCRIPT = "Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', {get: () => true})"

Login = Callable[[Page], Awaitable[None]]


@dataclass(frozen=True)
class Plan:
    """What to visit, and how."""

    url: str
    pages: int = 10
    delay: float = 1.0
    """Seconds between pages of a site on another machine."""
    settle: float = 1.0
    """Seconds for a page to become calm."""
    patience: float = 3.0
    """Seconds in which a banner may come."""
    own: bool = False
    """Whether robots.txt is no limit."""
    login: Login | None = None
    evidence: Path | None = None
    autoconsent: Autoconsent | None = None
    base: str = "/_assent"
    """Where Assent's own routes would be."""

    @property
    def near(self) -> bool:
        """Whether the site is on this machine."""
        return is_loopback(httpx.URL(self.url).host)


class Play:
    """The steps, each of which leaves what was observed."""

    def __init__(self, plan: Plan, browser: Browser, visited: Callable[[int], None]) -> None:
        self._plan = plan
        self._browser = browser
        self._visited = visited
        self._count = 0
        self._front = Frontier(plan.url, plan.pages, lambda _: True)
        self._links: list[str] = []
        self._steps: list[Observed] = []
        self._policy = ""
        self._agent = ""

    async def scan(self) -> Site:
        """Visit before a choice, after a refusal, and after agreeing to everything."""
        await self._refusing()
        await self._agreeing(withdraw=False)
        return await self._site()

    async def audit(self) -> Site:
        """Visit as an auditor does: also withdrawing, and with an opt-out signal."""
        await self._refusing()
        await self._agreeing(withdraw=True)
        await self._signalling()
        return await self._site()

    async def _site(self) -> Site:
        async with _client() as client:
            outside = Outside(self._plan.url, client)
            declared = await outside.json(f"{self._plan.base}/cookies.json")
            signal = await outside.json("/.well-known/gpc.json")
        return Site(
            url=self._plan.url,
            browser=f"Chromium {self._browser.version}",
            steps=tuple(self._steps),
            declared=_declared(declared),
            policy_text=self._policy,
            gpc_file=isinstance(signal, dict) and signal.get("gpc") is True,
        )

    async def _refusing(self) -> None:
        async with self._visit("before") as visit:
            plan = self._plan
            async with _client() as client:
                outside = Outside(plan.url, client)
                robots = await outside.robots()
                allowed = (
                    (lambda _: True) if plan.own or plan.near else (lambda url: robots.can_fetch("*", url))
                )
                self._front = Frontier(plan.url, plan.pages, allowed)
                chooser = self._chooser(visit)
                await self._first(visit)
                banner = await chooser.banner(patient=True)
                narrow = await _fits_narrow(visit.page, chooser)
                self._front.add(await _links(visit.page))
                self._front.add(await outside.sitemap(robots))
            await self._rest(visit, discover=True)
            self._steps.append(replace(visit.observed(), banner=banner, narrow=narrow))
            preferences = await self._second_layer(visit, chooser)
            self._steps[-1] = replace(self._steps[-1], preferences=preferences)
            self._policy = await self._read_policy(banner)
            if banner is None:
                self._unasked("reject")
                return
            await visit.go(self._plan.url)
            await self._choosing(visit, "reject")

    async def _agreeing(self, *, withdraw: bool) -> None:
        if self._steps[0].banner is None:
            self._unasked("accept", *(("withdraw",) if withdraw else ()))
            return
        async with self._visit("accept") as visit:
            await self._first(visit)
            await self._choosing(visit, "accept")
            if withdraw:
                await visit.go(self._plan.url)
                await self._choosing(visit, "withdraw")

    async def _signalling(self) -> None:
        async with self._visit("gpc") as visit:
            await self._first(visit)
            banner = await self._chooser(visit).banner(patient=True)
            await self._rest(visit)
            self._steps.append(replace(visit.observed(), banner=banner))

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
            banner, again = await chooser.banner(), await chooser.again()
            await self._rest(visit)
        self._steps.append(
            replace(
                self._left(visit),
                choice=choice,
                banner=banner,
                again=again,
                preferences=chooser.preferences,
            )
        )

    def _unasked(self, *steps: Step) -> None:
        """Note that nothing asked, so that nothing could be chosen."""
        self._steps += [Observed(step, time.time(), choice=Choice(made=False)) for step in steps]

    def _left(self, visit: Visit) -> Observed:
        """Return what was observed, its ``kept`` telling whether a cookie is still there."""
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

    async def _read_policy(self, banner: Banner | None) -> str:
        links = {control.href for control in banner.controls if control.href} if banner else set()
        texts = []
        async with _client() as client:
            for link in sorted(links)[:4]:
                with contextlib.suppress(httpx.HTTPError, httpx.InvalidURL):
                    response = await client.get(link)
                    texts.append(response.text if response.is_success else "")
        return "\n".join(texts)[:POLICY_TEXT]

    async def _shot(self, visit: Visit, name: str) -> None:
        if self._plan.evidence is not None:
            with contextlib.suppress(PlaywrightError):
                await visit.page.screenshot(path=self._plan.evidence / f"{name}.png")

    @contextlib.asynccontextmanager
    async def _visit(self, step: Step) -> AsyncIterator[Visit]:
        """Give the visitor a fresh profile, and keep its traffic as evidence."""
        raw = self._plan.evidence / f"{step}.har" if self._plan.evidence else None
        options: dict[str, Any] = {"record_har_path": raw, "record_har_content": "omit"} if raw else {}
        if step == "gpc":
            options["extra_http_headers"] = {"Sec-GPC": "1"}
        # Banners are not shown to what says that it is headless, and an auditor wants what visitors get.
        self._agent = self._agent or await _agent(self._browser)
        context = await self._browser.new_context(
            user_agent=self._agent, viewport=WIDE, ignore_https_errors=self._plan.near, **options
        )
        if step == "gpc":
            await context.add_init_script(GPC_SCRIPT)
        try:
            page = await context.new_page()
            visit = Visit(context, page, origin(self._plan.url), self._plan.settle)
            await visit.watch()
            if self._plan.autoconsent:
                await self._plan.autoconsent.attach(page)
            if self._plan.login:
                await self._plan.login(page)
            visit.begin(step)
            yield visit
        finally:
            await context.close()
            if raw and raw.exists():
                raw.write_text(
                    json.dumps(without_values(json.loads(raw.read_text("utf-8"))), indent=1), "utf-8"
                )


_ROLES: dict[Step, Any] = {"reject": "reject", "accept": "accept"}


def _client() -> httpx.AsyncClient:
    return httpx.AsyncClient(follow_redirects=True, timeout=10.0, verify=False)  # noqa: S501


async def _agent(browser: Browser) -> str:
    page = await browser.new_page()
    try:
        told: str = await page.evaluate("navigator.userAgent")
    finally:
        await page.close()
    return told.replace("Headless", "")


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


def moment() -> str:
    """Return the time now, in UTC, for a report."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
