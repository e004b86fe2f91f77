"""Where to insert into HTML as it streams: right after ``<body>``, or where a parser would imply it.

Only what stands before the body is read, by the rules of the WHATWG tokenizer and of the insertion modes
"initial" to "after head"; from there on chunks pass by reference, whatever the page's size.
"""

import re
from collections.abc import Generator

MAX_HELD = 256 * 1024
"""Octets of one unfinished tag that are held back; a longer one passes and the page is left alone."""

LONGEST_WORD = 16
"""Octets that may be held back for another reason than an unfinished tag, such as half of ``</noframes``."""

# WHATWG HTML 13.2.5. In tags (13.2.5.32 to .39) quotes count only after "=", "/" separates, and "=" may
# begin a name. A token that the text's end cuts off does not match.
_TOKEN = re.compile(
    rb"""
    (?P<skip> [\t\n\f\r\x20]++ | <!-->|<!---> | <!--.*?--!?> | <!(?!--)[^>]*+> | <\?[^>]*+>
              | </(?=[^a-zA-Z])[^>]*+> )
    | (?P<tag> <(?P<closing>/?)(?P<name>[a-zA-Z][^\t\n\f\r\x20/>]*+)
        (?: [\t\n\f\r\x20/]++
          | [^\t\n\f\r\x20/>][^\t\n\f\r\x20/>=]*+
            (?: [\t\n\f\r\x20]*+ = [\t\n\f\r\x20]*+
                (?: "[^"]*+" | '[^']*+' | [^\t\n\f\r\x20>"'][^\t\n\f\r\x20>]*+ | (?=>) )
              | (?! [\t\n\f\r\x20]*+ = ) )
        )*+ > )
    | (?P<text> [^<\t\n\f\r\x20][^<]*+ | <(?=[^a-zA-Z/!?]) )
    """,
    re.DOTALL | re.VERBOSE,
)
_SCRIPT_STEP = re.compile(rb"<!--(-?>)?|-->|<(/?)script(?=[\t\n\f\r />])", re.IGNORECASE)
BOM = b"\xef\xbb\xbf"
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
"""Byte order marks that overrule every other sign of an encoding; ASCII has no place in such a page."""

HEAD_TAGS = frozenset(
    b"html head base basefont bgsound link meta title noframes noscript script style template".split()
)
RAW_TEXT = frozenset(b"title noframes noscript script style textarea iframe xmp noembed".split())
"""Elements whose content holds no tags; the last four come before the body only within a template."""

WHOLE_DOCUMENT = re.compile(
    rb"(?:\xef\xbb\xbf)?(?:[\t\n\f\r ]++|<!--.*?-->|<\?[^>]*+>)*+"
    rb"<(?:!doctype|html|head|body)[\t\n\f\r />]",
    re.IGNORECASE | re.DOTALL,
)
"""How a whole document begins, as opposed to a fragment that a script fetches."""

Search = Generator[int, bytes, int | None]
"""Receives the bytes held so far, yields how many of them may go on; returns where to insert, or None."""


class Insertion:
    """Puts ``markup`` into one streamed document; every other byte goes out as it came, in order."""

    def __init__(self, markup: bytes) -> None:
        self._markup = markup
        self._held = b""
        self._search: Search | None = _search()
        next(self._search)

    @property
    def done(self) -> bool:
        """Whether all that follows passes untouched."""
        return self._search is None

    def feed(self, chunk: bytes) -> bytes:
        """Take the next bytes; return those that may go out now."""
        if self._search is None:
            return chunk
        held = self._held + chunk
        if b">" not in chunk and len(self._held) > LONGEST_WORD and len(held) < MAX_HELD:
            # What is held is an unfinished tag, and it has not become a whole one.
            self._held = held
            return b""
        try:
            free = self._search.send(held)
        except StopIteration as stop:
            self._search, self._held = None, b""
            place = stop.value
            return held if place is None else held[:place] + self._markup + held[place:]
        if len(held) - free > MAX_HELD:
            self._search, self._held = None, b""
            return held
        self._held = held[free:]
        return held[:free]

    def end(self) -> bytes:
        """Return what is left when the document is over; a body that never came is implied here."""
        held, self._held = self._held, b""
        search, self._search = self._search, None
        if search is None:
            return held
        try:
            # Text would begin the body here, unless a tag, a comment or a script is unfinished, of which the
            # markup would become a part.
            search.send(held + b"x")
        except StopIteration as stop:
            return held[: stop.value] + self._markup + held[stop.value :]
        return held


def _search() -> Search:
    """Walk the tokens before the body; each ``yield n`` lets n bytes go and takes the text from there on."""
    text = yield 0
    while any(len(text) < len(mark) and mark.startswith(text) for mark in (BOM, *UTF_16)):
        text = yield 0
    if text.startswith(UTF_16):
        return None
    at = len(BOM) if text.startswith(BOM) else 0
    templates = 0
    while True:
        token = _TOKEN.match(text, at)
        if token is None:
            text, at = (yield at), 0
            continue
        at = token.end()
        if token["skip"]:
            continue
        opens, name = not token["closing"], (token["name"] or b"").lower()
        if name == b"template":
            templates = max(templates + (1 if opens else -1), 0)
        elif not templates and _begins_body(opens, name):
            return _place(token, opens, name)
        elif opens and name in RAW_TEXT:
            text, at = yield from _skip_raw_text(text, at, name)


def _begins_body(opens: bool, name: bytes) -> bool:
    """Tell whether a parser that has no body yet makes one, or a frameset, at this tag or text."""
    return name not in HEAD_TAGS if opens else name in (b"body", b"html", b"br")


def _place(token: re.Match[bytes], opens: bool, name: bytes) -> int | None:
    if opens and name == b"frameset":
        return None
    return token.end() if opens and name == b"body" else token.start()


def _skip_raw_text(text: bytes, at: int, name: bytes) -> Generator[int, bytes, tuple[bytes, int]]:
    """Pass over raw text to the start of its end tag (WHATWG 13.2.5.2 to .4, and .15 to .31 for script)."""
    if name == b"script":
        return (yield from _skip_script(text, at))
    end = re.compile(rb"</" + name + rb"(?=[\t\n\f\r />])", re.IGNORECASE)
    while not (found := end.search(text, at)):
        free = max(at, len(text) - len(name) - 2)
        text, at = (yield free), 0
    return text, found.start()


def _skip_script(text: bytes, at: int) -> Generator[int, bytes, tuple[bytes, int]]:
    """Pass over script data, in which ``<!--`` and a second ``<script`` hide an end tag."""
    escaped = doubly = False
    while True:
        step = _SCRIPT_STEP.search(text, at)
        if step is None or (step[0] == b"<!--" and len(text) - step.end() < 2):
            free = max(at, len(text) - 8) if step is None else step.start()
            text, at = (yield free), 0
            continue
        word, at = step[0], step.end()
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
            return text, step.start()
