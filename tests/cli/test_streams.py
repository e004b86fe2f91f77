"""Started with closed standard streams, as some supervisors do."""

import os
import subprocess
import sys
from pathlib import Path

from assent.demo.run import running
from tests.server.processes import PATIENCE, answered, free_port, site


def test_what_is_printed_with_closed_streams_goes_into_no_file(tmp_path: Path) -> None:
    port = free_port()
    clean = {name: value for name, value in os.environ.items() if not name.startswith("ASSENT_")}
    with running(site()) as upstream:
        words = ["-m", "assent", "serve", "--upstream", upstream, "--port", str(port), "--access-log"]
        process = subprocess.Popen(
            ["sh", "-c", 'exec "$0" "$@" <&- >&- 2>&-', sys.executable, *words],
            cwd=tmp_path,
            env={**clean, "PYTHONPATH": os.pathsep.join(sys.path)},
        )
        try:
            answer = answered(f"http://127.0.0.1:{port}/_assent/state")
            process.terminate()
            assert process.wait(PATIENCE) == 0
        finally:
            process.kill()
            process.wait()
    assert answer.json()["choice"] is None
    files = [file for file in tmp_path.rglob("*") if file.is_file()]
    assert files
    for file in files:
        assert b"listens on" not in file.read_bytes()
        assert b"/_assent/state" not in file.read_bytes()
