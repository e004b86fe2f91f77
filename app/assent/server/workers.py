"""Several processes that serve one socket, and the one above that starts, replaces, reloads and stops them.

They share nothing but the socket, the ledger and the folder of keys. What the one above knows to be right is
what a new worker starts from: a configuration that became wrong later keeps no worker from being replaced.
"""

import asyncio
import logging
import multiprocessing
import os
import signal
import socket
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from multiprocessing import connection
from multiprocessing.context import SpawnProcess
from pathlib import Path
from types import FrameType

import click

from assent.config import Settings
from assent.errors import ConfigError
from assent.server import logs
from assent.server.run import NOT_STARTED, server_for, until_stopped

LONGEST_PAUSE = 30.0
"""Seconds between two starts of a worker that dies again and again."""

SETTLED = 10.0
"""Seconds after which a worker counts as one that works."""

CLOSING = 35.0
"""Seconds that a worker has beyond its grace to store what waits, before it is killed."""

log = logging.getLogger("assent.server")


@dataclass(slots=True, eq=False)
class Worker:
    """One process, and the pipe on which it says that it serves, and hears that all are to stop."""

    process: SpawnProcess
    link: connection.Connection
    began: float
    serves: bool = False


class Supervisor:
    """Keeps ``settings.server.workers`` processes running.

    ``read`` returns the settings as they are now and ``check`` tries them; both raise ConfigError.
    """

    def __init__(
        self,
        listener: socket.socket,
        settings: Settings,
        read: Callable[[], Settings],
        check: Callable[[Settings], object],
    ) -> None:
        self._listener = listener
        self._settings = settings
        self._read = read
        self._check = check
        self._workers: dict[int, Worker] = {}
        self._due: dict[int, float] = dict.fromkeys(range(1, settings.server.workers + 1), 0.0)
        self._deaths: dict[int, int] = {}
        self._ever_served = False
        self._failed = False
        self._kill_at: float | None = None
        self._signals: list[int] = []

    def run(self) -> None:
        """Serve until SIGINT or SIGTERM; raises ClickException when no worker could start."""
        logs.configure(self._settings.server)
        wake, waker = os.pipe()
        os.set_blocking(waker, False)
        handled = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]
        before = {number: signal.signal(number, self._note) for number in handled}
        old_waker = signal.set_wakeup_fd(waker)
        try:
            with _folder() as folder:
                self._loop(wake, Path(folder))
        finally:
            signal.set_wakeup_fd(old_waker)
            for number, handler in before.items():
                signal.signal(number, handler)
            os.close(wake)
            os.close(waker)
        if self._failed:
            raise click.ClickException(NOT_STARTED)

    def _loop(self, wake: int, folder: Path) -> None:
        while self._workers or self._kill_at is None:
            now = time.monotonic()
            if self._kill_at is None:
                for number in [number for number, due in self._due.items() if due <= now]:
                    self._start(number, folder)
            elif now >= self._kill_at:
                for worker in self._workers.values():
                    worker.process.kill()
            links = [worker.link for worker in self._workers.values() if not worker.serves]
            ends = [worker.process.sentinel for worker in self._workers.values()]
            ready = connection.wait([wake, *links, *ends], self._pause(now))
            if wake in ready:
                os.read(wake, 4096)
            self._hear()
            self._bury()
            self._act()

    def _start(self, number: int, folder: Path) -> None:
        del self._due[number]
        spawn = multiprocessing.get_context("spawn")
        ours, theirs = spawn.Pipe()
        process = spawn.Process(
            target=work,
            args=(self._listener, self._settings, self._read, number, folder, theirs),
            name=f"assent worker {number}",
        )
        process.start()
        theirs.close()
        self._workers[number] = Worker(process, ours, time.monotonic())

    def _hear(self) -> None:
        for worker in self._workers.values():
            # A worker that dies closes its end, which is told by its sentinel.
            with suppress(EOFError, OSError):
                if not worker.serves and worker.link.poll():
                    worker.link.recv()
                    worker.serves = self._ever_served = True

    def _bury(self) -> None:
        for number, worker in list(self._workers.items()):
            if worker.process.is_alive():
                continue
            worker.process.join()
            worker.link.close()
            del self._workers[number]
            if self._kill_at is None:
                self._replace(number, worker)

    def _replace(self, number: int, worker: Worker) -> None:
        now = time.monotonic()
        if not self._ever_served:
            self._failed = True
            self._stop()
            return
        settled = worker.serves and now - worker.began >= SETTLED
        self._deaths[number] = 0 if settled else self._deaths.get(number, 0) + 1
        pause = min(LONGEST_PAUSE, 2.0 ** (self._deaths[number] - 1)) if self._deaths[number] > 1 else 0.0
        self._due[number] = now + pause
        status = worker.process.exitcode
        log.error("worker %d ended with status %s; another starts in %g seconds", number, status, pause)

    def _note(self, number: int, frame: FrameType | None) -> None:
        self._signals.append(number)

    def _act(self) -> None:
        arrived, self._signals = self._signals, []
        if signal.SIGTERM in arrived or signal.SIGINT in arrived:
            self._stop()
        elif arrived:
            self._reload()

    def _reload(self) -> None:
        try:
            settings = self._read()
            self._check(settings)
        except ConfigError as error:
            log.error("the settings are wrong, so those before stay in force:")
            for problem in error.problems:
                log.error("  %s", problem)
            return
        except Exception:
            log.exception("the settings could not be read, so those before stay in force")
            return
        if settings.server.workers != self._settings.server.workers:
            log.warning("server.workers: their number is changed by a restart only")
        self._settings = settings
        logs.configure(settings.server)
        self._tell(signal.SIGHUP)

    def _stop(self) -> None:
        if self._kill_at is None:
            server = self._settings.server
            self._kill_at = time.monotonic() + server.stop_delay_seconds + server.grace_seconds + CLOSING
            # While this end is open, the kernel would go on taking connections that nobody serves.
            self._listener.close()
            for worker in self._workers.values():
                with suppress(OSError):
                    worker.link.send(True)
        self._tell(signal.SIGTERM)

    def _tell(self, number: int) -> None:
        for worker in self._workers.values():
            # Before it serves, a worker does not know what SIGHUP means; it starts from settings just as new.
            if worker.process.pid and (worker.serves or number != signal.SIGHUP):
                with suppress(ProcessLookupError):
                    os.kill(worker.process.pid, number)

    def _pause(self, now: float) -> float | None:
        moments = [*self._due.values()] if self._kill_at is None else [self._kill_at]
        return max(0.0, min(moments) - now) if moments else None


def _folder() -> tempfile.TemporaryDirectory[str]:
    try:
        return tempfile.TemporaryDirectory(prefix="assent-workers-")
    except OSError as error:
        raise click.ClickException(
            f"several workers need a folder for temporary files: {error.strerror}; name one by TMPDIR"
        ) from error


def work(
    listener: socket.socket,
    settings: Settings,
    read: Callable[[], Settings],
    number: int,
    folder: Path,
    link: connection.Connection,
) -> None:
    """Serve as one of several processes."""
    from assent.server.siblings import Siblings
    from assent.web.app import create_app

    # Until it is served by, the signal of a reload would end the process.
    signal.signal(signal.SIGHUP, signal.SIG_IGN)

    def started() -> None:
        link.send(True)
        asyncio.get_running_loop().add_reader(link.fileno(), all_are_to_stop)

    def all_are_to_stop() -> None:
        asyncio.get_running_loop().remove_reader(link.fileno())
        server.should_exit = True

    server = server_for(
        create_app(settings),
        settings,
        read,
        started=started,
        siblings=lambda front: Siblings(folder, number, lambda: front.current.app.metrics.snapshot()),
        # A worker that somebody ends by itself must not close the door of all.
        ends_all=link.poll,
    )
    until_stopped(partial(server.run, sockets=[listener]))
    if not server.started:
        raise SystemExit(1)
