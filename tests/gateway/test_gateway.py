"""Requests and responses end to end: a client, uvicorn, the gateway, an upstream, byte by byte."""

import logging
from typing import Any

import pytest

from assent.gateway import Gateway, Timeouts
from tests.gateway.servers import CHUNKED, OK, Front, Incoming, ask, free_port, get, says, serving, upstream


@pytest.mark.anyio
async def test_request_and_response_pass_unchanged(front: Front) -> None:
    answer = b"\r\n".join(
        [
            b"HTTP/1.1 203 Whatever",
            b"Set-Cookie: a=1; Expires=Thu, 01 Jan 2099 00:00:00 GMT",
            b"X-Latin: \xe9\xff",
            b"Set-Cookie: b=2",
            b"Content-Encoding: gzip",
            b"Content-Length: 3",
            b"",
            b"\x1f\x8b\x00",
        ]
    )
    async with upstream(says(answer)) as site, front(site) as port:
        reply = await ask(
            port, get(b"/a/../b%2Fc?x=%20y;z", b"Cookie: a=1", b"X-Raw: \xff", b"Cookie: b", b"TE: trailers")
        )
    assert site.seen[0].lines == [
        b"GET /a/../b%2Fc?x=%20y;z HTTP/1.1",
        b"host: shop.example",
        b"cookie: a=1",
        b"x-raw: \xff",
        b"cookie: b",
        b"x-forwarded-for: 127.0.0.1",
        b"x-forwarded-proto: http",
        b"x-forwarded-host: shop.example",
        b"forwarded: for=127.0.0.1;host=shop.example;proto=http",
        b"via: 1.1 assent",
    ]
    assert reply.status == 203
    assert [field for field in reply.fields if field[0].lower() != b"connection"] == [
        (b"set-cookie", b"a=1; Expires=Thu, 01 Jan 2099 00:00:00 GMT"),
        (b"x-latin", b"\xe9\xff"),
        (b"set-cookie", b"b=2"),
        (b"content-encoding", b"gzip"),
        (b"content-length", b"3"),
        (b"via", b"1.1 assent"),
    ]
    assert reply.body == b"\x1f\x8b\x00"


@pytest.mark.anyio
async def test_cookie_of_one_visitor_never_reaches_the_next(front: Front) -> None:
    async with (
        upstream(says(b"HTTP/1.1 200 OK\r\nSet-Cookie: sid=first\r\nContent-Length: 0\r\n\r\n")) as site,
        front(site) as port,
    ):
        assert (await ask(port, get())).values(b"set-cookie") == [b"sid=first"]
        await ask(port, get())
    assert site.connections == 1, "both requests were to go over one upstream connection"
    assert site.seen[1].values(b"cookie") == []


@pytest.mark.anyio
async def test_redirect_is_passed_on_and_not_followed(front: Front) -> None:
    async with (
        upstream(says(b"HTTP/1.1 302 Found\r\nLocation: /next\r\nContent-Length: 0\r\n\r\n")) as site,
        front(site) as port,
    ):
        reply = await ask(port, get())
    assert (reply.status, reply.values(b"location"), len(site.seen)) == (302, [b"/next"], 1)


@pytest.mark.anyio
async def test_options_for_host_base_path_and_via(front: Front) -> None:
    async with upstream(says(OK)) as site, front(site.url + "/base/", preserve_host=False, via=False) as port:
        reply = await ask(port, get(b"/x"))
    assert site.seen[0].lines[0] == b"GET /base/x HTTP/1.1"
    assert site.seen[0].values(b"host") == [site.url.removeprefix("http://").encode()]
    assert site.seen[0].values(b"x-forwarded-host") == [b"shop.example"]
    assert site.seen[0].values(b"via") == reply.values(b"via") == []


@pytest.mark.anyio
async def test_trusted_proxy_tells_who_the_visitor_is(front: Front) -> None:
    lines = (b"X-Forwarded-For: 6.6.6.6, 203.0.113.9", b"X-Forwarded-Proto: https")
    async with upstream(says(OK)) as site:
        async with front(site, trusted_proxies=["127.0.0.0/8"]) as port:
            await ask(port, get(b"/", *lines))
        async with front(site) as port:
            await ask(port, get(b"/", *lines))
    believed, ignored = site.seen
    assert believed.values(b"x-forwarded-for") == [b"203.0.113.9, 127.0.0.1"]
    assert believed.values(b"x-forwarded-proto") == [b"https"]
    assert ignored.values(b"x-forwarded-for") == [b"127.0.0.1"]
    assert ignored.values(b"x-forwarded-proto") == [b"http"]


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("method", "head", "body"),
    [
        pytest.param(b"HEAD", b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n", b"", id="HEAD"),
        pytest.param(b"GET", b"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n", b"", id="204"),
        pytest.param(
            b"GET", b'HTTP/1.1 304 Not Modified\r\nContent-Length: 99\r\nETag: "x"\r\n\r\n', b"", id="304"
        ),
        pytest.param(b"GET", b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", b"", id="empty"),
        pytest.param(
            b"GET", b"HTTP/1.1 299 Odd\r\nContent-Length: 2\r\n\r\nok", b"ok", id="unassigned status"
        ),
        pytest.param(
            b"GET",
            b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + OK,
            b"ok",
            id="interim response is dropped",
        ),
    ],
)
async def test_body_is_there_when_it_should_be(
    front: Front, caplog: pytest.LogCaptureFixture, method: bytes, head: bytes, body: bytes
) -> None:
    async with upstream(says(head)) as site, front(site) as port:
        for _ in range(2):
            reply = await ask(port, get(method=method))
            assert reply.body == body
            assert reply.values(b"content-length") == [b"99"] if method == b"HEAD" else True
    assert site.connections == 1, "the upstream connection was to stay usable"
    assert not caplog.records


@pytest.mark.anyio
async def test_trailers_are_dropped_and_the_body_is_whole(front: Front) -> None:
    answer = CHUNKED.replace(b"\r\n\r\n", b"\r\nTrailer: X-Sum\r\n\r\n") + b"2\r\nok\r\n0\r\nX-Sum: 1\r\n\r\n"
    async with upstream(says(answer)) as site, front(site) as port:
        reply = await ask(port, get())
    assert reply.body == b"2\r\nok\r\n0\r\n\r\n"
    assert reply.values(b"trailer") == []


@pytest.mark.anyio
async def test_body_that_ends_with_the_connection_is_passed_on(front: Front) -> None:
    async def until_close(incoming: Incoming) -> None:
        await incoming.send(b"HTTP/1.0 200 OK\r\n\r\nall of it")
        incoming.writer.close()

    async with upstream(until_close) as site, front(site) as port:
        reply = await ask(port, get())
    assert reply.body == b"9\r\nall of it\r\n0\r\n\r\n"
    assert reply.values(b"via") == [b"1.0 assent"]


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("framed", "upstream_body"),
    [
        pytest.param(b"Content-Length: 5\r\n\r\nhello", b"hello", id="length"),
        pytest.param(b"Content-Length: 0\r\n\r\n", b"", id="length of nothing"),
        pytest.param(
            b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
            b"5\r\nhello\r\n0\r\n\r\n",
            id="chunked",
        ),
        pytest.param(b"Expect: 100-continue\r\nContent-Length: 5\r\n\r\nhello", b"hello", id="expectation"),
    ],
)
async def test_request_body_keeps_its_framing(front: Front, framed: bytes, upstream_body: bytes) -> None:
    async with upstream(says(OK)) as site, front(site) as port:
        reply = await ask(port, b"POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n" + framed)
    assert reply.raw.endswith(b"ok")
    assert site.seen[0].body == upstream_body
    assert bool(site.seen[0].values(b"content-length")) is (b"Content-Length" in framed)
    assert site.seen[0].values(b"expect") == []


@pytest.mark.anyio
async def test_upstream_that_is_away_is_a_502_with_one_line_in_the_log(
    front: Front, caplog: pytest.LogCaptureFixture
) -> None:
    port_of_nobody = free_port()
    async with front(f"http://127.0.0.1:{port_of_nobody}") as port:
        reply = await ask(port, get(b"/private?q=1"))
        head = await ask(port, get(method=b"HEAD"))
    assert reply.status == head.status == 502
    assert reply.values(b"content-type") == [b"text/plain; charset=utf-8"]
    assert reply.body.startswith(b"502 Bad Gateway")
    assert str(port_of_nobody).encode() not in reply.raw
    assert head.body == b""
    assert [record.levelno for record in caplog.records] == [logging.WARNING] * 2
    assert str(port_of_nobody) in caplog.messages[0]
    assert "private" not in caplog.text


@pytest.mark.anyio
async def test_upstream_that_is_late_is_a_504(front: Front) -> None:
    async def silence(incoming: Incoming) -> None:
        await incoming.reader.read()

    async with upstream(silence) as site, front(site, timeouts=Timeouts(first_byte=0.1)) as port:
        reply = await ask(port, get())
    assert reply.status == 504


@pytest.mark.anyio
@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(b"HTTP/1.1 799 Odd\r\nContent-Length: 0\r\n\r\n", id="status beyond HTTP"),
        pytest.param(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", id="switch nobody asked for"),
    ],
)
async def test_answer_that_cannot_be_passed_on_is_a_502(front: Front, answer: bytes) -> None:
    async with upstream(says(answer)) as site, front(site) as port:
        assert (await ask(port, get())).status == 502


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [
        pytest.param(get(b"/", b"Host: evil.example"), 400, id="two Hosts"),
        pytest.param(b"GET / HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n", 400, id="bad Host"),
        pytest.param(b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n", 400, id="no Host"),
        pytest.param(
            b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            400,
            id="both framings",
        ),
        pytest.param(get(method=b"TRACE"), 405, id="TRACE"),
        pytest.param(
            get(b"/", b"Upgrade: websocket", b"Connection: upgrade", b"Sec-WebSocket-Version: 13"),
            501,
            id="WebSocket",
        ),
    ],
)
async def test_refused_request_never_reaches_the_upstream(
    front: Front, request_bytes: bytes, status: int
) -> None:
    async with upstream(says(OK)) as site, front(site) as port:
        reply = await ask(port, request_bytes)
    assert reply.status == status
    assert site.seen == []


@pytest.mark.anyio
async def test_gateway_before_itself_stops_the_loop() -> None:
    gateways: list[Gateway] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            await gateways[0](scope, receive, send)
            return
        for step in ("startup", "shutdown"):
            assert (await receive())["type"] == f"lifespan.{step}"
            for gateway in gateways:
                await gateway.aclose()
            await send({"type": f"lifespan.{step}.complete"})

    async with serving(app) as port:
        gateways.append(Gateway(f"http://127.0.0.1:{port}"))
        reply = await ask(port, get())
    assert reply.status == 508
