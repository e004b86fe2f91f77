"""What is put into a document, and where: where a parser begins head and body."""

from collections.abc import Callable

from assent.core.outline import begins_body, begins_head, language
from assent.core.stretches import Window

InLanguage = Callable[[bytes], bytes]
"""Tells what to put in, by what the document says about its language."""


class Insertions:
    """``head`` goes before what could load or run, ``tail`` ends head, ``body`` begins body.

    In XML only written ``<head>`` and ``<body>`` tags count.
    """

    def __init__(
        self, window: Window, head: bytes, tail: bytes, body: bytes | InLanguage, *, xml: bool
    ) -> None:
        self._window = window
        self._head: bytes | None = head
        self._tail = tail
        self._body: InLanguage | None = body if callable(body) else lambda lang: body
        self._lang = b""
        self._xml = xml
        self._templates = 0
        self.frameset = False
        """Whether the document has a frameset instead of a body."""

    @property
    def left(self) -> bool:
        """Whether there is something to put in yet."""
        return self._head is not None or self._body is not None

    @property
    def in_head(self) -> bool:
        """Whether the head has begun, and what comes next goes into it unless it begins the body."""
        return self._head is None and self._body is not None and not self._templates

    @property
    def in_body(self) -> bool:
        """Whether the body has begun."""
        return self._body is None

    def rest(self) -> bytes:
        """Return what is implied where a document ends; in XML and in a template nothing is."""
        return b"" if self._xml or self._templates else (self._head or b"") + self._tail + self._shown()

    def listen(self, start: int, end: int) -> None:
        """Take note of what an ``<html>`` tag says about the language; the first that says it counts."""
        if self._body and not self._lang:
            self._lang = language(self._window.text, start, end)

    def begin(self, place: int, *, opens: bool, name: bytes) -> bytes:
        """Put in what a parser begins at this tag or text, before it; return what belongs behind it."""
        behind = b""
        if self._xml:
            return self._begin_in_xml(name) if opens else b""
        if self._head is not None and begins_head(opens, name):
            if opens and name == b"head":
                behind = self._head
            else:
                self._window.insert(place, self._head)
            self._head = None
        if self._body is None:
            return behind
        if name == b"template":
            self._templates = max(self._templates + (1 if opens else -1), 0)
        elif not self._templates and begins_body(opens, name):
            self.frameset = opens and name == b"frameset"
            if opens and name == b"body":
                # Between head and body a parser still puts it into the head (WHATWG 13.2.6.4.6).
                self._window.insert(place, self._tail)
                behind = self._shown()
            elif not self.frameset:
                self._window.insert(place, self._tail + self._shown())
            self._tail, self._body = b"", None
        return behind

    def _shown(self) -> bytes:
        return self._body(self._lang) if self._body else b""

    def _begin_in_xml(self, name: bytes) -> bytes:
        behind = b""
        if name == b"head":
            behind, self._head, self._tail = (self._head or b"") + self._tail, None, b""
        elif name == b"body":
            # A head that was not written is not implied either.
            behind = (self._head or b"") + self._tail + self._shown()
            self._head, self._tail, self._body = None, b"", None
        return behind
