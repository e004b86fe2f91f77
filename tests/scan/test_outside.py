"""What goes out and comes in beside the browser: archives without values, pages within limits."""

import json

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from assent.scan.crawl import Frontier, Outside, locations
from assent.scan.har import without_values
from assent.scan.jar import Written, by_header, in_jar, joined, key

SECRET = "a-visitor-s-own-number"
START = "https://shop.example/"


def test_an_archive_keeps_names_and_loses_values_wherever_they_stand() -> None:
    entry = {
        "request": {
            "url": f"https://t.example/c?id={SECRET}",
            "cookies": [{"name": "_ga", "value": SECRET}],
            "headers": [
                {"name": "Cookie", "value": f"_ga={SECRET}; b=1"},
                {"name": "Accept", "value": "*/*"},
            ],
            "postData": {"mimeType": "text/plain", "text": "password=second-flush"},
        },
        "response": {
            "cookies": [{"name": "b", "value": "1", "path": "/"}],
            "headers": [{"name": "set-cookie", "value": "b=1; Path=/; HttpOnly"}],
        },
    }
    kept = without_values({"log": {"version": "1.2", "entries": [entry]}})
    assert SECRET not in json.dumps(kept)
    assert "second-flush" not in json.dumps(kept)
    (one,) = kept["log"]["entries"]
    assert [cookie["name"] for cookie in one["request"]["cookies"]] == ["_ga"]
    assert one["request"]["headers"][1] == {"name": "Accept", "value": "*/*"}
    assert one["response"]["headers"][0]["value"] == "b=(not kept); Path=/; HttpOnly"


def test_only_pages_of_the_site_are_visited_each_path_once() -> None:
    front = Frontier(START, 4, lambda url: "/private" not in url)
    front.add(
        [f"{START}a?x=1", f"{START}a?x=2", f"{START}#top", "https://else.example/", "mailto:a@shop.example"]
    )
    front.add([f"{START}logout", f"{START}basket/remove?id=1", f"{START}list.pdf", f"{START}private"])
    assert [front[place] for place in range(len(front))] == [START, f"{START}a?x=1"]
    front.add(f"{START}{number}" for number in range(10))
    assert len(front) == 4


def test_addresses_in_a_sitemap_are_read() -> None:
    assert locations("<urlset><url><loc> https://a.example/?a=1&amp;b=2 </loc></url></urlset>") == [
        "https://a.example/?a=1&b=2"
    ]


@pytest.mark.anyio
async def test_an_index_of_sitemaps_is_followed_and_robots_are_heard() -> None:
    files = {
        "/robots.txt": "User-agent: *\nDisallow: /private\nSitemap: https://shop.example/index.xml\n",
        "/index.xml": "<sitemapindex><loc>https://shop.example/one.xml</loc></sitemapindex>",
        "/one.xml": "<urlset><loc>https://shop.example/tea</loc></urlset>",
    }

    async def serve(request: Request) -> Response:
        text = files.get(request.url.path)
        return PlainTextResponse(text or "", 200 if text else 404)

    transport = httpx.ASGITransport(Starlette(routes=[Route("/{path:path}", serve)]))
    async with httpx.AsyncClient(transport=transport, base_url=START) as client:
        outside = Outside(START, client)
        robots = await outside.robots()
        assert await outside.sitemap(robots) == ["https://shop.example/tea"]
        assert not robots.can_fetch("*", f"{START}private/a")
        assert await outside.json("/none.json") is None


def test_header_script_and_jar_are_put_together() -> None:
    page = START
    headers = [
        by_header(line, f"{START}x", page, 10.0) for line in ("a=1; Path=/; Max-Age=60", "gone=; Max-Age=0")
    ]
    assert headers[1] is None
    assert headers[0]
    raw = {
        "domain": "shop.example",
        "path": "/",
        "expires": -1,
        "httpOnly": False,
        "secure": True,
        "sameSite": "Lax",
    }
    jar = [in_jar({"name": name, **raw}, page, 11.0) for name in ("a", "b", "c", "old")]
    written = [Written("cookie", name, f"{START}s.js", START[:-1], page, 10.5) for name in ("b", "refused")]
    found = joined(
        [headers[0]], written, frozenset(), {key(one): one for one in jar}, frozenset({key(jar[3])})
    )
    told = {one.name: (one.by, one.kept, one.new, one.at) for one in found}
    assert told == {
        "a": ("header", True, True, 10.0),
        "b": ("script", True, True, 10.5),
        "c": ("", True, True, 11.0),
        "old": ("", True, False, 11.0),
        "refused": ("script", False, True, 10.5),
    }
