"""Where a parser begins head and body, and what a document says about its language."""

from assent.core.tokens import attributes

HEAD_TAGS = frozenset(
    b"html head base basefont bgsound link meta title noframes noscript script style template".split()
)
"""Elements that do not begin the body."""


def begins_head(opens: bool, name: bytes) -> bool:
    """Tell whether a parser that has no head yet makes one at this tag or text."""
    return name != b"html" if opens else name in (b"head", b"body", b"html", b"br")


def begins_body(opens: bool, name: bytes) -> bool:
    """Tell whether a parser that has no body yet makes one, or a frameset, at this tag or text."""
    return name not in HEAD_TAGS if opens else name in (b"body", b"html", b"br")


def language(text: bytes, start: int, end: int) -> bytes:
    """Return what a document says about its language; empty when it says nothing."""
    found = attributes(text, start, end)
    return next((found[name].value for name in (b"lang", b"xml:lang") if name in found), b"")
