"""One streamed HTML response: undo its coding, insert, redo the coding; what came first goes out first."""

import zlib
from typing import Protocol

from assent.core import representation
from assent.core.fields import Fields
from assent.core.markup import WHOLE_DOCUMENT, Insertion

GZIP = 16 + zlib.MAX_WBITS
PROLOGUE = 64
"""Octets in which a whole document shows itself."""


class _Coding(Protocol):
    def decode(self, chunk: bytes) -> bytes: ...

    def encode(self, chunk: bytes, *, last: bool) -> bytes: ...


class _Identity:
    def decode(self, chunk: bytes) -> bytes:
        return chunk

    def encode(self, chunk: bytes, *, last: bool) -> bytes:
        return chunk


class _Gzip:
    """Gzip both ways, flushed with every chunk so that nothing waits for more."""

    def __init__(self) -> None:
        self._in = zlib.decompressobj(GZIP)
        self._out = zlib.compressobj(level=4, wbits=GZIP)

    def decode(self, chunk: bytes) -> bytes:
        plain = self._in.decompress(chunk)
        while self._in.eof and self._in.unused_data[:1] == b"\x1f":
            # RFC 1952 2.2: a file is a series of members. What else follows is padding, and not shown.
            rest, self._in = self._in.unused_data, zlib.decompressobj(GZIP)
            plain += self._in.decompress(rest)
        return plain

    def encode(self, chunk: bytes, *, last: bool) -> bytes:
        packed = self._out.compress(chunk) if chunk else b""
        # A coding that was cut off is not ended properly here either: the client must see that it was.
        whole = last and self._in.eof
        return packed + self._out.flush(zlib.Z_FINISH if whole else zlib.Z_SYNC_FLUSH)


class Document:
    """Carries the body of one HTML response and puts ``markup`` into it.

    With ``only_whole`` the body passes untouched unless it begins like a whole document: a client that does
    not say what it will do with the answer may be a script that fetches a fragment.
    """

    def __init__(self, markup: bytes, fields: Fields, *, only_whole: bool) -> None:
        gzip = b"gzip" in representation.first(fields, b"content-encoding").lower()
        self._coding: _Coding = _Gzip() if gzip else _Identity()
        self._insertion: Insertion | None = Insertion(markup)
        self._prologue: bytes | None = b"" if only_whole else None
        self._begun = False
        self._raw = b""

    def body(self, chunk: bytes, *, last: bool) -> bytes:
        """Take one chunk of the body as it came; return what goes out in its place.

        A coding that is broken from the start passes as it is; one that breaks later raises zlib.error, so
        that the transfer breaks for the client too.
        """
        self._raw = b"" if self._begun else self._raw + chunk
        try:
            decoded = self._coding.decode(chunk)
        except zlib.error:
            if self._begun:
                raise
            self._coding, self._insertion, self._prologue = _Identity(), None, None
            return self._raw
        plain = self._insert(decoded, last=last)
        self._begun = self._begun or bool(plain)
        return self._coding.encode(plain, last=last) if plain or last else b""

    def _insert(self, plain: bytes, *, last: bool) -> bytes:
        if self._prologue is not None:
            plain, self._prologue = self._prologue + plain, None
            if WHOLE_DOCUMENT.match(plain) is None:
                if len(plain) < PROLOGUE and not last:
                    self._prologue = plain
                    return b""
                self._insertion = None
        if self._insertion is None:
            return plain
        return self._insertion.feed(plain) + (self._insertion.end() if last else b"")
