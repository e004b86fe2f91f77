"""A Set-Cookie that every user agent reads as a deletion, and that stores nothing in any of them.

Parsers differ in odd lines: where RFC 6265bis reads an old date, or the last Max-Age that it can read,
Chromium may read none, and store the cookie. A refused cookie must not slip through the difference.
"""

import re

from assent.core.cookies import DELETION_MARGIN, WHITESPACE, cookie_date

_OVER = re.compile(rb"-?\d{1,10}\Z")
_DATE = re.compile(rb"[A-Z][a-z]{2}, \d{2}([ -])[A-Z][a-z]{2}\1\d{4} \d{2}:\d{2}:\d{2} GMT\Z")
_CONTROL = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")


def is_plain_deletion(line: bytes, now: int) -> bool:
    """Tell whether a line holds one Max-Age of zero or less, or else one old date as HTTP writes dates."""
    if _CONTROL.search(line):
        return False
    lifetimes: dict[bytes, bytes] = {}
    for attribute in line.split(b";")[1:]:
        name, _, value = attribute.partition(b"=")
        name = name.strip(WHITESPACE).lower()
        if name in (b"max-age", b"expires"):
            if name in lifetimes:
                return False
            lifetimes[name] = value.strip(WHITESPACE)
    max_age = lifetimes.get(b"max-age")
    if max_age is not None:
        return bool(_OVER.match(max_age)) and int(max_age) <= 0
    date = lifetimes.get(b"expires", b"")
    seconds = cookie_date(date) if _DATE.match(date) else None
    return seconds is not None and seconds <= now - DELETION_MARGIN
