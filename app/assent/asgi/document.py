"""One streamed body: undo its coding, rewrite, redo the coding; what came first goes out first."""

from typing import Protocol

from assent.asgi.charset import Ascii, Charset, Sniffed
from assent.asgi.coding import BrokenCoding, Coding, Identity, coding
from assent.core import representation
from assent.core.fields import Fields
from assent.core.tokens import WHOLE_DOCUMENT

PROLOGUE = 64
"""Octets in which a whole document shows itself."""


class Rewriting(Protocol):
    """What is done to the plain bytes of a body, such as Markup does to a page's."""

    def feed(self, chunk: bytes) -> bytes:
        """Take the next bytes; return those that may go out now."""

    def end(self) -> bytes:
        """Return what is left when the body is over."""


class Document:
    """Carries the body of one response and has ``markup`` rewrite it.

    With ``only_whole`` the body passes untouched unless it begins like a whole document: a client that does
    not say what it will do with the answer may be a script that fetches a fragment.
    """

    def __init__(self, markup: Rewriting, fields: Fields, *, only_whole: bool) -> None:
        self._coding: Coding = coding(representation.combined(fields, b"content-encoding"))
        content_type = representation.first(fields, b"content-type")
        html = representation.is_readable_html(content_type)
        self._charset: Charset = Sniffed(representation.utf_16(content_type)) if html else Ascii()
        self._markup: Rewriting | None = markup
        self._prologue: bytes | None = b"" if only_whole else None
        self._begun = False
        self._raw = b""
        self.untouched: str | None = None
        """Why nothing was put into the body: "fragment", or "coding" for one broken from the start."""

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
            self._begun, self.untouched = True, "coding"
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
        if self._prologue is not None:
            plain, self._prologue = self._prologue + plain, None
            if WHOLE_DOCUMENT.match(plain) is None:
                if len(plain) < PROLOGUE and not last:
                    self._prologue = plain
                    return b""
                self._markup, self.untouched = None, "fragment"
        if self._markup is None:
            return plain
        return self._markup.feed(plain) + self._markup.end() if last else self._markup.feed(plain)
