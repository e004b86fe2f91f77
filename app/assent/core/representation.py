"""HTML whose bytes depend on the decision: when it may be rewritten, and how it may be cached then.

RFC 9110 (representations, conditional requests) and RFC 9111 (caching).
"""

import re
from enum import Enum
from functools import lru_cache

from assent.core.fields import Field, Fields
from assent.core.media import media_type
from assent.core.shape import RequestShape

CODINGS = (b"gzip",)
"""The Content-Encoding values that are undone and redone on the way, where nothing else is said."""

# What browsers undo; what else stands in a Content-Encoding they pass over.
_UNDONE = frozenset({b"gzip", b"deflate", b"br", b"zstd", b"dcb", b"dcz", b"compress"})
_NO_TRANSFORM = re.compile(rb"(?:^|,)\s*no-transform\s*(?:,|$)", re.IGNORECASE)
_NO_STORE = re.compile(rb"(?:^|,)\s*no-store\s*(?:,|$)", re.IGNORECASE)
_NOT_SHARED = re.compile(rb"(?:^|,)\s*(?:private|no-store)\s*(?:,|$)", re.IGNORECASE)
_SHARED = re.compile(rb"\s*(?:public|s-maxage)\b", re.IGNORECASE)
_ACCEPTED = re.compile(
    rb"(?:^|,)\s*(?:x-)?([a-z]+)\s*(?:;\s*q=(?!0(?:\.0*)?\s*(?:,|$))[0-9.]+\s*)?(?=,|$)", re.IGNORECASE
)
_ENTITY_TAG = re.compile(rb'(?:W/)?"([^"]*)"')
_MARK = b"-assent."

# Orders to one kind of shared cache, which there outrank Cache-Control (RFC 9213, and what came before it).
_TARGETED_FIELDS = frozenset(
    b"surrogate-control x-accel-expires cdn-cache-control cloudflare-cdn-cache-control "
    b"netlify-cdn-cache-control vercel-cdn-cache-control".split()
)
_CACHE_FIELDS = _TARGETED_FIELDS | {b"cache-control", b"expires", b"pragma"}
# Of the whole body, or of a part of it, these say what is no longer true once it was rewritten.
_BODY_FIELDS = _CACHE_FIELDS | frozenset(
    b"content-length content-md5 digest content-digest repr-digest accept-ranges last-modified".split()
)


def first(fields: Fields, name: bytes) -> bytes:
    """Return the first value of a field, or b"" (names in any case)."""
    for key, value in fields:
        # Most fields are told apart by their length alone.
        if len(key) == len(name) and key.lower() == name:
            return value
    return b""


def combined(fields: Fields, name: bytes) -> bytes:
    """Return all values of a list-based field as the one list that they are (RFC 9110 5.3)."""
    return b", ".join([value for key, value in fields if len(key) == len(name) and key.lower() == name])


class Purpose(Enum):
    """What a browser wants an answer for."""

    PAGE = "a page to show by itself"
    FRAME = "a page to show within another"
    WORKER = "the script of a worker"
    OTHER = "a part of a page, or something for a script"
    UNSAID = "the client does not say"


_DESTINATIONS = {
    b"document": Purpose.PAGE,
    b"iframe": Purpose.FRAME,
    b"frame": Purpose.FRAME,
    b"embed": Purpose.FRAME,
    b"object": Purpose.FRAME,
    b"fencedframe": Purpose.FRAME,
    b"worker": Purpose.WORKER,
    b"sharedworker": Purpose.WORKER,
    b"serviceworker": Purpose.WORKER,
}
"""Sec-Fetch-Dest (Fetch Metadata 2.1) of what is rewritten."""


def purpose(fields: Fields, shape: RequestShape) -> Purpose:
    """Tell what a request is for: by Sec-Fetch-Dest, on trustworthy origins, else by what it accepts."""
    if shape.destination >= 0:
        found = _DESTINATIONS.get(fields[shape.destination][1])
        if found is not None:
            return found
        # What a service worker passes on loses its destination, a frame's too, but remains a navigation.
        navigates = shape.mode >= 0 and fields[shape.mode][1] == b"navigate"
        return Purpose.PAGE if navigates else Purpose.OTHER
    if shape.accept >= 0 and not shape.by_script and b"text/html" in fields[shape.accept][1].lower():
        return Purpose.PAGE
    return Purpose.UNSAID


REWRITTEN = frozenset({Purpose.PAGE, Purpose.FRAME, Purpose.WORKER})
"""What is asked for in a form that can be read, and as a whole."""


def navigation_fields(fields: Fields, state: bytes, codings: tuple[bytes, ...] = CODINGS) -> Fields:
    """Return the request fields of a navigation such that the answer can be rewritten.

    Only ``codings``, those that can be undone, are asked for; a conditional is passed on only if the stored
    page was made under the same ``state``; a part of a page cannot be rewritten, so none is asked for.
    """
    result: Fields = []
    for name, value in fields:
        if name == b"accept-encoding":
            result.append((name, accepted(value, codings)))
        elif name == b"if-none-match":
            tags = original_tags(value, state)
            if tags:
                result.append((name, tags))
        elif name not in (b"if-modified-since", b"range", b"if-range"):
            result.append((name, value))
    return result


@lru_cache(maxsize=256)
def accepted(value: bytes, codings: tuple[bytes, ...]) -> bytes:
    """Return an Accept-Encoding without what is not among ``codings`` (RFC 9110 12.5.3)."""
    names = [name.lower() for name in _ACCEPTED.findall(value)]
    return b", ".join(name for name in dict.fromkeys(names) if name in codings) or b"identity"


def original_tags(value: bytes, state: bytes) -> bytes:
    """Return the site's own entity tags among those that were marked with this state."""
    mark = _MARK + state
    tags = (tag[: -len(mark)] for tag in _ENTITY_TAG.findall(value) if tag.endswith(mark))
    return b", ".join(b'W/"' + tag + b'"' for tag in tags)


def is_sniffed(status: int, fields: Fields, content_type: bytes) -> bool:
    """Tell whether browsers look at the content of an answer to find out what it is."""
    return (
        not media_type(content_type)
        and not 300 <= status < 400
        and combined(fields, b"x-content-type-options").strip().lower() != b"nosniff"
    )


def content_coding(fields: Fields) -> bytes:
    """Return the coding that browsers undo, b"" for none; of several, the list of them."""
    values = combined(fields, b"content-encoding")
    if not values:
        return b""
    names = (name.strip().lower().removeprefix(b"x-") for name in values.split(b","))
    return b", ".join(name for name in names if name in _UNDONE)


def can_rewrite(status: int, fields: Fields, codings: tuple[bytes, ...] = CODINGS) -> bool:
    """Tell whether a response is a whole page whose bytes may be changed (RFC 9110 7.7)."""
    return (
        status not in (204, 205, 304)
        and first(fields, b"content-length") != b"0"
        and not first(fields, b"content-disposition").lower().startswith(b"attachment")
        and not unchangeable(status, fields, codings)
    )


def unchangeable(status: int, fields: Fields, codings: tuple[bytes, ...] = CODINGS) -> str:
    """Return what keeps the body of a page from being changed, "" for nothing."""
    if _NO_TRANSFORM.search(combined(fields, b"cache-control")):
        return "no-transform"
    coding = content_coding(fields)
    if coding and coding not in codings:
        return "content-encoding"
    return "status 206" if status == 206 else ""


def rewritten_fields(fields: Fields, state: bytes) -> Fields:
    """Return the fields of a response whose body is being rewritten for one visitor."""
    return _for_one_visitor(fields, state, _BODY_FIELDS)


def not_modified_fields(fields: Fields, state: bytes) -> Fields:
    """Return the fields of a 304 that confirms a page rewritten before under the same state."""
    return _for_one_visitor(fields, state, _CACHE_FIELDS)


def replaced_fields(fields: Fields) -> Fields:
    """Return the fields of a redirect in whose place a page of our own goes out, for this visitor alone."""
    gone = _BODY_FIELDS | {b"location", b"content-type", b"content-encoding", b"etag"}
    kept = [field for field in fields if field[0].lower() not in gone]
    return [*kept, (b"cache-control", b"no-store")]


def varying_fields(fields: Fields) -> Fields:
    """Return the fields of a page that goes to a script as it is, so that no cache shows it to a visitor."""
    return [*fields, (b"vary", b"Sec-Fetch-Dest, Sec-Fetch-Mode")]


def private_fields(fields: Fields) -> Fields:
    """Return response fields that no shared cache stores: they carry a Set-Cookie of ours."""
    fields = [field for field in fields if field[0].lower() not in _TARGETED_FIELDS]
    control = combined(fields, b"cache-control")
    if _NOT_SHARED.search(control):
        return fields
    kept = [directive.strip() for directive in control.split(b",") if not _SHARED.match(directive)]
    rest = [field for field in fields if field[0].lower() != b"cache-control"]
    return [*rest, (b"cache-control", b", ".join([b"private", *filter(None, kept)]))]


def _for_one_visitor(fields: Fields, state: bytes, dropped: frozenset[bytes]) -> Fields:
    control = combined(fields, b"cache-control")
    result = [_marked(field, state) for field in fields if field[0].lower() not in dropped]
    result.append((b"cache-control", b"no-store" if _NO_STORE.search(control) else b"private, no-cache"))
    return result


def _marked(field: Field, state: bytes) -> Field:
    """Make an ETag weak and bind it to the state: another decision makes other bytes."""
    name, value = field
    if name.lower() != b"etag":
        return field
    tag = _ENTITY_TAG.fullmatch(value.strip())
    return (name, b'W/"' + tag[1] + _MARK + state + b'"') if tag else field
