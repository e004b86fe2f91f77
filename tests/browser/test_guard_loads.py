"""The guard where no policy is in force, as unknown hosts are allowed: it holds what is known."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace

import pytest
from playwright.async_api import Browser, Page, Route

from assent.demo.run import running
from tests.browser.guarded import RULES, GuardedSite

pytestmark = pytest.mark.anyio

REFUSED = "http://ads.tracker.example"
UNKNOWN = "http://unheard.example"
LOADS = {
    "fetch": "await fetch(url, { mode: 'no-cors' }).catch(() => {})",
    "a Request": "await fetch(new Request(url, { mode: 'no-cors' })).catch(() => {})",
    "XMLHttpRequest": "const x = new XMLHttpRequest(); x.open('GET', url); x.send()",
    "sendBeacon": "navigator.sendBeacon(url, 'x')",
    "EventSource": "try { new EventSource(url) } catch {}",
    "an image": "new Image().src = url",
    "an image's attribute": "document.createElement('img').setAttribute('src', url)",
    "an image in markup": "p.innerHTML = `<img src='${url}'>`",
    "a script": "document.head.append(Object.assign(document.createElement('script'), { src: url }))",
    "a stylesheet": "document.head.append(Object.assign(document.createElement('link'), "
    "{ rel: 'stylesheet', href: url }))",
    "a video": "Object.assign(document.createElement('video'), { preload: 'auto' }).src = url",
    "a frame's fetch": "const f = document.createElement('iframe'); p.append(f); "
    "await f.contentWindow.fetch(url, { mode: 'no-cors' }).catch(() => {})",
    "a worker's fetch": "new Worker(URL.createObjectURL(new Blob([`fetch('${url}', { mode: 'no-cors' })`])))",
}


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[GuardedSite, str]]:
    served = GuardedSite(replace(RULES, unknown_hosts="allow"))
    served.pages["/"] = "<p id=p>"
    with running(served.app()) as origin:
        yield served, origin


@pytest.fixture
async def page(browser: Browser, served: tuple[GuardedSite, str]) -> AsyncIterator[Page]:
    context = await browser.new_context()

    async def elsewhere(route: Route) -> None:
        await route.fulfill(content_type="text/plain", body="")

    await context.route("http://*.example/**", elsewhere)
    page = await context.new_page()
    await page.goto(served[1])
    yield page
    await context.close()


@pytest.mark.parametrize("way", LOADS)
async def test_known_hosts_are_held_and_others_reached(page: Page, way: str) -> None:
    reached: list[str] = []
    page.context.on("request", lambda request: reached.append(request.url))
    run = f"async url => {{ {LOADS[way]} }}"
    await page.evaluate(run, f"{REFUSED}/x")
    async with page.context.expect_event("request", lambda request: request.url.startswith(UNKNOWN)):
        await page.evaluate(run, f"{UNKNOWN}/x")
    assert not [url for url in reached if url.startswith(REFUSED)]
    assert "host ads.tracker.example" in await page.evaluate("window[Symbol.for('assent.blocked')]") or (
        way == "a worker's fetch"
    )


async def test_a_socket_to_a_known_host_is_refused_as_a_policy_would(page: Page) -> None:
    refused = "url => { try { new WebSocket(url) } catch (error) { return error.name } }"
    assert await page.evaluate(refused, "ws://ads.tracker.example/") == "SecurityError"
