"""Clients that are slow, endless or ambiguous, against uvicorn with both of its parsers."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest
from websockets.asyncio.client import connect

from assent.gateway.admission import MAX_FIELDS
from tests.gateway.servers import PROTOCOLS, WAIT, Reply, ask, get, serving, until

PATIENCE = 0.3
HOST = b"Host: shop.example\r\n"


class App:
    """Says what it was asked; below /stream it does so without end, below /early before it reads a body."""

    def __init__(self) -> None:
        self.scopes: list[Any] = []
        self.ended: list[str] = []
        self.sent = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            for step in ("startup", "shutdown"):
                await receive()
                await send({"type": f"lifespan.{step}.complete"})
        elif scope["type"] == "websocket":
            await send({"type": "websocket.accept"})
            while (message := await receive())["type"] != "websocket.disconnect":
                if message["type"] == "websocket.receive":
                    await send({"type": "websocket.send", "text": message["text"]})
        else:
            await self.http(scope, receive, send)

    async def http(self, scope: Any, receive: Any, send: Any) -> None:
        self.scopes.append(scope)
        if scope["path"] != "/early":
            while True:
                message = await receive()
                if message["type"] == "http.disconnect" or not message["more_body"]:
                    break
            if message["type"] == "http.disconnect":
                self.ended.append("in the request")
                return
        headers = [] if scope["path"] == "/stream" else [(b"content-length", b"2")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        while scope["path"] == "/stream":
            await send({"type": "http.response.body", "body": b"x" * (1 << 20), "more_body": True})
            self.sent += 1
            if self.sent > 200:
                self.ended.append("in the response")
                return
        await asyncio.sleep(2 * PATIENCE if scope["path"] == "/slow" else 0)
        await send({"type": "http.response.body", "body": b"ok"})


@pytest.fixture(params=["h11", "httptools"])
def protocol(request: pytest.FixtureRequest) -> type[asyncio.Protocol]:
    return type("Impatient", (PROTOCOLS[request.param],), {"patience": PATIENCE})


@asynccontextmanager
async def conversation(port: int) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    async with asyncio.timeout(WAIT):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            yield reader, writer
        finally:
            writer.transport.abort()


async def trickle(writer: asyncio.StreamWriter, data: bytes = b"x") -> None:
    while not writer.is_closing():
        writer.write(data)
        await asyncio.sleep(PATIENCE / 10)


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("sent", "status"),
    [
        pytest.param(b"", None, id="nothing at all"),
        pytest.param(b"GET / HTTP/1.1\r\n" + HOST, 408, id="a head that stops"),
        pytest.param(b"GET / HTTP/1.1\r\n" + HOST + b"X-A: ", 408, id="a head that goes on byte by byte"),
    ],
)
async def test_client_gets_its_time_for_a_head_and_no_more(
    protocol: Any, sent: bytes, status: int | None
) -> None:
    async with serving(App(), protocol) as port, conversation(port) as (reader, writer):
        writer.write(sent)
        slowly = asyncio.create_task(trickle(writer)) if sent.endswith(b": ") else None
        raw = await reader.read()
        assert (Reply(raw).status if raw else None) == status
        if slowly:
            slowly.cancel()


@pytest.mark.anyio
async def test_second_head_on_a_connection_gets_no_more_time_than_the_first(protocol: Any) -> None:
    async with serving(App(), protocol) as port, conversation(port) as (reader, writer):
        writer.write(b"GET / HTTP/1.1\r\n" + HOST + b"\r\n")
        await reader.readuntil(b"ok")
        writer.write(b"GET / HTTP/1.1\r\n" + HOST + b"X-A: ")
        slowly = asyncio.create_task(trickle(writer))
        assert Reply(await reader.read()).status == 408
        slowly.cancel()


@pytest.mark.anyio
async def test_body_that_stops_ends_the_request(protocol: Any) -> None:
    app = App()
    async with serving(app, protocol) as port, conversation(port) as (reader, writer):
        writer.write(b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 10\r\n\r\nhalf")
        assert await reader.read() == b""
        await until(lambda: app.ended == ["in the request"])


@pytest.mark.anyio
async def test_body_that_keeps_coming_has_all_the_time_it_needs(protocol: Any) -> None:
    async with serving(App(), protocol) as port, conversation(port) as (reader, writer):
        writer.write(b"POST / HTTP/1.1\r\n" + HOST + b"Connection: close\r\nContent-Length: 6\r\n\r\n")
        for _ in range(6):
            await asyncio.sleep(PATIENCE / 2)
            writer.write(b"x")
        assert (await reader.read()).endswith(b"ok")


@pytest.mark.anyio
async def test_response_that_takes_its_time_is_not_hurried(protocol: Any) -> None:
    async with serving(App(), protocol) as port, conversation(port) as (reader, writer):
        # Some clients send one line break too many after a body.
        writer.write(b"POST /slow HTTP/1.1\r\n" + HOST + b"Content-Length: 2\r\n\r\nab\r\n")
        assert (await reader.readuntil(b"ok")).startswith(b"HTTP/1.1 200")


@pytest.mark.anyio
async def test_client_that_takes_nothing_is_cut_off(protocol: Any) -> None:
    app = App()
    async with serving(app, protocol) as port, conversation(port) as (_, writer):
        writer.write(b"GET /stream HTTP/1.1\r\n" + HOST + b"\r\n")
        await until(lambda: app.sent > 1)
        writer.transport.pause_reading()  # type: ignore[attr-defined]
        await until(lambda: app.ended == ["in the response"])


@pytest.mark.anyio
async def test_answer_before_the_end_of_a_body_leaves_the_rest_its_time(protocol: Any) -> None:
    async with serving(App(), protocol) as port, conversation(port) as (reader, writer):
        writer.write(b"POST /early HTTP/1.1\r\n" + HOST + b"Content-Length: 100000\r\n\r\n")
        await reader.readuntil(b"ok")
        slowly = asyncio.create_task(trickle(writer))
        assert await reader.read() == b""
        slowly.cancel()


@pytest.mark.anyio
async def test_rest_of_a_body_that_was_answered_early_is_no_head(protocol: Any) -> None:
    async with serving(App(), protocol) as port, conversation(port) as (reader, writer):
        writer.write(b"POST /early HTTP/1.1\r\n" + HOST + b"Content-Length: 300000\r\n\r\n")
        await reader.readuntil(b"ok")
        writer.write(b"x" * 300000)
        await writer.drain()
        writer.write(get())
        assert (await reader.read()).endswith(b"ok")


@pytest.mark.anyio
@pytest.mark.parametrize(
    "piece",
    [b"x" * 1000, b"x: y\r\n" * 100],
    ids=["one giant field", "a flood of fields"],
)
@pytest.mark.parametrize("after", ["nothing", "a request", "a request that is being answered"])
async def test_head_without_end_is_cut_off_early(protocol: Any, piece: bytes, after: str) -> None:
    patient = type("Patient", (protocol,), {"patience": 60.0})
    taken = 0
    async with serving(App(), patient) as port, conversation(port) as (_, writer):
        if after != "nothing":
            path = b"/slow" if after.endswith("answered") else b"/"
            writer.write(b"GET %b HTTP/1.1\r\n" % path + HOST + b"\r\n")
        writer.write(b"GET / HTTP/1.1\r\n" + HOST + b"X-A: ")
        with suppress(ConnectionError):
            while taken < 100 * MAX_FIELDS:
                writer.write(piece)
                await writer.drain()
                taken += len(piece)
                await asyncio.sleep(0)
    # What was sent beyond the limit stood in buffers of the kernel.
    assert taken < 100 * MAX_FIELDS


@pytest.mark.anyio
async def test_head_of_many_small_pieces_is_told_why(protocol: Any) -> None:
    async with serving(App(), protocol) as port, conversation(port) as (reader, writer):
        writer.write(b"GET / HTTP/1.1\r\n" + HOST)
        await writer.drain()
        await asyncio.sleep(0.05)
        writer.write(b"X-A: " + b"x" * MAX_FIELDS)
        # h11 has a limit of its own.
        assert Reply(await reader.readuntil(b"\r\n\r\n")).status in (400, 431)


@pytest.mark.anyio
async def test_trailers_are_no_header_fields(protocol: Any) -> None:
    app = App()
    body = b"2\r\nab\r\n0\r\nX-Forwarded-For: 6.6.6.6\r\n\r\n"
    request = b"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n" + body
    async with serving(app, protocol) as port:
        assert (await ask(port, b"POST / HTTP/1.1\r\n" + HOST + request)).status == 200
        assert (await ask(port, b"POST / HTTP/1.1\r\n" + HOST + b"Upgrade: h2c\r\n" + request)).status == 200
    for scope in app.scopes:
        assert b"x-forwarded-for" not in dict(scope["headers"])


@pytest.mark.anyio
@pytest.mark.parametrize("target", [b"http://evil.example/x", b"*"])
async def test_target_that_is_no_path_is_kept_whole(protocol: Any, target: bytes) -> None:
    app = App()
    async with serving(app, protocol) as port:
        await ask(port, get(target + b"?a=b", method=b"OPTIONS"))
    assert (app.scopes[0]["raw_path"], app.scopes[0]["query_string"]) == (target, b"a=b")


@pytest.mark.anyio
async def test_websocket_outlives_the_patience_for_requests(protocol: Any) -> None:
    async with serving(App(), protocol) as port, connect(f"ws://127.0.0.1:{port}/", proxy=None) as client:
        await asyncio.sleep(2 * PATIENCE)
        await client.send("still here")
        assert await client.recv() == "still here"
