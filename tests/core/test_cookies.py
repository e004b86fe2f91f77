import pytest
from hypothesis import given
from hypothesis import strategies as st

from assent.core.cookies import (
    MAX_AGE_LIMIT,
    SetCookie,
    blanks_cookies,
    cookie_date,
    cookie_pairs,
    default_path,
    effective_name,
    parse_set_cookie,
    split_pair,
)

NOW = 1_800_000_000

header_like = st.lists(
    st.sampled_from(
        b"= ; , . - / : 0 7 2027 12:34:56 Jan _ga a __Host- __http- Max-Age Expires Domain Path Secure "
        b'SameSite None Partitioned " \xff \x00 \x0b'.split(b" ")
    )
    | st.sampled_from([b" ", b"\t"]),
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


@pytest.mark.parametrize(
    ("line", "blanks"),
    [
        pytest.param(b"n=\xff; Path=/", True, id="a value that is not UTF-8"),
        pytest.param(b"\xff=1", True, id="a name that is not"),
        pytest.param(b"\xff", True, id="nameless"),
        pytest.param(b"n=caf\xe9; Path=/; Secure", True, id="latin-1"),
        pytest.param(b"n=\xed\xa0\x80", True, id="half a surrogate pair"),
        pytest.param(b"n=\xc0\xaf", True, id="overlong"),
        pytest.param("n=café".encode(), False, id="UTF-8"),
        pytest.param("n=\ufffe".encode(), False, id="a noncharacter in UTF-8"),
        pytest.param(b"n=v; Path=/; x=\xff", False, id="attributes are not shown to scripts"),
        pytest.param(b"n=\xff; HttpOnly", False, id="scripts never see it"),
        pytest.param(b"n=\xff; Max-Age=0", False, id="it removes such a cookie"),
        pytest.param(b"n=\xff; Expires=Thu, 01 Jan 1970 00:00:00 GMT", False, id="... by date"),
        pytest.param(b"n=\xff; Partitioned", False, id="browsers drop it"),
        pytest.param(b"n=v", False, id="ASCII"),
        pytest.param(b"", False, id="empty"),
    ],
)
def test_what_is_not_utf_8_hides_all_cookies_from_scripts(line: bytes, blanks: bool) -> None:
    assert blanks_cookies(line, NOW) is blanks


@pytest.mark.parametrize(
    ("path", "directory"),
    [
        (b"/", b"/"),
        (b"/a", b"/"),
        (b"/a/", b"/a"),
        (b"/a/b", b"/a"),
        (b"/a;b/c", b"/a;b"),
        (b"//a//b", b"//a/"),
        (b"//a", b"/"),
        (b"", b"/"),
        (b"a/b/c", b"/"),
    ],
)
def test_the_default_path_is_the_directory(path: bytes, directory: bytes) -> None:
    assert default_path(path) == directory


@given(any_bytes)
def test_any_bytes_can_be_read_without_an_exception(data: bytes) -> None:
    cookie = parse_set_cookie(data, NOW)
    if cookie is not None:
        assert cookie.name or cookie.value
        assert (cookie.name, cookie.value) == split_pair(data.partition(b";")[0])
        assert cookie.expires is None or cookie.expires <= NOW + MAX_AGE_LIMIT
        assert not (cookie.partitioned and not cookie.secure)
    second = cookie_date(data)
    assert second is None or -11_644_473_600 <= second <= 253_402_300_799
    assert effective_name(data) in data
    assert not (blanks_cookies(data, NOW) and data.isascii())


@given(any_bytes)
def test_any_pairs_can_be_joined_to_what_they_came_from(data: bytes) -> None:
    assert b";".join(segment for _, segment in cookie_pairs(data)) == data
    assert all(b"=" not in name and b";" not in name for name, _ in cookie_pairs(data))
