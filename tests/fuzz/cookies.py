"""Fuzz target: Set-Cookie, cookie-date and Cookie values, and the deletions of whatever came."""

from assent.core.cookies import (
    MAX_AGE_LIMIT,
    MAX_PAIR,
    blanks_cookies,
    cookie_date,
    cookie_pairs,
    deletes,
    effective_name,
    parse_set_cookie,
    split_pair,
)
from assent.core.deletion import is_plain_deletion
from assent.core.domains import cookie_domains
from assent.core.expiry import MAX_LINES, MAX_OCTETS, Scope, next_round
from assent.core.fields import filter_cookie

NOW = 1_800_000_000


def target(data: bytes) -> None:
    """Read one input in every way; what has no exception to throw has a promise to keep."""
    _set_cookie(data)
    _date(data)
    _filtered(data)
    _expired(data)


def _set_cookie(line: bytes) -> None:
    cookie = parse_set_cookie(line, NOW)
    blanks = blanks_cookies(line, NOW)
    if cookie is None:
        assert not blanks
        return
    assert (cookie.name, cookie.value) == split_pair(line.partition(b";")[0])
    assert 0 < len(cookie.name) + len(cookie.value) <= MAX_PAIR
    assert cookie.expires is None or cookie.expires <= NOW + MAX_AGE_LIMIT
    assert not is_plain_deletion(line, NOW) or deletes(cookie, NOW)
    assert not (blanks and (line.isascii() or deletes(cookie, NOW)))
    assert effective_name(line.partition(b";")[0]) in line


def _date(text: bytes) -> None:
    second = cookie_date(text)
    assert second is None or -11_644_473_600 <= second <= 253_402_300_799


def _filtered(data: bytes) -> None:
    fields = data.split(b"\n")
    joined = b"; ".join(fields)
    assert b";".join(segment for _, segment in cookie_pairs(joined)) == joined
    kept, refused = filter_cookie(fields, lambda name: len(name) % 2 == 1)
    if kept is not None and refused:
        assert filter_cookie([kept], lambda name: len(name) % 2 == 1) == (kept, [])
    assert filter_cookie(fields, lambda name: True) == (joined, [])


def _expired(data: bytes) -> None:
    host, _, rest = data.partition(b"\n")
    path, _, cookie = rest.partition(b"\n")
    where, page = host.decode("latin-1"), path.decode("utf-8", "replace")
    names = [name for name, _ in cookie_pairs(cookie)]
    known = [(name, Scope(domain)) for name in names[:3] for domain in cookie_domains(where)]
    begin = 0
    for _ in range(2):
        one = next_round(names, host=where, path=page, secure=len(data) % 2 == 0, known=known, begin=begin)
        assert len(one.lines) <= MAX_LINES
        assert sum(map(len, one.lines)) <= MAX_OCTETS
        for line in one.lines:
            read = parse_set_cookie(line, NOW)
            assert read is not None
            assert deletes(read, NOW)
            assert is_plain_deletion(line, NOW)
            assert read.name in names
            assert b"\r" not in line
            assert b"\n" not in line
        begin = one.rest
