"""What vendors' tags are told, before they run and after each decision."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page

from assent.demo.run import running
from tests.browser.conftest import Contexts
from tests.browser.shop import Shop

pytestmark = pytest.mark.anyio

ON = {"google": True, "microsoft": True, "meta": True, "matomo": True, "wordpress": True}
TAGS = """<script>
window.before = JSON.stringify([...dataLayer].map((each) => [...each]));
</script>"""
# As sites are told to write it: a name taken where it is free, and commands that wait for the tag.
META = """<script>
((page, made) => {
  if (page.fbq) return;
  made = page.fbq = function () {
    made.callMethod ? made.callMethod.apply(made, arguments) : made.queue.push(arguments);
  };
  if (!page._fbq) page._fbq = made;
  made.push = made; made.loaded = true; made.version = "2.0"; made.queue = [];
})(window);
fbq("init", "1");
fbq("track", "PageView");
</script>"""
# Nothing is there yet when the first commands are written; the name is only ever looked up.
META_IN_PIECES = """<script>
fbq = function () { (fbq.callMethod ?? fbq.queue.push)(arguments); };
fbq.push = fbq;
fbq.queue = { all: [], push(said) { fbq.queue.all.push([...said]); } };
fbq("init", "1");
</script>"""
# Stands last in the page, as such scripts do; the cookies are written as the plugin writes them.
WORDPRESS = """<script>
document.addEventListener("wp_consent_type_defined", () => { window.defined = wp_consent_type; });
window.wp_has_consent = (kind) => document.cookie.split("; ").includes(`wp_consent_${kind}=allow`);
window.wp_set_consent = (kind, value) => {
  const expires = new Date(Date.now() + 30 * 864e5).toUTCString();
  document.cookie = `wp_consent_${kind}=${value};expires=${expires};path=/`;
};
</script>"""
PAGE_VIEW = [["init", "1"], ["track", "PageView"]]
DENIED = {
    "ad_storage": "denied",
    "ad_user_data": "denied",
    "ad_personalization": "denied",
    "analytics_storage": "denied",
    "functionality_storage": "denied",
    "personalization_storage": "denied",
    "security_storage": "granted",
}
MEASURED = DENIED | {"analytics_storage": "granted"}


@pytest.fixture
async def page(context: Contexts, tmp_path: Path) -> AsyncIterator[Page]:
    shop = Shop(tmp_path, signals=ON)
    shop.head = TAGS
    with running(shop.app()) as origin:
        opened = await (await context()).new_page()
        await opened.goto(origin)
        yield opened


async def told(page: Page) -> list[Any]:
    commands: list[Any] = await page.evaluate("[...dataLayer].map((each) => [...each])")
    return commands


async def test_all_is_denied_before_any_tag_runs(page: Page) -> None:
    assert await page.evaluate("JSON.parse(before)") == [["consent", "default", DENIED]]
    assert await page.evaluate("uetq") == ["consent", "default", {"ad_storage": "denied"}]
    assert await page.evaluate("_paq") == [["requireConsent"]]
    assert await page.evaluate("wp_consent_type") == "optin"
    assert await page.evaluate("Object.prototype.toString.call(dataLayer[0])") == "[object Arguments]"


async def test_each_decision_is_one_update_and_stands_on_the_next_page(page: Page) -> None:
    await page.evaluate("assent.save(['analytics'])")
    assert (await told(page))[1:] == [["consent", "update", MEASURED]]
    assert await page.evaluate("_paq.at(-1)") == ["setConsentGiven"]
    assert await page.evaluate("[...clarity.q.at(-1)]") == [
        "consentv2",
        {"ad_Storage": "denied", "analytics_Storage": "granted"},
    ]
    await page.reload()
    assert await told(page) == [["consent", "default", DENIED], ["consent", "update", MEASURED]]


@pytest.mark.parametrize(("google", "found"), [("auto", "object"), (False, "undefined")])
async def test_who_is_declared_is_told_unless_the_owner_says_no(
    context: Contexts, tmp_path: Path, google: bool | str, found: str
) -> None:
    # The shop declares a cookie of Google's, and nothing of the others'.
    with running(Shop(tmp_path, signals={"google": google}).app()) as origin:
        page = await (await context()).new_page()
        await page.goto(origin)
        listeners = await page.evaluate("[typeof dataLayer, typeof uetq, typeof _paq]")
    assert listeners == [found, "undefined", "undefined"]


async def queued(page: Page) -> list[list[str]]:
    commands: list[list[str]] = await page.evaluate("fbq.queue.map((each) => [...each])")
    return commands


async def test_meta_hears_what_is_allowed_before_its_first_command(context: Contexts, tmp_path: Path) -> None:
    shop = Shop(tmp_path, signals={"meta": True})
    shop.head = META
    errors: list[str] = []
    with running(shop.app()) as origin:
        page = await (await context()).new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        await page.goto(origin)
        assert await queued(page) == [["consent", "revoke"], *PAGE_VIEW]
        await page.evaluate("assent.reject()")
        await page.reload()
        assert await queued(page) == [["consent", "revoke"], *PAGE_VIEW]
        await page.evaluate("assent.accept()")
        assert await queued(page) == [["consent", "revoke"], *PAGE_VIEW, ["consent", "grant"]]
        await page.reload()
        assert await queued(page) == [["consent", "grant"], *PAGE_VIEW]
    assert errors == []


async def test_meta_hears_it_however_its_function_is_put_there(context: Contexts, tmp_path: Path) -> None:
    shop = Shop(tmp_path, signals={"meta": True})
    shop.head = META_IN_PIECES
    with running(shop.app()) as origin:
        page = await (await context()).new_page()
        await page.goto(origin)
        assert await page.evaluate("fbq.queue.all") == [["consent", "revoke"], ["init", "1"]]
        # Another script may have the name for itself.
        await page.evaluate(
            "Object.defineProperty(window, 'fbq', { value: (...said) => { window.said = said; } })"
        )
        await page.evaluate("assent.accept()")
        assert await page.evaluate("said") == ["consent", "grant"]


async def test_where_meta_s_tag_never_comes_its_name_stays_free(context: Contexts, tmp_path: Path) -> None:
    with running(Shop(tmp_path, signals={"meta": True}).app()) as origin:
        page = await (await context()).new_page()
        await page.goto(origin)
        await page.evaluate("assent.accept()")
        assert await page.evaluate("typeof fbq") == "undefined"


async def test_wordpress_has_the_choice_in_its_own_cookies(context: Contexts, tmp_path: Path) -> None:
    shop = Shop(tmp_path, signals={"wordpress": True})
    shop.head = WORDPRESS
    kinds = ["preferences", "functional", "statistics", "statistics-anonymous", "marketing"]
    allowed = f"{kinds}.filter(wp_has_consent)"
    with running(shop.app()) as origin:
        page = await (await context()).new_page()
        await page.goto(origin)
        assert await page.evaluate("[defined, document.cookie]") == ["optin", ""]
        await page.evaluate("assent.accept()")
        assert await page.evaluate(allowed) == kinds
        # They pass the server, and the guard of the next page.
        await page.reload()
        assert await page.evaluate(allowed) == kinds
        async with page.expect_navigation():
            await page.evaluate("void assent.save(['analytics'])")
        assert await page.evaluate(allowed) == ["statistics", "statistics-anonymous"]


async def test_who_has_chosen_is_told_to_wordpress_on_each_page(context: Contexts, tmp_path: Path) -> None:
    shop = Shop(tmp_path, signals={"wordpress": True})
    shop.head = WORDPRESS
    with running(shop.app()) as origin:
        visitor = await context()
        page = await visitor.new_page()
        await page.goto(origin)
        await page.evaluate("assent.accept()")
        await visitor.clear_cookies(name="wp_consent_marketing")
        await page.goto(origin + "/other")
        assert await page.evaluate("wp_has_consent('marketing')")
        # What WordPress remembers ends with the choice.
        kept = [cookie for cookie in await visitor.cookies() if cookie["name"] != "assent"]
        await page.goto("about:blank")
        await visitor.clear_cookies(name="assent")
        assert len(kept) == 5
        await page.goto(origin)
        assert not await page.evaluate("wp_has_consent('marketing')")
