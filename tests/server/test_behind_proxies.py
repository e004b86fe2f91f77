"""Assent behind nginx and behind Caddy, as the paper on deployment sets them up."""

import json
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
import trustme
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket
from websockets.sync.client import connect

from assent.demo.run import running
from tests.server import fronts
from tests.server.processes import PATIENCE, address_of, answered, site, started

VISITOR = "127.0.0.2"
"""Not the address that the proxies on this machine have."""

SPOOFED = {
    "x-forwarded-for": "6.6.6.6",
    "x-forwarded-host": "evil.example",
    "x-forwarded-proto": "http",
    "forwarded": "for=6.6.6.6;host=evil.example;proto=http",
    "x-request-id": "made-up",
}


async def many_cookies(request: Request) -> Response:
    response = PlainTextResponse("many")
    for number in range(40):
        response.set_cookie(f"basket_{number}", "x" * 100)
    return response


async def echo(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_json(dict(socket.headers))
    await socket.send_text(await socket.receive_text())
    await socket.close()


@dataclass(frozen=True)
class Shop:
    """The site as visitors reach it."""

    port: int
    trust: ssl.SSLContext

    def client(self, **more: Any) -> httpx.Client:
        """Return a browser's connections; whatever name is asked for is on this machine."""
        return httpx.Client(
            transport=Here(self.port, self.trust), base_url=f"https://{fronts.HOST}", timeout=PATIENCE, **more
        )


class Here(httpx.HTTPTransport):
    """Connects to a port of this machine and asks for the name in the URL."""

    def __init__(self, port: int, trust: ssl.SSLContext) -> None:
        super().__init__(verify=trust, local_address=VISITOR)
        self._port = port

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        asked = httpx.Request(
            request.method,
            request.url.copy_with(host="127.0.0.1", port=self._port),
            headers=request.headers,
            stream=request.stream,
            extensions={**request.extensions, "sni_hostname": request.url.host},
        )
        return super().handle_request(asked)


@pytest.fixture(scope="module", params=["nginx", "caddy"])
def shop(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    front: fronts.Front = getattr(fronts, request.param)
    folder = tmp_path_factory.mktemp(request.param)
    authority = trustme.CA()
    issued = authority.issue_cert(fronts.HOST)
    chain, key = folder / "chain.pem", folder / "key.pem"
    chain.write_bytes(b"".join(blob.bytes() for blob in issued.cert_chain_pems))
    issued.private_key_pem.write_to_path(key)
    trust = ssl.create_default_context()
    authority.configure_trust(trust)
    behind = site()
    behind.router.routes += [Route("/many", many_cookies), WebSocketRoute("/socket", echo)]
    (folder / "assent.toml").write_text('[[cookies]]\nname = "basket*"\ncategory = "necessary"\n')
    environ = {"ASSENT_GATEWAY__TRUSTED_PROXIES": '["127.0.0.1"]'}
    with (
        running(behind, websockets=True) as upstream,
        started("serve", "--upstream", upstream, "--port", "0", cwd=folder, environ=environ) as process,
    ):
        address = address_of(process)
        answered(f"{address}/_assent/health")
        with front(folder, chain, key, address.removeprefix("http://")) as port:
            yield Shop(port, trust)


def test_site_is_told_how_the_visitor_came_and_no_word_of_the_visitor_s_own(shop: Shop) -> None:
    with shop.client(headers=SPOOFED) as client:
        seen = client.get("/seen").text.splitlines()
    told = dict(line.split(": ", 1) for line in seen)
    assert told["host"] == fronts.HOST
    assert told["x-forwarded-proto"] == "https"
    assert told["x-forwarded-host"] == fronts.HOST
    assert told["x-forwarded-for"] == f"{VISITOR}, 127.0.0.1"
    assert "made-up" not in told["x-request-id"]
    assert [line for line in seen if "6.6.6.6" in line or "evil" in line] == []


def test_a_choice_is_made_and_its_cookie_is_secure(shop: Shop) -> None:
    with shop.client(headers={"origin": f"https://{fronts.HOST}"}) as client:
        answer = client.post("/_assent/choice", json={"action": "accept_all"})
        assert answer.status_code == 200
        assert "; Secure" in answer.headers["set-cookie"]
        assert "advertisement" in client.get("/_assent/state").json()["granted"]
        assert "set-cookie" in client.get("/").headers


@pytest.mark.parametrize("host", ["shop.example", "127.0.0.1", "localhost"])
def test_whoever_comes_through_the_proxy_sees_no_figures(shop: Shop, host: str) -> None:
    with shop.client() as client:
        answer = client.get("/_assent/metrics", headers={"host": host})
    assert "assent_" not in answer.text


def test_websockets_pass(shop: Shop) -> None:
    with (
        socket.create_connection(("127.0.0.1", shop.port)) as taken,
        connect(f"wss://{fronts.HOST}/socket", sock=taken, ssl=shop.trust, proxy=None) as client,
    ):
        told = json.loads(client.recv(timeout=PATIENCE))
        assert (told["host"], told["x-forwarded-proto"]) == (fronts.HOST, "https")
        client.send("hello")
        assert client.recv(timeout=PATIENCE) == "hello"


def test_what_streams_keeps_streaming(shop: Shop) -> None:
    # It would take a minute to its end.
    with shop.client() as client, client.stream("GET", "/endless") as answer:
        assert next(answer.iter_lines()) == "data: 0"


def test_large_uploads_many_cookies_and_many_lines_of_set_cookie_pass(shop: Shop) -> None:
    with shop.client() as client:
        assert client.post("/taken", content=b"x" * (8 << 20)).text == str(8 << 20)
        cookie = "; ".join(f"basket_{number}={'x' * 300}" for number in range(40))
        assert client.get("/seen", headers={"cookie": cookie}).text.count("x" * 300) == 40
        assert len(client.get("/many").headers.get_list("set-cookie")) == 40
        refused = "; ".join(f"_ga_{number}=1" for number in range(60))
        expired = client.get("/", headers={"cookie": refused}).headers.get_list("set-cookie")
        assert len(expired) > 20
