"""`assent serve` as a process under what takes long: gigabytes, slow readers, thousands of connections."""

import asyncio
import hashlib
import os
import resource
from pathlib import Path

import pytest

from assent.server.protocol import PATIENCE
from tests.gateway.running import Process, serving
from tests.gateway.servers import OK, Incoming, ask, get, upstream

pytestmark = [pytest.mark.long, pytest.mark.anyio]

MEGABYTE = 1 << 20
GIGABYTE = 1 << 30
PIECE = os.urandom(MEGABYTE)
FLAT = 64 * MEGABYTE
"""What buffers may add to the memory of a process, whatever passes through it."""


async def test_a_gigabyte_goes_up_in_flat_memory(tmp_path: Path) -> None:
    digest, taken = hashlib.sha256(), 0

    async def take(incoming: Incoming) -> None:
        nonlocal taken
        if incoming.head.startswith(b"GET"):
            await incoming.send(OK)
            return
        while size := int(await incoming.reader.readline(), 16):
            taken += size
            digest.update(await incoming.reader.readexactly(size))
            await incoming.reader.readexactly(2)
        await incoming.reader.readexactly(2)
        await incoming.send(OK)

    async with upstream(take) as site, serving(site.url, tmp_path) as process:
        before = process.memory
        reader, writer = await asyncio.open_connection("127.0.0.1", process.port)
        writer.write(b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n")
        expected = hashlib.sha256()
        for _ in range(GIGABYTE // MEGABYTE):
            writer.write(b"%x\r\n" % MEGABYTE + PIECE + b"\r\n")
            expected.update(PIECE)
            await writer.drain()
        writer.write(b"0\r\n\r\n")
        assert (await reader.read()).endswith(b"ok")
        writer.close()
        assert process.peak - before < FLAT
    assert taken == GIGABYTE
    assert digest.digest() == expected.digest()


async def test_a_gigabyte_comes_down_in_flat_memory_to_a_slow_reader(tmp_path: Path) -> None:
    async def give(incoming: Incoming) -> None:
        if incoming.head.startswith(b"GET /warm"):
            await incoming.send(OK)
            return
        await incoming.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % GIGABYTE)
        for _ in range(GIGABYTE // MEGABYTE):
            await incoming.send(PIECE)

    async with upstream(give) as site, serving(site.url, tmp_path) as process:
        before = process.memory
        reader, writer = await asyncio.open_connection("127.0.0.1", process.port)
        writer.write(get())
        await reader.readuntil(b"\r\n\r\n")
        digest, taken = hashlib.sha256(), 0
        while piece := await reader.read(MEGABYTE):
            if taken < 20 * MEGABYTE:
                await asyncio.sleep(0.1)
            digest.update(piece)
            taken += len(piece)
        writer.close()
        assert process.peak - before < FLAT
    expected = hashlib.sha256()
    for _ in range(GIGABYTE // MEGABYTE):
        expected.update(PIECE)
    assert taken == GIGABYTE
    assert digest.digest() == expected.digest()


async def test_idle_and_slow_connections_keep_nobody_out_and_end_by_themselves(tmp_path: Path) -> None:
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    # Both ends of a connection are on this machine, each in a process of its own.
    count = min(10_000, limit - 500)
    half = b"GET / HTTP/1.1\r\nHost: a\r\nX-Slow: "

    async def answer(incoming: Incoming) -> None:
        await incoming.send(OK)

    room = {"ASSENT_SERVER__MAX_CONNECTIONS": str(count + 100)}
    async with upstream(answer) as site, serving(site.url, tmp_path, **room) as process:
        memory, descriptors = process.memory, process.descriptors
        writers = []
        for number in range(count):
            _, writer = await asyncio.open_connection("127.0.0.1", process.port)
            writer.write(half if number % 2 else b"")
            writers.append(writer)
        assert (await ask(process.port, get())).status == 200
        assert process.descriptors >= descriptors + count
        per_connection = (process.memory - memory) / count
        for _ in range(int(PATIENCE / 2)):
            for writer in writers[1::40]:
                if not writer.is_closing():
                    writer.write(b"x")
            await asyncio.sleep(2)
            assert (await ask(process.port, get())).status == 200
        await process.settled(descriptors, PATIENCE)
        for writer in writers:
            writer.transport.abort()
    assert per_connection < 64 * 1024


async def moods(incoming: Incoming) -> None:
    line = incoming.lines[0]
    if b"/cut" in line:
        await incoming.send(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf")
        incoming.writer.close()
    elif b"/nonsense" in line:
        await incoming.send(b"nonsense\r\n\r\n")
        incoming.writer.close()
    elif b"/hang" in line:
        await incoming.reader.read()
    else:
        await incoming.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n" + b"x" * 1_000_000)


async def break_off(port: int, request: bytes, *, wait: bool) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    if wait:
        await reader.read()
    else:
        await asyncio.sleep(0.01)
    writer.transport.abort()


async def rounds(process: Process, number: int) -> None:
    upload = b"POST /hang HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n" + b"x" * 70_000
    for _ in range(number):
        async with asyncio.TaskGroup() as group:
            for path in (b"/cut", b"/nonsense"):
                group.create_task(break_off(process.port, get(path), wait=True))
            for request in (get(b"/hang"), get(b"/large"), upload, b"GET / HTTP/1.1\r\nHo"):
                group.create_task(break_off(process.port, request, wait=False))


async def test_thousands_of_broken_exchanges_leave_no_memory_and_no_descriptor(tmp_path: Path) -> None:
    async with upstream(moods) as site, serving(site.url, tmp_path) as process:
        descriptors = process.descriptors
        await rounds(process, 100)
        await process.settled(descriptors, 60)
        memory = process.memory
        await rounds(process, 900)
        await process.settled(descriptors, 60)
        assert process.memory - memory < 16 * MEGABYTE
        assert (await ask(process.port, get(b"/large"))).status == 200
