from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assent.core.cookies import (
    DELETION_MARGIN,
    EARLIEST,
    MAX_AGE_LIMIT,
    SetCookie,
    cookie_date,
    deletes,
    parse_set_cookie,
)

NOW = 1_800_000_000
PAST = b"Thu, 01 Jan 1970 00:00:00 GMT"
FUTURE = b"Fri, 15 Jan 2027 08:20:00 GMT"


def parsed(line: bytes) -> SetCookie:
    cookie = parse_set_cookie(line, NOW)
    assert cookie is not None
    return cookie


LIFETIMES = [
    pytest.param(b"", None, id="session"),
    pytest.param(b"Max-Age=10", NOW + 10, id="Max-Age"),
    pytest.param(b"max-age = 10 ", NOW + 10, id="Max-Age with spaces"),
    pytest.param(b"Max-Age=0", EARLIEST, id="Max-Age zero"),
    pytest.param(b"Max-Age=000", EARLIEST, id="Max-Age of zeros"),
    pytest.param(b"Max-Age=-1", EARLIEST, id="Max-Age negative"),
    pytest.param(b"Max-Age=-0", EARLIEST, id="Max-Age minus zero"),
    pytest.param(b"Max-Age=-" + b"9" * 1000, EARLIEST, id="Max-Age very negative"),
    pytest.param(b"Max-Age=" + b"0" * 40 + b"10", NOW + 10, id="Max-Age after many zeros"),
    pytest.param(b"Max-Age=" + b"0" * 1023 + b"1", NOW + 1, id="Max-Age of 1024 octets"),
    pytest.param(b"Max-Age=99999999999", NOW + MAX_AGE_LIMIT, id="Max-Age is capped at 400 days"),
    pytest.param(b"Max-Age=" + b"9" * 1000, NOW + MAX_AGE_LIMIT, id="Max-Age of 1000 digits"),
    pytest.param(b"Max-Age=34560000", NOW + MAX_AGE_LIMIT, id="Max-Age of 400 days"),
    pytest.param(b"Max-Age=34559999", NOW + MAX_AGE_LIMIT - 1, id="Max-Age just below"),
    pytest.param(b"Max-Age=1e3", None, id="Max-Age with an exponent"),
    pytest.param(b"Max-Age=+10", None, id="Max-Age with a plus"),
    pytest.param(b"Max-Age=1.5", None, id="Max-Age with a fraction"),
    pytest.param(b'Max-Age="10"', None, id="Max-Age quoted"),
    pytest.param(b"Max-Age=", None, id="Max-Age empty"),
    pytest.param(b"Max-Age=-", None, id="Max-Age only a minus"),
    pytest.param("Max-Age=\N{ARABIC-INDIC DIGIT ONE}".encode(), None, id="Max-Age in other digits"),
    pytest.param(b"Max-Age=10; Max-Age=20", NOW + 20, id="the last Max-Age counts"),
    pytest.param(b"Max-Age=0; Max-Age=x", EARLIEST, id="an unreadable Max-Age changes nothing"),
    pytest.param(b"Max-Age=0; Max-Age=" + b"1" * 1025, EARLIEST, id="a too long Max-Age changes nothing"),
    pytest.param(b"Expires=" + PAST, 0, id="Expires long ago"),
    pytest.param(b"Expires=" + FUTURE, NOW + 1200, id="Expires soon"),
    pytest.param(b"Expires=Fri, 31 Dec 9999 23:59:59 GMT", NOW + MAX_AGE_LIMIT, id="Expires is capped"),
    pytest.param(b"Expires=Mon, 01 Jan 1601 00:00:00 GMT", -11_644_473_600, id="Expires in 1601"),
    pytest.param(b"Expires=0", None, id="Expires unreadable"),
    pytest.param(b"Expires=" + PAST + b"; Expires=never", 0, id="an unreadable Expires changes nothing"),
    pytest.param(b"Expires=" + PAST + b"; Expires=" + FUTURE, NOW + 1200, id="the last Expires counts"),
    pytest.param(b"Max-Age=10; Expires=" + PAST, NOW + 10, id="Max-Age beats an earlier Expires"),
    pytest.param(b"Expires=" + PAST + b"; Max-Age=10", NOW + 10, id="... in either order"),
    pytest.param(b"Max-Age=0; Expires=" + FUTURE, EARLIEST, id="Max-Age beats a later Expires"),
    pytest.param(b"Expires=" + FUTURE + b"; Max-Age=0", EARLIEST, id="... in either order too"),
    pytest.param(b"Max-Age=x; Expires=" + FUTURE, NOW + 1200, id="Expires where Max-Age is unreadable"),
]


@pytest.mark.parametrize(("attributes", "expires"), LIFETIMES)
def test_lifetime(attributes: bytes, expires: int | None) -> None:
    cookie = parsed(b"n=v; " + attributes)
    assert cookie.expires == expires
    assert deletes(cookie, NOW) is (expires is not None and expires <= 0)


@pytest.mark.parametrize(
    ("expires", "over"),
    [
        pytest.param(NOW - DELETION_MARGIN, True, id="a day ago"),
        pytest.param(NOW - DELETION_MARGIN + 1, False, id="less than a day ago: a clock may be behind"),
        pytest.param(NOW - 1, False, id="a second ago"),
        pytest.param(NOW, False, id="now"),
        pytest.param(None, False, id="with the session"),
    ],
)
def test_only_a_date_that_no_clock_takes_for_the_future_deletes(expires: int | None, over: bool) -> None:
    assert deletes(SetCookie(b"n", b"v", expires=expires), NOW) is over


def test_max_age_zero_deletes_whatever_our_own_clock_says() -> None:
    assert deletes(parsed(b"n=v; Max-Age=0"), now=5)


def at(*parts: int) -> int:
    return int(datetime(*parts, tzinfo=UTC).timestamp())  # type: ignore[misc, arg-type]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"Mon, 10-Dec-2007 17:02:24 GMT", at(2007, 12, 10, 17, 2, 24)),
        (b"Wednesday, 01-Jan-10 00:00:00 GMT", at(2010, 1, 1)),
        (b"Thu, 01 Jan 1970 00:00:00 GMT", 0),
        (b"Sun Nov  6 08:49:37 1994", at(1994, 11, 6, 8, 49, 37)),
        (b"6 november 94 8:9:7", at(1994, 11, 6, 8, 9, 7)),
        (b"08:49:37 1994 6 Nov", at(1994, 11, 6, 8, 49, 37)),
        (b"1994 08:49:37 06th Novx", at(1994, 11, 6, 8, 49, 37)),
        (b"12 Jan 69 00:00:00", at(2069, 1, 12)),
        (b"12 Jan 70 00:00:00", at(1970, 1, 12)),
        (b"12 Jan 99 00:00:00", at(1999, 1, 12)),
        (b"12 Jan 00 00:00:00", at(2000, 1, 12)),
        (b"29 Feb 2024 23:59:59 PST-0800", at(2024, 2, 29, 23, 59, 59)),
        (b"12 Jan 2027 10:20:30x99 GMT", at(2027, 1, 12, 10, 20, 30)),
        (b"12\tJan#2027/10:20:30", at(2027, 1, 12, 10, 20, 30)),
        (b"12 Jan 2027y 10:20:30", at(2027, 1, 12, 10, 20, 30)),
        (b"99 12 Jan 2027 10:20:30", None),
        (b"29 Feb 2023 00:00:00", None),
        (b"00 Jan 2027 00:00:00", None),
        (b"32 Jan 2027 00:00:00", None),
        (b"12 Jan 1600 00:00:00", None),
        (b"12 Jan 1601 00:00:00", at(1601, 1, 12)),
        (b"12 Jan 101 00:00:00", None),
        (b"12 Jan 20270 00:00:00", None),
        (b"12 Jan 2027 24:00:00", None),
        (b"12 Jan 2027 00:60:00", None),
        (b"12 Jan 2027 00:00:60", None),
        (b"12 Jan 2027 00:00", None),
        (b"12 Jan 2027 100:00:00", None),
        (b"12 Jan 2027", None),
        (b"Jan 2027 00:00:00", None),
        (b"12 2027 00:00:00", None),
        (b"12 Jan 00:00:00", None),
        (b"12 J\xe4n 2027 00:00:00", None),
        (b"", None),
    ],
)
def test_cookie_date(text: bytes, expected: int | None) -> None:
    assert cookie_date(text) == expected


@given(st.integers(-11_644_473_600, 253_402_300_799))
def test_a_date_as_servers_write_it_is_read_back(second: int) -> None:
    when = datetime.fromtimestamp(second, tz=UTC)
    assert cookie_date(f"{when:%a, %d %b} {when.year:04} {when:%H:%M:%S} GMT".encode()) == second
