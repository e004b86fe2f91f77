"""The tokens of HTML and XML as patterns on bytes, by the rules of the WHATWG tokenizer (HTML 13.2.5).

Every pattern is possessive: no document makes a match cost more than its length.
"""

import re
from html.entities import html5 as named_references
from typing import NamedTuple

RAW_TEXT = frozenset(b"title noframes noscript script style textarea iframe xmp noembed".split())
"""Elements whose content holds no tags."""

S = rb"[\t\n\f\r ]"
_NAME = rb"[^\t\n\f\r />][^\t\n\f\r />=]*+"
_IS = S + rb"*+=" + S + rb"*+"
_QUOTED = rb"""(?:"[^"]*+"|'[^']*+')"""
_BARE = rb"""[^\t\n\f\r >"'][^\t\n\f\r >]*+"""
# 13.2.5.32 to .39: quotes count only after "=", "/" separates, and "=" may begin a name.
_ATTRIBUTE = _NAME + rb"(?:" + _IS + rb"(?:" + _QUOTED + rb"|" + _BARE + rb"|(?=>))|(?!" + S + rb"*+=))"

TAG_NAME = rb"[a-zA-Z][^\t\n\f\r />]*+"
REST_OF_TAG = rb"(?:[\t\n\f\r /]++|" + _ATTRIBUTE + rb")*+>"
"""What follows a tag's name; quotes hide ``>`` from it."""

_TAG = rb"(?P<tag><(?P<closing>/?)(?P<name>" + TAG_NAME + rb")" + REST_OF_TAG + rb")"
_TEXT = rb"(?P<text>[^<\t\n\f\r ][^<]*+|<(?=[^a-zA-Z/!?]))"
_SPACE = rb"(?P<space>[\t\n\f\r ]++)"

TOKEN = re.compile(
    rb"|".join(
        (
            _SPACE,
            rb"(?P<comment><!--(?:-?>|(?P<open>(?=[^>-]|-[^>]))))",
            rb"(?P<declaration><!(?!--|-?\Z)|<\?|</(?=[^a-zA-Z]))",
            _TAG,
            _TEXT,
        )
    )
)
"""One token, or the start of a comment (``open``) or declaration; what the text's end cuts off is none."""

XML_TOKEN = re.compile(
    rb"|".join(
        (
            _SPACE,
            rb"(?P<comment><!--(?P<open>))",
            rb"(?P<cdata><!\[CDATA\[)",
            rb"(?P<instruction><\?)",
            rb"(?P<declaration><!(?=[a-zA-Z])[^\[>]*+(?:\[[^\]]*+\]" + S + rb"*+)?(?=>))",
            _TAG,
            _TEXT,
        )
    )
)
"""The same for XML, in which CDATA may stand anywhere and a doctype may hold declarations of its own."""

TAG_BEGUN = re.compile(rb"<(?P<closing>/?)(?P<name>" + TAG_NAME + rb")")
ATTRIBUTE = re.compile(
    rb"(" + _NAME + rb")(?:" + _IS + rb"""(?:"([^"]*+)"|'([^']*+)'|(""" + _BARE + rb")|(?=>)))?+"
)
WHOLE_ATTRIBUTE = re.compile(
    _NAME + rb"(?:" + _IS + rb"(?:" + _QUOTED + rb"|" + _BARE + rb"(?=[\t\n\f\r >])|(?=>))"
    rb"|(?=" + S + rb"*+[^\t\n\f\r =]))"
)
"""An attribute that nothing that follows can change any more."""

VALUE_BEGUN = re.compile(rb"(?P<name>" + _NAME + rb")(?P<value>" + _IS + rb"[\"']?)?+")

COMMENT_END = re.compile(rb"--!?>")
DECLARATION_END = re.compile(rb">")
CDATA_END = re.compile(rb"\]\]>")
XML_COMMENT_END = re.compile(rb"-->")
INSTRUCTION_END = re.compile(rb"\?>")

WHOLE_DOCUMENT = re.compile(
    rb"(?:\xef\xbb\xbf)?(?:[\t\n\f\r ]++|<!--.*?-->|<\?[^>]*+>)*+"
    rb"<(?:!doctype|html|head|body)[\t\n\f\r />]",
    re.IGNORECASE | re.DOTALL,
)
"""How a whole document begins, as opposed to a fragment that a script fetches."""

HTML_BEGUN = re.compile(
    rb"[\t\n\f\r ]*+<(?:!--|!doctype html|html|head|script|iframe|h1|div|font|table|a|style|title|b|p)",
    re.IGNORECASE,
)
"""How HTML shows itself where no Content-Type says so (MIME Sniffing 7.1, as Chromium has it)."""

_REFERENCE = re.compile(r"&(?:#([0-9]++);?|#[xX]([0-9a-fA-F]++);?|([a-zA-Z][a-zA-Z0-9]*+;?+)(=?))")
LONGEST_NUMBER = 7
"""Digits of a numeric character reference; one with more stands for no character."""


class Attribute(NamedTuple):
    """One attribute of a start tag; ``places`` also counts its duplicates, which browsers ignore."""

    value: bytes
    places: list[int]


def attributes(text: bytes, start: int, end: int) -> dict[bytes, Attribute]:
    """Return the attributes of a tag whose name ends at ``start``, by name; the first of a name wins."""
    found: dict[bytes, Attribute] = {}
    for match in ATTRIBUTE.finditer(text, start, end):
        name, group = match[1].lower(), match.lastindex or 1
        if name in found:
            found[name].places.append(match.start())
        else:
            found[name] = Attribute(match[group] if group > 1 else b"", [match.start()])
    return found


def is_self_closing(text: bytes, start: int, end: int) -> bool:
    """Tell whether a slash before ``>`` is a sign of its own, and not the end of an unquoted value."""
    if text[end - 2] != ord("/"):
        return False
    last = max((match.end() for match in ATTRIBUTE.finditer(text, start, end - 1)), default=start)
    return last < end - 1


def decoded(value: bytes) -> str:
    """Return an attribute's value with its character references resolved (13.2.5.72 to .80)."""
    text = value.decode("utf-8", "replace").replace("\0", "\ufffd")
    return _REFERENCE.sub(_resolved, text) if "&" in text else text


def character(decimal: str | None, hexadecimal: str | None) -> str:
    """Return what a numeric character reference stands for (13.2.5.80)."""
    digits, base = (decimal, 10) if decimal else (hexadecimal or "", 16)
    digits = digits.lstrip("0")
    code = int(digits or "0", base) if len(digits) <= LONGEST_NUMBER else 0
    if 0x80 <= code < 0xA0:
        # The standard's table is windows-1252, with what that leaves open as it is.
        return bytes([code]).decode("cp1252", "ignore") or chr(code)
    return chr(code) if 0 < code < 0xD800 or 0xDFFF < code < 0x110000 else "\ufffd"


def _resolved(match: re.Match[str]) -> str:
    decimal, hexadecimal, name, equals = match.groups()
    if name is None:
        return character(decimal, hexadecimal)
    # In a URL "&copy=1" is a parameter, and "&notit;" is no reference with a tail either.
    if name.endswith(";") or not equals:
        return named_references.get(name, "&" + name) + equals
    return match[0]
