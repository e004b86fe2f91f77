"""The first run before a site that Assent does not know: the console says plainly what was blocked."""

import os
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from assent.demo.run import running
from tests.asgi.calls import answering

UPSTREAM = answering([(b"content-type", b"text/html"), (b"set-cookie", b"mystery=secret; Path=/")])
SECONDS = 20


@pytest.mark.parametrize("told", [True, False], ids=["on this machine", "through a proxy"])
def test_serve_explains_a_first_visit_from_this_machine(tmp_path: Path, told: bool) -> None:
    environ = {**os.environ, "ASSENT_DATA_DIR": str(tmp_path / "data"), "PYTHONUNBUFFERED": "1"}
    log = tmp_path / "log"
    with running(UPSTREAM) as upstream, log.open("w") as out:
        command = [sys.executable, "-m", "assent", "serve", "--port", "0", "--upstream", upstream]
        process = subprocess.Popen(command, cwd=tmp_path, env=environ, stdout=out, stderr=out)
        try:
            address = waited(log, "listens on").rpartition("listens on")[2].split()[0]
            waited(log, "startup complete")
            httpx.get(address, headers={} if told else {"x-forwarded-for": "203.0.113.7"}, timeout=60)
        finally:
            # What still waits to be said is said at the end.
            process.terminate()
            process.wait(SECONDS)
    said = log.read_text()

    assert process.returncode == 0
    assert ("cookie mystery: unknown\n" in said) is told
    assert ('        [[cookies]]\n        name = "mystery"\n        category = "necessary"' in said) is told
    assert "secret=" not in said
    assert "\x1b" not in said


def waited(log: Path, words: str) -> str:
    """Return what the process said, once these words are in it."""
    end = time.monotonic() + SECONDS
    while words not in (said := log.read_text()):
        assert time.monotonic() < end, said
        time.sleep(0.05)
    return said
