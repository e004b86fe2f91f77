"""httpx's client over Assent's way to an upstream."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest

from assent.gateway.limits import Limits, Timeouts
from assent.gateway.shell import HttpxTransport
from assent.gateway.transport import Transport
from tests.gateway.servers import CHUNKED, OK, Incoming, free_port, says, until, upstream

pytestmark = pytest.mark.anyio


def client(url: str, **options: object) -> httpx.AsyncClient:
    transport = HttpxTransport(Transport(url, **options))  # type: ignore[arg-type]
    return httpx.AsyncClient(transport=transport, base_url="http://shop.example")


async def test_client_gets_and_posts() -> None:
    async def two() -> AsyncIterator[bytes]:
        yield b"ab"
        yield b"c"

    async with upstream(says(OK)) as site, client(site.url) as http:
        assert (await http.get("/a?b=%20")).text == "ok"
        assert (await http.post("/", content=b"abc")).text == "ok"
        assert (await http.post("/", content=two())).text == "ok"
        assert (await http.get("/", extensions={"target": b"/a/../b"})).text == "ok"
    assert [seen.lines[0] for seen in site.seen] == [
        b"GET /a?b=%20 HTTP/1.1",
        b"POST / HTTP/1.1",
        b"POST / HTTP/1.1",
        b"GET /a/../b HTTP/1.1",
    ]
    assert [seen.body for seen in site.seen] == [b"", b"abc", b"2\r\nab\r\n1\r\nc\r\n0\r\n\r\n", b""]
    assert site.seen[0].values(b"host") == [b"shop.example"]
    assert site.connections == 1


async def test_client_that_leaves_a_stream_ends_the_request() -> None:
    gone = asyncio.Event()

    async def endless(incoming: Incoming) -> None:
        await incoming.send(CHUNKED + b"2\r\nab\r\n")
        await incoming.reader.read()
        gone.set()

    async with upstream(endless) as site, client(site.url) as http:
        async with http.stream("GET", "/") as response:
            assert response.http_version == "HTTP/1.1"
            async for piece in response.aiter_raw():
                assert piece == b"ab"
                break
        await asyncio.wait_for(gone.wait(), 2)


async def test_failures_are_told_in_the_words_of_httpx() -> None:
    async def cut(incoming: Incoming) -> None:
        await incoming.send(CHUNKED + b"2\r\nab\r\n")
        incoming.writer.close()

    async def silence(incoming: Incoming) -> None:
        await incoming.reader.read()

    async with client(f"http://127.0.0.1:{free_port()}") as http:
        with pytest.raises(httpx.RemoteProtocolError, match="no connection"):
            await http.get("/")
    async with upstream(cut) as site, client(site.url) as http:
        with pytest.raises(httpx.RemoteProtocolError, match="before the response was complete"):
            await http.get("/")
    few = {"limits": Limits(connections=1), "timeouts": Timeouts(first_byte=0.4, queue=0.1)}
    async with upstream(silence) as site, client(site.url, **few) as http:
        late = asyncio.create_task(http.get("/"))
        await until(lambda: bool(site.seen))
        with pytest.raises(httpx.PoolTimeout):
            await http.get("/")
        with pytest.raises(httpx.ReadTimeout):
            await late
