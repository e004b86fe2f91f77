"""A visitor's way over the vectors' pages, in one window."""

import asyncio
import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from playwright.async_api import BrowserContext, Page
from playwright.async_api import Error as PlaywrightError

from tests.leaks.observe import Observer
from tests.leaks.vector import ORIGIN, Effect, Vector

TOGETHER = 20
"""Vectors that share a page."""

SETTLE = 0.9
ALONE = 0.35
"""Seconds after a page has loaded, for many vectors and for one."""

LOAD_MS = 6000
JAR = 120
"""Cookies that may stay from page to page."""


@dataclass
class Visitor:
    """One window and what watches it."""

    context: BrowserContext
    page: Page
    observer: Observer

    async def see(self, vectors: Sequence[Vector]) -> None:
        """Visit every vector once, and collect what it does."""
        for group in _groups(vectors):
            await self._visit(group)
        await self.go("/plain")
        await asyncio.sleep(SETTLE)
        await self.observer.look()
        await self.observer.read_storage(self.page)

    async def go(self, path: str) -> None:
        """Open a page of the site; what does not load, such as a download, is no failure here."""
        with contextlib.suppress(PlaywrightError):
            await self.page.goto(ORIGIN + path, wait_until="load", timeout=LOAD_MS)

    async def open(self, vector: Vector) -> Page:
        """Open a vector's page in a tab of its own, which stays."""
        page = await self.context.new_page()
        await page.goto(f"{ORIGIN}/v/{vector.id}")
        await self.page.bring_to_front()
        return page

    async def back(self) -> None:
        """Go back one page, and stay there for a moment."""
        with contextlib.suppress(PlaywrightError):
            await self.page.go_back(wait_until="commit", timeout=LOAD_MS)
        await asyncio.sleep(SETTLE)

    async def choose(self, call: str) -> None:
        """Make a choice as a script of the site does, on a page that stays."""
        await self.go("/plain")
        await self.page.evaluate(f"() => assent.{call}")

    async def _visit(self, group: list[Vector]) -> None:
        first = group[0]
        if first.address:
            path = first.address
        elif first.own_visit:
            path = f"/v/{first.id}"
        else:
            path = "/page?v=" + ",".join(vector.id for vector in group)
        await self.go(path)
        for vector in group:
            if vector.click:
                with contextlib.suppress(PlaywrightError):
                    await self.page.click(f"#{vector.label}", timeout=2000)
        usual = 0.0 if first.seed else ALONE if first.own_visit else SETTLE
        await asyncio.sleep(usual + max(vector.wait for vector in group))
        await self._collect(group)

    async def _collect(self, group: list[Vector]) -> None:
        if group[0].effect is Effect.BANNER and await self._has_banner():
            self.observer.banner.add(group[0].id)
        await self.observer.look()
        await self.observer.prune(JAR)
        for other in self.context.pages:
            if other is not self.page:
                with contextlib.suppress(PlaywrightError):
                    await other.close()

    async def _has_banner(self) -> bool:
        with contextlib.suppress(PlaywrightError):
            banner: Any = await self.page.query_selector("#assent")
            return banner is not None
        return False


def _groups(vectors: Sequence[Vector]) -> Iterator[list[Vector]]:
    """Yield what one visit takes: the order stays, so that neighbours share a page."""
    group: list[Vector] = []
    for vector in vectors:
        if vector.own_visit:
            yield [vector]
            continue
        group.append(vector)
        if len(group) == TOGETHER:
            yield group
            group = []
    if group:
        yield group
