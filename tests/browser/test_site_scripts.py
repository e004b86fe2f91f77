"""The script beside those of the site: what they can ask and hear, and what neither may break."""

import pytest
from playwright.async_api import Page, expect

from assent.resources import directory
from tests.browser.conftest import Contexts
from tests.browser.shop import PREFIX, Shop, asked, button

pytestmark = pytest.mark.anyio

STRICT = (
    "default-src 'none'; script-src 'nonce-n0nce'; style-src 'nonce-n0nce'; connect-src 'self'; "
    "form-action 'self'; require-trusted-types-for 'script'; trusted-types 'none'"
)
STATE = "window.assent.state"


async def test_scripts_of_the_site_hear_and_speak(page: Page) -> None:
    heard = await page.evaluate(
        """async () => {
            const heard = [];
            const off = assent.on("change", (state) => heard.push(state.granted.length));
            document.addEventListener("assent:change", (event) => heard.push(event.detail === assent.state));
            await new Promise((resolve) => assent.on("ready", resolve));
            heard.push((await assent.reject()).choice.categories.join());
            heard.push((await assent.save(["analytics"])).granted.join());
            off();
            heard.push(await assent.accept() === assent.state);
            heard.push(await assent.save(["none"]).then(() => "saved", (error) => error instanceof Error));
            return heard;
        }"""
    )
    assert heard == [1, True, "necessary", 2, True, "necessary,analytics", True, True, True]
    async with page.expect_navigation():
        await page.evaluate("void assent.withdraw()")
    assert await page.evaluate(f"{STATE}.granted") == ["necessary"]


PARKED = """<script>window.ran = []</script>
<script type="text/plain" data-category="analytics">ran.push("analytics")</script>
<script type="text/plain" data-category="analytics" data-type="module">
  ran.push(typeof import.meta.url)
</script>
<script type="text/plain" data-category="advertisement">ran.push("advertisement")</script>"""


async def test_tags_wait_as_text_until_their_category_is_granted(context: Contexts, shop: Shop) -> None:
    shop.head = PARKED
    page = await (await context()).new_page()
    await page.goto(shop.origin)
    assert await page.evaluate("ran") == []
    async with page.expect_navigation():
        await page.evaluate("void assent.save(['analytics'])")
    await page.wait_for_function("ran.length === 2")
    assert await page.evaluate("ran") == ["analytics", "string"]
    await page.evaluate(
        """() => document.body.append(
            ...["analytics", "functional"].map((category) => {
                const late = Object.assign(document.createElement("script"), { type: "text/plain" });
                late.dataset.category = category;
                late.append(`ran.push("late ${category}")`);
                return late;
            }))"""
    )
    await page.wait_for_function("ran.length === 3")
    assert await page.evaluate("ran[2]") == "late analytics"


async def test_banner_and_styles_come_back_when_a_framework_makes_the_document_anew(page: Page) -> None:
    await page.evaluate(
        """() => {
            const html = document.createElement("html");
            html.append(document.createElement("head"), document.createElement("body"));
            document.documentElement.remove();
            document.append(html);
        }"""
    )
    await expect(page.get_by_role("region", name="Cookie consent")).to_be_in_viewport()
    await page.evaluate("document.body.replaceWith(document.createElement('body'))")
    await button(page, "Customize").click()
    await page.get_by_role("dialog").get_by_role("button", name="Reject All").click()
    await expect(button(page, "Consent Preferences")).to_be_in_viewport()


DENIED = {
    "a cookie": "<script>document.cookie = '_ga=1'</script>",
    "a hint that is parked": '<link rel="preconnect" href="https://www.google-analytics.com">',
    "a cookie in a frame": "<iframe srcdoc=\"<script>document.cookie = '_ga=1'</script>\"></iframe>",
}


@pytest.mark.parametrize("denied", DENIED)
async def test_a_page_is_loaded_anew_only_for_what_the_choice_sets_free(
    context: Contexts, shop: Shop, denied: str
) -> None:
    shop.head = DENIED[denied]
    page = await (await context()).new_page()
    await page.goto(shop.origin)
    await page.evaluate("window.same = true; assent.save(['functional'])")
    await page.wait_for_timeout(500)
    assert await page.evaluate("window.same")
    async with page.expect_navigation():
        await page.evaluate("void assent.save(['functional', 'analytics'])")


async def test_what_was_written_into_a_form_is_not_lost_to_a_reload(page: Page) -> None:
    await page.evaluate(
        """() => {
            const form = document.createElement("form");
            form.append(Object.assign(document.createElement("input"), { name: "letter" }));
            document.body.append(form);
        }"""
    )
    await page.locator("input[name=letter]").fill("Dear shop")
    await page.evaluate("assent.accept().then(() => assent.withdraw())")
    await expect(page.get_by_role("status")).to_contain_text("Reload this page when you have sent")
    assert await page.locator("input[name=letter]").input_value() == "Dear shop"


async def test_listeners_that_are_there_before_the_script_hear_ready(context: Contexts, shop: Shop) -> None:
    shop.head = (
        "<script>document.addEventListener('assent:ready', e => { window.early = e.detail.granted })</script>"
    )
    page = await (await context()).new_page()
    await page.goto(shop.origin)
    assert await page.evaluate("window.early") == ["necessary"]


async def test_open_settles_when_the_dialog_is_closed(page: Page) -> None:
    await page.evaluate("void (window.done = assent.open().then((state) => state.granted.length))")
    await page.locator("dialog[open]").get_by_role("button", name="Accept All").click()
    assert await page.evaluate("window.done") == 5


async def test_a_choice_in_another_tab_is_heard_in_this_one(page: Page, shop: Shop) -> None:
    requests = asked(page)
    other = await page.context.new_page()
    await other.goto(shop.origin + "/other")
    await button(other, "Reject All").click()
    await expect(button(page, "Consent Preferences")).to_be_visible()
    assert await page.evaluate(f"{STATE}.choice.categories") == ["necessary"]
    heard = len(requests)
    await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    await page.wait_for_load_state("networkidle")
    assert set(requests) == {"/state"}
    assert len(requests) == heard, "it asked a moment ago"


async def test_a_page_that_comes_back_asks_what_was_chosen_since(page: Page, shop: Shop) -> None:
    await page.evaluate("delete window.cookieStore")
    requests = asked(page)
    await page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    await page.wait_for_load_state("networkidle")
    assert requests == ["/state"]


async def test_a_withdrawal_in_another_tab_ends_what_runs_here(page: Page, shop: Shop) -> None:
    await page.evaluate("assent.accept()")
    await page.goto(shop.origin + "/other")
    await page.evaluate("""async () => {
      window.before = true;
      const cache = await caches.open("shell");
      await cache.put("/page", new Response("x", { headers: { "content-type": "text/html" } }));
      await cache.put("/data", new Response("x"));
    }""")
    other = await page.context.new_page()
    await other.goto(shop.origin + "/other")
    await other.evaluate("assent.accept()")
    assert await page.evaluate("before"), "a grant elsewhere does not disturb"
    async with page.expect_navigation():
        await other.evaluate("void assent.withdraw()")
    assert await page.evaluate("window.before") is None
    kept = "caches.match('/page').then(async page => [!!page, !!await caches.match('/data')])"
    assert await page.evaluate(kept) == [False, True]


async def test_strict_policy_and_trusted_types_are_never_violated(context: Contexts, shop: Shop) -> None:
    shop.headers = {"content-security-policy": STRICT}
    page = await (await context()).new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    await page.goto(shop.origin)
    await button(page, "Customize").click()
    await button(page, "Show more").click()
    await page.get_by_role("switch", name="Analytics").check()
    await button(page, "Save My Preferences").click()
    await expect(button(page, "Consent Preferences")).to_be_focused()
    expected = ("favicon", "404", "Clear-Site-Data")
    assert not [text for text in said if not any(word in text for word in expected)]


async def test_where_the_page_lets_no_script_ask_the_forms_go_as_without_scripts(
    context: Contexts, shop: Shop
) -> None:
    shop.headers = {"content-security-policy": "connect-src 'none'"}
    page = await (await context()).new_page()
    await page.goto(shop.origin + "/other?a=b")
    await button(page, "Reject All").click()
    await expect(button(page, "Consent Preferences")).to_be_visible()
    assert page.url == shop.origin + "/other?a=b"
    await button(page, "Consent Preferences").click()
    await page.wait_for_url(f"**{PREFIX}/preferences?return_to=*")
    await page.get_by_role("switch", name="Analytics").check()
    await button(page, "Save My Preferences").click()
    await page.wait_for_url("**/other?a=b")
    assert await page.evaluate(f"{STATE}.granted") == ["necessary", "analytics"]


async def test_a_page_that_says_nothing_to_the_script_is_left_alone(context: Contexts) -> None:
    page = await (await context()).new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    await page.add_script_tag(path=directory("static") / "assent.js")
    assert await page.evaluate("typeof window.assent") == "undefined"
    assert not errors
