from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assent.core.cookies import (
    EARLIEST,
    MAX_AGE_LIMIT,
    SetCookie,
    cookie_date,
    cookie_pairs,
    deletes,
    effective_name,
    parse_set_cookie,
    split_pair,
)

NOW = 1_800_000_000
PAST = b"Thu, 01 Jan 1970 00:00:00 GMT"
FUTURE = b"Fri, 15 Jan 2027 08:20:00 GMT"

header_like = st.lists(
    st.sampled_from(
        [b"=", b";", b" ", b"\t", b",", b'"', b"_ga", b"a", b"__Host-", b"__http-", b"Max-Age", b"Expires"]
        + [b"Domain", b"Path", b"Secure", b"SameSite", b"None", b"Partitioned", b"-", b"0", b"12:34:56"]
        + [b"Jan", b"2027", b"\xff", b"\x00", b"/"]
    ),
    max_size=30,
).map(b"".join)
any_bytes = st.binary(max_size=300) | header_like


def parsed(line: bytes) -> SetCookie:
    cookie = parse_set_cookie(line, NOW)
    assert cookie is not None
    return cookie


@pytest.mark.parametrize(
    ("line", "name", "value"),
    [
        pytest.param(b"n=v", b"n", b"v", id="plain"),
        pytest.param(b" \tn\t = v ;x", b"n", b"v", id="space and tab around both"),
        pytest.param(b"a b=c d", b"a b", b"c d", id="spaces within"),
        pytest.param(b"n=a=b=c", b"n", b"a=b=c", id="first equals sign counts"),
        pytest.param(b"n=", b"n", b"", id="empty value"),
        pytest.param(b"foo", b"", b"foo", id="no equals sign: a value without name"),
        pytest.param(b"=foo", b"", b"foo", id="empty name"),
        pytest.param(b"==foo", b"", b"=foo", id="empty name, value begins with equals"),
        pytest.param(b'"q"="r;s"', b'"q"', b'"r', id="quotes hold nothing together"),
        pytest.param(b'n="a b"', b"n", b'"a b"', id="quotes belong to the value"),
        pytest.param("é=ü".encode(), "é".encode(), "ü".encode(), id="utf-8"),
        pytest.param(b"n=%20%3B", b"n", b"%20%3B", id="percent signs stay"),
        pytest.param(b"n=a,b", b"n", b"a,b", id="comma"),
        pytest.param(b"n\t=v", b"n", b"v", id="tab before equals"),
        pytest.param(b"\xff\xfe=\x80", b"\xff\xfe", b"\x80", id="no text at all"),
    ],
)
def test_a_pair_is_split_as_browsers_do(line: bytes, name: bytes, value: bytes) -> None:
    cookie = parsed(line)
    assert (cookie.name, cookie.value) == (name, value)


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"=", id="only an equals sign"),
        pytest.param(b" ; Path=/", id="only attributes"),
        pytest.param(b"n=v\x00", id="NUL"),
        pytest.param(b"n=v\n", id="line feed"),
        pytest.param(b"n=v; Path=/\r", id="carriage return among attributes"),
        pytest.param(b"n\x08=v", id="backspace"),
        pytest.param(b"n=\x0bv", id="vertical tab"),
        pytest.param(b"n=\x1fv", id="unit separator"),
        pytest.param(b"n=v\x7f", id="DEL"),
        pytest.param(b"n=" + b"v" * 4096, id="4097 octets of name and value"),
        pytest.param(b"n=v; Domain=\xe9.test", id="Domain beyond ASCII"),
        pytest.param(b"n=v; SameSite=None", id="SameSite=None, not Secure"),
        pytest.param(b"n=v; samesite=NONE", id="SameSite=None in another case"),
        pytest.param(b"n=v; Partitioned", id="Partitioned, not Secure"),
        pytest.param(b"__Secure-n=v", id="__Secure- without Secure"),
        pytest.param(b"__SECURE-n=v", id="__Secure- in another case"),
        pytest.param(b"__Host-n=v; Secure", id="__Host- without Path"),
        pytest.param(b"__Host-n=v; Path=/", id="__Host- without Secure"),
        pytest.param(b"__Host-n=v; Secure; Path=/a", id="__Host- with a deeper Path"),
        pytest.param(b"__Host-n=v; Secure; Path=/; Domain=a.test", id="__Host- with Domain"),
        pytest.param(b"__host-n=v; Secure", id="__Host- in lower case"),
        pytest.param(b"__Http-n=v; Secure; Path=/", id="__Http- without HttpOnly"),
        pytest.param(b"__Http-n=v; HttpOnly; Path=/", id="__Http- without Secure"),
        pytest.param(b"__Host-Http-n=v; Secure; Path=/", id="__Host-Http- without HttpOnly"),
        pytest.param(b"__Host-Http-n=v; Secure; HttpOnly", id="__Host-Http- without Path"),
        pytest.param(b"=__Host-n; Secure; Path=/", id="nameless, value begins like a prefix"),
        pytest.param(b"__Secure-n; Secure", id="no equals sign, value begins like a prefix"),
    ],
)
def test_a_line_that_every_browser_drops_is_none(line: bytes) -> None:
    assert parse_set_cookie(line, NOW) is None


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(b"n=" + b"v" * 4095, id="4096 octets of name and value"),
        pytest.param(b"n=v\tw", id="tab within"),
        pytest.param(b"n=v; SameSite=None; Secure", id="SameSite=None, Secure"),
        pytest.param(b"n=v; SameSite=None; SameSite=Lax", id="the last SameSite counts"),
        pytest.param(b"n=v; Partitioned; secure", id="Partitioned, Secure"),
        pytest.param(b"__Secure-n=v; Secure=false", id="Secure is there, whatever its value"),
        pytest.param(b"__Host-n=v; Secure; Path=/", id="__Host-"),
        pytest.param(b"__Host-n=v; Secure; Path=/x; Path=/", id="the last Path counts"),
        pytest.param(b"__Http-n=v; Secure; HttpOnly", id="__Http-"),
        pytest.param(b"__Host-Http-n=v; Secure; HttpOnly; Path=/", id="__Host-Http-"),
        pytest.param(b"__Hostess=v", id="not quite a prefix"),
        pytest.param(b"n=__Host-v", id="a prefix in the value of a named cookie"),
    ],
)
def test_a_line_that_browsers_take_is_read(line: bytes) -> None:
    assert parse_set_cookie(line, NOW) is not None


@pytest.mark.parametrize(
    ("attributes", "domain"),
    [
        pytest.param(b"", None, id="none"),
        pytest.param(b"Domain=A.Test", b"a.test", id="lower case"),
        pytest.param(b"Domain=.a.test", b"a.test", id="one leading dot goes"),
        pytest.param(b"Domain=..a.test", b".a.test", id="only one"),
        pytest.param(b"Domain=a.test; DOMAIN=b.test", b"b.test", id="the last counts"),
        pytest.param(b"Domain=a.test; Domain=", None, id="an empty last one means host-only"),
        pytest.param(b"Domain", None, id="no value"),
        pytest.param(b"Domain = a.test ", b"a.test", id="spaces"),
        pytest.param(b"Domain=" + b"a" * 1025, None, id="longer than 1024 octets: not there"),
    ],
)
def test_domain(attributes: bytes, domain: bytes | None) -> None:
    assert parsed(b"n=v;" + attributes).domain == domain


@pytest.mark.parametrize(
    ("attributes", "path"),
    [
        pytest.param(b"", None, id="none"),
        pytest.param(b"Path=/a/", b"/a/", id="as it stands"),
        pytest.param(b"PATH=/z; path=/", b"/", id="the last counts"),
        pytest.param(b"Path=/a; Path=", None, id="an empty last one means the default"),
        pytest.param(b"Path=a", None, id="relative"),
        pytest.param(b'Path="/a"', None, id="quoted"),
        pytest.param(b"Path=/" + b"a" * 1023, b"/" + b"a" * 1023, id="1024 octets"),
        pytest.param(b"Path=/a; Path=/" + b"a" * 1024, b"/a", id="1025 octets: not there"),
    ],
)
def test_path(attributes: bytes, path: bytes | None) -> None:
    assert parsed(b"n=v;" + attributes).path == path


@pytest.mark.parametrize(
    ("attributes", "same_site"),
    [
        (b"SameSite=Strict", b"strict"),
        (b"samesite=lax", b"lax"),
        (b"SameSite=None; Secure", b"none"),
        (b"SameSite=Extended", None),
        (b"SameSite", None),
        (b"SameSite=Strict; SameSite=?", None),
    ],
)
def test_same_site(attributes: bytes, same_site: bytes | None) -> None:
    assert parsed(b"n=v;" + attributes).same_site == same_site


def test_flags_count_by_being_there() -> None:
    cookie = parsed(b"n=v; sEcUrE=no; HTTPONLY=0; partitioned=maybe; Priority=High")
    assert (cookie.secure, cookie.http_only, cookie.partitioned) == (True, True, True)
    cookie = parsed(b"n=v; Secured; Http-Only")
    assert (cookie.secure, cookie.http_only, cookie.partitioned) == (False, False, False)


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
    pytest.param("Max-Age=١٠".encode(), None, id="Max-Age in other digits"),
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
    pytest.param(b"Max-Age=x; Expires=" + FUTURE, NOW + 1200, id="Expires stands in for an unreadable Max-Age"),
]


@pytest.mark.parametrize(("attributes", "expires"), LIFETIMES)
def test_lifetime(attributes: bytes, expires: int | None) -> None:
    cookie = parsed(b"n=v; " + attributes)
    assert cookie.expires == expires
    assert deletes(cookie, NOW) is (expires is not None and expires <= NOW)


def test_a_cookie_that_expires_this_very_second_is_over() -> None:
    assert deletes(SetCookie(b"n", b"v", expires=NOW), NOW)
    assert not deletes(SetCookie(b"n", b"v", expires=NOW + 1), NOW)
    assert not deletes(SetCookie(b"n", b"v"), NOW)


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


@pytest.mark.parametrize(
    ("pair", "name"),
    [
        pytest.param(b"_ga=1", b"_ga", id="plain"),
        pytest.param(b" _ga\t= 1", b"_ga", id="space and tab"),
        pytest.param(b"=_ga=1", b"_ga", id="nameless, arrives with a name"),
        pytest.param(b" = _ga =1", b"_ga", id="... with spaces"),
        pytest.param(b"==_ga=1", b"_ga", id="twice over"),
        pytest.param(b"\t=\t= = _ga=1", b"_ga", id="many times over"),
        pytest.param(b"foo", b"", id="no equals sign"),
        pytest.param(b"=foo", b"", id="nameless"),
        pytest.param(b"", b"", id="empty"),
        pytest.param(b"=", b"", id="only an equals sign"),
        pytest.param(b"a b=1", b"a b", id="space within"),
    ],
)
def test_effective_name_is_what_a_site_will_read_back(pair: bytes, name: bytes) -> None:
    assert effective_name(pair) == name


def test_effective_name_of_a_hundred_thousand_equals_signs_is_found() -> None:
    assert effective_name(b"=" * 100_000 + b"_ga=1") == b"_ga"
    assert effective_name(b"=" * 100_000) == b""


def test_cookie_pairs_keeps_order_duplicates_and_bytes() -> None:
    assert list(cookie_pairs(b'a=1;  _ga="2" ;a=3;;foo; =b=4')) == [
        (b"a", b"a=1"),
        (b"_ga", b'  _ga="2" '),
        (b"a", b"a=3"),
        (b"", b""),
        (b"", b"foo"),
        (b"b", b" =b=4"),
    ]


@given(any_bytes)
def test_any_bytes_can_be_read_without_an_exception(data: bytes) -> None:
    cookie = parse_set_cookie(data, NOW)
    if cookie is not None:
        assert cookie.name or cookie.value
        assert (cookie.name, cookie.value) == split_pair(data.partition(b";")[0])
        assert cookie.expires is None or cookie.expires <= NOW + MAX_AGE_LIMIT
        assert not (cookie.partitioned and not cookie.secure)
    assert cookie_date(data) is None or parse_set_cookie(b"n=v", NOW) is not None
    assert effective_name(data) in data


@given(any_bytes)
def test_any_pairs_can_be_joined_to_what_they_came_from(data: bytes) -> None:
    assert b";".join(segment for _, segment in cookie_pairs(data)) == data
    assert all(b"=" not in name and b";" not in name for name, _ in cookie_pairs(data))


@given(st.integers(-11_644_473_600, 253_402_300_799))
def test_a_date_as_servers_write_it_is_read_back(second: int) -> None:
    when = datetime.fromtimestamp(second, tz=UTC)
    assert cookie_date(f"{when:%a, %d %b} {when.year:04} {when:%H:%M:%S} GMT".encode()) == second
