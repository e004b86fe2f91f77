"""The gateway called as an ASGI app, for what uvicorn cannot be made to send."""

import asyncio
from typing import Any

import pytest
from websockets.utils import accept_key

from assent.errors import ConfigError
from assent.gateway import Gateway
from tests.gateway.servers import (
    CHUNKED,
    OK,
    Incoming,
    says,
    until,
    upstream,
)


class Browser:
    """An ASGI server of one scope, for what uvicorn cannot be made to send."""

    def __init__(self, *messages: dict[str, Any]) -> None:
        self.waiting = list(messages)
        self.sent: list[Any] = []

    async def receive(self) -> dict[str, Any]:
        if self.waiting:
            return self.waiting.pop(0)
        await asyncio.Event().wait()
        raise AssertionError

    async def send(self, message: Any) -> None:
        self.sent.append(message)


def scope(**more: Any) -> dict[str, Any]:
    return {
        "type": "http",
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": "/",
        "raw_path": b"/",
        "query_string": b"",
        "client": ("203.0.113.9", 1),
        "server": ("127.0.0.1", 80),
        "headers": [(b"host", b"shop.example")],
        **more,
    }


def piece(body: bytes, *, more: bool = False) -> dict[str, Any]:
    return {"type": "http.request", "body": body, "more_body": more}


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("messages", "body", "framing"),
    [
        pytest.param([piece(b"")], b"", [], id="no body"),
        pytest.param([piece(b"", more=True), piece(b"")], b"", [], id="no body, learnt late"),
        pytest.param(
            [piece(b"abc", more=True), piece(b"d")],
            b"3\r\nabc\r\n1\r\nd\r\n0\r\n\r\n",
            [b"chunked"],
            id="body",
        ),
    ],
)
async def test_http_2_request_without_length(messages: list[Any], body: bytes, framing: list[bytes]) -> None:
    browser = Browser(*messages)
    async with upstream(says(OK)) as site:
        gateway = Gateway(site.url)
        await gateway(scope(http_version="2", method="POST"), browser.receive, browser.send)
        await gateway.aclose()
    assert browser.sent[0]["status"] == 200
    assert site.seen[0].body == body
    assert site.seen[0].values(b"transfer-encoding") == framing
    assert site.seen[0].values(b"via") == [b"2 assent"]


@pytest.mark.anyio
async def test_upstream_that_answers_early_still_notices_the_client_leaving() -> None:
    gone = asyncio.Event()

    async def early(incoming: Incoming) -> None:
        await incoming.read_body()
        await incoming.send(CHUNKED + b"2\r\nok\r\n")
        await incoming.reader.read()
        gone.set()

    fields = [(b"host", b"a"), (b"content-length", b"3")]
    browser = Browser(piece(b"abc"), {"type": "http.disconnect"})
    async with upstream(early) as site:
        gateway = Gateway(site.url)
        await gateway(scope(method="POST", headers=fields), browser.receive, browser.send)
        await asyncio.wait_for(gone.wait(), 2)
        await gateway.aclose()
    assert browser.sent[-1].get("more_body", True)


@pytest.mark.anyio
async def test_disconnect_that_only_reports_the_end_does_not_stop_what_follows() -> None:
    ended = asyncio.Event()
    arrived = False

    async def slow(incoming: Incoming) -> None:
        await asyncio.sleep(0.1)
        await incoming.send(OK)

    async def receive() -> dict[str, Any]:
        await ended.wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        nonlocal arrived
        if message["type"] == "http.response.body" and not message["more_body"]:
            ended.set()
            await asyncio.sleep(0.02)
            arrived = True

    async with upstream(slow) as site:
        gateway = Gateway(site.url)
        await gateway(scope(), receive, send)
        await gateway.aclose()
    assert arrived


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("extensions", "types"),
    [
        ({}, ["websocket.close"]),
        (
            {"websocket.http.response": {}},
            ["websocket.http.response.start", "websocket.http.response.body"],
        ),
    ],
    ids=["plain", "with denial response"],
)
async def test_websocket_needs_its_library(
    extensions: dict[str, Any], types: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assent.gateway.gateway.websocket", None)
    browser = Browser({"type": "websocket.connect"})
    gateway = Gateway("http://127.0.0.1:1")
    await gateway(scope(type="websocket", extensions=extensions), browser.receive, browser.send)
    assert [message["type"] for message in browser.sent] == types
    if extensions:
        assert browser.sent[0]["status"] == 501
        assert b"assent[ws]" in browser.sent[1]["body"]


@pytest.mark.anyio
async def test_client_gone_during_its_handshake_leaves_nothing_open() -> None:
    gone = asyncio.Event()

    async def accept(incoming: Incoming) -> None:
        key = incoming.values(b"sec-websocket-key")[0].decode()
        await incoming.send(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Accept: %b\r\n\r\n" % accept_key(key).encode()
        )
        await incoming.reader.read()
        gone.set()

    async def send(message: Any) -> None:
        raise OSError("gone")

    async with upstream(accept) as site:
        gateway = Gateway(site.url)
        await gateway(scope(type="websocket"), Browser({"type": "websocket.connect"}).receive, send)
        await asyncio.wait_for(gone.wait(), 2)


@pytest.mark.anyio
async def test_lifespan_closes_the_connections_at_shutdown() -> None:
    hung_up = asyncio.Event()

    async def answer(incoming: Incoming) -> None:
        await incoming.send(OK)
        if not await incoming.reader.read(1):
            hung_up.set()
            incoming.writer.close()

    async with upstream(answer) as site:
        gateway = Gateway(site.url)
        steps: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        server, browser = Browser(), Browser()
        life = asyncio.create_task(gateway({"type": "lifespan"}, steps.get, server.send))
        steps.put_nowait({"type": "lifespan.startup"})
        await until(lambda: bool(server.sent))
        await gateway(scope(), browser.receive, browser.send)
        assert not hung_up.is_set()
        steps.put_nowait({"type": "lifespan.shutdown"})
        await asyncio.wait_for(life, 2)
        await asyncio.wait_for(hung_up.wait(), 2)
    assert [message["type"] for message in server.sent] == [
        "lifespan.startup.complete",
        "lifespan.shutdown.complete",
    ]


@pytest.mark.anyio
async def test_unknown_scope_is_refused_loudly() -> None:
    browser = Browser()
    with pytest.raises(NotImplementedError, match="webtransport"):
        await Gateway("http://a")({"type": "webtransport"}, browser.receive, browser.send)


def test_wrong_settings_are_refused_at_the_start() -> None:
    with pytest.raises(ConfigError, match="trusted_proxies"):
        Gateway("http://a", trusted_proxies=["nonsense"])
    with pytest.raises(ConfigError, match="upstream"):
        Gateway("nonsense")
