"""What a response's body goes through besides a document: replaced, begun with something, or watched."""

from collections.abc import Callable
from typing import Protocol

from assent.asgi.types import Message
from assent.core.markup import Markup
from assent.core.parking import Parked


class Body(Protocol):
    """Takes a body chunk by chunk."""

    def body(self, chunk: bytes, *, last: bool) -> bytes:
        """Return what goes out in the place of one chunk."""


def rewritten(message: Message, body: Body) -> Message:
    """Return one message of a body as that makes it."""
    last = not message.get("more_body", False)
    return {**message, "body": body.body(message.get("body", b""), last=last)}


class Replaced:
    """Puts one page in the place of the whole body."""

    def __init__(self, page: bytes) -> None:
        self._page = page

    def body(self, chunk: bytes, *, last: bool) -> bytes:
        """Return the page with the first chunk, and nothing after."""
        page, self._page = self._page, b""
        return page


class Prefixed:
    """Puts one piece before everything; it is to a worker's script what Markup is to a page."""

    def __init__(self, piece: bytes) -> None:
        self._piece = piece

    @property
    def done(self) -> bool:
        """Whether all that follows passes untouched."""
        return not self._piece

    def feed(self, chunk: bytes) -> bytes:
        """Take the next bytes; return those that go out now."""
        piece, self._piece = self._piece, b""
        return piece + chunk if chunk else piece

    def end(self) -> bytes:
        """Return what is left, which is nothing."""
        return b""


class Watched:
    """Tells what was parked in a body as it goes by."""

    def __init__(self, body: Body, markup: Markup, told: Callable[[list[Parked]], None]) -> None:
        self._body = body
        self._markup = markup
        self._told = told
        self._known = 0

    def body(self, chunk: bytes, *, last: bool) -> bytes:
        """Return what the body makes of one chunk."""
        out = self._body.body(chunk, last=last)
        if len(self._markup.parked) > self._known:
            self._told(self._markup.parked[self._known :])
            self._known = len(self._markup.parked)
        return out
