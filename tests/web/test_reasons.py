"""What visitors on this machine read about what was blocked: in a page, on one of its own, on the console."""

import asyncio
import logging
import re
import xml.etree.ElementTree as ET
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest

from assent import ConsentMiddleware, Settings
from assent.asgi.types import Receive, Scope, Send
from assent.web import console
from tests.asgi.calls import Fields

pytestmark = pytest.mark.anyio

HERE, ELSEWHERE = "http://localhost:8000", "https://shop.example"
DOCUMENT = {"sec-fetch-dest": "document"}
TITLE = "What Assent blocked"
PAGE = b'<!DOCTYPE html><html><head></head><body><iframe src="https://video.example/"></iframe></body></html>'
COOKIES = [
    (b"set-cookie", b"mystery=secret; Path=/"),
    (b"set-cookie", b"_ga=secret; Path=/"),
    (b"set-cookie", b'<script>alert("1")</script>=secret; Path=/'),
    (b"set-cookie", b"evil\x1b[31m=secret; Path=/"),
]

Client = Callable[..., httpx2.AsyncClient]


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[Client]:
    made: list[tuple[ConsentMiddleware, httpx2.AsyncClient]] = []

    def make(fields: Fields = COOKIES, kind: bytes = b"text/html", **settings: Any) -> httpx2.AsyncClient:
        async def site(scope: Scope, receive: Receive, send: Send) -> None:
            headers = [(b"content-type", kind), *fields]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": PAGE})

        assent = ConsentMiddleware(site, settings=Settings.model_validate({"data_dir": tmp_path, **settings}))
        http = httpx2.AsyncClient(transport=httpx2.ASGITransport(assent), base_url=HERE)
        made.append((assent, http))
        return http

    yield make
    for assent, http in made:
        await http.aclose()
        await assent.close()


async def test_a_page_explains_itself_to_a_visitor_on_this_machine(client: Client) -> None:
    http = client()
    await http.get("/", headers=DOCUMENT)

    page = await http.get("/", headers=DOCUMENT)

    assert TITLE in page.text
    assert "video.example" in page.text.partition(TITLE)[2], "what the first page had parked"
    assert "private" in page.headers["cache-control"]
    assert 'set-cookie;name="mystery";category=unknown;rule="unknown"' in page.headers["assent-blocked"]


@pytest.mark.parametrize(
    ("address", "headers"),
    [(ELSEWHERE, {}), (HERE, {"x-forwarded-for": "203.0.113.7"}), (HERE, {"via": "1.1 proxy"})],
)
async def test_a_stranger_sees_nothing_of_it(client: Client, address: str, headers: dict[str, str]) -> None:
    http = client()
    await http.get("/", headers=DOCUMENT)

    page = await http.get(address + "/", headers=DOCUMENT | headers)

    assert TITLE not in page.text
    assert "reasons" not in page.text
    assert "assent-blocked" not in page.headers
    assert (await http.get(address + "/_assent/reasons", headers=headers)).status_code == 404


async def test_a_site_with_a_public_origin_explains_itself_to_nobody(client: Client) -> None:
    http = client(site={"origin": ELSEWHERE})

    assert TITLE not in (await http.get("/", headers=DOCUMENT)).text
    assert (await http.get("/_assent/reasons")).status_code == 404


async def test_the_list_says_what_where_by_which_rule_and_how_it_would_pass(client: Client) -> None:
    http = client(hosts=[{"host": "video.example", "category": "functional"}])
    for address in (HERE, ELSEWHERE):
        await http.get(address + "/a/page?token=1", headers=DOCUMENT)

    answer = await http.get("/_assent/reasons")

    assert answer.headers["cache-control"] == "no-store"
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    text = re.sub(r"<[^>]+>|\s+", " ", answer.text.replace("&#34;", '"'))
    for said in (
        "set-cookie on /a/page, 2 times",
        'name = "mystery" category = "necessary"',
        "unknown; no choice of a visitor lets it pass",
        "catalogue: _ga",
        "analytics; passes once a visitor allows Analytics",
        "markup (iframe src) on /a/page, 2 times",
        '[[hosts]] host = "video.example" (yours)',
    ):
        assert said in re.sub(r" +", " ", text)
    assert "token" not in answer.text
    assert "secret" not in answer.text


@pytest.mark.parametrize("path", ["/", "/_assent/reasons"])
async def test_names_that_a_site_makes_up_do_no_harm(client: Client, path: str) -> None:
    http = client()
    await http.get("/", headers=DOCUMENT)

    text = (await http.get(path, headers=DOCUMENT)).text

    assert "<script>alert" not in text
    assert "&lt;script&gt;alert" in text
    assert "\x1b" not in text


async def test_a_page_in_xhtml_stays_well_formed(client: Client) -> None:
    http = client(kind=b"application/xhtml+xml")
    await http.get("/", headers=DOCUMENT)

    page = (await http.get("/", headers=DOCUMENT)).text

    assert TITLE in page
    ET.fromstring(page.partition("<!DOCTYPE html>")[2])


async def test_it_lives_under_the_pages_own_policy(client: Client) -> None:
    policy = b"script-src 'nonce-c2NyaXB0'; style-src 'nonce-c3R5bGU='"
    http = client([*COOKIES, (b"content-security-policy", policy)])

    page = (await http.get("/", headers=DOCUMENT)).text

    assert re.search(r'<script[^>]*reasons\.[^>]*nonce="c2NyaXB0"', page)
    assert re.search(r'<link[^>]*reasons\.[^>]*nonce="c3R5bGU="', page)


async def test_the_script_gets_the_same_as_a_fragment(client: Client) -> None:
    http = client()
    await http.get("/", headers=DOCUMENT)

    fragment = await http.get("/_assent/reasons", headers={"assent-fragment": "1"})

    assert f"{TITLE} (5)" in fragment.text
    assert "<html" not in fragment.text


async def test_observing_lists_it_and_shows_nothing_in_pages(client: Client) -> None:
    http = client(enforcement={"mode": "observe"})

    page = await http.get("/", headers=DOCUMENT)

    assert page.content == PAGE
    assert "mystery" in page.headers["assent-would-block"]
    listed = (await http.get("/_assent/reasons")).text
    assert "What Assent would block" in listed
    assert "video.example" in listed


async def test_the_console_says_it_once_and_only_of_visitors_on_this_machine(
    client: Client, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(console, "PAUSE", 0)
    caplog.set_level(logging.INFO, "assent.reasons")
    http = client()
    for address in (ELSEWHERE, HERE, HERE, ELSEWHERE):
        await http.get(address + "/", headers=DOCUMENT)
        await asyncio.sleep(0.01)

    (said,) = [record.getMessage() for record in caplog.records if record.name == "assent.reasons"]

    lines = said.splitlines()
    assert f"{HERE}/_assent/reasons" in lines[0]
    at = lines.index("  cookie mystery: unknown")
    assert lines[at + 1 : at + 5] == [
        "    set-cookie on /, 2 times",
        "        [[cookies]]",
        '        name = "mystery"',
        '        category = "necessary"  # or what else it serves',
    ]
    assert "  cookie _ga: analytics, catalogue: _ga" in lines
    assert "secret" not in said
    assert all(line.isprintable() for line in lines)
