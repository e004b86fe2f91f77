"""Assent's own start and stop inside the lifespan of the app it wraps."""

import pytest

from assent.asgi.types import ASGIApp, Message, Receive, Scope, Send
from assent.web.lifespan import weave

pytestmark = pytest.mark.anyio


class Server:
    """Sends a startup and a shutdown, and notes all that happens in order."""

    def __init__(self) -> None:
        self.log: list[str] = []
        self._events = [{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}]

    async def run(self, app: ASGIApp) -> list[str]:
        async def start() -> None:
            self.log.append("assent starts")

        async def stop() -> None:
            self.log.append("assent stops")

        await weave(app, {"type": "lifespan", "state": {}}, self.receive, self.send, start=start, stop=stop)
        return self.log

    async def receive(self) -> Message:
        return self._events.pop(0)

    async def send(self, message: Message) -> None:
        self.log.append(message["type"])


async def test_assent_starts_before_the_app_and_stops_after_it() -> None:
    server = Server()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        server.log.append("app starts")
        await send({"type": "lifespan.startup.complete"})
        await receive()
        server.log.append("app stops")
        await send({"type": "lifespan.shutdown.complete"})

    assert await server.run(app) == [
        "assent starts",
        "app starts",
        "lifespan.startup.complete",
        "app stops",
        "assent stops",
        "lifespan.shutdown.complete",
    ]


async def test_an_app_without_a_lifespan_gets_along() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise NotImplementedError(scope["type"])

    assert await Server().run(app) == [
        "assent starts",
        "lifespan.startup.complete",
        "assent stops",
        "lifespan.shutdown.complete",
    ]


async def test_an_app_that_returns_from_its_lifespan_at_once_gets_along() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        return

    assert (await Server().run(app))[-1] == "lifespan.shutdown.complete"


async def test_an_app_that_cannot_start_is_reported_and_assent_stops() -> None:
    server = Server()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "lifespan.startup.failed", "message": "no database"})
        raise RuntimeError("no database")

    with pytest.raises(RuntimeError, match="no database"):
        await server.run(app)

    assert server.log == ["assent starts", "assent stops", "lifespan.startup.failed"]


async def test_the_state_of_the_lifespan_is_the_servers_own() -> None:
    seen: list[Scope] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope)

    await Server().run(app)

    assert seen == [{"type": "lifespan", "state": {}}]
