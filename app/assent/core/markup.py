"""HTML as it streams: inserts where a parser begins head and body, and parks what is refused.

Every other byte goes out as it came, in order, as soon as it is known not to be part of an unfinished tag.
"""

import re
from collections.abc import Iterable
from functools import partial

from assent.core.boundary import Boundary
from assent.core.hops import hop, hop_in_head
from assent.core.insertions import InLanguage, Insertions
from assent.core.namespaces import Namespaces
from assent.core.parking import Parked, Parking, Placeholder
from assent.core.stretches import ENDS, MORE, XML_ENDS, Window, end_of_noscript, past, past_tag, to_end_tag
from assent.core.tokens import (
    DECLARATION_END,
    RAW_TEXT,
    TAG_BEGUN,
    TOKEN,
    XML_TOKEN,
    Attribute,
    attributes,
    is_self_closing,
)

MAX_HELD = 64 * 1024
"""Octets of one unfinished tag that are held back; of a longer one each attribute is judged by itself."""

DEEPEST = 2
"""Documents within attributes of each other that are read; what is deeper has the policy alone."""

LONGEST_WORD = 16
"""Octets that may be held back for another reason than an unfinished tag, such as half of ``</noframes``."""

BOM = b"\xef\xbb\xbf"
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
"""Byte order marks that overrule every other sign of an encoding; ASCII has no place in such a page."""

STOPS = RAW_TEXT | {b"plaintext", b"svg", b"math"}
"""Start tags after which a tokenizer reads on in another state."""


class Markup:
    """One document: ``head`` goes before what could load or run, ``tail`` ends head, ``body`` begins body.

    With a ``boundary`` the whole document is read, and what leads over it is parked; without one nothing is
    read after the last insertion. ``everything`` is for pages that no Content-Security-Policy protects,
    ``xml`` for XHTML served as such, where only written ``<head>`` and ``<body>`` tags count.
    """

    def __init__(
        self,
        *,
        head: bytes = b"",
        tail: bytes = b"",
        body: bytes | InLanguage = b"",
        boundary: Boundary | None = None,
        placeholder: Placeholder = lambda blocked, url: "about:blank",
        everything: bool = False,
        xml: bool = False,
        depth: int = 0,
    ) -> None:
        self._xml = xml
        self._window = Window()
        self._insertions = Insertions(self._window, head, tail, body, xml=xml)
        self._parking: Parking | None = None
        if boundary:

            def within(document: str) -> str:
                """Return a document that stands in an attribute, read as this one is."""
                if depth == DEEPEST:
                    return document
                inner = Markup(
                    head=head,
                    boundary=boundary,
                    placeholder=placeholder,
                    everything=everything,
                    depth=depth + 1,
                )
                return (inner.feed(document.encode()) + inner.end()).decode()

            self._parking = Parking(boundary, placeholder, within, everything=everything)
        self._hop = self._hop_in_head = None
        if self._parking and not xml:
            self._hop = hop(STOPS, *self._parking.kinds)
            self._hop_in_head = hop_in_head(*self._parking.kinds[1:])
        self._namespaces = Namespaces()
        self._at_rest = True
        self._walk: MORE | None = self._document()

    @property
    def done(self) -> bool:
        """Whether all that follows passes untouched."""
        return self._walk is None

    @property
    def parked(self) -> list[Parked]:
        """What was parked so far, the first hundred of it."""
        return self._parking.parked if self._parking else []

    def feed(self, chunk: bytes) -> bytes:
        """Take the next bytes; return those that may go out now."""
        if self._walk is None:
            return chunk
        self._window.take(chunk)
        try:
            next(self._walk)
        except StopIteration:
            self._walk, self._window.at = None, len(self._window.text)
        return self._window.give()

    def end(self) -> bytes:
        """Return what is left when the document is over; head and body that never came are implied here."""
        if self._walk is None:
            return b""
        window = self._window
        window.take(b"")
        # Of what is unfinished, a tag, a comment or a script, an insertion would become a part.
        if self._at_rest and window.at == len(window.text):
            window.insert(window.at, self._insertions.rest())
        self._walk, window.at = None, len(window.text)
        return window.give()

    def _document(self) -> MORE:
        window = self._window
        yield from self._byte_order_mark()
        if window.text.startswith(UTF_16):
            return
        while self._parking or self._insertions.left:
            hops = self._hops()
            if hops and (found := hops.match(window.text, window.at)):
                window.at = found.end()
            token = (XML_TOKEN if self._xml else TOKEN).match(window.text, window.at)
            if token is None:
                yield from self._unfinished()
            elif token["tag"]:
                yield from self._tag(token)
            elif token["space"]:
                window.at = token.end()
            elif token["text"]:
                self._insertions.begin(token.start(), opens=True, name=b"")
                window.at = token.end()
            else:
                self._at_rest = False
                yield from self._other(token)
                self._at_rest = True

    def _hops(self) -> re.Pattern[bytes] | None:
        """Return what hops over all that does not matter from here on, or None where anything may."""
        if self._insertions.frameset or self._namespaces.nested:
            return None
        if self._insertions.in_body:
            return self._hop
        return self._hop_in_head if self._insertions.in_head else None

    def _byte_order_mark(self) -> MORE:
        window = self._window
        while any(len(window.text) < len(mark) and mark.startswith(window.text) for mark in (BOM, *UTF_16)):
            yield
        if window.text.startswith(BOM):
            window.at = len(BOM)

    def _tag(self, token: re.Match[bytes]) -> Iterable[None]:
        """Deal with a tag; return the way over what follows it, when a tokenizer reads that otherwise."""
        window, opens, name = self._window, not token["closing"], token["name"].lower()
        start, end = token.end("name"), token.end()
        parks = self._parking is not None and opens and name in self._parking.rows
        foreign = opens and (self._namespaces.nested or name in (b"svg", b"math"))
        empty = (foreign or self._xml) and is_self_closing(window.text, start, end)
        if name == b"html":
            self._insertions.listen(start, end)
        behind = b"" if self._xml and empty else self._insertions.begin(token.start(), opens=opens, name=name)
        found = attributes(window.text, start, end) if parks or foreign else {}
        if self._parking and parks:
            for place, piece in self._parking.edits(name, found):
                window.insert(place, piece)
        window.at = end
        if behind:
            window.insert(end, behind)
        if self._xml or not (name in STOPS or self._namespaces.nested):
            return ()
        return self._content(opens, name, found, empty=empty)

    def _content(self, opens: bool, name: bytes, found: dict[bytes, Attribute], *, empty: bool) -> MORE:
        """Pass over what follows a tag when a tokenizer reads it in another state."""
        spaces = self._namespaces
        foreign = spaces.foreign
        if not opens:
            spaces.end(name)
            return
        if spaces.nested or name in (b"svg", b"math"):
            spaces.start(name, found, self_closing=empty)
        # In a frameset no other element with raw text is made; its start tag is ignored.
        if foreign or name not in STOPS or (self._insertions.frameset and name != b"noframes"):
            return
        self._at_rest = False
        if name == b"plaintext":
            yield from past(self._window, _NEVER, 0)
        elif name == b"noscript" and self._parking:
            yield from self._noscript(self._parking)
        elif name in RAW_TEXT:
            yield from to_end_tag(self._window, name)
        self._at_rest = True

    def _noscript(self, parking: Parking) -> MORE:
        """Park what stands in a noscript: to a browser with scripts it is text, to others it is not."""
        window = self._window
        while True:
            end = end_of_noscript(window)
            limit = max(window.at, len(window.text) - LONGEST_WORD) if end is None else end
            while token := TOKEN.match(window.text, window.at, limit):
                name = token["tag"] and not token["closing"] and token["name"].lower()
                if name and name in parking.rows:
                    found = attributes(window.text, token.end("name"), token.end())
                    for place, piece in parking.edits(name, found):
                        window.insert(place, piece)
                window.at = token.end()
            if end is not None:
                window.at = end
                return
            if len(window.text) - window.at > MAX_HELD:
                window.at = limit
            yield

    def _other(self, token: re.Match[bytes]) -> MORE:
        """Pass over a comment, a declaration, an instruction or CDATA."""
        window, kind = self._window, token.lastgroup
        if kind == "declaration" and self._namespaces.cdata and token[0] == b"<!":
            while len(window.text) - window.at < len(CDATA) and CDATA.startswith(window.text[window.at :]):
                yield
            if window.text.startswith(CDATA, window.at):
                kind = "cdata"
        window.at += len(token[0])
        if token["comment"] and token["open"] is None:
            return
        end, keep = (XML_ENDS if self._xml else ENDS)[kind or ""]
        yield from past(window, end, keep)

    def _unfinished(self) -> MORE:
        """Wait for the rest of a token, or give up waiting."""
        window = self._window
        begun = TAG_BEGUN.match(window.text, window.at)
        if len(window.text) - window.at > MAX_HELD:
            self._at_rest = False
            yield from self._long_tag(begun) if begun else past(window, DECLARATION_END, 0)
            self._at_rest = True
            return
        yield
        while begun and b">" not in window.fresh and len(window.text) <= MAX_HELD:
            yield

    def _long_tag(self, begun: re.Match[bytes]) -> MORE:
        """Pass over a tag that is too long to be held; what in it is suspect is parked."""
        window, opens, name = self._window, not begun["closing"], begun["name"].lower()
        behind = self._insertions.begin(window.at, opens=opens, name=name)
        window.at = begun.end()
        parking = self._parking if opens and self._parking and name in self._parking.rows else None
        yield from past_tag(window, partial(parking.suspect, name) if parking else None)
        if behind:
            window.insert(window.at, behind)
        if not self._xml:
            yield from self._content(opens, name, {}, empty=False)


CDATA = b"<![CDATA["
_NEVER = re.compile(rb"(?!)")
