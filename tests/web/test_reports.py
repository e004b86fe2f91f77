"""What browsers report as blocked: read in both forms, bounded, and believed only as far as rules know it."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from assent.core.categories import Category
from assent.core.rules import HostRule, Rules
from assent.errors import AssentError
from assent.web.reports import MAX_BODY, MAX_VIOLATIONS, PER_SECOND, Reports, blocked_urls

pytestmark = pytest.mark.anyio

RULES = Rules(hosts=(HostRule("*.ads.example", Category.ADVERTISEMENT),))


class Desk:
    """The endpoint, and what it was told."""

    def __init__(self) -> None:
        self.sighted: list[str] = []
        reports = Reports(rules=RULES, sighted=self.sighted.append)

        async def error(request: Any, error: Exception) -> PlainTextResponse:
            assert isinstance(error, AssentError)
            return PlainTextResponse(str(error), error.status)

        app = Starlette(
            routes=[Route("/reports", reports.post, methods=["POST"])],
            exception_handlers={AssentError: error},
        )
        self.http = httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="https://shop.example")

    async def post(self, body: bytes) -> int:
        return (await self.http.post("/reports", content=body)).status_code


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    desk = Desk()
    yield desk
    await desk.http.aclose()


def old(url: str) -> bytes:
    return json.dumps({"csp-report": {"blocked-uri": url}}).encode()


def new(*urls: str) -> bytes:
    return json.dumps([{"type": "csp-violation", "body": {"blockedURL": url}} for url in urls]).encode()


@pytest.mark.parametrize("body", [old("https://x.ads.example/p?id=7"), new("https://x.ads.example/p")])
async def test_a_known_third_party_is_sighted_in_either_form(desk: Desk, body: bytes) -> None:
    assert await desk.post(body) == 204
    assert desk.sighted == ["x.ads.example"]


@pytest.mark.parametrize("url", ["https://nobody.example/", "inline", "eval", "data", "", "blob"])
async def test_what_no_rule_knows_is_not_taken_for_one_of_the_sites_hosts(desk: Desk, url: str) -> None:
    assert await desk.post(old(url)) == 204
    assert desk.sighted == []


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
    assert len(list(blocked_urls(new(*["https://a.example"] * 500)))) == MAX_VIOLATIONS
    for _ in range(PER_SECOND * 3):
        assert await desk.post(old("https://x.ads.example/")) == 204
    assert len(desk.sighted) < PER_SECOND * 3
