"""Shops made with other people's frameworks, whose visitors refuse everything and order all the same.

Each is visited twice: as it is, where every tracker finds its way, and with Assent. What the framework itself
sets is the same both times. No cookie is declared anywhere, so the built-in catalogue alone decides.
"""

import pytest
from playwright.async_api import Browser

from tests.pages.conftest import BEHIND_A_PROXY
from tests.sites.conftest import Before
from tests.sites.shops.shops import MORE, QUICK, Shop
from tests.sites.shops.story import Seen, Visitor
from tests.sites.shops.workshop import Workshop

pytestmark = pytest.mark.anyio

CONSENT = "assent"
TRACKERS = {
    *("_ga", "_fbp", "visitor_id"),  # set by the site, as header fields
    *("_gcl_au",),  # by a script in its pages
    *("_gid", "_hjSessionUser_1"),  # by the script of a third party
}
TRACKER = "https://www.googletagmanager.com/gtag.js"
OLD = "_hjid"
"""What a visitor still has from before the site had Assent."""

APART = 300
"""Seconds between two visits at most, and less than any lifetime."""

IN_SHORT = ((QUICK[1], "middleware"),)
WAYS = [
    pytest.param(
        shop, way, id=f"{shop.name}-{way}", marks=() if (shop, way) in IN_SHORT else pytest.mark.long
    )
    for shop in (*QUICK, *MORE)
    for way in (("gateway", "middleware") if shop.asgi else ("gateway",))
]


async def shops(visitor: Visitor, *, tokens: bool) -> Seen:
    """Go through all that a shop is for, and return what was seen just before leaving."""
    await visitor.is_asked_to_log_in_before_ordering()
    if tokens:
        await visitor.cannot_post_without_the_token()
    await visitor.logs_in()
    await visitor.publishes_a_review()
    await visitor.fills_the_cart()
    await visitor.checks_out()
    seen = await visitor.looks_back()
    await visitor.logs_out()
    return seen


@pytest.mark.parametrize(("shop", "way"), WAYS)
async def test_a_visitor_who_refuses_everything_logs_in_posts_and_orders(
    shop: Shop, way: str, workshop: Workshop, before: Before, browser: Browser
) -> None:
    site = workshop.origin(shop)
    settings = {
        "gateway": {"upstream": site, "trusted_proxies": [BEHIND_A_PROXY]},
        "cookies": [{"name": name, "category": "necessary"} for name in shop.declares],
    }
    front = before(site, **settings) if way == "gateway" else workshop.wrapped(shop)

    async with await browser.new_context() as context:
        visitor = shop.visitor(await context.new_page(), site)
        await visitor.enters()
        bare = await shops(visitor, tokens=shop.tokens)

    async with await browser.new_context() as context:
        await context.add_cookies([{"name": OLD, "value": "1", "url": front}])
        visitor = shop.visitor(await context.new_page(), front)
        await visitor.enters()
        assert (await visitor.looks_back()).scopes.keys() <= shop.cookies
        await visitor.refuses_everything()
        held = await shops(visitor, tokens=shop.tokens)
        left = await visitor.looks_back()

    assert bare.scopes.keys() == shop.cookies | shop.refused | TRACKERS
    assert TRACKER in bare.answered
    assert held.scopes.keys() == shop.cookies | {CONSENT}
    assert left.scopes.keys() <= shop.cookies | {CONSENT}
    assert [url for url in left.answered if not url.startswith(front)] == []
    for name in shop.cookies:
        assert held.scopes[name] == bare.scopes[name], name
        assert held.lifetimes[name] == pytest.approx(bare.lifetimes[name], abs=APART), name
