"""Whatever fails under 64 writers: what they were told is stored is there, once, and the ledger is sound."""

import asyncio
import contextlib
import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from sqlalchemy import make_url

from assent.errors import LedgerUnavailable
from assent.ledger.archive import Archive, Period
from assent.ledger.store import SqlLedger
from assent.ledger.verify import verify

from .conftest import Cluster, Store
from .samples import KEYS, a_record, open_ledger

ROOT = Path(__file__).parents[2]
WRITERS = 64


@contextlib.contextmanager
def gateway(url: str, name: str, told: Path, records: int = 0) -> Iterator[subprocess.Popen[bytes]]:
    """A process that writes, and adds a line to ``told`` for each record that it knows to be stored."""
    command = [sys.executable, "-m", "tests.ledger.appends", url, name, str(WRITERS), str(records)]
    with told.open("ab") as out, subprocess.Popen(command, stdout=out, cwd=ROOT) as process:
        try:
            yield process
        finally:
            process.kill()


async def holds(url: str, told: Path) -> int:
    """Assert that all that was told is there, that nothing is there twice, and that the log is sound."""
    promised = [line.split()[1] for line in told.read_text().splitlines()]  # noqa: ASYNC240 - nothing else runs
    archive = Archive(url, KEYS)
    try:
        async with archive.view() as view:
            stored = Counter([filed.record.id async for filed in view.filed(Period())])
            verdict = await verify(view, KEYS)
    finally:
        await archive.close()
    assert verdict.problems == []
    assert set(promised) <= stored.keys()
    assert set(stored.values()) <= {1}
    assert len(promised) == len(set(promised))
    return len(promised)


def kill_at_random(url: str, told: Path, rounds: int, chance: random.Random) -> None:
    for number in range(rounds):
        size = told.stat().st_size if told.exists() else 0
        with gateway(url, f"round{number}", told) as process:
            if chance.random() < 0.8:
                deadline = time.monotonic() + 30
                while told.stat().st_size == size and time.monotonic() < deadline:
                    time.sleep(0.002)
                assert process.poll() is None
                time.sleep(chance.uniform(0, 0.3))
            else:
                # While it starts, opens or migrates.
                time.sleep(chance.uniform(0.2, 1.2))
            process.kill()


@pytest.mark.parametrize(
    "rounds", [pytest.param(3, id="3 times"), pytest.param(200, id="200 times", marks=pytest.mark.long)]
)
def test_gateways_that_are_killed_lose_nothing_they_called_stored(
    store: Store, tmp_path: Path, rounds: int
) -> None:
    told = tmp_path / "told"
    kill_at_random(store.url, told, rounds, random.Random(rounds))
    assert asyncio.run(holds(store.url, told)) > 0


@pytest.mark.parametrize(
    ("kind", "gateways"),
    [
        ("sqlite", 2),
        ("postgresql", 3),
        pytest.param("sqlite", 4, marks=pytest.mark.long),
        pytest.param("postgresql", 10, marks=pytest.mark.long),
    ],
)
def test_gateways_share_one_database(
    request: pytest.FixtureRequest, tmp_path: Path, kind: str, gateways: int
) -> None:
    store: Store = request.getfixturevalue(f"{kind}_store")
    told = tmp_path / "told"
    url = store.url.replace("timeout=0.3", "timeout=20")
    with contextlib.ExitStack() as stack:
        running = [
            stack.enter_context(gateway(url, f"gateway{number}", told, records=300))
            for number in range(gateways)
        ]
        assert [process.wait(120) for process in running] == [0] * gateways
    assert asyncio.run(holds(url, told)) == 300 * gateways


def test_a_database_that_crashes_and_comes_back_is_written_to_again(
    own_server: Cluster, tmp_path: Path
) -> None:
    told = tmp_path / "told"
    with gateway(own_server.url, "gateway", told) as process:
        for _ in range(3):
            size = told.stat().st_size
            deadline = time.monotonic() + 30
            while told.stat().st_size < size + 5000:
                assert time.monotonic() < deadline
                time.sleep(0.01)
            own_server.restart()
        assert process.poll() is None
    assert asyncio.run(holds(own_server.url, told)) > 300


class Relay:
    """A network between a gateway and its PostgreSQL that can be cut; ``mute`` loses answers first."""

    def __init__(self, socket: Path) -> None:
        self._socket = socket
        self._open: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self.mute = False

    @contextlib.asynccontextmanager
    async def serve(self) -> AsyncIterator[int]:
        async with await asyncio.start_server(self._accept, "127.0.0.1", 0) as server:
            yield server.sockets[0].getsockname()[1]
            self.cut()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def cut(self) -> None:
        for writer in self._open:
            writer.transport.abort()
        self._open.clear()
        self.mute = False

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_unix_connection(str(self._socket))
        self._open |= {writer, back}
        for one, other, answers in ((reader, back, False), (there, writer, True)):
            task = asyncio.create_task(self._pipe(one, other, answers))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _pipe(self, one: asyncio.StreamReader, other: asyncio.StreamWriter, answers: bool) -> None:
        with contextlib.suppress(ConnectionError):
            while data := await one.read(65536):
                if not (answers and self.mute):
                    other.write(data)
                    await other.drain()
        other.transport.abort()


@pytest.mark.parametrize("rounds", [4, pytest.param(60, marks=pytest.mark.long)])
def test_a_network_that_is_cut_in_the_middle_of_commits_costs_and_doubles_nothing(
    own_server: Cluster, tmp_path: Path, rounds: int
) -> None:
    told = tmp_path / "told"
    chance = random.Random(rounds)

    async def run() -> int:
        relay = Relay(own_server.socket)
        async with relay.serve() as port:
            direct = make_url(own_server.url)
            there = direct.set(host="127.0.0.1", port=port).difference_update_query(["host"])
            ledger = SqlLedger(there.render_as_string(hide_password=False), KEYS)
            stop = asyncio.Event()

            async def write(name: int) -> None:
                with told.open("a") as out:
                    while not stop.is_set():
                        record = a_record(f"visitor{name}")
                        try:
                            await ledger.append(record)
                        except LedgerUnavailable:
                            await asyncio.sleep(0.02)
                            continue
                        out.write(f"{record.consent_id} {record.id}\n")

            writers = [asyncio.create_task(write(number)) for number in range(WRITERS)]
            lost = 0
            for _ in range(rounds):
                await asyncio.sleep(chance.uniform(0.1, 0.4))
                # The server goes on and commits, and nobody hears of it.
                relay.mute = chance.random() < 0.7
                await asyncio.sleep(chance.uniform(0, 0.05))
                lost += relay.mute
                relay.cut()
            await asyncio.sleep(0.3)
            stop.set()
            await asyncio.gather(*writers)
            await ledger.close()
        return lost

    assert asyncio.run(run()) > 0
    assert asyncio.run(holds(own_server.url, told)) > 0


@pytest.mark.anyio
async def test_a_clock_that_is_set_back_or_far_ahead_breaks_neither_order_nor_chain(store: Store) -> None:
    now = time.time_ns()
    day = 24 * 3600 * 10**9
    for clock in (now, now - 30 * day, now + 400 * day, now, now - day):
        ticks = iter(range(10))
        ledger = SqlLedger(store.url, KEYS, clock=lambda at=clock, ticks=ticks: at - next(ticks) * 10**9)  # type: ignore[misc]
        for _ in range(3):
            last = await ledger.last("c0ffee")
            await ledger.append(a_record(previous=last.id if last else None, at=clock // 10**6))
        await ledger.close()
    reading = open_ledger(store.url)
    history = await reading.history("c0ffee")
    await reading.close()
    assert [record.previous for record in history] == [None, *(record.id for record in history[:-1])]
    archive = Archive(store.url, KEYS)
    async with archive.view() as view:
        verdict = await verify(view, KEYS)
    await archive.close()
    assert (verdict.problems, verdict.records, verdict.trees) == ([], 15, 5)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 2 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)]
    if os.name != "posix" or subprocess.run(mount, check=False, capture_output=True).returncode != 0:
        pytest.skip("no file system can be mounted here; the limit of a file's size stands for it elsewhere")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.anyio
async def test_a_disk_that_fills_up_refuses_loudly_and_goes_on_once_there_is_room(
    small_disk: Path, tmp_path: Path
) -> None:
    url = f"sqlite:///{small_disk}/ledger.db"
    told = tmp_path / "told"
    ledger = open_ledger(url)
    filler = small_disk / "filler"
    filler.write_bytes(bytes(500_000))
    refused: list[str] = []

    async def write(number: int) -> None:
        record = a_record(f"visitor{number}")
        try:
            await ledger.append(record)
        except LedgerUnavailable as error:
            refused.append(str(error))
        else:
            with told.open("a") as out:
                out.write(f"{record.consent_id} {record.id}\n")

    for begin in range(0, 64 * 40, WRITERS):
        await asyncio.gather(*(write(number) for number in range(begin, begin + WRITERS)))
    assert "full" in refused[0]
    # What takes one page may find room where a record found none; each time it takes one more.
    why = None
    for _ in range(500):
        why = why or await ledger.probe()
    assert "full" in (why or "")
    filler.unlink()
    before = len(refused)
    await asyncio.gather(*(write(number) for number in range(10_000, 10_064)))
    assert len(refused) == before
    assert await ledger.probe() is None
    await ledger.close()
    assert await holds(url, told) > 64
