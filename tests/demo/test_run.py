import threading
from urllib.parse import urlsplit

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.types import Receive, Scope, Send

from assent.demo.run import running
from assent.demo.third_party import create_third_party


def port_of(origin: str) -> int:
    port = urlsplit(origin).port
    assert port
    return port


def test_an_application_is_reachable_inside_the_block_and_gone_after_it() -> None:
    before = threading.enumerate()
    with running(create_third_party()) as origin:
        assert origin.startswith("http://127.0.0.1:")
        assert httpx2.get(f"{origin}/hits", verify=False, timeout=60).json() == []
    with pytest.raises(httpx2.ConnectError):
        httpx2.get(f"{origin}/hits", verify=False, timeout=60)
    assert threading.enumerate() == before


def test_a_port_is_free_again_at_once_and_can_be_asked_for() -> None:
    with running(create_third_party()) as first:
        pass
    with running(create_third_party(), port_of(first)) as second:
        assert second == first


def test_a_taken_port_is_named_with_what_to_do() -> None:
    with running(create_third_party()) as origin:
        port = port_of(origin)
        with pytest.raises(OSError, match=f"cannot listen on 127.0.0.1:{port} .*pass port 0"):
            running(create_third_party(), port).__enter__()


def test_an_idle_connection_does_not_hold_up_the_stop() -> None:
    with httpx2.Client(verify=False, timeout=60) as client:
        with running(create_third_party()) as origin:
            client.get(f"{origin}/hits")
        with pytest.raises(httpx2.TransportError):
            client.get(f"{origin}/hits")


def test_an_application_that_fails_to_start_is_reported(caplog: pytest.LogCaptureFixture) -> None:
    async def broken(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await receive()
            await send({"type": "lifespan.startup.failed", "message": "no kettle"})

    with pytest.raises(RuntimeError, match="ended while it started"):
        running(broken).__enter__()
    assert "no kettle" in caplog.text


def test_two_applications_run_side_by_side() -> None:
    with running(Starlette()) as one, running(create_third_party()) as other:
        assert one != other
        assert httpx2.get(f"{one}/hits", verify=False, timeout=60).status_code == 404
        assert httpx2.get(f"{other}/hits", verify=False, timeout=60).status_code == 200
