"""Heads that leave the database: to a file, to a URL, and what happens when neither can be reached."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from assent.core.log import read_head
from assent.ledger import open_ledger
from assent.ledger.publish import Publisher
from assent.ledger.store import SqlLedger

from .samples import KEYS, a_record

pytestmark = pytest.mark.anyio


async def test_the_first_head_is_published_at_once_and_the_last_at_the_end(tmp_path: Path) -> None:
    heads = tmp_path / "public" / "heads"
    ledger = open_ledger(f"sqlite:///{tmp_path}/ledger.db", KEYS, str(heads))
    await ledger.append(a_record())
    await until(lambda: heads.exists() and heads.read_text().endswith("\n"))
    for _ in range(5):
        await ledger.append(a_record())
    await ledger.close()
    found = [read_head(line, KEYS) for line in heads.read_text().splitlines()]
    assert [head.size for head in found] == [2, 7]


async def test_a_second_head_waits_for_its_time(tmp_path: Path) -> None:
    heads = tmp_path / "heads"
    ledger = SqlLedger(f"sqlite:///{tmp_path}/ledger.db", KEYS, Publisher(str(heads), every=0.2))
    for _ in range(10):
        await ledger.append(a_record())
        await asyncio.sleep(0.02)
    await until(lambda: heads.exists() and '"size":11' in heads_of(heads))
    assert 2 <= len(heads.read_text().splitlines()) <= 4
    await ledger.close()


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not holds():  # noqa: ASYNC110 - it is another's file that is waited for
            await asyncio.sleep(0.01)


def heads_of(file: Path) -> str:
    return " ".join(f'"size":{read_head(line, KEYS).size}' for line in file.read_text().splitlines())


@contextlib.asynccontextmanager
async def receiver(status: str) -> AsyncIterator[tuple[str, list[bytes]]]:
    """A server that takes what is posted to it."""
    taken: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            fields = await reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError:
            # Whoever was about to post was told to stop.
            writer.close()
            return
        length = int(fields.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        taken.append(await reader.readexactly(length))
        writer.write(f"HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/heads", taken


async def test_a_head_is_posted_to_a_url(tmp_path: Path) -> None:
    async with receiver("204 No Content") as (url, taken):
        ledger = open_ledger(f"sqlite:///{tmp_path}/ledger.db", KEYS, url)
        await ledger.append(a_record())
        await ledger.close()
    assert [read_head(token.decode(), KEYS).size for token in taken] == [2]


async def test_a_head_that_came_while_another_was_published_follows_by_itself() -> None:
    async with receiver("204 No Content") as (url, taken):
        publisher = Publisher(url, every=0.01)
        publisher.note("first")
        await until(lambda: bool(taken))
        # The answer to the first is on its way; no third will come.
        publisher.note("second")
        await until(lambda: taken == [b"first", b"second"])
        await publisher.finish()


async def test_what_could_not_be_published_is_tried_again_though_nothing_follows(tmp_path: Path) -> None:
    heads = tmp_path / "heads"
    heads.mkdir()
    publisher = Publisher(str(heads), every=0.01)
    publisher.note("head")
    await asyncio.sleep(0.05)
    heads.rmdir()
    await until(lambda: heads.is_file() and heads.read_text().startswith("head\n"))
    await publisher.finish()


@pytest.mark.parametrize("where", ["refused", "/dev/null/heads"])
async def test_what_cannot_be_published_is_told_once_and_holds_nothing_up(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, where: str
) -> None:
    async with receiver("503 Service Unavailable") as (url, _):
        target = url if where == "refused" else where
        ledger = SqlLedger(f"sqlite:///{tmp_path}/ledger.db", KEYS, Publisher(target, every=0.01))
        for _ in range(3):
            await ledger.append(a_record())
            await asyncio.sleep(0.05)
        assert len(await ledger.history("c0ffee")) == 3
        await ledger.close()
    told = [record for record in caplog.records if "could not be published" in record.getMessage()]
    assert [record.levelno for record in told] == [logging.WARNING]
