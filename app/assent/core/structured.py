"""The grammar of Structured Fields (RFC 8941): whether a dictionary is well-formed, what its members are, and
how a string is written.

Browsers take all of such a field or nothing of it, so a member is cut out by its place, not rewritten.
RFC 9651's dates and display strings are left out: a browser that does not know them drops the whole field.
"""

import re

_KEY = rb"[a-z*][a-z0-9_.*-]*+"
_STRING = rb'"(?:[ !#-\[\]-~]|\\["\\])*+"'
_TOKEN = rb"[A-Za-z*][!#$%&'*+.^_`|~0-9A-Za-z:/-]*+"
_NUMBER = rb"-?[0-9]{1,12}\.[0-9]{1,3}(?![0-9.])|-?[0-9]{1,15}(?![0-9.])"
_BARE = b"(?:" + b"|".join((_STRING, _TOKEN, _NUMBER, rb"\?[01]")) + b")"
_PARAMETERS = b"(?:; *+" + _KEY + b"(?:=" + _BARE + b")?+)*+"
_ITEM = _BARE + _PARAMETERS
_INNER_LIST = rb"\( *+(?:" + _ITEM + rb"(?=[ )]) *+)*+\)" + _PARAMETERS

_MEMBER = re.compile(_KEY + b"(?:=(?:" + _INNER_LIST + b"|" + _ITEM + b")|" + _PARAMETERS + b")")
_COMMA = re.compile(rb"[ \t]*+,[ \t]*+")
_NOT_PLAIN = re.compile(rb"[^ -~]")


def members(value: bytes) -> list[bytes] | None:
    """Return the members of a dictionary as they are written (RFC 8941 3.2), or None when it is malformed."""
    value = value.strip(b" ")
    found: list[bytes] = []
    place = 0
    while place < len(value):
        member = _MEMBER.match(value, place)
        if member is None:
            return None
        found.append(member[0])
        place = member.end()
        if place == len(value):
            break
        comma = _COMMA.match(value, place)
        if comma is None or comma.end() == len(value):
            return None
        place = comma.end()
    return found


def string(text: str) -> bytes:
    """Write a text as a string (RFC 8941 4.1.6); what is not printable ASCII is percent-encoded."""
    escaped = text.encode("utf-8", "replace").replace(b"\\", b"\\\\").replace(b'"', b'\\"')
    return b'"' + _NOT_PLAIN.sub(lambda found: b"%%%02X" % found[0][0], escaped) + b'"'
