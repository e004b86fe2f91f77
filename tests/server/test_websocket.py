"""WebSockets under uvicorn as `assent serve` runs it."""

from typing import Any

import pytest
import uvicorn
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidHandshake

from assent.config import Settings
from assent.server.run import options
from tests.gateway.servers import until


@pytest.mark.anyio
async def test_accept_after_the_client_left_is_an_error_of_the_connection() -> None:
    """The protocol learns of the end only after the app has gone on, and has to tell it all the same."""
    told: list[Exception] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        for connection in server.server_state.connections:
            connection.transport.abort()
        try:
            await send({"type": "websocket.accept"})
        except OSError as error:
            told.append(error)

    server = uvicorn.Server(uvicorn.Config(app, **{**options(Settings()), "port": 0, "lifespan": "off"}))
    server.config.load()
    server.lifespan = server.config.lifespan_class(server.config)
    await server.startup()
    port = server.servers[0].sockets[0].getsockname()[1]
    with pytest.raises((InvalidHandshake, OSError)):
        await connect(f"ws://127.0.0.1:{port}/", proxy=None)
    await until(lambda: bool(told))
    await server.shutdown()
