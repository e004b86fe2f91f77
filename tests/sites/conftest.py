"""Sites that we did not write, each in a process of its own, and Assent before them."""

import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

import pytest

from assent import Settings, create_app
from assent.demo.run import running

Before = Callable[..., str]

START_SECONDS, STOP_SECONDS = 60, 30

INSERTED = re.compile(
    rb'<(script|style)[^>]* data-assent="[^>]*>.*?</\1>|<link[^>]* data-assent="[^>]*>'
    rb'|<div id="assent".*?role="status"[^>]*></p></div>',
    re.DOTALL,
)
"""What Assent puts into a page, in four pieces: guard, script and styles in its head, banner in its body."""


@contextmanager
def process(*command: str, port: int, cwd: Path, program: str = sys.executable) -> Iterator[str]:
    """Run a server until the test is over; yields its origin once it accepts connections."""
    with TemporaryFile() as said:
        child = subprocess.Popen([program, *command], cwd=cwd, stdout=said, stderr=subprocess.STDOUT)
        try:
            deadline = time.monotonic() + START_SECONDS
            while True:
                try:
                    socket.create_connection(("127.0.0.1", port), 0.2).close()
                    break
                except OSError:
                    if child.poll() is not None or time.monotonic() > deadline:
                        raise RuntimeError(f"{command} did not start:\n{_tail(said)}") from None
                    time.sleep(0.05)
            yield f"http://127.0.0.1:{port}"
        finally:
            child.terminate()
            child.wait(STOP_SECONDS)


def _tail(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read()[-3000:].decode(errors="replace")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
def before(tmp_path: Path) -> Iterator[Before]:
    """Put Assent before an upstream; returns Assent's origin."""
    stack = ExitStack()

    def put(upstream: str, **settings: object) -> str:
        values = {"data_dir": tmp_path / "assent", "gateway": {"upstream": upstream}, **settings}
        return stack.enter_context(running(create_app(Settings.model_validate(values))))

    with stack:
        yield put
