"""Upstreams that lie, drip, hang and break off: their visitor sees it, nobody else does, nothing is left."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve

from assent.gateway import Timeouts
from tests.gateway.servers import CHUNKED, OK, Front, Incoming, ask, get, says, until, upstream

POISON = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison"
HASTY = Timeouts(connect=1.0, write=0.3, first_byte=1.5, idle=0.5)


def descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


@pytest.mark.anyio
@pytest.mark.parametrize("pause", [0.0, 0.05], ids=["at once", "a moment later"])
async def test_more_than_was_announced_reaches_nobody(front: Front, pause: float) -> None:
    async def answer(incoming: Incoming) -> None:
        if incoming.head.startswith(b"GET /first"):
            await incoming.send(OK + (b"" if pause else POISON))
            if pause:
                await asyncio.sleep(pause)
                await incoming.send(POISON)
        else:
            await incoming.send(OK)

    async with upstream(answer) as site, front(site) as port:
        assert (await ask(port, get(b"/first"))).body == b"ok"
        await asyncio.sleep(2 * pause)
        for _ in range(3):
            reply = await ask(port, get(b"/next"))
            assert (reply.status, reply.body) == (200, b"ok")


@pytest.mark.anyio
async def test_response_to_nobody_before_the_first_request_is_not_taken_for_one(front: Front) -> None:
    async def answer(incoming: Incoming) -> None:
        await incoming.send(
            OK + b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        )
        incoming.writer.close()

    async with upstream(answer) as site, front(site) as port:
        for _ in range(5):
            assert (await ask(port, get())).status == 200


@pytest.mark.anyio
async def test_body_that_drips_arrives_as_it_drips(front: Front) -> None:
    async def drip(incoming: Incoming) -> None:
        await incoming.send(b"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n")
        for _ in range(20):
            await asyncio.sleep(0.1)
            await incoming.send(b"x")

    # Twenty pauses are longer than one may be, and each is much shorter, even on a busy machine.
    async with upstream(drip) as site, front(site, timeouts=replace(HASTY, idle=1.9)) as port:
        assert (await ask(port, get())).body == b"x" * 20


@pytest.mark.anyio
@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nhalf",
        CHUNKED + b"4\r\nhalf\r\n",
        CHUNKED + b"8\r\nhalf",
    ],
    ids=["length", "between chunks", "within a chunk"],
)
async def test_body_that_stops_is_cut_off(front: Front, head: bytes) -> None:
    async def stop(incoming: Incoming) -> None:
        await incoming.send(head)
        await incoming.reader.read()

    async with upstream(stop) as site, front(site, timeouts=HASTY) as port:
        reply = await ask(port, get())
    assert b"half" in reply.body
    assert not reply.body.endswith(b"0\r\n\r\n")


@pytest.mark.anyio
@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"HTTP/1.1 200", id="head cut off"),
        pytest.param(b"HTTP/1.1 200 OK\r\nX: y", id="field cut off"),
        pytest.param(b"SSH-2.0-OpenSSH\r\n", id="another protocol"),
        pytest.param(b"HTTP/1.1 20 OK\r\n\r\n", id="status of two digits"),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nokx", id="two lengths"
        ),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\nok", id="length below zero"),
        pytest.param(b"HTTP/1.1 200 OK\r\nX y\r\n\r\n", id="field without a colon"),
        pytest.param(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 100_000, id="fields without end"),
        pytest.param(b"HTTP/1.1 200 OK\r\nX: " + b"y" * 1_000_000, id="a field without end"),
        pytest.param(b"HTTP/1.1 100 Continue\r\n\r\n" * 10_000, id="interim responses without end"),
    ],
)
async def test_head_that_makes_no_sense_is_a_bad_gateway(front: Front, answer: bytes) -> None:
    async def speak(incoming: Incoming) -> None:
        await incoming.send(answer)
        incoming.writer.close()

    async with upstream(speak) as site, front(site, timeouts=HASTY) as port:
        reply = await ask(port, get())
    assert reply.status in (502, 504)
    assert reply.body.startswith(b"50")


@pytest.mark.anyio
@pytest.mark.parametrize(
    "chunk",
    [b"-1\r\nx\r\n", b"zz\r\nx\r\n", b"2\r\nabcd\r\n", b"f" * 20 + b"\r\nx\r\n", b"1;" + b"x" * 1_000_000],
)
async def test_chunk_that_makes_no_sense_is_cut_off(front: Front, chunk: bytes) -> None:
    async def speak(incoming: Incoming) -> None:
        await incoming.send(CHUNKED + b"4\r\nhalf\r\n")
        await asyncio.sleep(0.05)
        await incoming.send(chunk + b"0\r\n\r\n")
        incoming.writer.close()

    async with upstream(speak) as site, front(site, timeouts=HASTY) as port:
        reply = await ask(port, get())
    assert reply.status == 502 or not reply.body.endswith(b"\r\n0\r\n\r\n")


@pytest.mark.anyio
async def test_answer_before_the_end_of_an_upload_reaches_the_client(front: Front) -> None:
    async def refuse(incoming: Incoming) -> None:
        await incoming.send(
            b"HTTP/1.1 413 Content Too Large\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno"
        )
        # What still comes is read, so that the answer is not lost in a reset.
        await incoming.reader.read()

    async with upstream(refuse) as site, front(site) as port, asyncio.timeout(10):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % (1 << 30))
        writer.write(b"x" * 100_000)
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 413")
        writer.transport.abort()


@pytest.mark.anyio
async def test_events_pass_one_by_one(front: Front) -> None:
    go_on = asyncio.Event()

    async def events(incoming: Incoming) -> None:
        await incoming.send(CHUNKED.replace(b"\r\n\r\n", b"\r\nContent-Type: text/event-stream\r\n\r\n"))
        for number in range(3):
            event = b"data: %d\n\n" % number
            await incoming.send(b"%x\r\n%b\r\n" % (len(event), event))
            await go_on.wait()
            go_on.clear()
        await incoming.reader.read()

    async with upstream(events) as site, front(site) as port, asyncio.timeout(5):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(get())
        for number in range(3):
            await reader.readuntil(b"data: %d\n\n" % number)
            go_on.set()
        writer.transport.abort()


@pytest.mark.anyio
async def test_nothing_is_left_open_by_whoever_leaves(front: Front) -> None:
    async def moods(incoming: Incoming) -> None:
        if b"/cut" in incoming.lines[0]:
            await incoming.send(CHUNKED + b"4\r\nhalf\r\n")
            incoming.writer.close()
        elif b"/hang" in incoming.lines[0]:
            await incoming.reader.read()
        elif b"/flood" in incoming.lines[0]:
            await incoming.send(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 4_000_000)
        else:
            await says(OK)(incoming)

    async def leave(port: int, request: bytes, *, after: float) -> None:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request)
        await asyncio.sleep(after)
        writer.transport.abort()

    async def socket(connection: ServerConnection) -> None:
        await connection.send("x" * 1_000_000)
        await connection.wait_closed()

    upload = b"POST /ok HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n" + b"x" * 100_000
    async with (
        serve(socket, "127.0.0.1", 0) as sockets,
        upstream(moods) as site,
        front(site, timeouts=HASTY) as port,
        front(f"http://127.0.0.1:{sockets.sockets[0].getsockname()[1]}") as other,
    ):
        await ask(port, get(b"/ok"))
        before = descriptors()
        for _ in range(10):
            requests = [get(b"/cut"), get(b"/hang"), get(b"/flood"), upload, get(b"/ok")[:20]]
            async with asyncio.TaskGroup() as group:
                for number, request in enumerate(requests * 2):
                    group.create_task(leave(port, request, after=number / 100))
                for _ in range(4):
                    group.create_task(_vanish(other))
        await until(lambda: descriptors() <= before)


async def _vanish(port: int) -> None:
    async with connect(f"ws://127.0.0.1:{port}/", proxy=None) as client:
        client.transport.abort()
