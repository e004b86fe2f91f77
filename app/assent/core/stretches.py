"""Passing over what may be longer than a chunk: comments, raw text, scripts, tags with no end in sight."""

import re
from collections.abc import Callable, Generator

from assent.core.tokens import (
    ATTRIBUTE,
    CDATA_END,
    COMMENT_END,
    DECLARATION_END,
    INSTRUCTION_END,
    RAW_TEXT,
    VALUE_BEGUN,
    WHOLE_ATTRIBUTE,
    XML_COMMENT_END,
)

MORE = Generator[None, None, None]
"""Yields when more of the document is needed; all before ``window.at`` goes out then."""

SUSPECT = Callable[[bytes, bytes | None], bool]
"""Judges an attribute by its name and the beginning of its value; None where no value is in sight."""

LOOKAHEAD = 16 * 1024
"""Octets of an attribute that are read to judge it, in a tag too long to be held."""

PREFIX = b"data-assent-"
"""What the name of a parked attribute begins with."""

ENDS = {
    "open": (COMMENT_END, 3),
    "comment": (COMMENT_END, 3),
    "declaration": (DECLARATION_END, 0),
    "cdata": (CDATA_END, 2),
}
"""What ends what the scanner's pattern only sees begin, and how many octets of it may be cut off."""

XML_ENDS = {
    "open": (XML_COMMENT_END, 2),
    "comment": (XML_COMMENT_END, 2),
    "declaration": (DECLARATION_END, 0),
    "instruction": (INSTRUCTION_END, 1),
    "cdata": (CDATA_END, 2),
}

_END_TAGS = {name: re.compile(rb"</" + name + rb"(?=[\t\n\f\r />])", re.IGNORECASE) for name in RAW_TEXT}
_SCRIPT_STEP = re.compile(rb"<!--(-?>)?|-->|<(/?)script(?=[\t\n\f\r />])", re.IGNORECASE)


class Window:
    """The part of a document that is held: read up to ``at``, and sent with what was inserted."""

    def __init__(self) -> None:
        self.text = b""
        self.at = 0
        self.fresh = b""
        self._sent = 0
        self._out: list[bytes] = []

    def take(self, chunk: bytes) -> None:
        """Add the next chunk; positions count from what was still held."""
        self.text = self.text[self.at :] + chunk if self.at < len(self.text) else chunk
        self.fresh, self.at, self._sent = chunk, 0, 0

    def insert(self, place: int, piece: bytes) -> None:
        """Put a piece before the octet at ``place``; pieces come in the order of their places."""
        self._out += (self.text[self._sent : place], piece)
        self._sent = place

    def give(self) -> bytes:
        """Return what may go out: all that was read."""
        self._out.append(self.text[self._sent : self.at])
        self._sent = self.at
        out, self._out = self._out, []
        # A chunk that nothing was put into goes on by reference: join does not copy a single piece.
        return b"".join(out)


def past(window: Window, end: re.Pattern[bytes], keep: int) -> MORE:
    """Pass over all up to and with ``end``, of which ``keep`` octets may be cut off."""
    while not (found := end.search(window.text, window.at)):
        window.at = max(window.at, len(window.text) - keep)
        yield
    window.at = found.end()


def to_end_tag(window: Window, name: bytes) -> MORE:
    """Pass over raw text to the start of its end tag (WHATWG 13.2.5.2 to .4, and .15 to .31 for script)."""
    if name == b"script":
        yield from _to_end_of_script(window)
        return
    while not (found := _END_TAGS[name].search(window.text, window.at)):
        window.at = max(window.at, len(window.text) - len(name) - 2)
        yield
    window.at = found.start()


def end_of_noscript(window: Window) -> int | None:
    """Return where the end tag of a noscript begins, or None when it has not come."""
    found = _END_TAGS[b"noscript"].search(window.text, window.at)
    return found.start() if found else None


def _to_end_of_script(window: Window) -> MORE:
    """Pass over script data, in which ``<!--`` and a second ``<script`` hide an end tag."""
    escaped = doubly = False
    while True:
        step = _SCRIPT_STEP.search(window.text, window.at)
        if step is None or (step[0] == b"<!--" and len(window.text) - step.end() < 2):
            window.at = max(window.at, len(window.text) - 8) if step is None else step.start()
            yield
            continue
        word, window.at = step[0], step.end()
        if word.endswith(b">"):
            # "<!-->" and "<!--->" end what they begin: their dashes count twice.
            escaped = doubly = False
        elif word == b"<!--":
            escaped = True
        elif not step[2]:
            doubly = doubly or escaped
        elif doubly:
            doubly = False
        else:
            window.at = step.start()
            return


_OVER_NAME = re.compile(rb"[^\t\n\f\r />]*+")
_OVER_ATTRIBUTE_NAME = re.compile(rb"[^\t\n\f\r />=]*+")
_OVER_GAP = re.compile(rb"[\t\n\f\r /]*+")
_OVER_ATTRIBUTES = re.compile(rb"(?:[\t\n\f\r /]++|" + WHOLE_ATTRIBUTE.pattern + rb")*+")
_OVER_SPACE = re.compile(rb"[\t\n\f\r ]*+")
_OVER_DOUBLE = re.compile(rb'[^"]*+')
_OVER_SINGLE = re.compile(rb"[^']*+")
_OVER_BARE = re.compile(rb"[^\t\n\f\r >]*+")


def past_tag(window: Window, suspect: SUSPECT | None) -> MORE:
    """Pass over the rest of a tag that is too long to be held, from within its name on.

    Its attributes are judged one by one, and those that are suspect parked: fail closed.
    """
    over = _OVER_GAP if suspect else _OVER_ATTRIBUTES
    yield from _over(window, _OVER_NAME)
    while True:
        yield from _over(window, over)
        if window.text[window.at] == ord(">"):
            window.at += 1
            return
        whole = WHOLE_ATTRIBUTE.match(window.text, window.at)
        if whole is None and len(window.text) - window.at < LOOKAHEAD:
            yield
            continue
        if suspect and suspect(*_glimpse(window, whole=whole is not None)):
            window.insert(window.at, PREFIX)
        if whole is not None:
            window.at = whole.end()
        else:
            yield from _past_attribute(window)


def _glimpse(window: Window, *, whole: bool) -> tuple[bytes, bytes | None]:
    """Return the name of the attribute at hand and its value, or what is there of it."""
    found = ATTRIBUTE.match(window.text, window.at)
    if whole and found:
        return found[1].lower(), found[found.lastindex or 1] if found.lastindex != 1 else b""
    begun = VALUE_BEGUN.match(window.text, window.at)
    if begun is None:
        return b"", None
    rest = window.text[begun.end() : begun.end() + LOOKAHEAD]
    return begun["name"].lower(), rest if begun["value"] else None


def _past_attribute(window: Window) -> MORE:
    window.at += 1
    yield from _over(window, _OVER_ATTRIBUTE_NAME)
    yield from _over(window, _OVER_SPACE)
    if window.text[window.at] != ord("="):
        return
    window.at += 1
    yield from _over(window, _OVER_SPACE)
    quote = window.text[window.at : window.at + 1]
    if quote in (b'"', b"'"):
        window.at += 1
        yield from _over(window, _OVER_DOUBLE if quote == b'"' else _OVER_SINGLE)
        window.at += 1
    else:
        yield from _over(window, _OVER_BARE)


def _over(window: Window, run: re.Pattern[bytes]) -> MORE:
    """Pass over a run of octets to the first that is not one of them."""
    while True:
        found = run.match(window.text, window.at)
        window.at = found.end() if found else window.at
        if window.at < len(window.text):
            return
        yield
