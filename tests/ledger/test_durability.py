"""What the process does to the ledger: killed, out of disk, never closed, one event loop after another."""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from assent.core.record import Record

from .samples import a_record, open_ledger

ROOT = Path(__file__).parents[2]

PRELUDE = """
import asyncio, resource, sys
from pathlib import Path
from assent.errors import LedgerUnavailable
from tests.ledger.samples import a_record, open_ledger
ledger = open_ledger(f"sqlite:///{sys.argv[1]}")
"""

APPENDS_FOR_EVER = """
async def one():
    while True:
        record = a_record()
        await ledger.append(record)
        print(record.id, flush=True)

async def main():
    await asyncio.gather(*(one() for _ in range(8)))

asyncio.run(main())
"""

RUNS_OUT_OF_DISK = """
async def attempt(consent_id):
    try:
        await ledger.append(a_record(consent_id))
    except LedgerUnavailable as error:
        return str(error).rpartition(": ")[2]
    return "stored"

async def main():
    print(await attempt("before"))
    # No file may grow, not even one that begins anew: for SQLite, a full disk.
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (Path(sys.argv[1]).stat().st_size, hard))
    print(await attempt("during"))
    print(await ledger.probe() is not None)
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    print(await ledger.probe())
    print(await attempt("after"))
    print([len(await ledger.history(name)) for name in ("before", "during", "after")])
    await ledger.close()

asyncio.run(main())
"""

NEVER_CLOSES = """
async def main():
    await ledger.append(a_record())
    print("stored")

asyncio.run(main())
"""


def child(code: str, file: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", PRELUDE + code, str(file)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )


def printed(code: str, file: Path) -> str:
    with child(code, file) as process:
        out, err = process.communicate(timeout=30)
    assert process.returncode == 0, err
    return out


async def read(file: Path, consent_id: str = "c0ffee") -> list[Record]:
    ledger = open_ledger(f"sqlite:///{file}")
    try:
        return await ledger.history(consent_id)
    finally:
        await ledger.close()


def test_a_killed_process_loses_nothing_it_called_stored(tmp_path: Path) -> None:
    file = tmp_path / "ledger.db"
    with child(APPENDS_FOR_EVER, file) as process:
        assert process.stdout is not None
        stored = [process.stdout.readline().strip() for _ in range(200)]
        process.kill()
        # What had been said before the signal came counts too; its last line may be cut.
        stored += process.stdout.read().split("\n")[:-1]
    assert all(len(line) == 36 for line in stored)
    assert set(stored) <= {record.id for record in asyncio.run(read(file))}


def test_a_full_disk_is_said_so_and_recovers_when_there_is_room(tmp_path: Path) -> None:
    pytest.importorskip("resource", reason="file size limits are POSIX")
    lines = printed(RUNS_OUT_OF_DISK, tmp_path / "ledger.db").splitlines()
    assert lines[0] == "stored"
    assert lines[1] in {"database or disk is full", "disk I/O error"}
    assert lines[2:] == ["True", "None", "stored", "[1, 0, 1]"]


def test_a_process_that_never_closes_its_ledger_ends_and_keeps_the_record(tmp_path: Path) -> None:
    file = tmp_path / "ledger.db"
    assert printed(NEVER_CLOSES, file) == "stored\n"
    assert len(asyncio.run(read(file))) == 1


def test_processes_that_open_the_same_new_file_at_once_all_store(tmp_path: Path) -> None:
    file = tmp_path / "ledger.db"
    with child(NEVER_CLOSES, file) as one, child(NEVER_CLOSES, file) as other:
        assert [process.communicate(timeout=30) for process in (one, other)] == [("stored\n", "")] * 2
    assert len(asyncio.run(read(file))) == 2


def test_a_ledger_serves_one_event_loop_after_another(tmp_path: Path) -> None:
    # So does a test client without a lifespan: every request has a loop of its own.
    ledger = open_ledger(f"sqlite:///{tmp_path}/ledger.db")

    async def append_many() -> int:
        await asyncio.gather(*(ledger.append(a_record()) for _ in range(20)))
        return len(await ledger.history("c0ffee"))

    assert [asyncio.run(append_many()) for _ in range(3)] == [20, 40, 60]
    asyncio.run(ledger.close())
