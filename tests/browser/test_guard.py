"""The guard in a real browser: what scripts may store, and that nothing else is different."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from playwright.async_api import Page

from assent.core.rules import Rules
from assent.demo.run import running
from tests.browser.conftest import Contexts
from tests.browser.guarded import GuardedSite

pytestmark = pytest.mark.anyio

NOTED = "window[Symbol.for('assent.blocked')]"
STRICT = (
    "default-src 'none'; script-src 'nonce-n0nce' 'strict-dynamic'; connect-src 'self'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
SERVED = ("shop_session=1; Path=/", "_ga=1; Path=/", "_ga_deep=1; Path=/p")


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[GuardedSite, str]]:
    served = GuardedSite()
    with running(served.app()) as origin:
        yield served, origin


@pytest.fixture
def site(served: tuple[GuardedSite, str]) -> GuardedSite:
    served[0].reset()
    return served[0]


@pytest.fixture
def origin(site: GuardedSite, served: tuple[GuardedSite, str]) -> str:
    return served[1]


@pytest.fixture
async def page(context: Contexts) -> AsyncIterator[Page]:
    """A fresh profile; nothing may be thrown, and no promise left rejected, in any page that it shows."""
    errors: list[str] = []
    opened = await (await context()).new_page()
    opened.on("pageerror", lambda error: errors.append(str(error)))
    yield opened
    assert not errors


async def jar(page: Page) -> dict[str, str]:
    return {cookie["name"]: cookie["value"] for cookie in await page.context.cookies()}


@pytest.mark.parametrize(
    ("line", "name"),
    [
        pytest.param("_ga=1", "_ga", id="a refused name of the catalogue"),
        pytest.param("_ga=1; max-age=3600; path=/", "_ga", id="with attributes"),
        pytest.param("  _ga \t= 1", "_ga", id="with spaces about the name"),
        pytest.param("never_heard_of=1", "never_heard_of", id="a name that nobody knows"),
        pytest.param("shop_theme=1", "shop_theme", id="a refused prefix of the operator"),
        pytest.param("just-a-value", "", id="no name at all"),
        pytest.param("assent=1.forged", "assent", id="the choice itself"),
        pytest.param("__Secure-_ga=1; secure", "__Secure-_ga", id="a refused name behind a prefix"),
        pytest.param("_ga=1; max-age=0; max-age=60", "_ga", id="a deletion that is none after all"),
    ],
)
async def test_a_refused_cookie_does_not_land(page: Page, origin: str, line: str, name: str) -> None:
    await page.goto(origin)
    await page.evaluate("line => { document.cookie = line }", line)
    assert name not in await jar(page)
    assert "_ga" not in await jar(page)


@pytest.mark.parametrize(
    ("line", "query"),
    [
        pytest.param("shop_session=a=b; path=/", "", id="declared as necessary"),
        pytest.param("basket=1; max-age=60", "", id="with a lifetime"),
        pytest.param("__Secure-basket=1; secure", "", id="behind a prefix"),
        pytest.param("_ga=1", "?granted=analytics", id="of a granted category"),
    ],
)
async def test_a_granted_cookie_lands_as_it_was_written(
    page: Page, origin: str, line: str, query: str
) -> None:
    await page.goto(origin + "/" + query)
    await page.evaluate("line => { document.cookie = line }", line)
    pair = line.partition(";")[0]
    assert await page.evaluate("document.cookie") == pair
    assert pair.partition("=")[2] in (await jar(page)).values()


async def test_deletions_pass_save_of_the_choice(page: Page, origin: str) -> None:
    await page.goto(origin)
    for name in ("basket", "assent"):
        await page.context.add_cookies([{"name": name, "value": "1", "url": origin}])
    await page.evaluate(
        """async () => {
          document.cookie = "basket=; expires=Thu, 01 Jan 1970 00:00:00 GMT; path=/";
          document.cookie = "assent=; max-age=0; path=/";
          await cookieStore.delete("assent");
          await cookieStore.delete({ name: "assent" });
        }"""
    )
    assert await jar(page) == {"assent": "1"}


async def test_the_cookie_store_seems_to_take_what_is_refused(page: Page, origin: str) -> None:
    await page.goto(origin)
    answers = await page.evaluate(
        """async () => [
          await cookieStore.set("_ga", "1"),
          await cookieStore.set({ name: "_ga", value: "1", path: "/" }),
          await cookieStore.set({ name: "", value: "loose" }),
          await cookieStore.set("assent", "1.forged"),
          await cookieStore.set("basket", "1"),
        ]"""
    )
    assert answers == [None] * 5
    assert await jar(page) == {"basket": "1"}


async def test_what_slips_through_is_swept_away_wherever_it_stands(page: Page, origin: str) -> None:
    site = origin.replace("127.0.0.1", "www.shop.localhost")
    await page.goto(site + "/p/q/page")
    for name, place in {
        "_ga": {"domain": ".shop.localhost", "path": "/p"},
        "_gid": {"domain": "www.shop.localhost", "path": "/p/q/"},
        "basket": {"domain": "www.shop.localhost", "path": "/"},
        "assent": {"domain": "www.shop.localhost", "path": "/"},
    }.items():
        await page.context.add_cookies([{"name": name, "value": "1", **place}])  # type: ignore[typeddict-item]
    await page.wait_for_function("!document.cookie.includes('_g')")
    assert (await jar(page)).keys() == {"basket", "assent"}


async def test_a_page_of_an_older_choice_leaves_what_a_newer_one_allows(page: Page, origin: str) -> None:
    await page.goto(origin)
    choice = {"name": "assent", "value": "1.id.1.necessary-analytics.v.s", "url": origin}
    await page.context.add_cookies([choice])  # type: ignore[list-item]
    await page.context.add_cookies([{"name": "_ga", "value": "1", "url": origin}])
    await page.evaluate("localStorage.an_id = 1")
    await page.wait_for_timeout(1200)
    assert "_ga" in await jar(page)
    assert await page.evaluate("localStorage.an_id") == "1"


STORED = {
    "localStorage": """async key => {
        localStorage.setItem(key, "1"); return localStorage.getItem(key) === "1" }""",
    "sessionStorage": """async key => {
        sessionStorage.setItem(key, "1"); return key in sessionStorage }""",
    "IndexedDB": """async key => {
        await new Promise(resolve => {
          const request = indexedDB.open(key, 1);
          request.onupgradeneeded = () => request.result.createObjectStore("things");
          request.onsuccess = () => { request.result.close(); resolve() };
          request.onerror = event => { event.preventDefault(); resolve() };
        });
        return (await indexedDB.databases()).some(({ name }) => name === key) }""",
    "Cache Storage": """async key => {
        await caches.open(key).catch(() => {}); return caches.has(key) }""",
    "OPFS file": """async key => {
        const root = await navigator.storage.getDirectory();
        await root.getFileHandle(key, { create: true }).catch(() => {});
        return (await Array.fromAsync(root.keys())).includes(key) }""",
    "OPFS folder": """async key => {
        const root = await navigator.storage.getDirectory();
        await root.getDirectoryHandle(key, { create: true }).catch(() => {});
        return (await Array.fromAsync(root.keys())).includes(key) }""",
    "storage bucket": """async key => {
        await navigator.storageBuckets.open(key).catch(() => {});
        return (await navigator.storageBuckets.keys()).includes(key) }""",
}


@pytest.mark.parametrize("store", STORED)
async def test_only_a_refused_key_is_not_stored(page: Page, origin: str, store: str) -> None:
    await page.goto(origin)
    assert not await page.evaluate(STORED[store], "an_id")
    assert await page.evaluate(STORED[store], "an_theme"), "the operator's own exception"
    assert not await page.evaluate(STORED[store], "unheard"), "what nobody declared"
    await page.goto(f"{origin}/?granted=all")
    assert await page.evaluate(STORED[store], "unheard"), "what nobody declared, when all is granted"
    await page.goto(origin + "/?granted=analytics")
    assert await page.evaluate(STORED[store], "an_id")


OPENED = """args => new Promise(done => {
  const request = indexedDB.open(...args);
  request.onsuccess = () => { request.result.close(); done("open") };
  request.onerror = () => done(request.error.name);
})"""


async def test_an_old_database_cannot_be_opened_again_and_goes(page: Page, origin: str) -> None:
    await page.goto(origin + "/plain")
    assert await page.evaluate(STORED["IndexedDB"], "an_old")
    await page.goto(origin)
    assert await page.evaluate(OPENED, ["an_old"]) == "AbortError"
    await page.wait_for_function("async () => !(await indexedDB.databases()).some(d => d.name === 'an_old')")


async def test_properties_written_to_storage_are_swept_away(page: Page, origin: str) -> None:
    await page.goto(origin)
    await page.evaluate(
        "localStorage.an_id = sessionStorage.an_id = localStorage.unheard = localStorage.words = 1"
    )
    await page.wait_for_function("!localStorage.an_id && !sessionStorage.an_id && !localStorage.unheard")
    assert await page.evaluate("localStorage.words") == "1"


async def test_what_nobody_declared_is_not_deleted_when_it_was_there_before(page: Page, origin: str) -> None:
    await page.goto(origin + "/plain")
    await page.evaluate("localStorage.draft = localStorage.an_id = 1")
    assert await page.evaluate(OPENED, ["drafts", 3]) == "open"
    await page.goto(origin)
    await page.wait_for_function("!localStorage.an_id")
    await page.evaluate("localStorage.setItem('draft', 2)")
    assert await page.evaluate(OPENED, ["drafts"]) == "AbortError"
    await page.goto(origin + "/plain")
    assert await page.evaluate("localStorage.draft") == "1"
    assert {"name": "drafts", "version": 3} in await page.evaluate("indexedDB.databases()")


FILLED = """async () => {
  indexedDB.open("an_db"); await caches.open("an_cache");
  await (await navigator.storage.getDirectory()).getDirectoryHandle("an_folder", { create: true });
  await navigator.storageBuckets.open("an_bucket");
  (await navigator.storageBuckets.open("words")).indexedDB.open("an_inner");
}"""
LEFT = """async () => {
  const found = (await indexedDB.databases()).map(({ name }) => name).concat(await caches.keys());
  for await (const name of (await navigator.storage.getDirectory()).keys()) found.push(name);
  for (const name of await navigator.storageBuckets.keys()) {
    const bucket = await navigator.storageBuckets.open(name);
    found.push(name, ...(await bucket.indexedDB.databases()).map(({ name }) => name));
  }
  return found.filter((name) => name.startsWith("an_"));
}"""


async def test_every_kind_of_storage_is_rid_of_what_is_refused_by_name(page: Page, origin: str) -> None:
    await page.goto(origin + "/plain")
    await page.evaluate(FILLED)
    await page.wait_for_function(f"async () => (await ({LEFT})()).length === 5")
    await page.goto(origin)
    await page.wait_for_timeout(500)
    await page.goto(origin + "/plain")
    await page.wait_for_function(f"async () => !(await ({LEFT})()).length")


async def test_what_was_stored_before_is_gone_when_the_page_begins(
    page: Page, origin: str, site: GuardedSite
) -> None:
    site.pages["/"] = "<script>window.found = [localStorage.an_id, document.cookie]</script>"
    await page.goto(origin + "/plain")
    await page.evaluate("localStorage.an_id = 1; document.cookie = '_ga=1'")
    await page.goto(origin)
    assert await page.evaluate("found") == [None, ""]


async def test_a_strict_policy_with_trusted_types_is_no_hindrance(
    page: Page, origin: str, site: GuardedSite
) -> None:
    site.nonce, site.headers = "n0nce", {"Content-Security-Policy": STRICT}
    site.pages["/"] = """<div id=a></div><script nonce=n0nce>
      window.violations = [];
      addEventListener("securitypolicyviolation", event => violations.push(event.effectiveDirective));
      document.cookie = "_ga=1"; document.cookie = "basket=1"; localStorage.setItem("an_id", 1);
      const frame = document.createElement("iframe"); document.body.append(frame);
      frame.contentDocument.cookie = "_gid=1";
      try { a.innerHTML = "<b>" } catch (error) { window.thrown = error.name }
    </script>"""
    await page.goto(origin)
    assert await jar(page) == {"basket": "1"}
    assert await page.evaluate("localStorage.length") == 0
    assert await page.evaluate("thrown") == "TypeError"
    assert await page.evaluate("violations") == ["require-trusted-types-for"]


SHAPES = """() => {
  const thrown = (f) => { try { return f() } catch (error) { return error.name } };
  const shape = (owner, name, part = "value") => {
    const found = Object.getOwnPropertyDescriptor(owner, name);
    const f = found[part];
    return [name, part, f.name, f.length, "prototype" in f, typeof f, found.enumerable, found.writable,
      Function.prototype.toString.call(f).includes("[native code]"), Object.keys(f).length];
  };
  return [
    shape(Document.prototype, "cookie", "set"), shape(Document.prototype, "cookie", "get"),
    shape(CookieStore.prototype, "set"), shape(Storage.prototype, "setItem"),
    shape(IDBFactory.prototype, "open"), shape(CacheStorage.prototype, "open"),
    shape(window, "open"), shape(window, "RTCPeerConnection"), shape(window, "Worker"),
    shape(Node.prototype, "appendChild"), shape(Element.prototype, "innerHTML", "set"),
    shape(HTMLIFrameElement.prototype, "contentWindow", "get"), shape(URL, "createObjectURL"),
    Object.keys(window).length, Object.getOwnPropertyNames(window).length,
    new RTCPeerConnection().constructor === RTCPeerConnection, webkitRTCPeerConnection === RTCPeerConnection,
    new Worker("data:,") instanceof Worker, new Worker("data:,").constructor === Worker,
    document.createElement("link").relList.constructor.name, document.createElement.toString(),
    thrown(() => Storage.prototype.setItem.call({}, "words", "b")), thrown(() => localStorage.setItem("a")),
    Object.getOwnPropertyDescriptor(Document.prototype, "cookie").get.call(document),
  ];
}"""


async def test_what_a_script_can_see_is_as_without_the_guard(page: Page, origin: str) -> None:
    await page.goto(origin)
    guarded: list[Any] = await page.evaluate(SHAPES)
    await page.goto(origin + "/plain")
    assert guarded == await page.evaluate(SHAPES)


async def test_a_page_that_does_nothing_refused_goes_on_as_ever(
    page: Page, origin: str, site: GuardedSite
) -> None:
    site.pages[
        "/"
    ] = """<ul id=list></ul><iframe src="/plain"></iframe><iframe srcdoc="<p>x"></iframe><script>
      window.steps = [];
      list.innerHTML = "<li>1"; list.append("a", document.createElement("li"));
      list.insertAdjacentHTML("beforeend", "<li>3");
      list.replaceChild(document.createElement("b"), list.firstChild); document.write("<i>w</i>");
      steps.push(list.children.length, document.querySelector("i").textContent);
      try { list.appendChild(null) } catch (error) { steps.push(error.name) }
      try { list.insertBefore(list) } catch (error) { steps.push(error.name) }
      document.cookie = "basket=1"; localStorage.setItem("words", 1); localStorage.an_theme = 2;
      history.pushState({}, "", "/next"); steps.push(location.pathname);
      const moved = new URL("/#hash", location); location.hash = "#here"; steps.push(location.hash);
    </script>"""
    await page.goto(origin)
    assert await page.evaluate("steps") == [3, "w", "TypeError", "TypeError", "/next", "#here"]
    assert await page.evaluate("[document.cookie, localStorage.length]") == ["basket=1", 2]
    assert await page.evaluate(NOTED) == []


async def test_what_was_refused_is_noted_by_name_and_never_by_value(
    page: Page, origin: str, site: GuardedSite
) -> None:
    site.pages["/"] = """<script>
      document.cookie = "_ga=secret"; document.cookie = "_ga=secret";
      localStorage.setItem("an_id", "secret"); open("http://ads.tracker.example:81/?secret");
      for (let i = 0; i < 200; i++) document.cookie = "x" + i + "=1";
    </script>"""
    await page.goto(origin)
    noted = await page.evaluate(NOTED)
    assert noted[:3] == ["cookie _ga", "storage an_id", "host ads.tracker.example:81"]
    assert len(noted) == 100
    assert not await page.evaluate("Object.getOwnPropertyNames(window).some(name => /assent/.test(name))")


async def test_a_host_that_a_policy_blocked_is_noted(page: Page, origin: str, site: GuardedSite) -> None:
    site.headers = {"Content-Security-Policy": "img-src 'self'"}
    site.pages["/"] = "<img src=http://ads.tracker.example/a><img src=http://partner.example/b>"
    await page.goto(origin)
    await page.wait_for_function(f"{NOTED}.length")
    assert await page.evaluate(NOTED) == ["host ads.tracker.example"]


async def test_where_the_unknown_may_pass_only_the_known_is_refused(page: Page) -> None:
    rules = Rules(catalogue=GuardedSite().guard._rules.catalogue, unknown_cookies="allow")
    site = GuardedSite(rules)
    with running(site.app()) as origin:
        await page.goto(origin)
        await page.evaluate("for (const name of ['_ga', '_ga_X1', 'mine']) document.cookie = name + '=1'")
        assert await jar(page) == {"mine": "1"}
