"""Durable choices through HTTP, to a server in a process of its own, and where its time goes."""

import asyncio
import contextlib
import os
import pstats
import signal
import subprocess
import sys
import time
import urllib.request
from collections import defaultdict
from pathlib import Path
from typing import Any

from bench.drive import WRITERS, Rate, drive, told

PORT = 8477

BODY = b"action=accept_all&return_to=%2F"
POST = (
    b"POST /_assent/choice HTTP/1.1\r\nhost: 127.0.0.1\r\norigin: http://127.0.0.1\r\n"
    b"content-type: application/x-www-form-urlencoded\r\ncontent-length: %d\r\n\r\n%s" % (len(BODY), BODY)
)


async def posted(port: int, seconds: float) -> Rate:
    """64 visitors, each on a connection of its own, each choosing again and again for the first time."""
    connections = asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter]]()
    for _ in range(WRITERS):
        connections.put_nowait(await asyncio.open_connection("127.0.0.1", port))

    async def put() -> None:
        reader, writer = connections.get_nowait()
        writer.write(POST)
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 303"), head
        connections.put_nowait((reader, writer))

    await drive(put, seconds / 4)
    return await drive(put, seconds)


def served(folder: Path, profile: Path | None) -> subprocess.Popen[bytes]:
    command = [sys.executable]
    command += ["-m", "cProfile", "-o", str(profile)] if profile else []
    command += ["-m", "assent", "serve", "--upstream", "http://127.0.0.1:9", "--port", str(PORT)]
    environment = {**os.environ, "ASSENT_DATA_DIR": str(folder), "ASSENT_SITE__ORIGIN": "http://127.0.0.1"}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for _ in range(200):
        if process.poll() is not None:
            raise SystemExit("the server ended: try `assent check`")
        with contextlib.suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{PORT}/_assent/health"):
            return process
        time.sleep(0.05)
    raise SystemExit("the server did not start")


def spent(pid: int) -> tuple[float, float]:
    """Return the CPU seconds of a process, user and system (proc(5))."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    tick = os.sysconf("SC_CLK_TCK")
    return int(fields[11]) / tick, int(fields[12]) / tick


def measure(folder: Path, seconds: float) -> None:
    """Print the rate, and the shares of a core."""
    process = served(folder / "plain", None)
    before, begin = spent(process.pid), time.perf_counter()
    rate = asyncio.run(posted(PORT, seconds))
    took, after = time.perf_counter() - begin, spent(process.pid)
    stop(process)
    told("HTTP: durable choices, one worker", rate)
    user, system = (now - then for now, then in zip(after, before, strict=True))
    print(f"{'':<58}{user / took:>9.0%} of a core in Python, {system / took:.0%} in the kernel")
    profile = folder / "profile"
    process = served(folder / "profiled", profile)
    asyncio.run(posted(PORT, seconds))
    stop(process)
    shares(profile)


def stop(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGINT)
    process.wait(20)


def shares(profile: Path) -> None:
    """Print where the event loop's time goes, by package."""
    spent_in: dict[str, float] = defaultdict(float)
    stats: Any = pstats.Stats(str(profile))
    for (file, _, name), (_, _, own, _, _) in stats.stats.items():
        if name != "<method 'poll' of 'select.epoll' objects>":
            spent_in[package(file, name)] += own
    whole = sum(spent_in.values())
    for name, own in sorted(spent_in.items(), key=lambda item: -item[1])[:12]:
        print(f"{'':<58}{own / whole:>9.0%} {name}")


def package(file: str, name: str) -> str:
    if file == "~":
        return "built-in functions"
    parts = Path(file).parts
    if "assent" in parts:
        return "assent." + parts[parts.index("assent") + 1].removesuffix(".py")
    for folder in ("site-packages", "python3.11", "lib"):
        if folder in parts:
            return parts[parts.index(folder) + 1].removesuffix(".py")
    return file
