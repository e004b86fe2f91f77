"""A page's WebSocket through the gateway, with enforcement on, as a real browser opens, uses and loses it."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from assent import ConsentMiddleware
from assent.config import Settings
from assent.gateway import Gateway
from tests.browser.conftest import Contexts
from tests.gateway.servers import serving, until

pytestmark = pytest.mark.anyio

TALK = """async ([path, code, reason]) => {
    const socket = new WebSocket(location.origin.replace("http", "ws") + path, ["chat", "soap"]);
    socket.binaryType = "arraybuffer";
    const got = [];
    const closed = new Promise(done => socket.onclose = event => done(event));
    socket.onmessage = event => {
        got.push(typeof event.data === "string" ? event.data : event.data.byteLength);
        if (got.length === 2 && code) socket.close(code, reason);
    };
    socket.onopen = () => { socket.send("h\u00f6llo"); socket.send(new Uint8Array(3000000)); };
    const end = await closed;
    return [socket.protocol, socket.extensions, got, end.code, end.reason, end.wasClean];
}"""

OPEN = """() => new Promise((done, failed) => {
    window.kept = new WebSocket(location.origin.replace("http", "ws") + "/chat", ["soap"]);
    window.kept.onopen = () => done();
    window.kept.onclose = event => failed(new Error(`closed with ${event.code}`));
})"""


class Chat:
    """Shows a page, and says back what it is told; below /bye it then closes, below /lost it breaks off."""

    def __init__(self) -> None:
        self.cookies: list[str] = []
        self.ends: list[tuple[int, str]] = []

    def page(self, connection: ServerConnection, request: Request) -> Response | None:
        if request.path != "/":
            return None
        response = connection.respond(200, "<!doctype html><title>Chat</title><body>Chat")
        del response.headers["Content-Type"]
        response.headers["Content-Type"] = "text/html"
        response.headers["Set-Cookie"] = "sid=1; Path=/"
        return response

    def cookie(self, connection: ServerConnection, request: Request, response: Response) -> None:
        if response.status_code == 101:
            response.headers["Set-Cookie"] = "_ga=1; Path=/"

    async def talk(self, connection: ServerConnection) -> None:
        assert connection.request is not None
        self.cookies.append(connection.request.headers.get("Cookie", ""))
        try:
            for _ in range(2):
                await connection.send(await connection.recv())
            if connection.request.path == "/bye":
                await connection.close(4444, "genug für heute")
            if connection.request.path == "/lost":
                connection.transport.abort()
            await connection.recv()
        except ConnectionClosed as closed:
            if closed.rcvd:
                self.ends.append((closed.rcvd.code, closed.rcvd.reason))


@pytest.fixture
async def chat(tmp_path: Path) -> AsyncIterator[tuple[Chat, str]]:
    site = Chat()
    settings = Settings.model_validate(
        {"data_dir": tmp_path, "cookies": [{"name": "sid", "category": "necessary"}]}
    )
    async with serve(
        site.talk,
        "127.0.0.1",
        0,
        process_request=site.page,
        process_response=site.cookie,
        subprotocols=["soap"],  # type: ignore[list-item]
        max_size=None,
    ) as server:
        upstream = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        app = ConsentMiddleware(Gateway(upstream), settings=settings)
        async with serving(app, "httptools") as port:
            yield site, f"http://127.0.0.1:{port}"


@pytest.fixture
async def page(context: Contexts, chat: tuple[Chat, str]) -> Page:
    opened = await (await context()).new_page()
    await opened.goto(chat[1] + "/")
    return opened


@pytest.mark.parametrize(
    ("path", "code", "end"),
    [
        pytest.param("/", 4001, (4001, "tschüß"), id="closed by the page"),
        pytest.param("/bye", 0, (4444, "genug für heute"), id="closed by the site"),
        pytest.param("/lost", 0, (1014, "The site behind this gateway broke off."), id="site breaks off"),
    ],
)
async def test_page_talks_with_its_site(
    chat: tuple[Chat, str], page: Page, path: str, code: int, end: tuple[int, str]
) -> None:
    site, _ = chat
    path = path if path != "/" else "/chat"
    talked: list[Any] = await page.evaluate(TALK, [path, code, "tschüß"])
    assert talked == ["soap", "", ["höllo", 3000000], *end, True]
    assert site.cookies == ["sid=1"]
    if code:
        await until(lambda: site.ends == [end])
    cookies = await page.context.cookies()
    assert {cookie["name"] for cookie in cookies} == {"sid"}


async def test_page_that_is_left_closes_its_socket(chat: tuple[Chat, str], page: Page) -> None:
    site, _ = chat
    await page.evaluate(OPEN)
    await page.close()
    await until(lambda: site.ends == [(1001, "")])
