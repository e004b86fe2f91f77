"""SIGHUP: new settings come into force while visitors go on, and wrong ones do not."""

import signal
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from websockets.sync.client import connect

from assent.demo.run import running
from tests.server.processes import (
    PATIENCE,
    Visitors,
    address_of,
    answered,
    echoing,
    get,
    site,
    started,
    until,
)


@pytest.fixture(scope="module")
def upstream() -> Iterator[str]:
    with running(site()) as origin:
        yield origin


def write(folder: Path, upstream: str, more: str = "") -> None:
    (folder / "assent.toml").write_text(f'{more}\n[gateway]\nupstream = "{upstream}"\n')


def test_new_settings_come_into_force_and_no_request_is_dropped(upstream: str, tmp_path: Path) -> None:
    write(tmp_path, upstream)
    with started("serve", "--port", "0", cwd=tmp_path) as process:
        address = address_of(process)
        answered(f"{address}/_assent/health")
        with Visitors(address) as visitors:
            for prefix in ("/_first", "/_second", "/_third"):
                write(tmp_path, upstream, f'prefix = "{prefix}"')
                process.send_signal(signal.SIGHUP)
                until(lambda: get(f"{address}{prefix}/health").text == "ok\n")  # noqa: B023
                before = visitors.answers
                until(lambda: visitors.answers > before + 20)  # noqa: B023
        counted = get(f"{address}/_third/metrics").text
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=PATIENCE)
    assert visitors.dropped == []
    assert 'assent_reloads_total{result="done"} 3.0' in counted
    (served,) = [
        line
        for line in counted.splitlines()
        if line.startswith('assent_requests_total{method="GET",status="200",to="site"}')
    ]
    assert float(served.split()[-1]) >= visitors.answers
    assert process.returncode == 0
    assert "Traceback" not in errors
    assert "ERROR" not in errors


def test_wrong_settings_change_nothing_and_every_mistake_is_told(upstream: str, tmp_path: Path) -> None:
    write(tmp_path, upstream)
    with started("serve", "--port", "0", cwd=tmp_path) as process:
        address = address_of(process)
        answered(f"{address}/_assent/health")
        write(tmp_path, upstream, 'prefix = "no slash"\nnonsense = 1')
        process.send_signal(signal.SIGHUP)
        until(lambda: 'result="refused"} 1' in get(f"{address}/_assent/metrics").text)
        assert get(f"{address}/_assent/health").text == "ok\n"
        write(tmp_path, upstream, 'prefix = "/_right"')
        process.send_signal(signal.SIGHUP)
        until(lambda: get(f"{address}/_right/health").text == "ok\n")
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=PATIENCE)
    assert '"no slash" cannot be a prefix' in errors
    assert "nonsense: unknown key" in errors
    assert process.returncode == 0


def test_choices_of_before_hold_and_those_of_after_are_recorded(upstream: str, tmp_path: Path) -> None:
    write(tmp_path, upstream)
    accept = {"json": {"action": "accept_all"}, "headers": {"sec-fetch-site": "same-origin"}}
    with started("serve", "--port", "0", cwd=tmp_path) as process:
        address = address_of(process)
        answered(f"{address}/_assent/health")
        with httpx.Client(timeout=PATIENCE) as before, httpx.Client(timeout=PATIENCE) as after:
            assert before.post(f"{address}/_assent/choice", **accept).status_code == 200  # type: ignore[arg-type]
            write(tmp_path, upstream, 'prefix = "/_new"')
            process.send_signal(signal.SIGHUP)
            until(lambda: get(f"{address}/_new/health").text == "ok\n")
            assert "advertisement" in before.get(f"{address}/_new/state").json()["granted"]
            assert after.post(f"{address}/_new/choice", **accept).status_code == 200  # type: ignore[arg-type]
        counted = get(f"{address}/_new/metrics").text
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=PATIENCE)
    assert 'assent_choices_total{action="accept_all"} 2.0' in counted
    assert "assent_ledger_records_total 2.0" in counted


def test_websocket_goes_on_under_the_settings_it_began_with(tmp_path: Path) -> None:
    with echoing() as chat:
        write(tmp_path, chat)
        with started("serve", "--port", "0", cwd=tmp_path) as process:
            address = address_of(process)
            answered(f"{address}/_assent/health")
            with connect(f"{address.replace('http', 'ws')}/chat", proxy=None) as client:
                write(tmp_path, chat, 'prefix = "/_new"')
                process.send_signal(signal.SIGHUP)
                until(lambda: get(f"{address}/_new/health").text == "ok\n")
                client.send("still there?")
                assert client.recv(timeout=PATIENCE) == "still there?"
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=PATIENCE)
    assert process.returncode == 0
