"""Bodies on their way: streamed both ways, held back by the slow, and broken off by either side."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import Mount

from assent.gateway import Gateway
from tests.gateway.servers import (
    CHUNKED,
    OK,
    WAIT,
    Front,
    Incoming,
    ask,
    get,
    says,
    serving,
    until,
    upstream,
)

MEGABYTE = 1 << 20


@pytest.mark.anyio
async def test_first_piece_arrives_while_the_upstream_still_works(front: Front) -> None:
    go_on = asyncio.Event()

    async def slow(incoming: Incoming) -> None:
        await incoming.send(CHUNKED + b"5\r\nfirst\r\n")
        await asyncio.wait_for(go_on.wait(), WAIT)
        await incoming.send(b"4\r\nlast\r\n0\r\n\r\n")

    async with upstream(slow) as site, front(site) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(get())
        head = await asyncio.wait_for(reader.readuntil(b"first\r\n"), 2)
        assert b"last" not in head
        go_on.set()
        assert (await asyncio.wait_for(reader.read(), 2)).endswith(b"4\r\nlast\r\n0\r\n\r\n")
        writer.close()


@pytest.mark.anyio
async def test_upload_streams_while_the_client_still_sends(front: Front) -> None:
    async with upstream(says(OK)) as site, front(site) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\nConnection: close\r\n\r\nfirst")
        await until(lambda: bool(site.seen))
        writer.write(b"later")
        assert (await asyncio.wait_for(reader.read(), 2)).endswith(b"ok")
        writer.close()
    assert site.seen[0].body == b"firstlater"


@pytest.mark.anyio
async def test_download_waits_for_a_slow_client(front: Front) -> None:
    sent = 0

    async def big(incoming: Incoming) -> None:
        nonlocal sent
        await incoming.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % (64 * MEGABYTE))
        for _ in range(64):
            await incoming.send(b"x" * MEGABYTE)
            sent += 1

    async with upstream(big) as site, front(site) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(get())
        await reader.readuntil(b"\r\n\r\n")
        before = -1
        while sent != before:
            before = sent
            await asyncio.sleep(0.2)
        # What has left the upstream by now stands in buffers, most of them the kernel's.
        assert sent < 32
        received = 0
        while piece := await reader.read(MEGABYTE):
            received += len(piece)
        writer.close()
    assert received == 64 * MEGABYTE


@pytest.mark.anyio
async def test_upload_waits_for_a_slow_upstream(front: Front) -> None:
    go_on = asyncio.Event()

    async def slow(incoming: Incoming) -> None:
        await asyncio.wait_for(go_on.wait(), WAIT)
        await incoming.read_body()
        await incoming.send(OK)

    accepted = 0

    async def upload(writer: asyncio.StreamWriter) -> None:
        nonlocal accepted
        writer.write(
            b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % (64 * MEGABYTE)
        )
        for _ in range(64):
            writer.write(b"x" * MEGABYTE)
            await writer.drain()
            accepted += 1

    async with upstream(slow) as site, front(site) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        uploading = asyncio.create_task(upload(writer))
        before = -1
        while accepted != before:
            before = accepted
            await asyncio.sleep(0.2)
        assert accepted < 32
        go_on.set()
        assert (await asyncio.wait_for(reader.read(), WAIT)).endswith(b"ok")
        await uploading
        writer.close()
    assert len(site.seen[0].body) == 64 * MEGABYTE


@pytest.mark.anyio
@pytest.mark.parametrize("started", [True, False], ids=["during the response", "before the response"])
async def test_client_that_leaves_ends_the_upstream_request(
    front: Front, caplog: pytest.LogCaptureFixture, started: bool
) -> None:
    gone = asyncio.Event()

    async def endless(incoming: Incoming) -> None:
        if started:
            await incoming.send(CHUNKED + b"5\r\nfirst\r\n")
        await incoming.reader.read()
        gone.set()

    async with upstream(endless) as site, front(site) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(get())
        if started:
            await reader.readuntil(b"first")
        await until(lambda: bool(site.seen))
        writer.close()
        await asyncio.wait_for(gone.wait(), 2)
    assert not caplog.records


@pytest.mark.anyio
async def test_client_that_leaves_during_its_upload_ends_the_upstream_request(
    front: Front, caplog: pytest.LogCaptureFixture
) -> None:
    gone = asyncio.Event()

    async def swallow(incoming: Incoming) -> None:
        incoming.body = await incoming.reader.read()
        gone.set()

    async with upstream(swallow) as site, front(site) as port:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nfirst")
        await until(lambda: bool(site.seen))
        writer.close()
        await asyncio.wait_for(gone.wait(), 2)
    assert site.seen[0].body == b"first"
    assert not caplog.records


@pytest.mark.anyio
@pytest.mark.parametrize(
    "start",
    [
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", id="length"),
        pytest.param(CHUNKED + b"4\r\nhalf\r\n", id="chunked"),
    ],
)
async def test_upstream_cut_off_is_a_broken_transfer_for_the_client(
    front: Front, caplog: pytest.LogCaptureFixture, start: bytes
) -> None:
    async def cut(incoming: Incoming) -> None:
        await incoming.send(start)
        incoming.writer.close()

    async with upstream(cut) as site, front(site) as port:
        reply = await ask(port, get())
    assert b"half" in reply.body
    assert not reply.body.endswith(b"0\r\n\r\n")
    assert len(reply.body) < 10 or not reply.values(b"content-length")
    assert len(caplog.records) == 1
    assert "upstream broke off" in str(caplog.records[0].exc_info)


@pytest.mark.anyio
@pytest.mark.parametrize("http", ["h11", "httptools"])
async def test_broken_response_stays_broken_through_an_app_that_mounts_the_gateway(http: str) -> None:
    async def cut(incoming: Incoming) -> None:
        await incoming.send(CHUNKED + b"4\r\nhalf\r\n")
        incoming.writer.close()

    async with upstream(cut) as site:
        gateway = Gateway(site.url)

        @asynccontextmanager
        async def life(_: Starlette) -> AsyncIterator[None]:
            yield
            await gateway.aclose()

        app = Starlette(
            routes=[Mount("/shop", gateway)], middleware=[Middleware(GZipMiddleware)], lifespan=life
        )
        async with serving(app, http) as port:
            reply = await ask(port, get(b"/shop/a%2Fb", b"Accept-Encoding: gzip"))
    assert site.seen[0].lines[0] == b"GET /a%2Fb HTTP/1.1"
    assert reply.status == 200
    assert not reply.body.endswith(b"0\r\n\r\n")
