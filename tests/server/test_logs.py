"""The log: what is in it, and what never is."""

import contextlib
import json
import logging
import os
import re
import signal
import socket
import sys
from datetime import datetime
from pathlib import Path

import httpx
import pytest

from assent.demo.run import running
from assent.errors import UpstreamError
from assent.server import lines
from assent.server.logs import OneLine
from tests.server.processes import PATIENCE, address_of, answered, get, site, started, until

TOKEN = "a-token-of-more-than-32-characters-for-tests"


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (UpstreamError("it broke off"), "the answer was cut off: it broke off"),
        (ValueError("a bug"), "Exception in ASGI application"),
    ],
)
def test_an_upstream_that_breaks_off_is_one_line_and_a_bug_is_not(error: Exception, text: str) -> None:
    try:
        raise error
    except Exception:  # noqa: BLE001  # any error is the case here
        info = sys.exc_info()
    record = logging.LogRecord(
        "uvicorn.error", logging.ERROR, "", 0, "Exception in ASGI application", (), info
    )

    assert OneLine().filter(record)

    assert record.getMessage() == text
    assert bool(record.exc_info) is isinstance(error, ValueError)


COOKIES = {"_ga": "GA1.2.3", "who": "jane"}
SECRETS = ("jane", "8.8.8.8", "Mozilla", "search.example", "_ga", "GA1", "assent_consent")


@pytest.mark.parametrize("form", [pytest.param("text", marks=pytest.mark.long), "json"])
def test_the_log_tells_of_each_request_and_of_no_visitor(form: str, tmp_path: Path) -> None:
    settings = {"ASSENT_GATEWAY__TRUSTED_PROXIES": '["127.0.0.1"]', "ASSENT_ADMIN_TOKEN": TOKEN}
    arguments = ("--port", "0", "--access-log", "--log", form)
    fields = {
        "user-agent": "Mozilla/5.0 (jane)",
        "referer": "https://search.example/?q=jane",
        "x-forwarded-for": "8.8.8.8",
        "x-request-id": "from-the-proxy",
    }
    with (
        running(site()) as upstream,
        started("serve", "--upstream", upstream, *arguments, cwd=tmp_path, environ=settings) as process,
    ):
        address = address_of(process)
        assert "x-request-id: from-the-proxy" in answered(f"{address}/seen?name=jane", **fields).text
        with httpx.Client(headers=fields, cookies=COOKIES, timeout=PATIENCE) as client:
            same_origin = {"sec-fetch-site": "same-origin"}
            client.post(f"{address}/_assent/choice", json={"action": "accept_all"}, headers=same_origin)
            consent_id = client.get(f"{address}/_assent/state").json()["consent_id"]
            bearer = {"authorization": f"Bearer {TOKEN}"}
            found = client.get(f"{address}/_assent/api/records/{consent_id}", headers=bearer)
            assert found.status_code == 200
            client.get(f"{address}/missing")
        process.send_signal(signal.SIGTERM)
        output, errors = process.communicate(timeout=PATIENCE)
    said = output + errors
    assert [word for word in (*SECRETS, TOKEN, consent_id) if word in said] == []
    lines = [line for line in output.splitlines() if "method" in line]
    told = [json.loads(line) if form == "json" else _pairs(line) for line in lines]
    assert [(line["path"], line["to"], str(line["status"])) for line in told] == [
        ("/seen", "site", "200"),
        ("/_assent/choice", "assent", "200"),
        ("/_assent/state", "assent", "200"),
        ("/_assent/api/records", "assent", "200"),
        ("/missing", "site", "404"),
    ]
    assert {line["request_id"] for line in told} == {"from-the-proxy"}
    assert set(told[0]) >= {"method", "received", "sent", "seconds"}
    if form == "json":
        for line in said.splitlines():
            assert {"time", "level", "logger", "message"} <= set(json.loads(line))
        assert float(told[0]["seconds"]) > 0
        assert datetime.fromisoformat(str(told[0]["time"])).tzinfo is not None


def _pairs(line: str) -> dict[str, str]:
    return dict(pair.split("=", 1) for pair in line.split()[1:])


def test_client_that_leaves_within_a_choice_is_no_fault_of_ours(tmp_path: Path) -> None:
    head = b"POST /_assent/choice HTTP/1.1\r\nHost: a\r\nContent-Length: 50\r\n\r\nhalf"
    counted = 'assent_requests_total{method="POST",status="499",to="assent"} 1'
    with started("serve", "--upstream", "http://127.0.0.1:9", "--port", "0", cwd=tmp_path) as process:
        address = address_of(process)
        answered(f"{address}/_assent/health")
        with socket.create_connection(("127.0.0.1", int(address.rpartition(":")[2]))) as client:
            client.sendall(head)
        until(lambda: counted in get(f"{address}/_assent/metrics").text)
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=PATIENCE)
    assert "ClientDisconnect" not in errors


def test_without_being_asked_for_there_is_no_line_for_a_request(tmp_path: Path) -> None:
    with (
        running(site()) as upstream,
        started("serve", "--upstream", upstream, "--port", "0", cwd=tmp_path) as process,
    ):
        address = address_of(process)
        assert "x-request-id" not in answered(f"{address}/seen?name=jane").text
        get(f"{address}/a-path-of-its-own")
        process.send_signal(signal.SIGTERM)
        output, errors = process.communicate(timeout=PATIENCE)
    assert "seen" not in output + errors
    assert "a-path-of-its-own" not in output + errors


def test_an_id_that_no_trusted_proxy_sent_is_replaced(tmp_path: Path) -> None:
    with (
        running(site()) as upstream,
        started("serve", "--upstream", upstream, "--port", "0", "--access-log", cwd=tmp_path) as process,
    ):
        text = answered(f"{address_of(process)}/seen", **{"x-request-id": "made-up"}).text
    (given,) = [line for line in text.splitlines() if line.startswith("x-request-id: ")]
    assert re.fullmatch("x-request-id: [0-9a-f]{16}", given)


def test_a_log_that_nobody_reads_holds_no_request_up(tmp_path: Path) -> None:
    with (
        running(site()) as upstream,
        started("serve", "--upstream", upstream, "--port", "0", "--access-log", cwd=tmp_path) as process,
    ):
        # Only the address is read; then the pipe fills up: it takes 64 KB, and lines have some 300 bytes.
        address = address_of(process)
        answered(address)
        path = "/" + 150 * "x"
        with httpx.Client(timeout=PATIENCE) as client:
            for _ in range(600):
                assert client.get(address + path).status_code == 404
        process.send_signal(signal.SIGTERM)
        output, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0
    assert output.count(path) == 600


def _say(handler: logging.Handler, *texts: str) -> None:
    for text in texts:
        handler.emit(logging.makeLogRecord({"msg": text}))


def _filled(write: int) -> int:
    """The bytes that a pipe took until it was full."""
    os.set_blocking(write, False)
    size = 0
    with contextlib.suppress(BlockingIOError):
        while True:
            size += os.write(write, bytes(1 << 12))
    os.set_blocking(write, True)
    return size


def test_lines_that_are_too_many_are_dropped_and_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "MOST", 4)
    read, write = os.pipe()
    with os.fdopen(write, "w") as pipe, os.fdopen(read, "rb") as reader:
        size = _filled(write)
        handler = lines.Unwaiting(pipe)
        _say(handler, *"abcdefgh")
        assert reader.read(size) == bytes(size)
        assert reader.read(4) == b"a\nb\n"
        assert handler._writer
        handler._writer.finish(PATIENCE)
        monkeypatch.setattr(lines, "MOST", 1 << 10)
        _say(handler, "later")
        handler._writer.finish(PATIENCE)
        pipe.close()
        told = reader.read().decode().splitlines()
    assert told == ["6 lines of the log were dropped, since nobody read them", "later"]


def test_one_handler_after_another_waits_for_no_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "GRACE", 3600.0)
    filler = "x" * (1 << 17)
    read, write = os.pipe()
    with os.fdopen(write, "w") as pipe, os.fdopen(read) as reader:
        for text in ("a", filler, "b"):
            handler = lines.Unwaiting(pipe)
            _say(handler, text)
            handler.close()
        assert reader.read(len(filler) + 5) == f"a\n{filler}\nb\n"
