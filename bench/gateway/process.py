"""Processes on a chosen core, their CPU time and their memory, as Linux tells them."""

import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

TICK = os.sysconf("SC_CLK_TCK")
START_SECONDS = 20
STOP_SECONDS = 12


class Failed(Exception):
    """A program did not start, or its answers were not what they should be."""


@contextmanager
def running(
    command: Sequence[str | Path], core: int, url: str, log: Path, env: Mapping[str, str] | None = None
) -> Iterator[int]:
    """Run a server on one core until the block ends; gives its process id once the URL answers."""
    with log.open("ab") as output:
        process = subprocess.Popen(
            [str(part) for part in command],
            env={**os.environ, **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            preexec_fn=partial(os.sched_setaffinity, 0, {core}),
        )
    try:
        _until_answered(url, process, log)
        yield process.pid
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def cpu_seconds(pid: int) -> float:
    """Return the time that a process and its children have run: utime and stime of /proc/PID/stat."""
    ticks = 0
    for member in family(pid):
        with suppress(OSError):
            # The name may hold anything, so what counts is what follows its closing bracket.
            after = Path(f"/proc/{member}/stat").read_text().rpartition(")")[2].split()
            ticks += int(after[11]) + int(after[12])
    return ticks / TICK


def peak_megabytes(pid: int) -> float:
    """Return the most memory that a process and its children have had resident."""
    kilobytes = 0
    for member in family(pid):
        with suppress(OSError):
            found = re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{member}/status").read_text())
            kilobytes += int(found[1]) if found else 0
    return kilobytes / 1024


def family(pid: int) -> list[int]:
    """Return a process and all below it."""
    found, waiting = [], [pid]
    while waiting:
        one = waiting.pop()
        found.append(one)
        for children in Path(f"/proc/{one}/task").glob("*/children"):
            with suppress(OSError):
                waiting += map(int, children.read_text().split())
    return found


def _until_answered(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            with urlopen(url, timeout=5) as answer:
                answer.read()
                return
        except (URLError, OSError):
            time.sleep(0.1)
    raise Failed(f"did not answer; its last words: {log.read_text(errors='replace')[-300:].strip()}")
