"""The servers as processes: what they answer on loopback, and how they stop."""

import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from assent.demo.run import running
from tests.server.processes import PATIENCE, address_of, answered, echoing, site, started


@pytest.fixture(scope="module")
def upstream() -> Iterator[str]:
    with running(site()) as origin:
        yield origin


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "Ctrl+C"])
def test_serve_enforces_and_stops_with_status_0(stop: signal.Signals, upstream: str, tmp_path: Path) -> None:
    with started("serve", "--upstream", upstream, "--port", "0", cwd=tmp_path) as process:
        answer = answered(address_of(process) + "/")
        assert "necessary" in answer.text
        assert "Cookie consent" in answer.text
        assert "set-cookie" not in answer.headers
        assert len(answer.headers.get_list("date")) == 1
        process.send_signal(stop)
        output, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0
    assert "Traceback" not in output + errors
    assert (tmp_path / "assent-data" / "secret_keys").exists()
    assert (tmp_path / "assent-data" / "ledger.db").exists()


def test_serve_tells_once_what_is_in_force(upstream: str, tmp_path: Path) -> None:
    with started("serve", "--port", "0", cwd=tmp_path, environ={"ASSENT_UPSTREAM": upstream}) as process:
        assert process.stdout
        head = [process.stdout.readline() for _ in range(7)]
    assert head[0].startswith("Assent ")
    assert "http://127.0.0.1:" in head[1]
    assert upstream in head[2]
    assert "the defaults" in head[3]
    assert "assent-data/secret_keys (new)" in head[6]


def test_serve_on_a_port_in_use_is_one_clear_line_and_status_1(upstream: str, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        with started("serve", "--upstream", upstream, "--port", port, cwd=tmp_path) as process:
            output, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 1
    assert output == ""
    assert errors.startswith(f"Error: cannot listen on 127.0.0.1 port {port}: ")
    assert len(errors.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_websockets_pass_and_the_log_tells_nobody_who_asked_for_what(tmp_path: Path) -> None:
    with (
        echoing() as site,
        started("serve", "--upstream", site, "--port", "0", cwd=tmp_path) as process,
    ):
        address = address_of(process).replace("http://", "ws://")
        with connect(f"{address}/chat?visitor=1", proxy=None) as client:
            client.send("hello")
            assert client.recv(timeout=PATIENCE) == "hello"
        with pytest.raises(InvalidStatus) as refused:
            connect(f"{address}/closed?visitor=1", proxy=None)
        process.send_signal(signal.SIGTERM)
        output, errors = process.communicate(timeout=PATIENCE)
    assert refused.value.response.status_code == 404
    assert process.returncode == 0
    assert [word for word in ("visitor", "WARNING", "ERROR", "Traceback") if word in output + errors] == []


def test_open_websocket_is_told_of_a_restart(tmp_path: Path) -> None:
    with (
        echoing() as site,
        started("serve", "--upstream", site, "--port", "0", cwd=tmp_path) as process,
        connect(address_of(process).replace("http://", "ws://"), proxy=None) as client,
    ):
        process.send_signal(signal.SIGTERM)
        with pytest.raises(ConnectionClosed) as closed:
            client.recv(timeout=PATIENCE)
        process.communicate(timeout=PATIENCE)
    assert closed.value.rcvd
    assert closed.value.rcvd.code == 1012
    assert process.returncode == 0


def test_demo_shows_the_shop_behind_assent_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "assent.toml").write_text("this is not read")
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    with started("demo", "--port", "0", cwd=tmp_path, environ={"TMPDIR": str(temporary)}) as process:
        address = address_of(process)
        answer = answered(address + "/")
        assert "Fernweh Tea" in answer.text
        assert [cookie.split("=")[0] for cookie in answer.headers.get_list("set-cookie")] == [
            "shop_session",
            "shop_csrf",
        ]
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=PATIENCE)
    assert process.returncode == 0
    assert list(temporary.iterdir()) == []
