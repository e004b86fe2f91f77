"""WebSockets end to end: what passes between a client and an upstream, and how it ends."""

import asyncio
import hashlib
import os
from contextlib import suppress

import pytest
from websockets.asyncio.client import ClientConnection
from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

from tests.gateway.servers import WAIT, Front, until
from tests.gateway.talking import browser, echo, ended, site

MEGABYTE = 1 << 20


@pytest.mark.anyio
async def test_messages_pass_both_ways_with_their_kind(front: Front) -> None:
    messages: list[str | bytes] = ["text", "", "ü€😀", b"\x00\xff", b"", "last"]
    async with site(echo) as url, front(url) as port, browser(port) as client:
        for message in messages:
            await client.send(message)
        assert [await client.recv() for _ in messages] == messages


@pytest.mark.anyio
async def test_fragments_become_the_message_that_they_are(front: Front) -> None:
    async with site(echo) as url, front(url) as port, browser(port) as client:
        await client.send(iter(["one ", "two ", "three"]))
        assert await client.recv() == "one two three"


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("code", "reason"),
    [(1000, ""), (1001, "off home"), (1012, ""), (4321, "höher"), (3000, "x" * 123)],
)
@pytest.mark.parametrize("closer", ["client", "upstream"])
async def test_close_passes_with_its_code_and_reason(
    front: Front, closer: str, code: int, reason: str
) -> None:
    ends: list[ConnectionClosed] = []

    async def handler(connection: ServerConnection) -> None:
        if closer == "upstream":
            await connection.close(code, reason)
        ends.append(await ended(connection))

    async with site(handler) as url, front(url) as port, browser(port) as client:
        if closer == "client":
            await client.close(code, reason)
        else:
            ends.append(await ended(client))
        await until(lambda: len(ends) == (1 if closer == "client" else 2))
    for end in ends:
        assert end.rcvd is not None
        assert (end.rcvd.code, end.rcvd.reason) == (code, reason)


@pytest.mark.anyio
async def test_close_without_a_code_is_a_normal_one(front: Front) -> None:
    ends: list[ConnectionClosed] = []

    async def handler(connection: ServerConnection) -> None:
        if connection.request and connection.request.path == "/up":
            connection.protocol.send_close()
            connection.transport.write(b"".join(connection.protocol.data_to_send()))
        ends.append(await ended(connection))

    async with site(handler) as url, front(url) as port:
        async with browser(port) as client:
            client.protocol.send_close()
            client.transport.write(b"".join(client.protocol.data_to_send()))
            await until(lambda: bool(ends))
        async with browser(port, "/up") as client:
            end = await ended(client)
    for close in (ends[0], end):
        assert close.rcvd is not None
        assert close.rcvd.code == 1000


@pytest.mark.anyio
async def test_client_that_vanishes_is_seen_to_vanish(front: Front) -> None:
    ends: list[ConnectionClosed] = []

    async def handler(connection: ServerConnection) -> None:
        ends.append(await ended(connection))

    async with site(handler) as url, front(url) as port, browser(port) as client:
        client.transport.abort()
        await until(lambda: bool(ends))
    assert ends[0].rcvd is None


@pytest.mark.anyio
async def test_upstream_that_vanishes_is_a_bad_gateway(
    front: Front, caplog: pytest.LogCaptureFixture
) -> None:
    async def handler(connection: ServerConnection) -> None:
        connection.transport.abort()

    async with site(handler) as url, front(url) as port, browser(port) as client:
        end = await ended(client)
    assert end.rcvd is not None
    assert end.rcvd.code == 1014
    assert [record.name for record in caplog.records] == ["assent.gateway"]


@pytest.mark.anyio
async def test_messages_before_a_close_all_arrive(front: Front) -> None:
    async def burst(connection: ServerConnection) -> None:
        for number in range(500):
            await connection.send(str(number))
        await connection.close(4000, "done")

    async with site(burst) as url, front(url) as port, browser(port) as client:
        assert [await client.recv() for _ in range(500)] == [str(number) for number in range(500)]
        end = await ended(client)
    assert end.rcvd is not None
    assert end.rcvd.code == 4000


@pytest.mark.anyio
async def test_pings_are_answered_on_either_side(front: Front) -> None:
    answered = asyncio.Event()

    async def handler(connection: ServerConnection) -> None:
        await (await connection.ping(b"up"))
        answered.set()
        await connection.wait_closed()

    async with site(handler) as url, front(url) as port, browser(port) as client:
        await asyncio.wait_for(await client.ping(b"down"), WAIT)
        await asyncio.wait_for(answered.wait(), WAIT)


@pytest.mark.anyio
async def test_64_megabytes_in_one_message_arrive_whole(front: Front) -> None:
    message = os.urandom(MEGABYTE) * 64
    async with site(echo) as url, front(url) as port, browser(port) as client:
        await client.send(message)
        assert hashlib.sha256(await client.recv(decode=False)).digest() == hashlib.sha256(message).digest()


@pytest.mark.anyio
async def test_message_that_is_too_large_ends_the_connection(front: Front) -> None:
    async def large(connection: ServerConnection) -> None:
        await connection.send(b"x" * 2000)
        await connection.wait_closed()

    async with site(large) as url, front(url, max_message=1000) as port, browser(port) as client:
        end = await ended(client)
        assert end.rcvd is not None
        assert end.rcvd.code == 1014
    async with site(echo) as url, front(url) as port, browser(port) as client:
        with suppress(ConnectionClosed):
            await client.send(b"x" * (64 * MEGABYTE + 1))
        end = await ended(client)
        assert end.rcvd is not None
        assert end.rcvd.code == 1009


@pytest.mark.anyio
@pytest.mark.parametrize("slow", ["client", "upstream"])
async def test_sender_waits_for_a_slow_receiver(front: Front, slow: str) -> None:
    sent, received = 0, 0
    go_on = asyncio.Event()

    async def pour(connection: ServerConnection | ClientConnection) -> None:
        nonlocal sent
        for _ in range(64):
            await connection.send(b"x" * MEGABYTE)
            sent += 1

    async def take(connection: ServerConnection | ClientConnection) -> None:
        nonlocal received
        await go_on.wait()
        while received < 64:
            received += len(await connection.recv(decode=False)) // MEGABYTE

    async def handler(connection: ServerConnection) -> None:
        await (pour(connection) if slow == "client" else take(connection))
        await connection.wait_closed()

    async with (
        site(handler, max_queue=1) as url,
        front(url) as port,
        browser(port, max_queue=1) as client,
    ):
        working = asyncio.create_task(take(client) if slow == "client" else pour(client))
        before = -1
        while sent != before:
            before = sent
            await asyncio.sleep(0.3)
        # What has left the sender by now stands in buffers, most of them the kernel's.
        assert 0 < sent < 32
        go_on.set()
        await asyncio.wait_for(working, 20)
        await until(lambda: received == 64)
