"""Opening handshakes of WebSockets: what of them passes, and what of the answers."""

from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection
from websockets.exceptions import InvalidStatus
from websockets.http11 import Request, Response

from assent.gateway import Timeouts
from tests.gateway.servers import Front, Incoming, free_port, upstream
from tests.gateway.talking import browser, echo, site


@pytest.mark.anyio
async def test_handshake_passes_in_every_field_but_those_of_the_connection(front: Front) -> None:
    seen: list[Request] = []

    async def look(connection: ServerConnection) -> None:
        assert connection.request is not None
        seen.append(connection.request)
        await connection.wait_closed()

    def answer(connection: ServerConnection, request: Request, response: Response) -> None:
        for name, value in (("Set-Cookie", "a=1"), ("Set-Cookie", "b=\xff"), ("Keep-Alive", "1"), ("X", "y")):
            response.headers[name] = value

    fields = [("Cookie", "a=1"), ("X-Raw", "\xff"), ("Cookie", "b"), ("Max-Forwards", "2")]
    async with (
        site(look, process_response=answer, subprotocols=["soap"]) as url,
        front(url + "/base") as port,
        browser(
            port,
            "/a/../b%2Fc;d?x=%20y;z",
            additional_headers=fields,
            subprotocols=["chat", "soap"],
            origin="https://shop.example",
            user_agent_header="Browser/1",
        ) as client,
    ):
        assert client.subprotocol == "soap"
        assert client.response is not None
        answered = client.response.headers
        await client.close()
    came = seen[0].headers
    assert seen[0].path == "/base/a/../b%2Fc;d?x=%20y;z"
    assert came["Host"] == came["X-Forwarded-Host"] == f"127.0.0.1:{port}"
    assert came.get_all("Cookie") == ["a=1", "b"]
    assert (came["X-Raw"], came["Origin"], came["User-Agent"]) == (
        "\xff",
        "https://shop.example",
        "Browser/1",
    )
    assert came["Sec-WebSocket-Protocol"] == "chat, soap"
    assert came["X-Forwarded-For"] == "127.0.0.1"
    assert came["Via"] == "1.1 assent"
    assert came["Max-Forwards"] == "1"
    assert "Sec-WebSocket-Extensions" not in came
    assert answered.get_all("Set-Cookie") == ["a=1", "b=\xff"]
    assert answered["X"] == "y"
    assert answered["Via"] == "1.1 assent"
    assert "Keep-Alive" not in answered
    assert "Sec-WebSocket-Extensions" not in answered


@pytest.mark.anyio
@pytest.mark.parametrize("status", [200, 302, 401, 403, 404, 503])
async def test_refusal_of_the_upstream_is_shown_as_it_is(front: Front, status: int) -> None:
    asked = 0

    def refuse(connection: ServerConnection, request: Request) -> Response:
        nonlocal asked
        asked += 1
        response = connection.respond(status, "not today")
        response.headers["Set-Cookie"] = "a=1"
        response.headers["Location"] = f"http://{request.headers['Host']}/elsewhere"
        return response

    async with site(echo, process_request=refuse) as url, front(url, preserve_host=False) as port:
        with pytest.raises(InvalidStatus) as refused:
            async with browser(port):
                pass
    response = refused.value.response
    assert (response.status_code, response.body) == (status, b"not today")
    assert response.headers["Set-Cookie"] == "a=1"
    assert response.headers.get_all("Content-Length") == ["9"]
    assert response.headers["Via"] == "1.1 assent"
    assert response.headers["Location"] == "/elsewhere"
    assert asked == 1


async def silence(incoming: Incoming) -> None:
    await incoming.reader.read()


async def nonsense(incoming: Incoming) -> None:
    await incoming.send(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n")


async def hang_up(incoming: Incoming) -> None:
    incoming.writer.close()


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("answer", "status"),
    [
        pytest.param(silence, 504, id="silent"),
        pytest.param(nonsense, 502, id="no proof that it understood"),
        pytest.param(hang_up, 502, id="hangs up"),
        pytest.param(None, 502, id="away"),
    ],
)
async def test_upstream_that_does_not_answer_a_handshake(front: Front, answer: Any, status: int) -> None:
    async with upstream(answer or hang_up) as peer:
        url = peer.url if answer else f"http://127.0.0.1:{free_port()}"
        async with front(url, timeouts=Timeouts(connect=0.1, first_byte=0.1)) as port:
            with pytest.raises(InvalidStatus) as refused:
                async with browser(port):
                    pass
    assert refused.value.response.status_code == status
    assert b"The site behind this gateway" in refused.value.response.body


@pytest.mark.anyio
@pytest.mark.parametrize("fields", [[("Host", "a b")], [("Via", "1.1 assent, " * 5)]], ids=["Host", "loop"])
async def test_handshake_that_is_not_admitted_never_reaches_the_upstream(
    front: Front, fields: list[tuple[str, str]]
) -> None:
    async with upstream(silence) as peer, front(peer.url) as port:
        with pytest.raises(InvalidStatus) as refused:
            async with browser(port, additional_headers=fields):
                pass
    assert refused.value.response.status_code in (400, 508)
    assert peer.seen == []
