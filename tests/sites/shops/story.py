"""What a visitor does in every shop, and what their browser holds then."""

import re
import time
from dataclasses import dataclass

from playwright.async_api import Page, expect

NAME, PASSWORD = "ada", "second-flush"
REVIEW = "Très bon thé"
PATIENCE_MS = 20_000
DIGEST = re.compile(r"[0-9a-f]{32,}")
"""Some frameworks add one to the names of their cookies."""


@dataclass
class Seen:
    """What came of a visit so far."""

    answered: frozenset[str]
    """Addresses, of whatever host."""

    scopes: dict[str, tuple[object, ...]]
    """Of each cookie in the jar: its path, and whether it is HttpOnly, Secure and SameSite."""

    lifetimes: dict[str, float]
    """Of each cookie in the jar, in seconds from now; 0 when it ends with the browser."""


class Visitor:
    """Somebody who shops, in a profile of their own."""

    posts_to = "/cart"

    def __init__(self, tab: Page, origin: str) -> None:
        self.origin = origin
        self._tab = tab
        self._answered: set[str] = set()
        tab.set_default_timeout(PATIENCE_MS)
        tab.on("response", lambda response: self._answered.add(response.url))

    async def enters(self) -> None:
        await self._tab.goto(self.origin)
        await self._sees("#visitor", "a guest")

    async def refuses_everything(self) -> None:
        await self._presses("Reject All")
        await expect(self._tab.get_by_role("button", name="Accept All")).to_be_hidden()

    async def is_asked_to_log_in_before_ordering(self) -> None:
        await self._presses("Order")
        await self._sees("#message", "Log in first")

    async def cannot_post_without_the_token(self) -> None:
        forged = self._tab.request.post(
            f"{self.origin}{self.posts_to}", form={"item": "teapot"}, max_redirects=0
        )
        answer = await forged
        assert 400 <= answer.status < 500, answer.status

    async def logs_in(self) -> None:
        await self._tab.get_by_label("Username").fill(NAME)
        await self._tab.get_by_label("Password").fill(PASSWORD)
        await self._presses("Log in")
        await self._sees("#visitor", NAME)

    async def publishes_a_review(self) -> None:
        await self._tab.get_by_label("Review").fill(REVIEW)
        await self._presses("Publish")
        await self._sees("#message", f"Thank you for {len(REVIEW)} letters")

    async def fills_the_cart(self) -> None:
        await self._tab.get_by_label("Tea").select_option("teapot")
        await self._presses("Add")
        await self._sees("#cart", "teapot")
        await self._tab.get_by_label("Tea").select_option("cup")
        await self._presses("Add")
        await self._sees("#cart", "teapot, cup")

    async def checks_out(self) -> None:
        await self._tab.get_by_label("Address").fill("1 Tea Street")
        await self._presses("Order")
        await self._sees("#message", "Ordered: teapot, cup")
        await self._sees("#cart", "")

    async def logs_out(self) -> None:
        await self._presses("Log out")
        await self._sees("#visitor", "a guest")

    async def looks_back(self) -> Seen:
        now = time.time()
        jar = await self._tab.context.cookies()
        for each in jar:
            each["name"] = DIGEST.sub("*", each["name"])
        return Seen(
            frozenset(self._answered),
            {
                each["name"]: (each["path"], each["httpOnly"], each["secure"], each["sameSite"])
                for each in jar
            },
            {each["name"]: max(each["expires"] - now, 0) for each in jar},
        )

    async def _presses(self, name: str) -> None:
        await self._tab.get_by_role("button", name=name, exact=True).click()

    async def _sees(self, where: str, text: str) -> None:
        await expect(self._tab.locator(where)).to_have_text(text, timeout=PATIENCE_MS)
