"""Answers that the gateway gives itself, plain and small, to requests and to WebSocket handshakes."""

from collections.abc import Sequence
from http import HTTPStatus

from starlette.types import Scope, Send

from assent.gateway.admission import Refusal

Field = tuple[bytes, bytes]

_ALLOWED = (b"allow", b"GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS")
_CLOSE_UNACCEPTED = 1011


async def refuse(scope: Scope, send: Send, refusal: Refusal, *, close: bool = False) -> None:
    """Answer a request in the place of the upstream, and with ``close`` end its connection."""
    body, headers = _page(refusal)
    if close and scope.get("http_version", "1.1") not in ("2", "3"):
        # What follows on the connection may be the rest of a request that was not understood.
        headers.append((b"connection", b"close"))
    if refusal.status in (HTTPStatus.OK, HTTPStatus.METHOD_NOT_ALLOWED):
        headers.append(_ALLOWED)
    await send({"type": "http.response.start", "status": refusal.status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})


async def refuse_handshake(scope: Scope, send: Send, refusal: Refusal) -> None:
    """Answer a WebSocket handshake in the place of the upstream."""
    body, headers = _page(refusal)
    await deny(scope, send, refusal.status, headers, body)


async def deny(scope: Scope, send: Send, status: int, headers: Sequence[Field], body: bytes) -> None:
    """Answer a WebSocket handshake with a response; a server without that extension says 403 on its own."""
    if "websocket.http.response" not in (scope.get("extensions") or {}):
        await send({"type": "websocket.close", "code": _CLOSE_UNACCEPTED})
        return
    await send({"type": "websocket.http.response.start", "status": status, "headers": headers})
    await send({"type": "websocket.http.response.body", "body": body})


def _page(refusal: Refusal) -> tuple[bytes, list[Field]]:
    body = f"{refusal.status} {HTTPStatus(refusal.status).phrase}: {refusal.reason}\n".encode()
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
    ]
    return body, headers
