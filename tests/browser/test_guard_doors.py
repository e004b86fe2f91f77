"""The guard at the doors of a page: frames and windows of the same origin, navigation, WebRTC."""

import socket
from collections.abc import AsyncIterator, Iterator

import pytest
from playwright.async_api import Browser, BrowserContext, Page, Route

from assent.demo.run import running
from tests.browser.conftest import PATIENCE
from tests.browser.guarded import GuardedSite

pytestmark = pytest.mark.anyio

MADE = "const frame = document.createElement('iframe'); "
WRITE = "realm.document.cookie = '_ga=1'; realm.localStorage.setItem('an_id', 1); "
DOORS = {
    "contentWindow": MADE + "document.body.appendChild(frame); const realm = frame.contentWindow;",
    "contentDocument": MADE + "document.body.append(frame); const realm = frame.contentDocument.defaultView;",
    "an index of window": MADE + "document.body.appendChild(frame); const realm = window[0];",
    "frames": MADE + "document.body.prepend(frame); const realm = frames[frames.length - 1];",
    "its name": MADE
    + "frame.name = 'door'; document.body.insertBefore(frame, null); const realm = window.door;",
    "innerHTML": "document.body.innerHTML = '<iframe></iframe>'; const realm = window[0];",
    "outerHTML": "p.outerHTML = '<iframe></iframe>'; const realm = window[0];",
    "insertAdjacentHTML": "p.insertAdjacentHTML('afterend', '<iframe></iframe>'); const realm = window[0];",
    "insertAdjacentElement": MADE + "p.insertAdjacentElement('beforebegin', frame); const realm = window[0];",
    "replaceWith": MADE + "p.replaceWith(frame); const realm = window[0];",
    "a fragment": MADE + "const part = new DocumentFragment(); part.append(frame); p.after(part); "
    "const realm = window[0];",
    "a range": MADE + "const range = new Range(); range.selectNode(p); range.insertNode(frame); "
    "const realm = window[0];",
    "surroundContents": MADE + "const range = new Range(); range.selectNode(p); "
    "range.surroundContents(frame); const realm = window[0];",
    "a frame that went on": MADE + "frame.src = '/script'; p.append(frame); "
    "await new Promise(done => { frame.onload = done }); frame.src = '/script?2'; "
    "await new Promise(done => { frame.onload = done }); const realm = window[0];",
    "an embed that went on": "const thing = document.createElement('embed'); thing.src = '/svg'; "
    "p.append(thing); await new Promise(done => { thing.onload = done }); thing.src = '/svg?2'; "
    "await new Promise(done => { thing.onload = done }); const realm = window[0];",
    "a shadow root": "const div = document.createElement('div'); p.append(div); "
    "const root = div.attachShadow({ mode: 'open' }); "
    "root.innerHTML = '<iframe></iframe>'; const realm = root.firstChild.contentWindow;",
    "document.write": "document.write('<iframe></iframe>'); document.close(); const realm = window[0];",
    "a frame in the place of a removed one": MADE + "p.append(frame); frame.remove(); "
    "p.append(document.createElement('iframe')); const realm = window[0];",
    "a frame within a frame": MADE + "p.append(frame); const inner = frame.contentDocument; "
    "inner.body.append(inner.createElement('iframe')); const realm = window[0][0];",
    "a frame that the parser made": "const realm = window[0];",
    "an object": "const thing = document.createElement('object'); thing.data = '/plain'; p.append(thing); "
    "await new Promise(done => { thing.onload = done }); const realm = thing.contentWindow;",
    "a popup": "const realm = open('');",
}


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


@pytest.fixture(scope="module")
async def profile(browser: Browser) -> AsyncIterator[BrowserContext]:
    """One profile for all, in which other hosts answer, too."""

    async def elsewhere(route: Route) -> None:
        await route.fulfill(content_type="text/html", body="<title>Elsewhere</title>")

    made = await browser.new_context()
    made.set_default_timeout(PATIENCE)
    await made.route("http://*.example/**", elsewhere)
    yield made
    await made.close()


@pytest.fixture
async def page(profile: BrowserContext, origin: str) -> AsyncIterator[Page]:
    """A page of a profile in which nothing is stored; nothing may be thrown in it."""
    errors: list[str] = []
    opened = await profile.new_page()
    opened.on("pageerror", lambda error: errors.append(str(error)))
    await opened.goto(origin + "/plain")
    await opened.evaluate("localStorage.clear()")
    await profile.clear_cookies()
    yield opened
    for shown in profile.pages:
        await shown.close()
    assert not errors


@pytest.mark.parametrize("door", DOORS)
async def test_a_realm_of_the_same_origin_is_guarded_before_a_script_can_use_it(
    page: Page, origin: str, site: GuardedSite, door: str
) -> None:
    html = "<p id=p>A page</p>" + ("<iframe></iframe>" if "parser" in door else "")
    await page.evaluate("html => { document.body.innerHTML = html }", html)
    for stored in (1, 0):
        await page.evaluate(f"async () => {{ {DOORS[door]} {WRITE} }}")
        assert len(await page.context.cookies()) == stored
        assert await page.evaluate("localStorage.length") == stored
        await page.evaluate("localStorage.clear()")
        await page.context.clear_cookies()
        site.pages["/"] = html
        await page.goto(origin)


async def test_a_frame_of_the_markup_is_guarded_before_the_next_script(
    page: Page, origin: str, site: GuardedSite
) -> None:
    site.pages["/"] = f"<iframe></iframe><script>const realm = window[0]; {WRITE}</script>"
    await page.goto(origin)
    assert not await page.context.cookies()
    assert not await page.evaluate("localStorage.length")


OWN = """<script>for (const name of ["_ga", "basket"]) document.cookie = name + "=1";
for (const name of ["an_id", "words"]) localStorage.setItem(name, 1); parent.ran = true</script>"""


@pytest.mark.parametrize(
    "make",
    [
        pytest.param("frame.srcdoc = html", id="srcdoc"),
        pytest.param("frame.src = URL.createObjectURL(new Blob([html], {type: 'text/html'}))", id="blob"),
        pytest.param("frame.src = `javascript:${JSON.stringify(html)}`", id="javascript"),
    ],
)
async def test_a_frame_that_brings_its_own_document_is_guarded(page: Page, origin: str, make: str) -> None:
    for path, stored in (("/plain", ["an_id", "words"]), ("/", ["words"])):
        await page.goto(origin + path)
        await page.evaluate("localStorage.clear()")
        await page.context.clear_cookies()
        await page.evaluate(f"html => {{ {MADE} {make}; document.body.append(frame) }}", OWN)
        await page.wait_for_function("window.ran")
        assert await page.evaluate("Object.keys(localStorage).sort()") == stored
    assert "_ga" not in {cookie["name"] for cookie in await page.context.cookies()}


async def test_a_guarded_page_in_a_frame_is_guarded_once(page: Page, origin: str, site: GuardedSite) -> None:
    site.pages["/"] = "<iframe src=/inner></iframe>"
    site.pages["/inner"] = "<script>document.cookie = '_ga=1'; document.cookie = 'basket=1'</script>"
    await page.goto(origin)
    assert [cookie["name"] for cookie in await page.context.cookies()] == ["basket"]
    assert await page.evaluate("window[0].document.title") == "Shop"


@pytest.mark.parametrize(
    ("script", "arrives"),
    [
        pytest.param("location = '{refused}'", False, id="location"),
        pytest.param("location.replace('{refused}')", False, id="replace"),
        pytest.param("window.open('{refused}', '_self')", False, id="open in place"),
        pytest.param(
            "for (const end of Object.values(navigation.navigate('{refused}'))) end.catch(() => {{}})",
            False,
            id="navigate",
        ),
        pytest.param("link.click()", False, id="a link that a script clicks"),
        pytest.param("form.submit()", False, id="a form that a script sends"),
        pytest.param("location = 'http://partner.example/'", True, id="a declared host"),
        pytest.param("location = '/next'", True, id="this site"),
        pytest.param("location = '//127.0.0.1:{port}/next'", True, id="this site by its name"),
    ],
)
async def test_a_script_leads_nobody_to_a_refused_host(
    page: Page, origin: str, site: GuardedSite, script: str, arrives: bool
) -> None:
    refused = "http://ads.tracker.example/?id=1"
    script = script.format(refused=refused, port=origin.rpartition(":")[2])
    site.pages["/"] = (
        f"<a id=link href='{refused}'>Away</a><form id=form action='{refused}'></form>"
        f"<script>onload = () => setTimeout(() => {{ {script} }})</script>"
    )
    await page.goto(origin)
    if arrives:
        await page.wait_for_url(lambda url: url != origin + "/")
    else:
        await page.wait_for_function("window[Symbol.for('assent.blocked')].length")
        await page.wait_for_timeout(100)
        assert page.url == origin + "/"
        assert await page.evaluate("window[Symbol.for('assent.blocked')]") == ["host ads.tracker.example"]


async def test_a_visitor_who_follows_a_link_arrives(page: Page, origin: str, site: GuardedSite) -> None:
    site.pages["/"] = "<a href='http://ads.tracker.example/'>Away</a>"
    await page.goto(origin)
    await page.get_by_role("link").click()
    await page.wait_for_url("http://ads.tracker.example/")


async def test_a_script_opens_no_window_of_a_refused_host_unless_asked(
    page: Page, origin: str, site: GuardedSite
) -> None:
    away = "window.opened = window.open('http://ads.tracker.example/')"
    site.pages["/"] = f'<button onclick="{away}">Go</button><script>{away}</script>'
    await page.goto(origin)
    assert await page.evaluate("opened") is None
    async with page.expect_popup() as popup:
        await page.get_by_role("button").click()
    asking = "/_assent/leaving?to=http%3A%2F%2Fads.tracker.example%2F"
    await (await popup.value).wait_for_url(origin + asking)


REACH = """async ([port, door]) => {
  const frame = document.body.appendChild(document.createElement("iframe"));
  const Peer = { own: RTCPeerConnection, frame: window[0].RTCPeerConnection,
    constructor: new RTCPeerConnection().constructor }[door] ?? RTCPeerConnection;
  const config = { iceServers: [{ urls: ["stun:localhost:" + port] }, { urls: "stun:partner.example" }] };
  const peer = door === "later" ? new Peer() : new Peer(config);
  if (door === "later") peer.setConfiguration(config);
  peer.createDataChannel("x");
  await peer.setLocalDescription();
  return [config.iceServers.length, peer.getConfiguration().iceServers.flatMap(server => server.urls)];
}"""


@pytest.mark.parametrize("door", ["own", "frame", "constructor", "later"])
async def test_web_rtc_asks_no_server_at_a_refused_host(page: Page, origin: str, door: str) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stun:
        stun.bind(("127.0.0.1", 0))
        stun.settimeout(0.3)
        port = stun.getsockname()[1]
        await page.goto(origin)
        assert await page.evaluate(REACH, [port, door]) == [2, ["stun:partner.example"]]
        with pytest.raises(TimeoutError):
            stun.recv(2048)


async def test_web_rtc_without_the_guard_does_ask(page: Page, origin: str) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stun:
        stun.bind(("127.0.0.1", 0))
        stun.settimeout(3)
        await page.goto(origin + "/plain")
        await page.evaluate(REACH, [stun.getsockname()[1], "own"])
        assert stun.recv(2048)
