"""Pages for HTTP/1.0 clients, which know no chunks (RFC 9112 6.1): each is collected and counted."""

from assent.asgi.types import Message, Send
from assent.core.media import may_be_html
from assent.core.representation import combined, first

MOST = 8 * 1024 * 1024
"""Octets of one page that are collected; a longer one goes out as the server frames it."""


class Counted:
    """A ``send`` that holds a page of unknown length until it is whole; all else passes at once."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._start: Message | None = None
        self._body = bytearray()

    async def __call__(self, message: Message) -> None:
        """Take one message."""
        if message["type"] == "http.response.start" and _is_uncounted_page(message):
            self._start = message
            return
        if self._start is None or message["type"] != "http.response.body":
            await self._send(message)
            return
        self._body += message.get("body", b"")
        last = not message.get("more_body", False)
        if last or len(self._body) > MOST:
            await self._release(last)

    async def _release(self, last: bool) -> None:
        start, self._start = self._start, None
        if start is not None:
            length = [(b"content-length", b"%d" % len(self._body))] if last else []
            await self._send({**start, "headers": [*start["headers"], *length]})
        body, self._body = bytes(self._body), bytearray()
        await self._send({"type": "http.response.body", "body": body, "more_body": not last})


def _is_uncounted_page(message: Message) -> bool:
    fields = list(message.get("headers", ()))
    return may_be_html(combined(fields, b"content-type")) and not first(fields, b"content-length")
