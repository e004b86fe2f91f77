"""Busy pages of others, bare and through Assent: with all granted they are the same.

What differs between two visits without Assent is chance and not compared, so each page is visited twice
without it, and once more on both sides before a difference counts.
"""

import asyncio
from collections.abc import Callable

import pytest
from playwright.async_api import Browser

from tests.pages import compare
from tests.pages.compare import Found
from tests.pages.conftest import Sides
from tests.pages.pages import MORE, QUICK, Page
from tests.pages.steps import look
from tests.pages.visit import Seen, Visitor

pytestmark = pytest.mark.anyio

PAGES = [pytest.param(page, id=page.name) for page in QUICK] + [
    pytest.param(page, id=page.name, marks=pytest.mark.long) for page in MORE
]
TRIES = 2
"""Further looks, each on both sides."""


class Sight:
    """A page from three sides; all are looked at together, for most of a visit is waiting."""

    def __init__(self, browser: Browser, page: Page, origins: tuple[str, str]) -> None:
        site, front = origins
        self._page = page
        self._directly = Visitor(browser, site, varies=page.varies)
        self._accepting = Visitor(browser, front, varies=page.varies, accepts=True)
        self._asked = Visitor(browser, front, varies=page.varies)
        self.bare: list[Seen] = []

    async def from_all_sides(self) -> None:
        visits = (self._directly, self._directly, self._accepting, self._asked)
        first, second, self.granted, self.before = await asyncio.gather(*map(self._visit, visits))
        self.bare = [first, second]

    async def with_all_granted(self) -> tuple[Found, Seen]:
        """Return how the page then differs from what it is without Assent, and what was seen."""
        return await self._compared(self.granted, self._accepting, compare.with_all_granted)

    async def before_a_choice(self) -> tuple[Found, Seen]:
        """Return how the page then differs in what does not depend on third parties, and what was seen."""
        relies = self._page.relies
        return await self._compared(
            self.before, self._asked, lambda bare, seen: compare.before_a_choice(bare, seen, relies=relies)
        )

    async def _compared(
        self, seen: Seen, visitor: Visitor, compared: Callable[[list[Seen], Seen], Found]
    ) -> tuple[Found, Seen]:
        found = compared(self.bare, seen)
        for _ in range(TRIES):
            if not found.differences:
                break
            # Chance makes pages differ, but it does not make them alike.
            self.bare.append(await self._visit(self._directly))
            seen = await self._visit(visitor)
            found = compared(self.bare, seen)
        return found, seen

    async def _visit(self, visitor: Visitor) -> Seen:
        waits = self._page.relies and visitor is self._asked
        return await visitor.visit(self._page.path, look if waits else self._page.steps)


@pytest.fixture(scope="module", params=PAGES)
async def page(request: pytest.FixtureRequest) -> Page:
    parameter: Page = request.param
    return parameter


@pytest.fixture(autouse=True)
def known(page: Page, request: pytest.FixtureRequest) -> None:
    if page.awaits:
        request.applymarker(pytest.mark.xfail(reason=page.awaits, strict=True))


@pytest.fixture(scope="module")
async def sight(page: Page, browser: Browser, sides: Sides) -> Sight:
    sight = Sight(browser, page, sides(page))
    await sight.from_all_sides()
    return sight


async def test_with_all_granted_a_page_is_what_it_is_without_assent(page: Page, sight: Sight) -> None:
    found, seen = await sight.with_all_granted()

    assert not found.differences, str(found)
    assert compare.own_elements(seen, asks=False) == []
    assert len(seen.snapshot.nodes) >= page.least
    assert found.masked <= compare.MOST_MASKED * len(seen.snapshot.nodes)
    assert any("/_assent/guard/" in line for line in seen.own_requests)


async def test_before_a_choice_a_page_lacks_its_third_parties_alone(page: Page, sight: Sight) -> None:
    found, seen = await sight.before_a_choice()

    assert not found.differences, str(found)
    assert compare.own_elements(seen, asks=True) == []
