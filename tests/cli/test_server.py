"""The servers as processes: what they answer on loopback, and how they stop."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from assent.demo.run import running

PATIENCE = 20.0


async def page(request: Request) -> Response:
    response = HTMLResponse(f"<!doctype html><title>x</title><body>{request.headers['assent-consent']}")
    response.set_cookie("_ga", "GA1.1.2.3")
    return response


@pytest.fixture(scope="module")
def upstream() -> Iterator[str]:
    with running(Starlette(routes=[Route("/", page)])) as origin:
        yield origin


@contextmanager
def started(*arguments: str, cwd: Path, **environ: str) -> Iterator[subprocess.Popen[str]]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("ASSENT_")}
    process = subprocess.Popen(
        [sys.executable, "-m", "assent", *arguments],
        cwd=cwd,
        env={**clean, "PYTHONPATH": os.pathsep.join(sys.path), **environ},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def address_of(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    for line in process.stdout:
        if found := re.search(r"http://127\.0\.0\.1:\d+", line):
            return found[0]
    raise AssertionError(f"no address printed; stderr: {process.stderr and process.stderr.read()}")


def answered(url: str, **fields: str) -> httpx.Response:
    """Ask until there is an answer: workers bind their socket only after their start is announced."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return httpx.get(url, headers=fields)
        except httpx.TransportError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


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
    with started("serve", "--port", "0", cwd=tmp_path, ASSENT_UPSTREAM=upstream) as process:
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


def test_serve_with_two_workers_hands_its_options_down(upstream: str, tmp_path: Path) -> None:
    (tmp_path / "other.toml").write_text('prefix = "/_other"\n[gateway]\nupstream = "http://127.0.0.1:9"\n')
    port = str(free_port())
    arguments = ("--upstream", upstream, "--config", "other.toml", "--port", port, "--workers", "2")
    with started("serve", *arguments, cwd=tmp_path, ASSENT_UPSTREAM="http://127.0.0.1:9") as process:
        address = address_of(process)
        assert answered(address + "/_other/health").status_code == 200
        assert "necessary" in answered(address + "/").text
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0
    assert "Traceback" not in errors


def test_request_for_a_websocket_is_refused_without_advice_in_the_log(upstream: str, tmp_path: Path) -> None:
    handshake = {
        "connection": "Upgrade",
        "upgrade": "websocket",
        "sec-websocket-version": "13",
        "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
    }
    with started("serve", "--upstream", upstream, "--port", "0", cwd=tmp_path) as process:
        assert answered(address_of(process) + "/", **handshake).status_code == 501
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=PATIENCE)
    assert "WARNING" not in errors


def test_demo_shows_the_shop_behind_assent_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "assent.toml").write_text("this is not read")
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    with started("demo", "--port", "0", cwd=tmp_path, TMPDIR=str(temporary)) as process:
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
