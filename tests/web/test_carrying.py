"""Answers to other consent tools: what the first page does about them, and what is recorded."""

import asyncio
import hashlib
import json
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from assent import ConsentMiddleware, Settings
from assent.errors import LedgerUnavailable
from assent.ledger import open_ledger
from assent.web import carrying

pytestmark = pytest.mark.anyio

ORIGIN = "https://shop.example"
PAGE = {"sec-fetch-dest": "document", "sec-fetch-mode": "navigate", "accept": "text/html"}
DAY = 24 * 3600
HELD = b'<section class="assent-ask cky-consent-container" role="region"'


def cookiebot(*yes: str, days: float = 7) -> str:
    chosen = ",".join(
        f"{word}:{str(word in yes).lower()}" for word in ("preferences", "statistics", "marketing")
    )
    at = int((time.time() - days * DAY) * 1000)
    value = f"{{stamp:'q+a/Zg==',necessary:true,{chosen},method:'explicit',ver:1,utc:{at},region:'de'}}"
    return quote(value, safe="{}:+/=")


class Browser:
    """One browser before one Assent that was told to carry over; its site says what it heard."""

    def __init__(self, folder: Path, **settings: Any) -> None:
        told = {"consent": {"imports": ["cookiebot", "klaro"]}, **settings}
        self.settings = Settings.model_validate({"data_dir": folder, **told})
        site = Starlette(routes=[Route("/moved", self._moved), Route("/{rest:path}", self._page)])
        self.app = ConsentMiddleware(site, settings=self.settings)
        self.ledger = self.app.ledger.ledger
        self.heard: list[tuple[str, str]] = []
        self.http = httpx2.AsyncClient(transport=httpx2.ASGITransport(self.app), base_url=ORIGIN)

    def keeps(self, name: str, value: str) -> None:
        self.http.cookies.set(name, value, domain="shop.example", path="/")

    @property
    def names(self) -> list[str]:
        return sorted(self.http.cookies.keys())

    async def visits(self, path: str = "/", **fields: str) -> httpx2.Response:
        headers = {**PAGE, **{name.replace("_", "-"): value for name, value in fields.items()}}
        return await self.http.get(path, headers=headers)

    async def state(self) -> dict[str, Any]:
        state: dict[str, Any] = (await self.http.get("/_assent/state")).json()
        return state

    async def recorded(self) -> list[tuple[Any, dict[str, str]]]:
        """Return the visitor's records, each with what is kept apart."""
        consent_id = (await self.state())["consent_id"]
        ledger = open_ledger(self.settings.ledger.url)
        try:
            async with ledger.view() as view:
                apart = {row.record_id: json.loads(row.data) for row in await view.personal_of(consent_id)}
            return [(record, apart.get(record.id, {})) for record in await ledger.history(consent_id)]
        finally:
            await ledger.close()

    async def _page(self, request: Request) -> Response:
        self.heard.append((request.headers["assent-consent"], request.headers.get("cookie", "")))
        headers = {"cache-control": "public, max-age=60"}
        return HTMLResponse("<!doctype html><html><head></head><body>Teas</body></html>", headers=headers)

    async def _moved(self, request: Request) -> Response:
        return RedirectResponse("/new", 301)


@pytest.fixture
async def browser(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Browser]:
    # A machine under load may take longer than a page should wait.
    monkeypatch.setattr(carrying, "PATIENCE", 30)
    browser = Browser(tmp_path)
    yield browser
    await browser.http.aclose()
    await browser.app.close()


async def test_a_refusal_is_kept_with_the_first_page(browser: Browser) -> None:
    browser.keeps("CookieConsent", cookiebot())
    before = int(time.time())
    answer = await browser.visits()

    assert b' hidden="hidden"' in answer.content[answer.content.index(HELD) :].partition(b">")[0]
    assert browser.names == ["assent"], "the other tool has said what it had to say"
    assert "private" in answer.headers["cache-control"]
    state = await browser.state()
    assert state["granted"] == state["choice"]["categories"] == ["necessary"]
    ((record, apart),) = await browser.recorded()
    assert (record.action, record.method, record.law, record.given) == ("import", "automatic", "opt-in", ())
    assert record.expires >= before + 180 * DAY, "who has refused is not asked sooner for our moving in"
    assert apart["tool"] == "cookiebot"


async def test_a_grant_is_recorded_with_its_proof_and_holds_for_the_very_page(browser: Browser) -> None:
    value = cookiebot("statistics", days=100)
    browser.keeps("CookieConsent", value)
    browser.keeps("_ga", "GA1.1.1.1")
    answer = await browser.visits("/tea?green=1")

    ((consent, cookie),) = browser.heard
    assert consent == "necessary, analytics, performance"
    assert "_ga=GA1.1.1.1" in cookie
    assert "; assent=1." in cookie, "the site sees the choice as it will from now on"
    assert b'"granted":["necessary","analytics","performance"]' in answer.content
    ((record, apart),) = await browser.recorded()
    assert record.given == ("analytics", "performance")
    assert record.refused == ("functional", "advertisement")
    expected = time.time() + 80 * DAY
    assert abs(record.expires - expected) < DAY, "it lasts from when it was given"
    assert apart["sha256"] == hashlib.sha256(f"CookieConsent={value}".encode()).hexdigest()
    assert apart["answered"].startswith("20")
    state = await browser.state()
    assert state["choice"]["at"] == apart["answered"]


async def test_the_notice_of_the_record_says_that_nothing_of_ours_was_shown(browser: Browser) -> None:
    browser.keeps("CookieConsent", cookiebot("marketing"))
    await browser.visits()
    ((record, _),) = await browser.recorded()
    async with browser.ledger.view() as view:
        notice = await view.notice(record.notice)
    assert notice
    assert "another consent tool, cookiebot" in notice
    receipt = await browser.http.get("/_assent/receipt", headers={"accept": "application/json"})
    assert receipt.status_code == 200, "what is carried over has a receipt, too"


async def test_it_happens_once(browser: Browser) -> None:
    browser.keeps("CookieConsent", cookiebot("marketing"))
    await browser.visits()
    first = await browser.state()
    browser.keeps("CookieConsent", cookiebot())
    await browser.visits("/next")
    assert await browser.state() == first, "a choice made here came after"
    assert len(await browser.recorded()) == 1


async def test_a_choice_made_here_ends_the_word_of_the_other_tool(browser: Browser) -> None:
    browser.keeps("CookieConsent", cookiebot("marketing", days=300))
    await browser.visits()
    assert browser.names == ["CookieConsent"], "what carries nothing over is not ours to delete"
    data = {"action": "reject_all", "return_to": "/"}
    await browser.http.post("/_assent/choice", data=data, headers={"sec-fetch-site": "same-origin"})
    assert browser.names == ["assent"]


async def test_an_outdated_choice_made_here_is_newer_than_any_made_there(browser: Browser) -> None:
    browser.keeps("CookieConsent", cookiebot("marketing"))
    browser.keeps("assent", "1.outdated.1.necessary.x.y")
    await browser.visits()
    assert (await browser.state())["choice"] is None


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/logo.png", {"sec_fetch_dest": "image", "sec_fetch_mode": "no-cors"}),
        ("/api", {"sec_fetch_dest": "empty", "sec_fetch_mode": "cors"}),
        ("/framed", {"sec_fetch_dest": "iframe"}),
    ],
)
async def test_only_a_page_carries_over(browser: Browser, path: str, fields: dict[str, str]) -> None:
    browser.keeps("CookieConsent", cookiebot("marketing"))
    answer = await browser.visits(path, **fields)
    assert "set-cookie" not in answer.headers
    assert browser.heard[0][0] == "necessary"


async def test_a_redirect_carries_over_and_is_kept_by_no_shared_cache(browser: Browser) -> None:
    browser.keeps("klaro", '{"matomo":true}')
    answer = await browser.visits("/moved")
    assert (answer.status_code, answer.headers["cache-control"]) == (301, "private")
    assert browser.names == ["assent"]


async def test_the_signal_of_the_browser_outweighs_a_grant_and_not_a_refusal(browser: Browser) -> None:
    browser.keeps("CookieConsent", cookiebot("marketing"))
    await browser.visits(sec_gpc="1")
    assert (await browser.state())["choice"] is None
    browser.keeps("klaro", '{"matomo":false}')
    await browser.visits(sec_gpc="1")
    ((record, _),) = await browser.recorded()
    assert (record.gpc, record.given) == (True, ())


async def test_without_its_record_no_grant_takes_effect_and_a_refusal_does(
    browser: Browser, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def fails(*_: Any) -> None:
        raise LedgerUnavailable("the disk is full")

    monkeypatch.setattr(browser.ledger, "append", fails)
    browser.keeps("klaro", '{"matomo":true}')
    answer = await browser.visits()
    assert answer.status_code == 200
    assert browser.heard[-1][0] == "necessary"
    assert browser.names == ["klaro"], "the next page tries again"
    browser.keeps("klaro", '{"matomo":false}')
    await browser.visits()
    assert browser.names == ["assent"]
    assert "a refusal took effect without its record: the disk is full" in caplog.text


async def test_a_page_does_not_wait_for_a_ledger_that_hangs(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def hangs(*_: Any) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(carrying, "PATIENCE", 0.01)
    monkeypatch.setattr(browser.ledger, "append", hangs)
    browser.keeps("klaro", '{"matomo":true}')
    assert (await browser.visits()).status_code == 200
    assert browser.heard[-1][0] == "necessary"


@pytest.mark.parametrize(
    "settings",
    [{"consent": {}}, {"consent": {"imports": ["onetrust"]}}, {"enforcement": {"mode": "observe"}}],
    ids=["none listed", "another listed", "observing"],
)
async def test_nothing_carries_over_unasked(tmp_path: Path, settings: dict[str, Any]) -> None:
    browser = Browser(tmp_path, **settings)
    browser.keeps("klaro", '{"matomo":false}')
    answer = await browser.visits()
    await browser.app.close()
    assert "set-cookie" not in answer.headers
    assert browser.names == ["klaro"]


async def test_what_was_not_refused_under_an_opt_out_law_is_asked_for(tmp_path: Path) -> None:
    browser = Browser(tmp_path, consent={"imports": ["klaro"], "imports_law": "opt-out"})
    browser.keeps("klaro", '{"matomo":true}')
    await browser.visits()
    await browser.app.close()
    assert browser.names == ["klaro"]


async def test_the_operators_names_for_services_count(tmp_path: Path, browser: Browser) -> None:
    own = Browser(tmp_path / "own", services=[{"name": "Besucher", "category": "performance"}])
    for each in (browser, own):
        each.keeps("klaro", quote('{"besucher":true}'))
        await each.visits()
    await own.app.close()
    assert [each.heard[0][0] for each in (browser, own)] == ["necessary", "necessary, performance"]
