"""Several worker processes: one port, one ledger, replaced when they die, reloaded and stopped together."""

import os
import re
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from assent.cli import main
from assent.demo.run import running
from tests.server.processes import (
    PATIENCE,
    Visitors,
    address_of,
    answered,
    get,
    site,
    started,
    until,
    workers_of,
)


@pytest.fixture(scope="module")
def upstream() -> Iterator[str]:
    with running(site()) as origin:
        yield origin


def write(folder: Path, upstream: str, more: str = "") -> None:
    text = f'{more}\n[gateway]\nupstream = "{upstream}"\n[server]\nport = 0\nworkers = 2\n'
    (folder / "assent.toml").write_text(text)


def seen(address: str, prefix: str = "/_assent") -> set[str]:
    """Return the workers that show their figures."""
    return set(re.findall(r'worker="(\d+)"', get(f"{address}{prefix}/metrics").text))


@pytest.mark.parametrize(
    ("how", "status"), [(signal.SIGKILL, -9), (signal.SIGTERM, 0)], ids=["killed", "ended"]
)
def test_a_worker_that_ends_is_replaced_and_the_others_go_on(
    how: signal.Signals, status: int, upstream: str, tmp_path: Path
) -> None:
    write(tmp_path, upstream)
    with started("serve", cwd=tmp_path) as process:
        address = address_of(process)
        answered(f"{address}/_assent/health")
        before = until(lambda: len(found := workers_of(process.pid)) == 2 and found)
        until(lambda: seen(address) == {"1", "2"})
        os.kill(before[0], how)
        until(lambda: len(found := workers_of(process.pid)) == 2 and before[0] not in found)
        until(lambda: seen(address) == {"1", "2"})
        assert before[1] in workers_of(process.pid)
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=PATIENCE)
    assert re.search(rf"worker \d ended with status {status}; another starts in 0 seconds", errors)
    assert process.returncode == 0
    assert not any(Path(f"/proc/{pid}").exists() for pid in before)


def test_all_follow_new_settings_and_none_follows_wrong_ones(upstream: str, tmp_path: Path) -> None:
    write(tmp_path, upstream)
    with started("serve", cwd=tmp_path) as process:
        address = address_of(process)
        answered(f"{address}/_assent/health")
        until(lambda: seen(address) == {"1", "2"})
        with Visitors(address) as visitors:
            write(tmp_path, upstream, 'prefix = "no slash"')
            process.send_signal(signal.SIGHUP)
            assert process.stderr
            until(lambda: '"no slash" cannot be a prefix' in process.stderr.readline())  # type: ignore[union-attr]
            assert get(f"{address}/_assent/health").text == "ok\n"
            # A file that its reader cannot cope with must not end what watches over the workers.
            write(tmp_path, upstream, f"prefix = {10_000 * '['}")
            process.send_signal(signal.SIGHUP)
            until(lambda: "could not be read" in process.stderr.readline())  # type: ignore[union-attr]
            write(tmp_path, upstream, 'prefix = "/_new"')
            process.send_signal(signal.SIGHUP)
            until(lambda: all(_is_ok(f"{address}/_new/health") for _ in range(10)))
            done = f"{address}/_new/metrics"
            until(lambda: get(done).text.count('assent_reloads_total{result="done"') == 2)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=PATIENCE)
    assert visitors.dropped == []
    assert visitors.answers > 0
    assert process.returncode == 0


def _is_ok(url: str) -> bool:
    # Each request over a connection of its own, which any worker may take.
    return get(url).text == "ok\n"


@pytest.mark.long
def test_workers_that_cannot_start_end_it_all_with_status_1(upstream: str, tmp_path: Path) -> None:
    write(tmp_path, upstream)
    # Made by the one above, and gone before the workers look for it.
    with started("serve", cwd=tmp_path, environ={"TMPDIR": str(tmp_path)}) as process:
        address_of(process)
        until(lambda: list(tmp_path.glob("assent-workers-*")))[0].rmdir()
        _, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 1
    assert "Error: Assent did not start; the lines above say why" in errors


@pytest.mark.long
def test_workers_whose_parent_is_killed_end_as_well(upstream: str, tmp_path: Path) -> None:
    write(tmp_path, upstream)
    with started("serve", cwd=tmp_path) as process:
        address = address_of(process)
        answered(f"{address}/_assent/health")
        until(lambda: seen(address) == {"1", "2"})
        workers = workers_of(process.pid)
        process.kill()
        until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in workers))


def test_workers_need_a_folder_to_meet_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "missing"))
    told = CliRunner().invoke(
        main, ["serve", "--upstream", "http://127.0.0.1:9", "--port", "0", "--workers", "2"]
    )
    assert told.exit_code == 1
    assert told.stderr.endswith("No such file or directory; name one by TMPDIR\n")
