"""The chunked coding of a body (RFC 9112 section 7.1), taken off; extensions and trailers go with it."""

from collections.abc import Sequence

from httptools import HttpParserError, HttpResponseParser

from assent.errors import UpstreamError

MAX_OVERHEAD = 16 * 1024
"""Bytes of extensions, trailers and padding beyond what chunks of a sensible size need."""

_FREE = 16
_HEAD = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


class Chunks:
    """What a chunked body holds; ``complete`` after its last chunk and trailers.

    Trailer fields are dropped, as RFC 9110 section 6.5.1 allows: ASGI servers over HTTP/1.1 cannot send them.
    """

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._overhead = 0
        self.complete = False
        self.surplus = False
        self._parser: HttpResponseParser | None = HttpResponseParser(self)
        self._parser.feed_data(_HEAD)

    def feed(self, data: bytes) -> Sequence[bytes]:
        """Return the pieces of the body in these bytes; raises UpstreamError when they are no chunks."""
        if self._parser is None:
            self.surplus = self.surplus or bool(data)
            return ()
        try:
            self._parser.feed_data(data)
        except HttpParserError as error:
            if not self.complete:
                raise UpstreamError(f"the response's chunks are broken: {error}") from None
        pieces, self._pieces = self._pieces, []
        self._charge(len(data), pieces)
        if self.complete:
            # The parser holds us by its callbacks, and that circle would wait for the collector.
            self._parser = None
        return pieces

    def on_message_begin(self) -> None:
        """Note that another message begins, which nobody asked for."""
        self.surplus = self.complete

    def on_body(self, piece: bytes) -> None:
        """Keep a piece."""
        if not self.complete:
            self._pieces.append(piece)

    def on_message_complete(self) -> None:
        """Note the end."""
        self.complete = True

    def _charge(self, size: int, pieces: Sequence[bytes]) -> None:
        body = sum(map(len, pieces))
        self._overhead = max(0, self._overhead + size - 3 * body - _FREE * len(pieces))
        if self._overhead > MAX_OVERHEAD:
            raise UpstreamError(f"the response's chunks carry more than {MAX_OVERHEAD} bytes beside the body")
