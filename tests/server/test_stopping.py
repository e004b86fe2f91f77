"""A stop: what is under way comes to its end; what takes too long ends so that nobody takes it for whole."""

import http.client
import signal
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from assent.demo.run import running
from tests.server.processes import PATIENCE, Visitors, address_of, answered, get, site, started, until


@pytest.fixture(scope="module")
def upstream() -> Iterator[str]:
    with running(site()) as origin:
        yield origin


@pytest.fixture
def arguments(upstream: str) -> tuple[str, ...]:
    return ("serve", "--upstream", upstream, "--port", "0")


def test_request_under_way_is_answered_and_new_connections_are_refused(
    arguments: tuple[str, ...], tmp_path: Path
) -> None:
    answers: list[httpx.Response] = []
    with started(*arguments, cwd=tmp_path) as process:
        address = address_of(process)
        answered(f"{address}/_assent/health")
        asking = threading.Thread(target=lambda: answers.append(get(f"{address}/slow?for=2")))
        asking.start()
        until(lambda: _running(address) == 1)
        process.send_signal(signal.SIGTERM)
        until(lambda: _refused(address))
        asking.join()
        _, errors = process.communicate(timeout=PATIENCE)
    assert (answers[0].status_code, answers[0].text) == (200, "done")
    assert process.returncode == 0
    assert "Traceback" not in errors


def _running(address: str) -> int:
    """Return how many requests are under way, this one aside."""
    figures = get(f"{address}/_assent/metrics").text
    (line,) = [line for line in figures.splitlines() if line.startswith("assent_requests_running ")]
    return int(float(line.split()[1])) - 1


def _refused(address: str) -> bool:
    host, _, port = address.removeprefix("http://").partition(":")
    try:
        socket.create_connection((host, int(port))).close()
    except ConnectionRefusedError:
        return True
    return False


@pytest.mark.parametrize("workers", ["1", "2"])
def test_no_request_of_busy_visitors_is_dropped(
    arguments: tuple[str, ...], workers: str, tmp_path: Path
) -> None:
    with started(*arguments, "--workers", workers, cwd=tmp_path) as process:
        address = address_of(process)
        answered(f"{address}/_assent/health")
        with Visitors(address) as visitors:
            until(lambda: visitors.answers > 100)
            process.send_signal(signal.SIGTERM)
            _, errors = process.communicate(timeout=PATIENCE)
    assert visitors.dropped == []
    assert process.returncode == 0
    assert "Traceback" not in errors


def test_request_that_outlives_the_grace_is_told_to_come_again(
    arguments: tuple[str, ...], tmp_path: Path
) -> None:
    answers: list[httpx.Response] = []
    with started(*arguments, cwd=tmp_path, environ={"ASSENT_SERVER__GRACE_SECONDS": "0.5"}) as process:
        address = address_of(process)
        answered(f"{address}/_assent/health")
        asking = threading.Thread(target=lambda: answers.append(get(f"{address}/slow?for=60")))
        asking.start()
        until(lambda: _running(address) == 1)
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=PATIENCE)
        asking.join()
    assert answers[0].status_code == 503
    assert answers[0].headers["retry-after"]
    assert process.returncode == 0
    assert "Traceback" not in errors


def test_response_that_outlives_the_grace_is_not_taken_for_whole(
    arguments: tuple[str, ...], tmp_path: Path
) -> None:
    with started(*arguments, cwd=tmp_path, environ={"ASSENT_SERVER__GRACE_SECONDS": "0.5"}) as process:
        address = address_of(process)
        answered(f"{address}/_assent/health")
        connection = http.client.HTTPConnection(address.removeprefix("http://"), timeout=PATIENCE)
        connection.request("GET", "/endless")
        answer = connection.getresponse()
        assert answer.readline() == b"data: 0\n"
        process.send_signal(signal.SIGTERM)
        with pytest.raises((OSError, http.client.IncompleteRead)):
            answer.read()
        connection.close()
        _, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0
    assert "Traceback" not in errors


def test_load_balancers_hear_of_a_stop_before_connections_are_refused(
    arguments: tuple[str, ...], tmp_path: Path
) -> None:
    with started(*arguments, cwd=tmp_path, environ={"ASSENT_SERVER__STOP_DELAY_SECONDS": "2"}) as process:
        address = address_of(process)
        assert answered(f"{address}/_assent/ready").json() == {"ready": True}
        process.send_signal(signal.SIGTERM)
        told = until(lambda: _not_ready(f"{address}/_assent/ready"))
        assert told == {"ready": False, "reason": "stopping"}
        assert get(f"{address}/").status_code == 200
        process.communicate(timeout=PATIENCE)
    assert process.returncode == 0


def _not_ready(url: str) -> object:
    answer = get(url)
    return answer.json() if answer.status_code == 503 else None
