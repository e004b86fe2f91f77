"""One exchange after another with upstreams that are late, broken, slow, or hang up, on real sockets."""

import asyncio
import gc
from typing import Any

import pytest

from assent.errors import UpstreamError, UpstreamTimeout
from assent.gateway.http1.chunks import Chunks
from assent.gateway.http1.exchange import Exchange
from assent.gateway.http1.response import Response
from assent.gateway.limits import Timeouts
from tests.gateway.http1.conftest import MakePool
from tests.gateway.http1.fetching import CHUNKED_FIELDS, FIELDS, body_of, fetch, length
from tests.gateway.servers import CHUNKED, OK, WAIT, Incoming, says, until, upstream

MEGABYTE = 1 << 20

pytestmark = pytest.mark.anyio


async def silence(incoming: Incoming) -> None:
    await incoming.reader.read()


@pytest.mark.parametrize(
    ("fields", "pieces", "wire"),
    [
        pytest.param(length(6), (b"abc", b"", b"def"), b"abcdef", id="length"),
        pytest.param(length(0), (), b"", id="length of nothing"),
        pytest.param(CHUNKED_FIELDS, (b"abc", b"", b"d"), b"3\r\nabc\r\n1\r\nd\r\n0\r\n\r\n", id="chunked"),
        pytest.param(CHUNKED_FIELDS, (), b"0\r\n\r\n", id="chunks of nothing"),
    ],
)
async def test_body_arrives_in_its_framing(
    pool_of: MakePool, fields: Any, pieces: tuple[bytes, ...], wire: bytes
) -> None:
    async with upstream(says(OK)) as site:
        pool = await pool_of(site)
        for _ in range(2):
            assert (await fetch(pool, "POST", b"/", fields, body_of(*pieces))).body == b"ok"
    assert [seen.body for seen in site.seen] == [wire, wire]
    assert site.connections == 1


@pytest.mark.parametrize(
    ("pieces", "said"), [((b"abc", b"def"), "longer"), ((b"ab",), "shorter")], ids=["too long", "too short"]
)
async def test_body_that_is_not_what_it_announces_ends_the_connection(
    pool_of: MakePool, pieces: tuple[bytes, ...], said: str
) -> None:
    async with upstream(says(OK)) as site:
        pool = await pool_of(site)
        with pytest.raises(UpstreamError, match=said):
            await fetch(pool, "POST", b"/", length(4), body_of(*pieces))
        assert (await fetch(pool)).body == b"ok"
    assert site.connections == 2


async def test_error_while_the_body_is_read_is_the_callers_own(pool_of: MakePool) -> None:
    class Gone(Exception):
        pass

    async def leave() -> bytes | None:
        raise Gone

    gone = asyncio.Event()

    async def notice(incoming: Incoming) -> None:
        await incoming.reader.read()
        gone.set()

    async with upstream(notice) as site:
        pool = await pool_of(site)
        with pytest.raises(Gone):
            await fetch(pool, "POST", b"/", length(4), leave)
        await asyncio.wait_for(gone.wait(), WAIT)
        await until(lambda: pool.counts.open == 0)


async def test_answer_before_the_end_of_a_request_is_passed_on_at_once(pool_of: MakePool) -> None:
    reading = asyncio.Event()

    async def endless() -> bytes | None:
        reading.set()
        await asyncio.Event().wait()
        raise AssertionError

    async def refuse(incoming: Incoming) -> None:
        await incoming.send(b"HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno")
        await incoming.reader.read()
        incoming.writer.close()

    async with upstream(refuse) as site:
        pool = await pool_of(site)
        answer = await asyncio.wait_for(fetch(pool, "POST", b"/", length(MEGABYTE), endless), WAIT)
        assert (answer.status, answer.body) == (413, b"no")
        assert reading.is_set()
        # What is left of the request would be read as the next one.
        await until(lambda: pool.counts.open == 0)


async def test_both_ways_may_stream_at_the_same_time(pool_of: MakePool) -> None:
    heard: asyncio.Queue[bytes | None] = asyncio.Queue()

    async def echo(incoming: Incoming) -> None:
        await incoming.send(CHUNKED)
        while (line := await incoming.reader.readline()) != b"0\r\n":
            piece = await incoming.reader.readexactly(int(line, 16) + 2)
            await incoming.send(line + piece)
        await incoming.reader.readline()
        await incoming.send(b"0\r\n\r\n")

    async with upstream(echo) as site:
        pool = await pool_of(site)
        exchange = await pool.exchange("POST", b"/", CHUNKED_FIELDS, heard.get)
        for piece in (b"one", b"two", b"three"):
            heard.put_nowait(piece)
            assert await asyncio.wait_for(exchange.read(), WAIT) == piece
        heard.put_nowait(None)
        assert await asyncio.wait_for(exchange.read(), WAIT) == b""
        assert exchange.ended
        await exchange.aclose()
        assert pool.counts.idle == 1


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        pytest.param(b"", "before the response began", id="nothing"),
        pytest.param(b"HTTP/1.1 200 O", "before the response began", id="half a head"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhalf", "before .* complete", id="length"),
        pytest.param(CHUNKED + b"4\r\nhalf\r\n", "before .* complete", id="between chunks"),
        pytest.param(CHUNKED + b"9\r\nhalf", "before .* complete", id="within a chunk"),
    ],
)
@pytest.mark.parametrize("reset", [False, True], ids=["closed", "reset"])
async def test_response_that_breaks_off_is_an_error_after_what_came(
    pool_of: MakePool, answer: bytes, said: str, reset: bool
) -> None:
    read = asyncio.Event()

    async def cut(incoming: Incoming) -> None:
        await incoming.send(answer)
        if b"half" in answer:
            await read.wait()
        if reset:
            incoming.writer.transport.abort()
        incoming.writer.close()

    async with upstream(cut) as site:
        pool = await pool_of(site)
        if b"half" not in answer:
            with pytest.raises(UpstreamError, match=f"{said}|broke"):
                await pool.exchange("POST", b"/", length(0), body_of())
        else:
            exchange = await pool.exchange("POST", b"/", length(0), body_of())
            assert await exchange.read() == b"half"
            read.set()
            with pytest.raises(UpstreamError, match=f"{said}|broke"):
                await exchange.read()
            await exchange.aclose()
        await until(lambda: pool.counts.open == 0)


async def test_body_without_a_length_ends_with_the_connection_but_not_by_a_reset(pool_of: MakePool) -> None:
    async def until_close(incoming: Incoming) -> None:
        await incoming.send(b"HTTP/1.0 200 OK\r\n\r\nall of it")
        incoming.writer.close()

    async with upstream(until_close) as site:
        assert (await fetch(await pool_of(site))).body == b"all of it"


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 200 OK\r\nX: "], ids=["silence", "half a head"])
async def test_upstream_that_does_not_answer_is_late(pool_of: MakePool, answer: bytes) -> None:
    async def hang(incoming: Incoming) -> None:
        await incoming.send(answer)
        await incoming.reader.read()

    async with upstream(hang) as site:
        pool = await pool_of(site, timeouts=Timeouts(first_byte=0.1))
        with pytest.raises(UpstreamTimeout, match="no response"):
            await fetch(pool)
        await until(lambda: pool.counts.open == 0)


async def test_head_that_comes_byte_by_byte_has_no_longer(pool_of: MakePool) -> None:
    async def drip(incoming: Incoming) -> None:
        await incoming.send(b"HTTP/1.1 200 OK\r\nX: ")
        while not incoming.reader.at_eof():
            await incoming.send(b"x")
            await asyncio.sleep(0.02)

    async with upstream(drip) as site:
        pool = await pool_of(site, timeouts=Timeouts(first_byte=0.2))
        with pytest.raises(UpstreamTimeout):
            await asyncio.wait_for(fetch(pool), WAIT)


async def test_body_that_falls_silent_is_late_and_one_that_trickles_is_not(pool_of: MakePool) -> None:
    async def trickle(incoming: Incoming) -> None:
        await incoming.send(CHUNKED)
        for _ in range(5):
            await incoming.send(b"1\r\nx\r\n")
            await asyncio.sleep(0.08)
        await incoming.reader.read()

    async with upstream(trickle) as site:
        pool = await pool_of(site, timeouts=Timeouts(first_byte=0.2, idle=0.2))
        exchange = await pool.exchange("GET", b"/", FIELDS)
        body = b""
        while len(body) < 5:
            body += await exchange.read()
        with pytest.raises(UpstreamTimeout, match="nothing more"):
            await exchange.read()
        await exchange.aclose()


async def test_slow_request_is_not_a_late_response(pool_of: MakePool) -> None:
    async def slow() -> bytes | None:
        await asyncio.sleep(0.1)
        return next(pieces, None)

    pieces = iter([b"a", b"b", b"c"])
    async with upstream(says(OK)) as site:
        pool = await pool_of(site, timeouts=Timeouts(first_byte=0.15))
        assert (await fetch(pool, "POST", b"/", length(3), slow)).body == b"ok"


async def test_slow_request_outlasts_the_time_that_its_connection_may_be_unused(pool_of: MakePool) -> None:
    async def slow() -> bytes | None:
        await asyncio.sleep(0.1)
        return next(pieces, None)

    pieces = iter([b"a", b"b", b"c"])
    async with upstream(says(OK)) as site:
        pool = await pool_of(site, timeouts=Timeouts(keepalive=0.1))
        await fetch(pool)
        assert (await fetch(pool, "POST", b"/", length(3), slow)).body == b"ok"
    assert site.connections == 1


async def test_upstream_that_takes_no_request_is_late(pool_of: MakePool) -> None:
    async def deaf(incoming: Incoming) -> None:
        incoming.writer.transport.pause_reading()  # type: ignore[attr-defined]
        await asyncio.sleep(WAIT)

    pieces = iter([b"x" * MEGABYTE] * 64)

    async def big() -> bytes | None:
        return next(pieces, None)

    async with upstream(deaf) as site:
        pool = await pool_of(site, timeouts=Timeouts(write=0.2))
        with pytest.raises(UpstreamTimeout, match="not taken"):
            await fetch(pool, "POST", b"/", length(64 * MEGABYTE), big)
    assert next(pieces, None) is not None, "it was held back long before the end"


async def test_slow_reader_holds_the_upstream_back_and_is_no_timeout(pool_of: MakePool) -> None:
    sent = 0

    async def big(incoming: Incoming) -> None:
        nonlocal sent
        await incoming.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % (64 * MEGABYTE))
        for _ in range(64):
            await incoming.send(b"x" * MEGABYTE)
            sent += 1

    async with upstream(big) as site:
        pool = await pool_of(site, timeouts=Timeouts(idle=0.3))
        exchange = await pool.exchange("GET", b"/", FIELDS)
        await asyncio.sleep(0.6)
        assert sent < 32
        received = 0
        while not exchange.ended:
            received += len(await exchange.read())
        await exchange.aclose()
        assert received == 64 * MEGABYTE
        assert pool.counts.idle == 1


async def test_left_before_its_end_it_closes_the_connection(pool_of: MakePool) -> None:
    gone = asyncio.Event()

    async def endless(incoming: Incoming) -> None:
        await incoming.send(CHUNKED + b"2\r\nab\r\n")
        await incoming.reader.read()
        gone.set()

    async with upstream(endless) as site:
        pool = await pool_of(site)
        exchange = await pool.exchange("GET", b"/", FIELDS)
        await exchange.aclose()
        await asyncio.wait_for(gone.wait(), WAIT)
        assert await exchange.read() == b"ab"
        with pytest.raises(UpstreamError, match="left"):
            await exchange.read()


async def test_cancelled_while_it_waits_it_closes_the_connection(pool_of: MakePool) -> None:
    gone = asyncio.Event()

    async def notice(incoming: Incoming) -> None:
        await incoming.reader.read()
        gone.set()

    async with upstream(notice) as site:
        pool = await pool_of(site)
        waiting = asyncio.create_task(fetch(pool))
        await until(lambda: bool(site.seen))
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        await asyncio.wait_for(gone.wait(), WAIT)


async def test_what_was_read_is_never_anothers(pool_of: MakePool) -> None:
    """A thousand requests over few connections, each answered with its own target, some of them cut."""

    async def mirror(incoming: Incoming) -> None:
        name = incoming.lines[0].split(b" ")[1]
        await incoming.send(CHUNKED + b"%x\r\n%b\r\n" % (len(name), name))
        await asyncio.sleep(0)
        if name.endswith(b"7"):
            incoming.writer.close()
        else:
            await incoming.send(b"%x\r\n%b\r\n0\r\n\r\n" % (len(name), name))

    async def one(number: int) -> None:
        name = b"/%d" % number
        if number % 10 == 7:
            with pytest.raises(UpstreamError):
                await fetch(pool, target=name)
        elif number % 10 == 3:
            exchange = await pool.exchange("GET", name, FIELDS)
            assert (name * 2).startswith(await exchange.read())
            await exchange.aclose()
        else:
            assert (await fetch(pool, target=name)).body == name * 2

    async with upstream(mirror) as site:
        pool = await pool_of(site)
        for start in range(0, 1000, 50):
            await asyncio.gather(*map(one, range(start, start + 50)))
        assert pool.counts.open == pool.counts.idle
    assert site.connections < 500


@pytest.mark.parametrize("how", ["whole", "chunked", "uploaded", "left"])
async def test_nothing_of_an_exchange_waits_for_the_collector(pool_of: MakePool, how: str) -> None:
    async with upstream(says(CHUNKED + b"2\r\nok\r\n0\r\n\r\n" if how == "chunked" else OK)) as site:
        pool = await pool_of(site)
        await fetch(pool)
        gc.collect()
        gc.disable()
        try:
            for _ in range(5):
                if how == "left":
                    await (await pool.exchange("GET", b"/", FIELDS)).aclose()
                elif how == "uploaded":
                    await fetch(pool, "POST", b"/", length(2), body_of(b"ab"))
                else:
                    await fetch(pool)
            await asyncio.sleep(0.01)
            left = [thing for thing in gc.get_objects() if isinstance(thing, Exchange | Response | Chunks)]
        finally:
            gc.enable()
        assert left == []
