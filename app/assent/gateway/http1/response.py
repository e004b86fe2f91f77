"""One response as its bytes come in: no I/O, and nothing that a second reader could frame differently.

httptools (llhttp) reads heads and chunks, strictly; what RFC 9112 section 6.3 decides by other means than the
bytes themselves is decided here.
"""

from functools import lru_cache
from typing import NamedTuple

from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser

from assent.errors import UpstreamError
from assent.gateway.http1.chunks import Chunks
from assent.gateway.http1.names import CODING, CONNECTION, LENGTH, ROLES

Field = tuple[bytes, bytes]

MAX_HEAD = 64 * 1024
"""Bytes of a response's head, interim responses before it included."""

MAX_FIELDS = 256

_END = b"\r\n\r\n"
_START = b"HTTP/1."
_BODYLESS = frozenset({204, 304})
_SWITCHING = 101
_FINAL = 200


class Head(NamedTuple):
    """Status, the digit of the HTTP/1 version, and the fields exactly as they came."""

    status: int
    minor: int
    fields: list[Field]


class Response:
    """The response to one request; ``feed`` it what comes, and ``end`` it when the connection does.

    ``pieces`` holds what has come of the body and was not taken yet. ``complete`` says that the message has
    ended where its framing says so, and ``reusable`` that the connection may carry the next one.
    Raises UpstreamError for whatever is not a clean response.
    """

    __slots__ = (
        "_begun",
        "_bodyless",
        "_chunks",
        "_left",
        "_read",
        "buffered",
        "complete",
        "head",
        "pieces",
        "reusable",
    )

    def __init__(self, method: str) -> None:
        self._bodyless = method == "HEAD"
        self._begun = b""
        self._read = 0
        self._left: int | None = None
        self._chunks: Chunks | None = None
        self.head: Head | None = None
        self.pieces: list[bytes] = []
        self.buffered = 0
        self.complete = False
        self.reusable = False

    @property
    def begun(self) -> bool:
        """Whether a single byte has come."""
        return self.head is not None or bool(self._begun) or self._read > 0

    def feed(self, data: bytes) -> None:
        """Take the next bytes of the connection."""
        if self.head is None:
            data = self._feed_head(data)
            if self.head is None:
                return
        if self.complete:
            # Nobody asked for what follows, so whose answer it would be cannot be known.
            self.reusable = self.reusable and not data
        elif self._chunks is not None:
            self._feed_chunks(self._chunks, data)
        elif data:
            self._feed_plain(data)

    def end(self) -> None:
        """Take the end of the connection; only a body that nothing else delimits may end by it."""
        if self.head is None:
            raise UpstreamError("the connection was closed before the response began")
        if not self.complete and (self._chunks is not None or self._left is not None):
            raise UpstreamError("the connection was closed before the response was complete")
        self.complete = True
        self.reusable = False

    def take(self) -> bytes:
        """Return what has come of the body, and forget it."""
        pieces = self.pieces
        self.pieces = []
        self.buffered = 0
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def _feed_head(self, data: bytes) -> bytes:
        """Return what follows the head once that is complete."""
        seen = max(0, len(self._begun) - len(_END) + 1)
        data = self._begun + data if self._begun else data
        while (end := data.find(_END, seen)) >= 0:
            end += len(_END)
            self._read += end
            if self._read > MAX_HEAD:
                break
            head = read_head(data[:end])
            data, seen = data[end:], 0
            if head.status >= _FINAL:
                self._begun = b""
                self._frame(head)
                return data
            if head.status == _SWITCHING:
                raise UpstreamError("the response switches to a protocol that nobody asked for")
            if any(ROLES[name] in (LENGTH, CODING) for name, _ in head.fields):
                raise UpstreamError("an interim response announces a body, which none has")
        self._begun = data
        if self._read + len(data) > MAX_HEAD:
            raise UpstreamError(f"the response's head is larger than {MAX_HEAD} bytes")
        # Waiting for the end of what never was a head would be told as a timeout.
        if not data.startswith(_START[: len(data)]) or data.count(b"\n") != data.count(b"\r\n"):
            raise UpstreamError("the response is not HTTP/1.1")
        return b""

    def _frame(self, head: Head) -> None:
        """Decide how the body is delimited (RFC 9112 section 6.3)."""
        options: frozenset[bytes] = frozenset()
        for name, value in head.fields:
            role = ROLES[name]
            if not role:
                continue
            if role == LENGTH:
                self._left = int(value)
            elif role == CODING:
                if self._chunks is not None or value.lower() != b"chunked" or not head.minor:
                    raise UpstreamError("the response's Transfer-Encoding is not one that HTTP/1.1 has")
                self._chunks = Chunks()
            elif role == CONNECTION:
                options |= _options(value)
        self.head = head
        if self._bodyless or head.status in _BODYLESS or self._left == 0:
            self.complete = True
        persistent = b"close" not in options and (head.minor > 0 or b"keep-alive" in options)
        self.reusable = persistent and (self.complete or self._left is not None or self._chunks is not None)

    def _feed_chunks(self, chunks: Chunks, data: bytes) -> None:
        for piece in chunks.feed(data):
            self.pieces.append(piece)
            self.buffered += len(piece)
        self.complete = chunks.complete
        self.reusable = self.reusable and not chunks.surplus

    def _feed_plain(self, data: bytes) -> None:
        if self._left is not None:
            if len(data) > self._left:
                self.reusable = False
                data = data[: self._left]
            self._left -= len(data)
            self.complete = self._left == 0
        self.pieces.append(data)
        self.buffered += len(data)


class _Fields:
    """Collects what the parser finds."""

    # The parser asks for each of these, and an attribute that is missing costs it an exception.
    on_message_begin = on_status = on_body = on_message_complete = on_chunk_header = on_chunk_complete = None

    def __init__(self) -> None:
        self.fields: list[Field] = []
        self.complete = False

    def on_header(self, name: bytes, value: bytes) -> None:
        self.fields.append((name, value))

    def on_headers_complete(self) -> None:
        self.complete = True


def read_head(data: bytes) -> Head:
    """Read a status line and its fields, up to and with the empty line."""
    found = _Fields()
    parser = HttpResponseParser(found)
    try:
        parser.feed_data(data)
    except HttpParserUpgrade:
        pass
    except HttpParserError as error:
        raise UpstreamError(f"the response is not HTTP/1.1: {error}") from None
    fields, status = found.fields, parser.get_status_code()
    # The parser would take RTSP, status 099 and a NUL in the reason, too.
    if not found.complete or not data.startswith(_START) or status < 100 or b"\0" in data:
        raise UpstreamError("the response is not HTTP/1.1")
    if len(fields) > MAX_FIELDS:
        raise UpstreamError(f"the response has more than {MAX_FIELDS} fields")
    if b" \r\n" in data or b"\t\r\n" in data:
        # White space around a value is no part of it (RFC 9110 section 5.5).
        fields = [(name, value.rstrip(b" \t")) for name, value in fields]
    return Head(status, data[len(_START)] - ord("0"), fields)


@lru_cache(64)
def _options(connection: bytes) -> frozenset[bytes]:
    return frozenset(option.strip().lower() for option in connection.split(b","))
