"""WebSockets end to end for the gateway's tests: a site that talks, and a client that talks to it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from tests.gateway.servers import WAIT

Handler = Callable[[ServerConnection], Awaitable[None]]


@asynccontextmanager
async def site(handler: Handler, **options: Any) -> AsyncIterator[str]:
    options = {"max_size": None, "close_timeout": 1, **options}
    async with serve(handler, "127.0.0.1", 0, **options) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


class Directly(connect):
    """A client that takes a redirect for the answer that it is, as browsers do."""

    def process_redirect(self, exc: Exception) -> Exception:
        return exc


@asynccontextmanager
async def browser(port: int, target: str = "/", **options: Any) -> AsyncIterator[ClientConnection]:
    options = {"max_size": None, "close_timeout": 1, "proxy": None, "open_timeout": WAIT, **options}
    async with asyncio.timeout(30), Directly(f"ws://127.0.0.1:{port}{target}", **options) as connection:
        yield connection


async def echo(connection: ServerConnection) -> None:
    with suppress(ConnectionClosed):
        async for message in connection:
            await connection.send(message)


async def ended(connection: ServerConnection | ClientConnection) -> ConnectionClosed:
    while True:
        try:
            await asyncio.wait_for(connection.recv(), WAIT)
        except ConnectionClosed as closed:
            return closed
