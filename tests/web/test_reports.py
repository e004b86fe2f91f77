"""What browsers report as blocked: read in both forms, bounded, and believed only as far as rules know it."""

import json
import time
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from assent.asgi.types import Scope
from assent.asgi.visit import Visits
from assent.core.categories import Category
from assent.core.choice import ChoiceCookie
from assent.core.rules import CookieRule, HostRule, Rules, StorageRule
from assent.core.tally import STRANGERS, Tally
from assent.discovery import Sightings
from assent.errors import AssentError
from assent.gateway import TrustedProxies
from assent.web.loopback import Loopback
from assent.web.reports import MAX_BODY, MAX_VIOLATIONS, PER_SECOND, Reports, entries

pytestmark = pytest.mark.anyio

RULES = Rules(
    cookies=(CookieRule("_ga*", Category.ANALYTICS),),
    storage=(StorageRule("amplitude_*", Category.ANALYTICS),),
    hosts=(HostRule("*.ads.example", Category.ADVERTISEMENT),),
)
COOKIE = ChoiceCookie(["k" * 32], policy_version="1", lifetime=3600)


def origin_of(scope: Scope) -> str:
    return "http://localhost:8000"


class Desk:
    """The endpoint, and what it told; ``http`` is a visitor on this machine, ``far`` one from elsewhere."""

    def __init__(self, rules: Rules = RULES) -> None:
        self.sightings = Sightings()
        self.tally = Tally(rules)
        self.told: list[str] = []
        trusted = TrustedProxies()
        reports = Reports(
            rules=rules,
            sightings=self.sightings,
            visits=Visits(rules, COOKIE, self.sightings, origin_of=origin_of, tally=self.tally),
            tally=self.tally,
            origin_of=origin_of,
            loopback=Loopback(trusted, None),
            tell=lambda counts, scope: self.told.extend(count.reason.name for count in counts),
        )

        async def error(request: Any, error: Exception) -> PlainTextResponse:
            assert isinstance(error, AssentError)
            return PlainTextResponse(str(error), error.status)

        app = Starlette(
            routes=[Route("/reports", reports.post, methods=["POST"])],
            exception_handlers={AssentError: error},
        )
        transport = httpx2.ASGITransport(app)
        self.http = httpx2.AsyncClient(transport=transport, base_url="http://localhost:8000")
        self.far = httpx2.AsyncClient(transport=transport, base_url="https://shop.example")

    async def post(self, body: bytes, **headers: str) -> int:
        return (await self.http.post("/reports", content=body, headers=headers)).status_code

    def listed(self) -> list[tuple[str, str, str, str, bytes]]:
        return [
            (count.reason.layer, count.reason.what, count.reason.name, count.reason.label, count.page)
            for count in self.tally.listed()
        ]


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    desk = Desk()
    yield desk
    await desk.http.aclose()
    await desk.far.aclose()


def old(url: str) -> bytes:
    return json.dumps({"csp-report": {"blocked-uri": url}}).encode()


def new(*urls: str) -> bytes:
    return json.dumps([{"type": "csp-violation", "body": {"blockedURL": url}} for url in urls]).encode()


@pytest.mark.parametrize("body", [old("https://x.ads.example/p?id=7"), new("https://x.ads.example/p")])
async def test_a_known_third_party_is_sighted_in_either_form(desk: Desk, body: bytes) -> None:
    assert await desk.post(body) == 204
    assert list(desk.sightings.hosts()) == ["x.ads.example"]


@pytest.mark.parametrize("url", ["https://nobody.example/", "inline", "eval", "data", "", "blob"])
async def test_what_no_rule_knows_is_not_taken_for_one_of_the_sites_hosts(desk: Desk, url: str) -> None:
    assert await desk.post(old(url)) == 204
    assert list(desk.sightings.hosts()) == []


@pytest.mark.parametrize(
    "body", [b"[]", b"{}", b"[1]", b'{"csp-report": 1}', b'[{"body": {"blockedURL": 1}}]', b'"x"']
)
async def test_a_report_that_says_nothing_is_taken_politely(desk: Desk, body: bytes) -> None:
    assert await desk.post(body) == 204


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[" * 5000])
async def test_what_is_no_report_is_refused(desk: Desk, body: bytes) -> None:
    assert await desk.post(body) == 400


async def test_a_report_that_is_too_large_is_refused(desk: Desk) -> None:
    assert await desk.post(b" " * (MAX_BODY + 1)) == 413


async def test_of_many_violations_and_many_reports_only_so_many_are_read(desk: Desk) -> None:
    assert len(list(entries(new(*["https://a.example"] * 500)))) == MAX_VIOLATIONS
    for _ in range(PER_SECOND * 3):
        assert await desk.post(old("https://x.ads.example/")) == 204
    assert desk.tally.totals()[("policy", "advertisement")] < PER_SECOND * 3


def violation(
    url: str, directive: str = "script-src-elem", page: str = "http://localhost:8000/a?b=c"
) -> bytes:
    details = {"blocked-uri": url, "effective-directive": directive, "document-uri": page}
    return json.dumps({"csp-report": details}).encode()


def refused(*names: str, page: str = "http://localhost:8000/a") -> bytes:
    return json.dumps([{"type": "assent-guard", "url": page, "body": {"refused": names}}]).encode()


async def test_a_violation_is_listed_with_its_directive_and_page(desk: Desk) -> None:
    await desk.post(violation("https://x.ads.example/p?id=7"))
    await desk.post(violation("https://nobody.example/p", "Not A Directive"))

    assert desk.listed() == [
        ("policy", "script-src-elem", "x.ads.example", "advertisement", b"/a"),
        ("policy", "", "nobody.example", "unknown", b"/a"),
    ]
    assert desk.told == ["x.ads.example", "nobody.example"]


@pytest.mark.parametrize("page", ["", "http://[", "about:srcdoc", "x" * 3000])
async def test_a_violation_on_a_page_that_makes_no_sense_is_counted_all_the_same(
    desk: Desk, page: str
) -> None:
    assert await desk.post(violation("https://x.ads.example/p", page=page)) == 204
    assert desk.tally.totals() == {("policy", "advertisement"): 1}


async def test_what_is_granted_by_now_or_the_sites_own_is_not_counted(desk: Desk) -> None:
    granted = COOKIE.choice("0190f3b4-0000-7000-8000-000000000000", Category, int(time.time()))

    await desk.post(violation("https://x.ads.example/p"), cookie="assent=" + COOKIE.dump(granted))
    await desk.post(violation("http://localhost:8000/own.js"))

    assert desk.listed() == []


async def test_a_stranger_is_told_nothing_and_cannot_fill_the_list(desk: Desk) -> None:
    for number in range(STRANGERS + 16):
        body = violation(f"https://n{number}.example/")
        assert (await desk.far.post("/reports", content=body)).status_code == 204
    await desk.far.post("/reports", content=refused("cookie _ga"))
    await desk.post(violation("https://found.example/"))

    assert len(desk.listed()) == STRANGERS + 1
    assert desk.listed()[-1][2] == "found.example"
    assert desk.told == ["found.example"]


async def test_what_the_guard_kept_from_scripts_is_listed(desk: Desk) -> None:
    await desk.post(refused("cookie _ga", "storage amplitude_1", "host a.example", "odd", "nonsense x"))

    assert desk.listed() == [
        ("guard", "", "_ga", "analytics", b"/a"),
        ("guard", "", "amplitude_1", "analytics", b"/a"),
    ], "a host is reported by the browser itself"


async def test_where_no_policy_is_in_force_the_guard_s_hosts_are_listed_too() -> None:
    desk = Desk(Rules(hosts=RULES.hosts, unknown_hosts="allow"))
    await desk.post(refused("host x.ads.example"))
    await desk.post(violation("https://nobody.example/"))

    assert desk.listed() == [("guard", "", "x.ads.example", "advertisement", b"/a")]
