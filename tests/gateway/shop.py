"""A site for crowds: each answer says whom it is for, and has a body that both ends can reckon."""

import asyncio
import hashlib
from urllib.parse import parse_qs

from starlette.types import Message, Receive, Scope, Send

PIECE = 1 << 16
PAGE = (
    b"<!doctype html><html><head><meta charset=utf-8><title>Shop</title></head><body>"
    b"<p id=visitor>%b</p><p id=cookies>%b</p>%b</body></html>"
)
TEXT = b"<p>Lorem ipsum dolor sit amet, <a href=/x>consectetur</a>.</p>\n"


def content(seed: str, size: int) -> bytes:
    """Make the body that goes by this name."""
    return hashlib.shake_128(seed.encode()).digest(size)


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer by path: /page, /file, /upload, /events and the WebSocket /talk."""
    fields = dict(scope["headers"])
    visitor = fields.get(b"x-visitor", b"")
    cookies = b"; ".join(value for name, value in scope["headers"] if name == b"cookie")
    asked = {name: values[0] for name, values in parse_qs(scope["query_string"].decode()).items()}
    if scope["type"] == "websocket":
        await talk(receive, send, visitor, cookies)
    elif scope["path"] == "/page":
        text = TEXT * (int(asked["size"]) // len(TEXT))
        await answer(send, visitor, b"text/html; charset=utf-8", PAGE % (visitor, cookies, text))
    elif scope["path"] == "/file":
        await answer(send, visitor, b"image/x-noise", content(asked["seed"], int(asked["size"])))
    elif scope["path"] == "/upload":
        digest, more = hashlib.sha256(), True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            digest.update(message.get("body", b""))
            more = message.get("more_body", False)
        await answer(send, visitor, b"text/plain", b"%b %b" % (visitor, digest.hexdigest().encode()))
    elif scope["path"] == "/events":
        await events(send, visitor, int(asked["number"]))
    else:
        await answer(send, visitor, b"text/plain", b"ok")


def start(visitor: bytes, kind: bytes, *more: tuple[bytes, bytes]) -> Message:
    """Begin a response, with a cookie for the site and one that measures."""
    cookies = [(b"set-cookie", b"%b=%b; Path=/" % (name, visitor)) for name in (b"sid", b"_ga")]
    fields = [(b"content-type", kind), (b"x-visitor", visitor), *more, *(cookies if visitor else [])]
    return {"type": "http.response.start", "status": 200, "headers": fields}


async def answer(send: Send, visitor: bytes, kind: bytes, body: bytes) -> None:
    await send(start(visitor, kind, (b"content-length", b"%d" % len(body))))
    for place in range(0, len(body), PIECE):
        piece = body[place : place + PIECE]
        await send({"type": "http.response.body", "body": piece, "more_body": True})
    await send({"type": "http.response.body"})


async def events(send: Send, visitor: bytes, number: int) -> None:
    await send(start(visitor, b"text/event-stream"))
    for count in range(number):
        event = b"data: %b %d\n\n" % (visitor, count)
        await send({"type": "http.response.body", "body": event, "more_body": True})
        await asyncio.sleep(0.01)
    await send({"type": "http.response.body"})


async def talk(receive: Receive, send: Send, visitor: bytes, cookies: bytes) -> None:
    """Say who came with which cookies, then say everything back."""
    await receive()
    await send({"type": "websocket.accept", "headers": start(visitor, b"")["headers"][2:]})
    await send({"type": "websocket.send", "bytes": b"%b %b" % (visitor, cookies)})
    while (message := await receive())["type"] == "websocket.receive":
        await send({"type": "websocket.send", "bytes": message["bytes"]})
