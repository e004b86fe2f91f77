"""The limits of `assent serve`, as an operator sets them and as clients meet them."""

import http.client
import socket
from collections.abc import Iterator
from functools import partial

import httpx
import pytest

from assent.demo.run import running
from tests.server.processes import PATIENCE, address_of, answered, get, site, started

post = partial(httpx.post, timeout=PATIENCE)

SETTINGS = {
    "ASSENT_SERVER__MAX_CONNECTIONS": "8",
    "ASSENT_SERVER__MAX_HEADER_BYTES": "8192",
    "ASSENT_SERVER__MAX_BODY_BYTES": "1000",
    "ASSENT_SERVER__IDLE_SECONDS": "1",
}


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("limits")
    with (
        running(site()) as upstream,
        started("serve", "--upstream", upstream, "--port", "0", cwd=folder, environ=SETTINGS) as process,
    ):
        found = address_of(process)
        answered(f"{found}/_assent/health")
        yield found


def connected(address: str) -> socket.socket:
    host, _, port = address.removeprefix("http://").partition(":")
    return socket.create_connection((host, int(port)), timeout=PATIENCE)


def told(client: socket.socket) -> bytes:
    """Return what a client is told until it is hung up on."""
    found = b""
    while piece := client.recv(4096):
        found += piece
    return found


def test_a_body_that_is_announced_as_too_large_is_413(address: str) -> None:
    assert post(f"{address}/taken", content=b"x" * 1000).text == "1000"
    answer = post(f"{address}/taken", content=b"x" * 1001)
    assert answer.status_code == 413
    assert "at most 1,000 bytes" in answer.text
    assert answer.headers["connection"] == "close"


def test_a_body_that_turns_out_too_large_is_413(address: str) -> None:
    answer = post(f"{address}/taken", content=(b"x" * 400 for _ in range(3)))
    assert answer.status_code == 413
    assert post(f"{address}/taken", content=(b"x" * 400 for _ in range(2))).text == "800"


def test_a_head_that_is_too_large_is_431(address: str) -> None:
    with connected(address) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: shop.example\r\n" + b"X-A: 1\r\n" * 1500)
        assert told(client).startswith(b"HTTP/1.1 431 ")
    assert get(f"{address}/seen", headers={"x-a": "x" * 4000}).status_code == 200


def test_a_client_that_says_nothing_is_hung_up_on(address: str) -> None:
    with connected(address) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: shop.ex")
        assert told(client).startswith(b"HTTP/1.1 408 ")


def test_connections_above_the_limit_are_503_until_others_go(address: str) -> None:
    kept = [http.client.HTTPConnection(address.removeprefix("http://"), timeout=PATIENCE) for _ in range(8)]
    for connection in kept:
        connection.request("GET", "/_assent/health")
        assert connection.getresponse().read() == b"ok\n"
    refused = get(f"{address}/_assent/health")
    assert refused.status_code == 503
    assert refused.headers["retry-after"]
    for connection in kept:
        connection.close()
    assert answered(f"{address}/_assent/health").status_code in (200, 503)
    assert any(answered(f"{address}/_assent/health").status_code == 200 for _ in range(50))
