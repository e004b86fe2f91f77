"""Where one message ends and another begins: requests sent ahead, chunks, and clients without them."""

import asyncio
from contextlib import suppress
from typing import Any

import pytest

from assent.server.protocol import MAX_OVERHEAD, BoundedHttpTools
from tests.gateway.servers import WAIT, ask, serving, until
from tests.server.test_protocol import conversation

pytestmark = pytest.mark.anyio

HOST = b" HTTP/1.1\r\nHost: shop.example\r\n"
HALF = b"x" * 100
FIRST = b"GET /sized" + HOST + b"\r\n"
SECOND = b"GET /next" + HOST + b"\r\n"
CHUNKED = b"POST /" + HOST + b"Transfer-Encoding: chunked\r\n\r\n"


class App:
    """Sends half a response and waits for the client to leave; /broken breaks off, /all sends the rest."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.left: list[str] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        path = scope["path"]
        self.asked.append(path)
        while path == "/" and (await receive()).get("more_body"):
            pass
        length = [(b"content-length", b"200")] if path == "/sized" else []
        await send({"type": "http.response.start", "status": 200, "headers": length})
        await send({"type": "http.response.body", "body": HALF, "more_body": True})
        if path == "/broken":
            raise RuntimeError("broken")
        if path != "/all":
            while (await receive())["type"] != "http.disconnect":
                pass
            self.left.append(path)
            return
        await send({"type": "http.response.body", "body": b"end"})


async def test_client_that_sent_a_request_ahead_is_seen_to_leave() -> None:
    app = App()
    async with serving(app, BoundedHttpTools, "off") as port:
        async with conversation(port) as (reader, writer):
            writer.write(FIRST + SECOND)
            await reader.readuntil(HALF)
        await until(lambda: app.left == ["/sized"])
    assert app.asked == ["/sized"]


@pytest.mark.parametrize("ahead", [b"", SECOND], ids=["alone", "with a request ahead"])
async def test_refusal_is_no_part_of_a_response_under_way(ahead: bytes) -> None:
    async with serving(App(), BoundedHttpTools, "off") as port, conversation(port) as (reader, writer):
        writer.write(FIRST)
        await reader.readuntil(HALF)
        writer.write(ahead + b"\0\0\r\n\r\n")
        assert await reader.read() == b""


async def test_request_sent_ahead_is_no_reason_to_say_503_within_a_response() -> None:
    met: list[Any] = []

    class Met(BoundedHttpTools):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            super().connection_made(transport)
            met.append(self)

    async with serving(App(), Met, "off") as port, conversation(port) as (reader, writer):
        writer.write(FIRST + SECOND)
        await reader.readuntil(HALF)
        met[0].loop.call_soon_threadsafe(met[0].give_up)
        assert await reader.read() == b""


@pytest.mark.parametrize(
    ("begin", "piece"),
    [(b"0\r\n", b"x: y\r\n" * 2000), (b"0\r\nx: ", b"y" * 16000), (b"5;", b"y" * 16000)],
    ids=["trailers", "one trailer", "an extension"],
)
async def test_body_that_is_nothing_but_its_coding_is_cut_off(begin: bytes, piece: bytes) -> None:
    async with serving(App(), BoundedHttpTools, "off") as port, conversation(port) as (_, writer):
        writer.write(CHUNKED + begin)
        taken = 0
        with suppress(ConnectionError):
            while taken < 100 * MAX_OVERHEAD:
                writer.write(piece)
                await writer.drain()
                taken += len(piece)
                await asyncio.sleep(0)
    assert taken < 100 * MAX_OVERHEAD


async def test_body_in_the_smallest_chunks_passes() -> None:
    app = App()
    async with serving(app, BoundedHttpTools, "off") as port, conversation(port) as (reader, writer):
        writer.write(CHUNKED)
        for _ in range(20):
            writer.write(b"1\r\nx\r\n" * (MAX_OVERHEAD // 60))
            await writer.drain()
        writer.write(b"0\r\n\r\n")
        assert await reader.readuntil(HALF)


async def test_client_of_http_1_0_is_sent_no_chunks() -> None:
    async with serving(App(), BoundedHttpTools, "off") as port:
        reply = await ask(port, b"GET /all HTTP/1.0\r\n\r\n")
    assert reply.values(b"transfer-encoding") == []
    assert reply.values(b"connection") == [b"close"]
    assert reply.body == HALF + b"end"


async def test_response_that_breaks_off_is_not_whole_for_a_client_of_http_1_0() -> None:
    async with serving(App(), BoundedHttpTools, "off") as port, asyncio.timeout(WAIT):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET /broken HTTP/1.0\r\n\r\n")
        with pytest.raises(ConnectionResetError):
            await reader.read()
        writer.close()
