"""The head of a response goes out with the body that follows at once, and by itself where none does."""

import asyncio
import socket
import struct
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from tests.gateway.servers import PROTOCOLS, WAIT, get, serving

REQUESTS = 20
SEGMENTS_IN = 152
"""Where struct tcp_info of Linux tells how many segments with data came."""

pytestmark = pytest.mark.anyio


async def app(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] != "http":
        return
    fields = [(b"content-length", b"2")]
    await send({"type": "http.response.start", "status": 200, "headers": fields})
    if scope["path"] == "/slow":
        await receive()
        await receive()
    await send({"type": "http.response.body", "body": b"ok"})


@pytest.fixture(params=PROTOCOLS)
async def port(request: pytest.FixtureRequest) -> AsyncIterator[int]:
    async with serving(app, request.param, lifespan="off") as number:
        yield number


@asynccontextmanager
async def connected(port: int) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    async with asyncio.timeout(WAIT):
        yield reader, writer
    writer.transport.abort()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells how many segments came")
async def test_small_response_is_one_segment(port: int) -> None:
    async with connected(port) as (reader, writer):
        for _ in range(REQUESTS):
            writer.write(b"GET / HTTP/1.1\r\nHost: shop.example\r\n\r\n")
            await reader.readuntil(b"\r\n\r\nok")
        told = writer.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 256)
    assert struct.unpack_from("=I", told, SEGMENTS_IN) == (REQUESTS,)


async def test_head_of_a_slow_response_does_not_wait_for_its_body(port: int) -> None:
    async with connected(port) as (reader, writer):
        writer.write(get(b"/slow"))
        head = await reader.readuntil(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 OK\r\n")


async def test_responses_to_requests_that_came_at_once_keep_their_order(port: int) -> None:
    methods = [b"GET", b"HEAD", b"HEAD", b"GET", b"HEAD"]
    request = b"%b / HTTP/1.1\r\nHost: shop.example\r\n\r\n"
    async with connected(port) as (reader, writer):
        writer.write(b"".join(request % method for method in methods) + get())
        came = await reader.read()
        while piece := await reader.read():
            came += piece
    heads = came.split(b"HTTP/1.1 200 OK")[1:]
    assert [head.endswith(b"\r\n\r\nok") for head in heads] == [True, False, False, True, False, True]
