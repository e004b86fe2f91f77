"""Names and paths without what may tell of a visitor: bounded, and fit to be kept for years.

Sites put accounts, orders and tokens into the names of cookies and keys and into their paths.
"""

import re

from assent.core.suggestion import pattern

LONGEST = 128
"""Characters of a name or path that are kept."""

SEGMENTS = 4
"""Of a path, from its beginning; what is below is told by a star."""

# An e-mail address, or a run that somebody drew by lot.
_PERSONAL = re.compile(r"(?<=[^@])(?:@|%40)[^@/]*\.")
_DRAWN = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-|[0-9a-f]{12,}|[0-9]{6,}|(?=[A-Za-z]*[0-9])[A-Za-z0-9]{20,}")
_SEPARATOR = re.compile(r"[_.:/| -]")
# What is not printable ASCII was percent-encoded by an honest browser, and would speak to a terminal.
_IDENTIFIES = re.compile(
    r"[^!-~]|[%@*]|[0-9]{3}|\A[0-9]+\Z|\A[0-9a-f]{8,}\Z|.{25}", re.IGNORECASE | re.DOTALL
)


def folded_name(name: str) -> str:
    """Return the name of a cookie or key, as a pattern where it differs between visitors; "" keeps none."""
    if not name or len(name) > LONGEST or not name.isprintable():
        return ""
    shape = pattern(name)
    if found := _PERSONAL.search(shape):
        return _beginning(shape[: found.start()], first=True)
    if found := _DRAWN.search(shape):
        # A name that is nothing else may be the same for all.
        return _beginning(shape[: found.start()], first=False) or shape
    return shape


def folded_path(path: bytes) -> str:
    """Return the pattern of a path of the site, percent-encoded: ``/orders/*`` for every order."""
    segments = path[:1024].decode("latin-1").split("/")[1:]
    folded = ["*" if _IDENTIFIES.search(segment) else segment for segment in segments[:SEGMENTS]]
    return ("/" + "/".join(folded + ["*"] * (len(segments) > SEGMENTS)))[:LONGEST]


def _beginning(text: str, *, first: bool) -> str:
    places = [found.end() for found in _SEPARATOR.finditer(text)]
    end = (places[0] if first else places[-1]) if places else 0
    return f"{text[:end]}*" if end > 1 else ""
