"""Connections kept, handed on, counted and let go."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from ssl import create_default_context
from typing import Any

import pytest

from assent.errors import UpstreamBusy, UpstreamError, UpstreamTimeout
from assent.gateway.http1 import Pool
from assent.gateway.limits import Limits, Timeouts
from tests.gateway.http1.conftest import MakePool
from tests.gateway.http1.fetching import FIELDS, body_of, fetch, length
from tests.gateway.servers import OK, WAIT, Incoming, free_port, says, until, upstream

pytestmark = pytest.mark.anyio


class Gate:
    """An upstream that answers when it is told to."""

    def __init__(self) -> None:
        self.open = asyncio.Event()
        self.order: list[bytes] = []

    async def answer(self, incoming: Incoming) -> None:
        self.order.append(incoming.lines[0].split(b" ")[1])
        await self.open.wait()
        await incoming.send(OK)


async def test_requests_in_a_row_share_one_connection(pool_of: MakePool) -> None:
    async with upstream(says(OK)) as site:
        pool = await pool_of(site)
        for _ in range(5):
            assert (await fetch(pool)).body == b"ok"
        assert pool.counts == (1, 1, 0)
    assert site.connections == 1


async def test_connection_that_was_used_last_is_used_first(pool_of: MakePool) -> None:
    gate = Gate()
    async with upstream(gate.answer) as site:
        pool = await pool_of(site)
        requests = [asyncio.create_task(fetch(pool)) for _ in range(3)]
        await until(lambda: len(gate.order) == 3)
        gate.open.set()
        await asyncio.gather(*requests)
        assert pool.counts == (3, 3, 0)
        ports = []
        for _ in range(3):
            await fetch(pool)
            ports.append(site.seen[-1].writer.get_extra_info("peername")[1])
    assert len(set(ports)) == 1


async def test_unused_connections_are_let_go(pool_of: MakePool) -> None:
    async with upstream(says(OK)) as site:
        pool = await pool_of(site, timeouts=Timeouts(keepalive=0.1))
        await fetch(pool)
        assert pool.counts == (1, 1, 0)
        await until(lambda: pool.counts == (0, 0, 0))
        assert (await fetch(pool)).body == b"ok"
    assert site.connections == 2


@pytest.mark.parametrize("unasked", [b"x", b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n"])
async def test_kept_connection_that_says_something_unasked_is_closed(
    pool_of: MakePool, unasked: bytes
) -> None:
    async with upstream(says(OK)) as site:
        pool = await pool_of(site)
        await fetch(pool)
        await site.seen[0].send(unasked)
        await until(lambda: pool.counts == (0, 0, 0))
        assert (await fetch(pool)).body == b"ok"
    assert site.connections == 2


async def test_kept_connection_that_the_upstream_closes_is_forgotten(pool_of: MakePool) -> None:
    async with upstream(says(OK)) as site:
        pool = await pool_of(site)
        await fetch(pool)
        site.seen[0].writer.close()
        await until(lambda: pool.counts == (0, 0, 0))
        assert (await fetch(pool, "POST", b"/", length(0), body_of())).body == b"ok"


@pytest.mark.parametrize(
    ("method", "repeated"),
    [("GET", True), ("HEAD", True), ("DELETE", True), ("POST", False), ("PATCH", False), ("report", False)],
)
async def test_request_that_meets_a_closing_connection_is_repeated_when_that_is_safe(
    pool_of: MakePool, method: str, repeated: bool
) -> None:
    async def second_hangs_up(incoming: Incoming) -> None:
        if len(site.seen) == 2:
            incoming.writer.close()
        elif method == "HEAD" and len(site.seen) == 3:
            await incoming.send(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n")
        else:
            await incoming.send(OK)

    async with upstream(second_hangs_up) as site:
        pool = await pool_of(site)
        await fetch(pool)
        if repeated:
            assert (await fetch(pool, method)).status == 200
        else:
            with pytest.raises(UpstreamError, match="before the response began"):
                await fetch(pool, method)
    assert len(site.seen) == (3 if repeated else 2)


@pytest.mark.parametrize(
    "case", ["a new connection", "twice", "after the first byte", "with a body", "all places are taken"]
)
async def test_what_is_repeated_and_what_is_not(pool_of: MakePool, case: str) -> None:
    async def hang_up(incoming: Incoming) -> None:
        if case == "after the first byte" and len(site.seen) == 2:
            await incoming.send(b"HTTP/1.1 ")
        if len(site.seen) > 1 or case == "a new connection":
            if case == "all places are taken" and len(site.seen) == 3:
                await incoming.send(OK)
            else:
                incoming.writer.close()
        else:
            await incoming.send(OK)

    async with upstream(hang_up) as site:
        pool = await pool_of(site, limits=Limits(connections=1))
        if case != "a new connection":
            await fetch(pool)
        body: Any = {"fields": length(1), "body": body_of(b"x")} if case == "with a body" else {}
        answer = fetch(pool, "PUT", **body)
        if case == "all places are taken":
            assert (await answer).body == b"ok"
        else:
            with pytest.raises(UpstreamError):
                await answer
    tries = {"a new connection": 1, "twice": 3, "all places are taken": 3}
    assert len(site.seen) == tries.get(case, 2)


async def test_no_more_connections_than_allowed_and_the_queue_is_fair(pool_of: MakePool) -> None:
    gate = Gate()
    async with upstream(gate.answer) as site:
        pool = await pool_of(site, limits=Limits(connections=2))
        requests = []
        for number in range(20):
            requests.append(asyncio.create_task(fetch(pool, target=b"/%d" % number)))
            await asyncio.sleep(0)
        await until(lambda: pool.counts == (2, 0, 18) and len(gate.order) == 2)
        gate.open.set()
        assert {answer.body for answer in await asyncio.gather(*requests)} == {b"ok"}
        assert pool.counts == (2, 2, 0)
    assert site.connections == 2
    assert gate.order[2:] == [b"/%d" % number for number in range(2, 20)]


async def test_queue_that_is_full_refuses_and_one_that_does_not_move_gives_up(pool_of: MakePool) -> None:
    gate = Gate()
    async with upstream(gate.answer) as site:
        pool = await pool_of(site, limits=Limits(connections=1, waiting=1), timeouts=Timeouts(queue=0.2))
        first = asyncio.create_task(fetch(pool))
        second = asyncio.create_task(fetch(pool))
        await until(lambda: pool.counts == (1, 0, 1))
        with pytest.raises(UpstreamBusy, match="1 requests wait") as caught:
            await fetch(pool)
        assert caught.value.status == 503
        with pytest.raises(UpstreamBusy, match="no connection became free"):
            await second
        gate.open.set()
        assert (await first).body == b"ok"
        assert pool.counts == (1, 1, 0)


async def test_those_who_leave_the_queue_take_no_ones_place(pool_of: MakePool) -> None:
    gate = Gate()
    async with upstream(gate.answer) as site:
        pool = await pool_of(site, limits=Limits(connections=1))
        first = asyncio.create_task(fetch(pool))
        waiting = [asyncio.create_task(fetch(pool)) for _ in range(10)]
        await until(lambda: pool.counts.waiting == 10)
        for task in waiting[:9]:
            task.cancel()
        await asyncio.gather(*waiting[:9], return_exceptions=True)
        assert pool.counts == (1, 0, 1)
        gate.open.set()
        await asyncio.wait_for(asyncio.gather(first, waiting[9]), WAIT)
        assert pool.counts == (1, 1, 0)


async def test_place_of_a_connection_that_breaks_goes_to_the_next(pool_of: MakePool) -> None:
    async def break_off(incoming: Incoming) -> None:
        await asyncio.sleep(0.01)
        incoming.writer.close()

    async with upstream(break_off) as site:
        pool = await pool_of(site, limits=Limits(connections=2))
        answers = await asyncio.gather(
            *(fetch(pool, "POST", body=body_of(), fields=length(0)) for _ in range(10)),
            return_exceptions=True,
        )
        assert all(isinstance(answer, UpstreamError) for answer in answers)
        await until(lambda: pool.counts == (0, 0, 0))
    assert site.connections == 10


@pytest.mark.parametrize("moment", range(12))
async def test_cancelled_at_any_moment_it_leaves_nothing_behind(pool_of: MakePool, moment: int) -> None:
    async with upstream(says(OK)) as site:
        pool = await pool_of(site, limits=Limits(connections=1))
        holder = await pool.exchange("GET", b"/", FIELDS)
        task = asyncio.create_task(fetch(pool))
        await asyncio.sleep(0)
        # The place becomes free while the other is cancelled.
        await holder.aclose()
        for _ in range(moment):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert (await asyncio.wait_for(fetch(pool), WAIT)).body == b"ok"
        await until(lambda: pool.counts == (1, 1, 0))


async def test_refused_connection_is_an_upstream_error(pool_of: MakePool) -> None:
    pool = await pool_of(f"http://127.0.0.1:{free_port()}", limits=Limits(connections=1))
    for _ in range(3):
        with pytest.raises(UpstreamError, match="no connection") as caught:
            await fetch(pool)
        assert caught.value.status == 502
    assert pool.counts == (0, 0, 0)


async def test_name_that_nobody_knows_is_an_upstream_error(pool_of: MakePool) -> None:
    with pytest.raises(UpstreamError, match="no connection"):
        await fetch(await pool_of("http://nowhere.invalid"))


async def test_connection_that_does_not_open_is_late(pool_of: MakePool) -> None:
    async def never(incoming: Incoming) -> None:
        raise AssertionError

    # Nobody speaks TLS here, so the handshake is never answered.
    async with upstream(never) as site:
        pool = await pool_of(
            site.url.replace("http:", "https:"), tls=create_default_context(), timeouts=Timeouts(connect=0.2)
        )
        with pytest.raises(UpstreamTimeout, match="no connection within"):
            await fetch(pool)
        assert pool.counts == (0, 0, 0)


async def test_closed_pool_carries_nothing_any_more(pool_of: MakePool) -> None:
    gate = Gate()
    async with upstream(gate.answer) as site:
        pool = await pool_of(site)
        under_way = asyncio.create_task(fetch(pool))
        await until(lambda: bool(gate.order))
        await pool.aclose()
        with pytest.raises(UpstreamError):
            await under_way
        with pytest.raises(UpstreamError, match="are closed"):
            await fetch(pool)


@asynccontextmanager
async def on_socket(path: Path) -> AsyncIterator[list[bytes]]:
    seen: list[bytes] = []

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await reader.read(65536):
            seen.append(head)
            writer.write(OK)
        writer.close()

    server = await asyncio.start_unix_server(connected, path)
    try:
        yield seen
    finally:
        server.close()
        await server.wait_closed()


async def test_upstream_on_a_unix_socket_is_served(pool_of: MakePool, tmp_path: Path) -> None:
    path = tmp_path / "app.sock"
    async with on_socket(path) as seen:
        pool: Pool = await pool_of(f"unix:{path}")
        for _ in range(2):
            assert (await fetch(pool, target=b"/x")).body == b"ok"
        await pool.aclose()
    assert seen == [b"GET /x HTTP/1.1\r\nHost: shop.example\r\n\r\n"] * 2
    with pytest.raises(UpstreamError, match="no connection"):
        await fetch(await pool_of(f"unix:{path}"))
