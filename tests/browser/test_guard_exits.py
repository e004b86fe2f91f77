"""The guard at the exits of a page: what a script makes that leads the browser to another host."""

from collections.abc import AsyncIterator, Iterator

import pytest
from playwright.async_api import Browser, Page, Route

from assent.demo.run import running
from tests.browser.conftest import PATIENCE
from tests.browser.guarded import GuardedSite

pytestmark = pytest.mark.anyio

REFUSED = "http://ads.tracker.example/"
PARTNER = "http://partner.example/"
ASKING = "/_assent/leaving?to=http%3A%2F%2Fads.tracker.example%2F"


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[GuardedSite, str]]:
    served = GuardedSite()
    with running(served.app()) as origin:
        yield served, origin


@pytest.fixture
def site(served: tuple[GuardedSite, str]) -> GuardedSite:
    served[0].reset()
    served[0].pages["/"] = "<p id=p>"
    return served[0]


@pytest.fixture
def origin(site: GuardedSite, served: tuple[GuardedSite, str]) -> str:
    return served[1]


@pytest.fixture
async def page(browser: Browser, origin: str) -> AsyncIterator[Page]:
    async def elsewhere(route: Route) -> None:
        await route.fulfill(content_type="text/html", body="<title>Elsewhere</title>")

    context = await browser.new_context()
    context.set_default_timeout(PATIENCE)
    await context.route("http://*.example/**", elsewhere)
    yield await context.new_page()
    await context.close()


async def test_a_visitor_who_a_script_leads_away_is_asked(page: Page, origin: str, site: GuardedSite) -> None:
    away = "setTimeout(() => { location = 'http://ads.tracker.example/' })"
    site.pages["/"] = f'<button onclick="{away}">Go</button><script>{away}</script>'
    await page.goto(origin)
    await page.wait_for_function("window[Symbol.for('assent.blocked')].length")
    assert page.url == origin + "/", "nobody has touched the page"
    await page.get_by_role("button").click()
    await page.wait_for_url(origin + ASKING)


HINTS = {
    "link": "document.head.append(Object.assign(document.createElement('link'), {rel, href}))",
    "link, set later": "l = document.createElement('link'); document.head.append(l); "
    "l.rel = rel; l.href = href",
    "link, turned": "l = document.createElement('link'); document.head.append(l); l.href = href; l.rel = rel",
    "attributes": "l = document.createElement('link'); document.head.append(l); "
    "l.setAttribute('href', href); l.setAttribute('REL', rel)",
    "attributes with a namespace": "l = document.createElement('link'); document.head.append(l); "
    "l.setAttributeNS(null, 'rel', rel); l.setAttributeNS(null, 'href', href)",
    "an attribute's value": "l = document.createElement('link'); document.head.append(l); "
    "l.setAttribute('href', '/'); l.rel = rel; l.attributes.href.value = href",
    "an attribute of its own": "l = document.createElement('link'); document.head.append(l); l.rel = rel; "
    "a = document.createAttribute('href'); a.value = href; l.setAttributeNode(a)",
    "tokens": "l = document.createElement('link'); document.head.append(l); l.href = href; "
    "l.relList.add(...rel.split(' '))",
    "markup": "p.innerHTML = `<link rel=${rel} href='${href}'>`",
    "markup beside": "p.insertAdjacentHTML('afterend', `<LINK href=${href} rel=${rel}>`)",
    "a fragment": "p.append(document.createRange()"
    ".createContextualFragment(`<b><link rel=${rel} href=${href}></b>`))",
    "a template": "t = document.createElement('template'); t.innerHTML = `<link rel=${rel} href=${href}>`; "
    "p.append(t.content)",
    "another realm": "f = document.createElement('iframe'); p.append(f); "
    "l = f.contentDocument.createElement('link'); l.rel = rel; l.href = href; document.head.append(l)",
    "written": "document.write(`<link rel=${rel} href=${href}>`)",
}


@pytest.mark.parametrize("way", HINTS)
@pytest.mark.parametrize("rel", ["preconnect", "dns-prefetch preload"])
async def test_a_hint_to_a_refused_host_is_never_in_force(
    page: Page, origin: str, way: str, rel: str
) -> None:
    await page.goto(origin)
    href = REFUSED
    await page.evaluate(f"([rel, href]) => {{ let a, l, f, t; {HINTS[way]} }}", [rel, href])
    links = await page.evaluate("[...document.querySelectorAll('link')].map(l => [l.rel, l.href])")
    assert not [link for link in links if link[0] == rel and link[1] == href]
    assert await page.evaluate("window[Symbol.for('assent.blocked')]") == ["host ads.tracker.example"]


@pytest.mark.parametrize("way", HINTS)
async def test_a_hint_to_a_host_that_may_be_reached_stays(page: Page, origin: str, way: str) -> None:
    await page.goto(origin)
    href = PARTNER
    await page.evaluate(f"([rel, href]) => {{ let a, l, f, t; {HINTS[way]} }}", ["preconnect", href])
    links = await page.evaluate("[...document.querySelectorAll('link')].map(l => [l.rel, l.href])")
    assert ["preconnect", href] in links


FRAMED = {
    "before": "f.src = url; p.append(f)",
    "after": "p.append(f); f.src = url",
    "attribute": "p.append(f); f.setAttribute('src', url)",
    "attribute with a namespace": "p.append(f); f.setAttributeNS(null, 'src', url)",
    "an attribute's value": "p.append(f); f.setAttribute('src', ''); f.attributes.src.value = url",
    "an attribute of its own": "p.append(f); const a = document.createAttribute('src'); a.value = url; "
    "f.setAttributeNode(a)",
    "markup": "p.innerHTML = `<div><iframe src=${url}></iframe></div>`",
}


@pytest.mark.parametrize("way", FRAMED)
async def test_a_frame_that_a_script_makes_shows_what_stands_for_a_refused_host(
    page: Page, origin: str, way: str
) -> None:
    await page.goto(origin)
    make = f"url => {{ const f = document.createElement('iframe'); {FRAMED[way]} }}"
    await page.evaluate(make, REFUSED)
    shown = await page.evaluate("document.querySelector('iframe').getAttribute('src')")
    if way == "markup":
        assert shown is None
    else:
        assert shown == f"{origin}/_assent/blocked?host=ads.tracker.example"
    await page.evaluate(make, PARTNER)
    assert (
        await page.evaluate("[...document.querySelectorAll('iframe')].at(-1).getAttribute('src')") == PARTNER
    )


@pytest.mark.parametrize(
    "way",
    {
        "property": "f.srcdoc = html",
        "attribute": "f.setAttribute('srcdoc', html)",
        "markup": "p.innerHTML = `<iframe srcdoc='${html}'></iframe>`",
    }.values(),
)
async def test_a_hint_in_a_document_for_a_frame_is_parked(page: Page, origin: str, way: str) -> None:
    await page.goto(origin)
    html = f"<link rel=preconnect href={REFUSED}><link rel=preconnect href={PARTNER}>"
    make = f"html => {{ const f = document.createElement('iframe'); p.append(f); {way} }}"
    await page.evaluate(make, html)
    frame = "document.querySelector('iframe').contentDocument"
    await page.wait_for_function(f"{frame}.links.length + {frame}.querySelectorAll('link').length")
    links = await page.evaluate(f"[...{frame}.querySelectorAll('link')].map(l => l.getAttribute('href'))")
    assert links == [None, PARTNER]


async def test_rules_for_speculation_are_parked_when_they_name_a_refused_host(
    page: Page, origin: str
) -> None:
    await page.goto(origin)
    add = """urls => { const s = document.createElement("script"); s.type = "speculationrules";
      s.text = JSON.stringify({ prefetch: [{ urls }] }); document.head.append(s); return s.type }"""
    assert await page.evaluate(add, ["/next", REFUSED]) == "text/plain"
    assert await page.evaluate(add, ["/next", PARTNER]) == "speculationrules"


async def test_text_that_looks_like_markup_stays_as_it_is(page: Page, origin: str) -> None:
    await page.goto(origin)
    text = "<iframe src='http://ads.tracker.example/'>"
    assert (
        await page.evaluate(
            "text => { document.body.append(text); return document.body.lastChild.data }", text
        )
        == text
    )
