"""The same story in Django Oscar, a shop with pages and a checkout of its own."""

from playwright.async_api import expect

from tests.sites.shops.story import PASSWORD, PATIENCE_MS, Visitor

ADDRESS = {"first_name": "Ada", "last_name": "Lovelace", "line1": "1 Tea Street", "line4": "London"}


class Customer(Visitor):
    """Somebody who has an account at Oscar's."""

    posts_to = "/basket/add/1/"

    async def enters(self) -> None:
        await self._tab.goto(self.origin)
        await self._reads("Browse store")

    async def is_asked_to_log_in_before_ordering(self) -> None:
        await self._adds("teapot_1")
        await self._tab.goto(f"{self.origin}/checkout/")
        await self._reads("Log In")

    async def logs_in(self) -> None:
        await self._fills({"login-username": "ada@example.org", "login-password": PASSWORD})
        await self._presses("Log In")
        await self._reads("Shipping address")

    async def publishes_a_review(self) -> None:
        await self._tab.goto(f"{self.origin}/accounts/profile/edit/")
        await self._fills({"first_name": "Ada", "last_name": "Lovelace"})
        await self._presses("Save")
        await self._reads("Profile updated")

    async def fills_the_cart(self) -> None:
        await self._adds("cup_2")
        await self._tab.goto(f"{self.origin}/basket/")
        # What was chosen before the log-in is there still.
        for name in ("teapot", "cup"):
            await expect(self._tab.locator(".basket-items", has_text=name)).to_be_visible()

    async def checks_out(self) -> None:
        await self._tab.goto(f"{self.origin}/checkout/")
        await self._fills({**ADDRESS, "postcode": "SW1A 1AA"})
        await self._presses("Continue")
        await self._tab.get_by_role("link", name="Continue", exact=True).click()
        await self._presses("Place order")
        await self._reads("Your order has been placed")

    async def logs_out(self) -> None:
        await self._tab.goto(f"{self.origin}/accounts/logout/")
        await self._reads("Login or register")

    async def _adds(self, product: str) -> None:
        await self._tab.goto(f"{self.origin}/catalogue/{product}/")
        form = self._tab.locator("#add_to_basket_form")
        await form.get_by_role("button", name="Add to cart").click()
        await self._reads("has been added to your")

    async def _fills(self, fields: dict[str, str]) -> None:
        for name, text in fields.items():
            await self._tab.locator(f"[name={name}]").fill(text)

    async def _reads(self, text: str) -> None:
        await expect(self._tab.get_by_text(text).locator("visible=true").first).to_be_visible(
            timeout=PATIENCE_MS
        )
