"""HTML whose bytes depend on the decision: when it may be rewritten, and how it may be cached then.

RFC 9110 (representations, conditional requests) and RFC 9111 (caching).
"""

import re
from functools import lru_cache

from assent.core.fields import Field, Fields
from assent.core.shape import RequestShape

CODINGS = frozenset({b"", b"identity", b"gzip", b"x-gzip"})
"""The Content-Encoding values that are undone and redone on the way."""

_HTML = re.compile(rb"\s*text/html\s*(?:;|\Z)", re.IGNORECASE)
_ASCII_INCOMPATIBLE = re.compile(
    rb"charset\s*=\s*[\"']?\s*"
    rb"(?:utf-?16|utf-?32|utf-7|(?:cs)?iso-?2022|hz-gb|(?:iso-10646-)?ucs-2|(?:cs)?unicode(?:feff|fffe)?(?![\w-]))",
    re.IGNORECASE,
)
_NO_TRANSFORM = re.compile(rb"(?:^|,)\s*no-transform\s*(?:,|$)", re.IGNORECASE)
_NO_STORE = re.compile(rb"(?:^|,)\s*no-store\s*(?:,|$)", re.IGNORECASE)
_NOT_SHARED = re.compile(rb"(?:^|,)\s*(?:private|no-store)\s*(?:,|$)", re.IGNORECASE)
_SHARED = re.compile(rb"\s*(?:public|s-maxage)\b", re.IGNORECASE)
_GZIP = re.compile(
    rb"(?:^|,)\s*(?:x-)?gzip\s*(?:;\s*q=(?!0(?:\.0*)?\s*(?:,|$))[0-9.]+\s*)?(?:,|$)", re.IGNORECASE
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
    return next((value for key, value in fields if key.lower() == name), b"")


def combined(fields: Fields, name: bytes) -> bytes:
    """Return all values of a list-based field as the one list that they are (RFC 9110 5.3)."""
    return b", ".join(value for key, value in fields if key.lower() == name)


def is_navigation(fields: Fields, shape: RequestShape) -> bool:
    """Tell whether the browser asks for a page to show, and not a script or a tag for something else.

    Browsers say so by Sec-Fetch-Dest, on trustworthy origins; elsewhere by what they accept.
    """
    if shape.destination >= 0:
        return fields[shape.destination][1] == b"document"
    return shape.accept >= 0 and not shape.by_script and b"text/html" in fields[shape.accept][1].lower()


def navigation_fields(fields: Fields, state: bytes) -> Fields:
    """Return the request fields of a navigation such that the answer can be rewritten.

    Only codings that can be undone are asked for; a conditional is passed on only if the stored page was
    made under the same ``state``; a part of a page cannot be rewritten, so none is asked for.
    """
    result: Fields = []
    for name, value in fields:
        if name == b"accept-encoding":
            result.append((name, b"gzip" if _GZIP.search(value) else b"identity"))
        elif name == b"if-none-match":
            tags = original_tags(value, state)
            if tags:
                result.append((name, tags))
        elif name not in (b"if-modified-since", b"range", b"if-range"):
            result.append((name, value))
    return result


def original_tags(value: bytes, state: bytes) -> bytes:
    """Return the site's own entity tags among those that were marked with this state."""
    mark = _MARK + state
    tags = (tag[: -len(mark)] for tag in _ENTITY_TAG.findall(value) if tag.endswith(mark))
    return b", ".join(b'W/"' + tag + b'"' for tag in tags)


@lru_cache(maxsize=256)
def is_readable_html(content_type: bytes) -> bool:
    """Tell whether a Content-Type means HTML in an encoding that has ASCII in it."""
    return bool(_HTML.match(content_type)) and not _ASCII_INCOMPATIBLE.search(content_type)


def can_rewrite(status: int, fields: Fields) -> bool:
    """Tell whether an HTML response is a whole page whose bytes may be changed (RFC 9110 7.7)."""
    return (
        status not in (204, 205, 206, 304)
        and combined(fields, b"content-encoding").strip().lower() in CODINGS
        and first(fields, b"content-length") != b"0"
        and not _NO_TRANSFORM.search(combined(fields, b"cache-control"))
        and not first(fields, b"content-disposition").lower().startswith(b"attachment")
    )


def rewritten_fields(fields: Fields, state: bytes) -> Fields:
    """Return the fields of a response whose body is being rewritten for one visitor."""
    return _for_one_visitor(fields, state, _BODY_FIELDS)


def not_modified_fields(fields: Fields, state: bytes) -> Fields:
    """Return the fields of a 304 that confirms a page rewritten before under the same state."""
    return _for_one_visitor(fields, state, _CACHE_FIELDS)


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
