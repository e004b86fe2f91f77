"""Cookie and Set-Cookie as user agents read them (RFC 6265bis 5.6 and 5.7), on bytes and without loss."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

WHITESPACE = b" \t"
MAX_PAIR = 4096
MAX_ATTRIBUTE = 1024
MAX_AGE_LIMIT = 400 * 24 * 3600
"""Seconds; user agents cap every lifetime at 400 days (RFC 6265bis 5.5)."""

DELETION_MARGIN = 24 * 3600
"""Seconds; a date less far in the past may still be to come for a browser whose clock is behind."""

EARLIEST = 0
"""The unix second that stands for "already over" when Max-Age is zero or less."""

_CONTROL = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")
_DELIMITERS = re.compile(rb"[\x09\x20-\x2f\x3b-\x40\x5b-\x60\x7b-\x7e]+")
_TIME = re.compile(rb"(\d{1,2}):(\d{1,2}):(\d{1,2})(?:\D.*)?\Z", re.DOTALL)
_DAY = re.compile(rb"(\d{1,2})(?:\D.*)?\Z", re.DOTALL)
_YEAR = re.compile(rb"(\d{2,4})(?:\D.*)?\Z", re.DOTALL)
_MAX_AGE = re.compile(rb"(-?)(\d+)\Z")
_MONTHS = (b"jan", b"feb", b"mar", b"apr", b"may", b"jun", b"jul", b"aug", b"sep", b"oct", b"nov", b"dec")


@dataclass(frozen=True, slots=True)
class SetCookie:
    """One Set-Cookie field as a user agent understands it; ``expires`` is in unix seconds."""

    name: bytes
    value: bytes
    expires: int | None = None
    domain: bytes | None = None
    path: bytes | None = None
    secure: bool = False
    http_only: bool = False
    same_site: bytes | None = None
    partitioned: bool = False


def parse_set_cookie(line: bytes, now: int) -> SetCookie | None:
    """Read one Set-Cookie value; None when every user agent would drop it (RFC 6265bis 5.6)."""
    if _CONTROL.search(line):
        return None
    pair, _, rest = line.partition(b";")
    name, value = split_pair(pair)
    if (not name and not value) or len(name) + len(value) > MAX_PAIR:
        return None
    attributes = _attributes(rest)
    domain = attributes.get(b"domain", b"").removeprefix(b".").lower()
    path = attributes.get(b"path", b"")
    same_site = attributes.get(b"samesite", b"").lower()
    cookie = SetCookie(
        name=name,
        value=value,
        expires=_expires(attributes, now),
        domain=domain or None,
        path=path if path.startswith(b"/") else None,
        secure=b"secure" in attributes,
        http_only=b"httponly" in attributes,
        same_site=same_site if same_site in (b"strict", b"lax", b"none") else None,
        partitioned=b"partitioned" in attributes,
    )
    return cookie if domain.isascii() and _storable(cookie) else None


def split_pair(pair: bytes) -> tuple[bytes, bytes]:
    """Split a cookie-pair at its first ``=``; without one it is a value that has no name."""
    name, equals, value = pair.partition(b"=")
    if not equals:
        return b"", name.strip(WHITESPACE)
    return name.strip(WHITESPACE), value.strip(WHITESPACE)


def effective_name(pair: bytes) -> bytes:
    """Return the name under which a site will read this cookie-pair back.

    A nameless cookie ``=_ga=1`` is sent as ``_ga=1`` and so arrives as ``_ga`` (RFC 6265bis 5.8.3).
    """
    # Each leading "=" stands for one more such layer; they are peeled at once, for there may be thousands.
    name, equals, _ = pair.lstrip(b"= \t").partition(b"=")
    return name.rstrip(WHITESPACE) if equals else b""


def cookie_pairs(field: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield (effective name, segment as it came) for each part of a Cookie field; empty parts too."""
    for segment in field.split(b";"):
        yield effective_name(segment), segment


def deletes(cookie: SetCookie, now: int) -> bool:
    """Tell whether storing this cookie only removes one (RFC 6265bis 5.7), whatever the browser's clock.

    That is Max-Age of zero or less, or a date at least DELETION_MARGIN ago.
    """
    if cookie.expires is None:
        return False
    return cookie.expires == EARLIEST or cookie.expires <= now - DELETION_MARGIN


def blanks_cookies(line: bytes, now: int) -> bool:
    """Tell whether this Set-Cookie makes ``document.cookie`` read as empty wherever the cookie is sent.

    Chromium gives scripts no cookie at all when the octets of one are not UTF-8. Those that scripts never
    see do no harm, nor do lines that only remove such a cookie.
    """
    pair = line.partition(b";")[0]
    if pair.isascii() or _is_utf8(pair):
        return False
    cookie = parse_set_cookie(line, now)
    return cookie is not None and not cookie.http_only and not deletes(cookie, now)


def default_path(path: bytes) -> bytes:
    """Return the path of a cookie set without one by a response to this path (RFC 6265bis 5.1.4)."""
    return path[: path.rfind(b"/")] if path.startswith(b"/") and path.count(b"/") > 1 else b"/"


def cookie_date(text: bytes) -> int | None:
    """Read a cookie-date (RFC 6265bis 5.6.1) as a unix second, or None when it is none."""
    time = day = month = year = None
    for token in _DELIMITERS.split(text):
        if time is None and (found := _TIME.match(token)):
            time = tuple(map(int, found.groups()))
        elif day is None and (found := _DAY.match(token)):
            day = int(found[1])
        elif month is None and token[:3].lower() in _MONTHS:
            month = _MONTHS.index(token[:3].lower()) + 1
        elif year is None and (found := _YEAR.match(token)):
            year = int(found[1])
    if time is None or day is None or month is None or year is None:
        return None
    return _timestamp(year + (2000 if year <= 69 else 1900 if year <= 99 else 0), month, day, time)


def _is_utf8(text: bytes) -> bool:
    try:
        text.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _timestamp(year: int, month: int, day: int, time: tuple[int, ...]) -> int | None:
    if year < 1601:
        return None
    hour, minute, second = time
    try:
        return int(datetime(year, month, day, hour, minute, second, tzinfo=UTC).timestamp())
    except ValueError:
        return None


def _attributes(rest: bytes) -> dict[bytes, bytes]:
    found: dict[bytes, bytes] = {}
    for attribute in rest.split(b";"):
        name, _, value = attribute.partition(b"=")
        name, value = name.strip(WHITESPACE).lower(), value.strip(WHITESPACE)
        if len(value) > MAX_ATTRIBUTE or _unreadable(name, value):
            continue
        found[name] = value
    return found


def _unreadable(name: bytes, value: bytes) -> bool:
    """Tell whether a lifetime cannot be read, so that an earlier readable one keeps its force."""
    if name == b"max-age":
        return not _MAX_AGE.match(value)
    return name == b"expires" and cookie_date(value) is None


def _expires(attributes: dict[bytes, bytes], now: int) -> int | None:
    max_age = _MAX_AGE.match(attributes.get(b"max-age", b""))
    if max_age:
        # int() refuses more than 4300 digits; eleven already exceed the cap.
        digits = max_age[2].lstrip(b"0")[:11]
        seconds = int(digits or b"0")
        return EARLIEST if max_age[1] or seconds == 0 else now + min(seconds, MAX_AGE_LIMIT)
    date = cookie_date(attributes[b"expires"]) if b"expires" in attributes else None
    return None if date is None else min(date, now + MAX_AGE_LIMIT)


def _storable(cookie: SetCookie) -> bool:
    """Apply what RFC 6265bis 4.1.3 and 5.7 demand of prefixes, SameSite=None and Partitioned."""
    if (cookie.same_site == b"none" or cookie.partitioned) and not cookie.secure:
        return False
    name = (cookie.name or cookie.value).lower()
    if not name.startswith((b"__secure-", b"__host-", b"__http-")):
        return True
    if not cookie.name or not cookie.secure:
        return False
    if name.startswith((b"__http-", b"__host-http-")) and not cookie.http_only:
        return False
    return not name.startswith(b"__host-") or (cookie.domain is None and cookie.path == b"/")
