"""Pages in UTF-16, read and written as UTF-8: a scanner of bytes needs ASCII in them."""

import codecs
from typing import Protocol

BYTE_ORDER_MARKS = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be", b"\xef\xbb\xbf": ""}
"""What overrules every other sign of an encoding (WHATWG Encoding, "BOM sniff")."""


class Charset(Protocol):
    """One body's characters."""

    def decode(self, piece: bytes, *, last: bool) -> bytes:
        """Return bytes with ASCII in them."""

    def encode(self, plain: bytes, *, last: bool) -> bytes:
        """Return such bytes in the page's own encoding."""


class Ascii:
    """Every encoding that has ASCII in it passes as it is."""

    def decode(self, piece: bytes, *, last: bool) -> bytes:
        """Return the piece itself."""
        return piece

    def encode(self, plain: bytes, *, last: bool) -> bytes:
        """Return the piece itself."""
        return plain


class Utf16:
    """UTF-16 of one endianness; its byte order mark stays.

    What is malformed becomes U+FFFD, which browsers show in its place too.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._in = codecs.getincrementaldecoder(name)("replace")
        self._out = codecs.getincrementaldecoder("utf-8")("replace")

    def decode(self, piece: bytes, *, last: bool) -> bytes:
        """Return UTF-8."""
        return self._in.decode(piece, last).encode()

    def encode(self, plain: bytes, *, last: bool) -> bytes:
        """Return UTF-16."""
        return self._out.decode(plain, last).encode(self._name)


class Sniffed:
    """Waits for the octets in which a byte order mark shows itself, then goes on as what was found."""

    def __init__(self, declared: str) -> None:
        self._declared = declared
        self._held = b""
        self._found: Charset | None = None

    def decode(self, piece: bytes, *, last: bool) -> bytes:
        """Return bytes with ASCII in them."""
        if self._found is None:
            piece, self._held = self._held + piece, b""
            if not last and any(
                len(piece) < len(mark) and mark.startswith(piece) for mark in BYTE_ORDER_MARKS
            ):
                self._held = piece
                return b""
            name = next((BYTE_ORDER_MARKS[mark] for mark in BYTE_ORDER_MARKS if piece.startswith(mark)), None)
            name = self._declared if name is None else name
            self._found = Utf16(name) if name else Ascii()
        return self._found.decode(piece, last=last)

    def encode(self, plain: bytes, *, last: bool) -> bytes:
        """Return such bytes in the page's own encoding."""
        return self._found.encode(plain, last=last) if self._found else plain
