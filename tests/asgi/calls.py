"""Calls an ASGI app without a server, and shows what it sent."""

from typing import Any

from assent.asgi.types import ASGIApp, Message, Receive, Scope, Send

Fields = list[tuple[bytes, bytes]]


def http_scope(path: str = "/", *fields: tuple[bytes, bytes], **more: Any) -> Scope:
    """Return the scope of a GET on https://shop.example."""
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "https",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(b"host", b"shop.example"), *fields],
        "client": ("127.0.0.1", 50000),
        "server": ("127.0.0.1", 443),
        "extensions": {},
        **more,
    }


def websocket_scope(*fields: tuple[bytes, bytes]) -> Scope:
    """Return the scope of a WebSocket handshake on wss://shop.example."""
    scope = http_scope("/live", *fields, type="websocket", scheme="wss", subprotocols=[])
    del scope["method"]
    return scope


async def call(app: ASGIApp, scope: Scope) -> list[Message]:
    """Return the messages that the app sends; the client sends nothing."""
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    await app(scope, receive, send)
    return sent


def answering(fields: Fields, body: bytes = b"", status: int = 200) -> ASGIApp:
    """Return an app that answers every request so; the scope it got is kept in ``app.scopes``."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        app.scopes.append(scope)  # type: ignore[attr-defined]
        await send({"type": "http.response.start", "status": status, "headers": fields})
        await send({"type": "http.response.body", "body": body})

    app.scopes = []  # type: ignore[attr-defined]
    return app


def values(fields: Fields, name: bytes) -> list[bytes]:
    """Return the values of one field, in order."""
    return [value for key, value in fields if key.lower() == name]
