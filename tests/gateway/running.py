"""`assent serve` as a process of its own, and what it holds."""

import asyncio
import os
import re
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.gateway import observed
from tests.gateway.servers import WAIT, ask, free_port, get
from tests.server.processes import address_of, started

QUIET = 10.0
"""Seconds: more than a connection to the site is kept unused."""


@dataclass(frozen=True)
class Held:
    """What a process holds while it has nothing to do."""

    memory: int
    """Bytes."""
    descriptors: int
    tasks: int
    objects: int
    """Those that Python's collector knows."""


class Process:
    """`assent serve`, and what it holds."""

    def __init__(self, pid: int, port: int, folder: Path) -> None:
        self._pid = pid
        self._proc = Path(f"/proc/{pid}")
        self._seen = folder / observed.SEEN
        self.port = port

    @property
    def memory(self) -> int:
        """Bytes in memory."""
        return self._status("VmRSS")

    @property
    def peak(self) -> int:
        """Most bytes in memory so far."""
        return self._status("VmHWM")

    @property
    def descriptors(self) -> int:
        return len(list((self._proc / "fd").iterdir()))

    @property
    def cpu_seconds(self) -> float:
        """The time that it has run."""
        after = (self._proc / "stat").read_text().rpartition(")")[2].split()
        return (int(after[11]) + int(after[12])) / os.sysconf("SC_CLK_TCK")

    async def at_rest(self) -> Held:
        """Wait until it has let go of unused connections, and have it count its tasks and objects."""
        before = -1
        while self.descriptors != before:
            before = self.descriptors
            await asyncio.sleep(QUIET)
        self._seen.unlink(missing_ok=True)
        os.kill(self._pid, signal.SIGUSR2)
        async with asyncio.timeout(30):
            while not self._seen.exists():  # noqa: ASYNC110 - another process writes it
                await asyncio.sleep(0.05)
        tasks, objects = map(int, self._seen.read_text().split())
        return Held(self.memory, self.descriptors, tasks, objects)

    async def settled(self, descriptors: int, seconds: float) -> None:
        """Wait until no more than so many descriptors are open."""
        async with asyncio.timeout(seconds):
            while self.descriptors > descriptors:  # noqa: ASYNC110 - another process closes them
                await asyncio.sleep(0.2)

    def _status(self, name: str) -> int:
        found = re.search(rf"{name}:\s+(\d+) kB", (self._proc / "status").read_text())
        assert found
        return int(found[1]) * 1024


@asynccontextmanager
async def serving(site: str, folder: Path, **environ: str) -> AsyncIterator[Process]:
    """Run it before a site; what it says goes to a file, so that it never waits for a reader."""
    command = ("serve", "--upstream", site, "--port", "0")
    with (
        (folder / "said").open("wb") as said,
        started(
            *command, program="tests.gateway.observed", cwd=folder, stderr=said, environ=environ
        ) as process,
    ):
        address = await asyncio.to_thread(address_of, process)
        running = Process(process.pid, int(address.rpartition(":")[2]), folder)
        # The first exchanges load what all later ones share.
        for _ in range(20):
            assert (await ask(running.port, get(b"/warm"))).status == 200
        yield running


class Shop:
    """The site for crowds as a process of its own, which may die and come again on the same port."""

    def __init__(self) -> None:
        self._port = free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self.is_away = False
        self.outages = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        """Start it; it does not answer at once."""
        options = [
            "--http",
            "httptools",
            "--ws",
            "websockets-sansio",
            "--timeout-keep-alive",
            "60",
            "--no-access-log",
            "--log-level",
            "error",
        ]
        command = [sys.executable, "-m", "uvicorn", "tests.gateway.shop:app", "--port", str(self._port)]
        environ = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
        self._process = subprocess.Popen([*command, *options], env=environ, stderr=subprocess.DEVNULL)

    async def answers(self) -> None:
        """Return once it answers."""
        async with asyncio.timeout(4 * WAIT):
            while True:
                try:
                    await ask(self._port, get(b"/warm"))
                except ConnectionError:
                    await asyncio.sleep(0.05)
                else:
                    return

    async def restart(self) -> None:
        """Let it die and come again; whatever was under way breaks off."""
        self.is_away = True
        self.kill()
        self.start()
        await self.answers()
        self.outages += 1
        self.is_away = False

    def kill(self) -> None:
        """End it without a last word."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()


@asynccontextmanager
async def shop() -> AsyncIterator[Shop]:
    site = Shop()
    try:
        site.start()
        await site.answers()
        yield site
    finally:
        site.kill()
