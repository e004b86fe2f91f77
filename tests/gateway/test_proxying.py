"""What a proxy must get right (RFC 9110, 9111, 9112, 6455), case by case, with enforcement on."""

import gzip
import random
import re
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.http11 import Request, Response

from assent import ConsentMiddleware
from assent.config import Settings
from assent.gateway import Gateway
from tests.gateway.servers import OK, Front, Incoming, Reply, Upstream, ask, get, says, serving, upstream

PAGE = b"<!doctype html><html><head><title>x</title></head><body><p>Hello</p></body></html>"
NAVIGATION = (b"Accept: text/html,*/*;q=0.8", b"Sec-Fetch-Dest: document", b"Accept-Encoding: gzip")
GUARD = b"<script"
BANNER = b"Cookie consent"


@pytest.fixture(params=["h11", "httptools"])
def front(request: pytest.FixtureRequest, tmp_path: Path) -> Front:
    """Starts Assent before an upstream: a policy, no choice made."""
    settings = Settings.model_validate({"data_dir": tmp_path, "enforcement": {"unknown_cookies": "allow"}})

    @asynccontextmanager
    async def start(site: Upstream | str) -> AsyncIterator[int]:
        url = site if isinstance(site, str) else site.url
        async with serving(ConsentMiddleware(Gateway(url), settings=settings), request.param) as port:
            yield port

    return start


def page(body: bytes, *lines: bytes, kind: bytes = b"text/html; charset=utf-8") -> bytes:
    head = [
        b"HTTP/1.1 200 OK",
        b"Content-Type: " + kind,
        b"Content-Length: %d" % len(body),
        b'ETag: "x"',
        *lines,
    ]
    return b"\r\n".join(head) + b"\r\n\r\n" + body


def body_of(reply: Reply) -> bytes:
    """Return the body without its framing, which has to fit."""
    if not reply.values(b"transfer-encoding"):
        assert reply.values(b"content-length") == [b"%d" % len(reply.body)]
        return reply.body
    assert reply.values(b"content-length") == []
    rest, whole = reply.body, b""
    while True:
        size, _, rest = rest.partition(b"\r\n")
        if int(size, 16) == 0:
            assert rest == b"\r\n"
            return whole
        whole, rest = whole + rest[: int(size, 16)], rest[int(size, 16) + 2 :]


def unpacked(reply: Reply) -> bytes:
    body = body_of(reply)
    return gzip.decompress(body) if reply.values(b"content-encoding") == [b"gzip"] else body


@pytest.mark.anyio
async def test_page_is_rewritten_and_its_fields_are_those_of_what_it_became(front: Front) -> None:
    answer = page(gzip.compress(PAGE), b"Content-Encoding: gzip", b"Accept-Ranges: bytes", b"Content-MD5: x")
    async with upstream(says(answer)) as site, front(site) as port:
        reply = await ask(port, get(b"/", *NAVIGATION))
    body = unpacked(reply)
    assert GUARD in body
    assert BANNER in body
    assert b"<p>Hello</p>" in body
    (tag,) = reply.values(b"etag")
    assert re.fullmatch(rb'W/"x-[^"]+"', tag)
    assert reply.values(b"accept-ranges") == reply.values(b"content-md5") == []


@pytest.mark.anyio
async def test_page_that_must_not_be_transformed_is_not(front: Front) -> None:
    lines = (b"Cache-Control: no-transform, max-age=60", b"Set-Cookie: _ga=1", b"Set-Cookie: sid=1")
    async with upstream(says(page(PAGE, *lines))) as site, front(site) as port:
        reply = await ask(port, get(b"/", *NAVIGATION))
        near = await ask(port, get(b"/", *NAVIGATION).replace(b"shop.example", b"127.0.0.1"))
    assert body_of(reply) == PAGE
    # That it could not be enforced is counted, and told to visitors on this machine.
    assert any(b"no-transform" in value for value in near.values(b"assent-blocked"))
    assert reply.values(b"etag") == [b'"x"']
    assert reply.values(b"set-cookie") == [b"sid=1"]
    assert reply.values(b"content-security-policy")


@pytest.mark.anyio
async def test_head_of_a_page_does_not_promise_the_length_that_get_will_not_have(front: Front) -> None:
    answer = b"HTTP/1.1 200 OK\r\nContent-Type: %b\r\nContent-Length: 99\r\n\r\n"
    async with upstream(says(answer % b"text/html")) as site, front(site) as port:
        head = await ask(port, get(b"/", *NAVIGATION, method=b"HEAD"))
    async with upstream(says(answer % b"image/png")) as site, front(site) as port:
        image = await ask(port, get(b"/", *NAVIGATION, method=b"HEAD"))
    assert head.body == image.body == b""
    assert head.values(b"content-length") == []
    assert image.values(b"content-length") == [b"99"]


@pytest.mark.anyio
async def test_page_stored_under_another_choice_is_asked_for_anew(front: Front) -> None:
    async def answer(incoming: Incoming) -> None:
        tags = incoming.values(b"if-none-match")
        not_modified = b'HTTP/1.1 304 Not Modified\r\nETag: "x"\r\n\r\n'
        await incoming.send(not_modified if tags else page(PAGE))

    async with upstream(answer) as site, front(site) as port:
        (tag,) = (await ask(port, get(b"/", *NAVIGATION))).values(b"etag")
        other = await ask(port, get(b"/", *NAVIGATION, b'If-None-Match: W/"x-assent.other"'))
        same = await ask(port, get(b"/", *NAVIGATION, b"If-None-Match: " + tag))
    assert other.status == 200
    assert BANNER in body_of(other)
    assert (same.status, same.body, same.values(b"etag")) == (304, b"", [tag])
    assert [request.values(b"if-none-match") for request in site.seen] == [[], [], [b'W/"x"']]


@pytest.mark.anyio
async def test_part_of_a_page_becomes_the_whole_and_part_of_a_film_stays(front: Front) -> None:
    async def answer(incoming: Incoming) -> None:
        if incoming.values(b"range"):
            part = b"HTTP/1.1 206 Partial Content\r\nContent-Type: video/mp4\r\nContent-Length: 100\r\n"
            await incoming.send(part + b"Content-Range: bytes 0-99/1000\r\n\r\n" + b"\0" * 100)
        else:
            await incoming.send(page(PAGE))

    async with upstream(answer) as site, front(site) as port:
        whole = await ask(port, get(b"/", *NAVIGATION, b"Range: bytes=0-99", b'If-Range: "x"'))
        film = await ask(port, get(b"/film.mp4", b"Range: bytes=0-99", b"Sec-Fetch-Dest: video"))
    assert whole.status == 200
    assert BANNER in body_of(whole)
    assert (film.status, film.body) == (206, b"\0" * 100)
    assert film.values(b"content-range") == [b"bytes 0-99/1000"]


@pytest.mark.anyio
async def test_of_two_set_cookies_one_is_refused_and_the_comma_stays(front: Front) -> None:
    lines = (b"Set-Cookie: _ga=1; Path=/", b"Set-Cookie: sid=1; Expires=Thu, 01 Jan 2099 00:00:00 GMT")
    async with upstream(says(page(b"ok", *lines, kind=b"text/plain"))) as site, front(site) as port:
        reply = await ask(port, get())
    assert reply.values(b"set-cookie") == [b"sid=1; Expires=Thu, 01 Jan 2099 00:00:00 GMT"]
    assert reply.body == b"ok"


@pytest.mark.anyio
@pytest.mark.parametrize(
    "lines",
    [(b"Cookie: a=1; _ga=2; a=3; foo",), (b"Cookie: a=1; _ga=2", b"Cookie: a=3; foo")],
    ids=["one field", "two fields"],
)
async def test_refused_cookie_is_cut_out_of_the_request(front: Front, lines: tuple[bytes, ...]) -> None:
    async with upstream(says(OK)) as site, front(site) as port:
        await ask(port, get(b"/", *lines))
    assert site.seen[0].values(b"cookie") == [b"a=1; a=3; foo"]


@pytest.mark.anyio
async def test_two_framings_are_refused_and_the_connection_ends(front: Front) -> None:
    lines = (b"POST / HTTP/1.1", b"Host: shop.example", b"Content-Length: 4", b"Transfer-Encoding: chunked")
    async with upstream(says(OK)) as site, front(site) as port:
        reply = await ask(port, b"\r\n".join(lines) + b"\r\n\r\n0\r\n\r\n" + get())
    assert reply.status == 400
    assert reply.raw.count(b"HTTP/1.1 ") == 1
    assert site.seen == []


@pytest.mark.anyio
async def test_field_named_by_connection_goes_and_the_signal_of_privacy_stays(front: Front) -> None:
    request = get(b"/", b"Connection: X-Foo, Sec-GPC", b"X-Foo: 1", b"Sec-GPC: 1")
    async with upstream(says(OK)) as site, front(site) as port:
        await ask(port, request)
    assert site.seen[0].values(b"x-foo") == []
    assert site.seen[0].values(b"sec-gpc") == [b"1"]


@pytest.mark.anyio
async def test_fields_that_lead_to_a_refused_host_go_and_others_stay(front: Front) -> None:
    lines = (
        b"Link: <https://t.example>; rel=preconnect, </own.css>; rel=preload",
        b"Refresh: 5; url=https://t.example/",
        b'Speculation-Rules: "https://t.example/rules"',
        b'NEL: {"report_to": "t", "max_age": 60}',
        b'Report-To: {"group": "t", "max_age": 60, "endpoints": [{"url": "https://t.example/"}]}',
        b"X-Other: https://t.example",
    )
    async with upstream(says(page(PAGE, *lines))) as site, front(site) as port:
        reply = await ask(port, get(b"/", *NAVIGATION))
    assert [value.strip() for value in reply.values(b"link")] == [b"</own.css>; rel=preload"]
    assert [reply.values(name) for name in (b"refresh", b"speculation-rules", b"nel", b"report-to")] == [
        []
    ] * 4
    assert reply.values(b"x-other") == [b"https://t.example"]


@pytest.mark.anyio
async def test_websocket_passes_and_its_cookies_are_judged(front: Front) -> None:
    seen: list[Request] = []

    async def echo(connection: ServerConnection) -> None:
        assert connection.request is not None
        seen.append(connection.request)
        async for message in connection:
            await connection.send(message)

    def answer(connection: ServerConnection, request: Request, response: Response) -> None:
        response.headers["Set-Cookie"] = "_ga=1"
        response.headers["Set-Cookie"] = "sid=1; Path=/"

    async with serve(echo, "127.0.0.1", 0, process_response=answer) as server:
        site = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        cookies = [("Cookie", "_ga=1; sid=2")]
        async with (
            front(site) as port,
            connect(f"ws://127.0.0.1:{port}/", proxy=None, additional_headers=cookies) as client,
        ):
            assert client.response is not None
            kept = client.response.headers.get_all("Set-Cookie")
            await client.send(bytes(range(256)))
            assert await client.recv() == bytes(range(256))
            await client.close()
    assert seen[0].headers.get_all("Cookie") == ["sid=2"]
    assert seen[0].headers["Assent-Consent"] == "necessary"
    assert "sid=1; Path=/" in kept
    assert all(line.startswith(("sid=", "_ga=;")) or "Max-Age=0" in line or "1970" in line for line in kept)
    assert "_ga=1" not in kept


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("kind", "encoding", "text"),
    [
        pytest.param(b"text/html; charset=shift_jis", "shift_jis", "日本語", id="Shift_JIS"),
        pytest.param(b"text/html; charset=utf-16le", "utf-16-le", "日本語", id="UTF-16"),
    ],
)
async def test_page_in_another_encoding_stays_readable(
    front: Front, kind: bytes, encoding: str, text: str
) -> None:
    whole = PAGE.decode().replace("Hello", text).encode(encoding)
    async with upstream(says(page(whole, kind=kind))) as site, front(site) as port:
        reply = await ask(port, get(b"/", *NAVIGATION))
    shown = body_of(reply).decode(encoding)
    assert f"<p>{text}</p>" in shown
    assert shown.startswith("<!doctype html>")
    assert BANNER.decode() in shown


@pytest.mark.anyio
async def test_page_that_cannot_be_unpacked_is_passed_on_as_it_is(front: Front) -> None:
    answer = page(b"no gzip at all", b"Content-Encoding: gzip")
    async with upstream(says(answer)) as site, front(site) as port:
        reply = await ask(port, get(b"/", *NAVIGATION))
    assert reply.status == 200
    assert body_of(reply) == b"no gzip at all"
    assert reply.values(b"content-security-policy")


@pytest.mark.anyio
async def test_page_whose_packing_breaks_off_breaks_off_for_the_visitor_too(front: Front) -> None:
    text = PAGE.replace(b"Hello", random.Random(1).randbytes(2000).hex().encode())
    packed = gzip.compress(text)
    answer = page(packed[: len(packed) // 2], b"Content-Encoding: gzip")
    async with upstream(says(answer)) as site, front(site) as port:
        reply = await ask(port, get(b"/", *NAVIGATION))
    stream = zlib.decompressobj(wbits=31)
    shown = stream.decompress(body_of(reply))
    assert BANNER in shown
    assert text[80:800] in shown
    assert not stream.eof


@pytest.mark.anyio
async def test_redirect_to_the_upstreams_own_name_stays_with_the_visitor(front: Front) -> None:
    async def answer(incoming: Incoming) -> None:
        port = incoming.writer.get_extra_info("sockname")[1]
        await incoming.send(
            b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:%d/next\r\nContent-Length: 0\r\n\r\n" % port
        )

    async with upstream(answer) as site, front(site) as port:
        reply = await ask(port, get(b"/", *NAVIGATION))
    assert (reply.status, reply.values(b"location")) == (302, [b"/next"])
