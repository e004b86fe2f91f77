"""One streamed body: undo its coding, rewrite, redo the coding; what came first goes out first."""

import logging
import re
from collections.abc import Callable
from typing import Protocol

from assent.asgi.charset import Ascii, Charset, Sniffed
from assent.asgi.coding import BrokenCoding, Coding, Identity, coding
from assent.core import media, representation
from assent.core.fields import Fields

log = logging.getLogger("assent")

PROLOGUE = 64
"""Octets in which a document shows itself."""


class Rewriting(Protocol):
    """What is done to the plain bytes of a body, such as Markup does to a page's."""

    def feed(self, chunk: bytes) -> bytes:
        """Take the next bytes; return those that may go out now."""

    def end(self) -> bytes:
        """Return what is left when the body is over."""


class Document:
    """Carries the body of one response and has ``markup`` rewrite it.

    A body that does not begin as ``only`` has it passes untouched: a client that does not say what it will
    do with the answer may be a script that fetches a fragment, and what has no Content-Type may be anything.
    """

    def __init__(
        self,
        markup: Rewriting,
        fields: Fields,
        *,
        only: re.Pattern[bytes] | None = None,
        unguarded: Callable[[], None] = lambda: None,
    ) -> None:
        """``unguarded`` is called when the body goes out as it came, for its coding is broken."""
        self._coding: Coding = coding(representation.content_coding(fields))
        content_type = representation.combined(fields, b"content-type")
        html = media.may_be_html(content_type)
        self._charset: Charset = Sniffed(media.utf_16(content_type)) if html else Ascii()
        self._markup: Rewriting | None = markup
        self._only = only
        self._prologue: bytes | None = b"" if only else None
        self._begun = False
        self._raw = b""
        self._unguarded = unguarded

    def body(self, chunk: bytes, *, last: bool) -> bytes:
        """Take one chunk of the body as it came; return what goes out in its place.

        A coding that is broken from the start passes as it is; one that breaks later raises BrokenCoding, so
        that the transfer breaks for the client too.
        """
        self._raw = b"" if self._begun else self._raw + chunk
        out: list[bytes] = []
        try:
            for piece in self._coding.decode(chunk):
                self._add(out, self._rewritten(piece, last=False))
        except BrokenCoding:
            if self._begun:
                raise
            self._coding, self._charset, self._markup, self._prologue = Identity(), Ascii(), None, None
            self._begun = True
            self._unguarded()
            return self._raw
        if last:
            self._add(out, self._rewritten(b"", last=True), last=True)
        self._begun = self._begun or bool(out)
        # A chunk that nothing was done to goes on by reference: join does not copy a single piece.
        return b"".join(out)

    def _add(self, out: list[bytes], plain: bytes, *, last: bool = False) -> None:
        plain = self._charset.encode(plain, last=last)
        if plain or last:
            out.append(self._coding.encode(plain, last=last))

    def _rewritten(self, piece: bytes, *, last: bool) -> bytes:
        plain = self._charset.decode(piece, last=last)
        if self._only and self._prologue is not None:
            plain, self._prologue = self._prologue + plain, None
            if self._only.match(plain) is None:
                if len(plain) < PROLOGUE and not last:
                    self._prologue = plain
                    return b""
                self._markup = None
        if self._markup is None:
            return plain
        return self._markup.feed(plain) + self._markup.end() if last else self._markup.feed(plain)


class Overheard:
    """Has ``markup`` read the body of a page that goes on as it came."""

    def __init__(self, markup: Rewriting, fields: Fields) -> None:
        self._coding: Coding = coding(representation.content_coding(fields))
        self._charset: Charset = Sniffed(media.utf_16(representation.combined(fields, b"content-type")))
        self._markup: Rewriting | None = markup

    def body(self, chunk: bytes, *, last: bool) -> bytes:
        """Return the very same chunk."""
        if self._markup is not None:
            try:
                for piece in self._coding.decode(chunk):
                    self._markup.feed(self._charset.decode(piece, last=False))
            except BrokenCoding:
                self._markup = None
            except Exception:
                log.exception("what would be parked in this page could not be counted")
                self._markup = None
        return chunk
