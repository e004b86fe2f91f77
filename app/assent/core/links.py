"""The Link field (RFC 8288): items that make a browser contact somebody blocked go, others stay."""

import re
from collections.abc import Callable

HINTS = frozenset(
    [
        *(b"preconnect", b"dns-prefetch", b"prefetch", b"prerender"),
        *(b"preload", b"modulepreload", b"stylesheet", b"compression-dictionary"),
    ]
)
"""The relations that browsers act on when they stand in a Link field."""

_ITEM = re.compile(rb"""(?:[^,<"]|<[^>]*+(?:>|\Z)|"(?:[^"\\]|\\.)*+(?:"|\\?\Z))*+""", re.DOTALL)
_PARAMETER = re.compile(
    rb"""\s*+;\s*+([^\s=;,"<>]*+)\s*+(?:=\s*+("(?:[^"\\]|\\.)*+"|[^\s;,"<]*+)\s*+)?+""", re.DOTALL
)
_REFERENCE = re.compile(rb"<([^>]*+)")
_WORD = re.compile(rb"[a-z-]++")
_CANDIDATE = re.compile(rb"[^\s,\"]++")


def link(value: bytes, blocked: Callable[[bytes], bool]) -> bytes | None:
    """Return what is left of one Link field, None for nothing; ``blocked`` judges a URL."""
    items = _items(value)
    kept = [item for item in items if not _reaches_out(item.strip(b" \t"), blocked)]
    if len(kept) == len(items):
        return value
    return b",".join(kept).strip(b" \t,") or None


def _items(value: bytes) -> list[bytes]:
    found: list[bytes] = []
    place = 0
    while place <= len(value):
        match = _ITEM.match(value, place)
        end = match.end() if match else len(value)
        found.append(value[place:end])
        place = end + 1
    return found


def _reaches_out(item: bytes, blocked: Callable[[bytes], bool]) -> bool:
    """Tell whether an item makes a browser contact a blocked host; a malformed one does if it names any.

    What is malformed may, joined with the next field, be read otherwise than it stands here.
    """
    opening, closed, rest = item.partition(b">")
    parameters = _parameters(rest) if closed and opening.startswith(b"<") else None
    if parameters is None:
        return any(map(blocked, _REFERENCE.findall(item)))
    relations = b" ".join(value for name, value in parameters if name == b"rel")
    if HINTS.isdisjoint(_WORD.findall(relations.replace(b"\\", b"").lower())):
        return False
    candidates = b" ".join(value for name, value in parameters if name == b"imagesrcset")
    return any(map(blocked, (opening[1:], *_CANDIDATE.findall(candidates))))


def _parameters(rest: bytes) -> list[tuple[bytes, bytes]] | None:
    found: list[tuple[bytes, bytes]] = []
    place = 0
    while place < len(rest):
        match = _PARAMETER.match(rest, place)
        if match is None:
            return None
        found.append((match[1].lower(), match[2] or b""))
        place = match.end()
    return found
