from dataclasses import replace
from itertools import pairwise
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assent.core.cookies import SetCookie, deletes, parse_set_cookie
from assent.core.expiry import (
    DEFAULT_PATH,
    MAX_DEPTH,
    MAX_LINES,
    MAX_OCTETS,
    Scope,
    deletion,
    deletions,
    directories,
    encoded_path,
    guessed_scopes,
)

NOW = 1_800_000_000


def read(lines: list[bytes]) -> list[SetCookie]:
    found = [parse_set_cookie(line, NOW) for line in lines]
    assert all(cookie is not None and deletes(cookie, NOW) for cookie in found)
    return [cookie for cookie in found if cookie]


def scopes(lines: list[bytes]) -> list[tuple[bytes, bytes | None, bytes | None, bool]]:
    return [(cookie.name, cookie.domain, cookie.path, cookie.partitioned) for cookie in read(lines)]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/", []),
        ("", []),
        ("/a", ["/a", "/a/"]),
        ("/a/", ["/a", "/a/"]),
        ("/a/b.html", ["/a", "/a/", "/a/b.html", "/a/b.html/"]),
        ("/a%20b/c", ["/a%20b", "/a%20b/", "/a%20b/c", "/a%20b/c/"]),
        ("/a b", ["/a%20b", "/a%20b/"]),
        ("/b\xfccher", ["/b%C3%BCcher", "/b%C3%BCcher/"]),
        ("/a\nb", ["/a%0Ab", "/a%0Ab/"]),
        ("/a\x00", ["/a%00", "/a%00/"]),
        ("//a//b", ["//", "//a", "//a/", "//a//", "//a//b", "//a//b/"]),
        ("/a;b/c", [""]),
        ("/a/b;c/d", ["/a", "/a/", ""]),
        ("/" + "a" * 1022, ["/" + "a" * 1022, "/" + "a" * 1022 + "/"]),
        ("/" + "a" * 1024, [""]),
    ],
)
def test_directories(path: str, expected: list[str]) -> None:
    assert list(directories(path)) == expected


@pytest.mark.parametrize(
    ("path", "encoded"),
    [
        pytest.param("/a%20b/%C3%BC/100%", "/a%20b/%C3%BC/100%", id="what browsers sent stays"),
        pytest.param("/~a_b-c.d!$&'()*+,;=:@|^[]", "/~a_b-c.d!$&'()*+,;=:@|^[]", id="what they leave"),
        pytest.param('/"<>`{}?# \x7f', "/%22%3C%3E%60%7B%7D%3F%23%20%7F", id="what they encode"),
        pytest.param("/\ud800", "/%3F", id="half a character"),
    ],
)
def test_a_path_is_written_as_browsers_write_it(path: str, encoded: str) -> None:
    assert encoded_path(path) == encoded


def test_the_most_common_scopes_are_guessed_first() -> None:
    plain = [
        Scope(None, "/"),
        Scope("www.shop.example", "/"),
        Scope("shop.example", "/"),
        Scope(None, "/a"),
        Scope("www.shop.example", "/a"),
        Scope("shop.example", "/a"),
        Scope(None, "/a/"),
        Scope("www.shop.example", "/a/"),
        Scope("shop.example", "/a/"),
    ]
    partitioned = [replace(scope, partitioned=True) for scope in plain]
    assert list(guessed_scopes("www.shop.example", "/a", trusted=True)) == plain + partitioned
    assert list(guessed_scopes("www.shop.example", "/a", trusted=False)) == plain


def test_a_deletion_names_scope_and_both_lifetimes() -> None:
    assert deletion(b"_ga", Scope("shop.example", "/a", partitioned=True), secure=True) == (
        b"_ga=; Path=/a; Domain=shop.example; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT"
        b"; Secure; Partitioned"
    )
    assert deletion(b"\xff", Scope(), secure=False) == (
        b"\xff=; Path=/; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT"
    )
    assert deletion(b"_ga", Scope(path=DEFAULT_PATH), secure=False) == (
        b"_ga=; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT"
    )


def test_a_cookie_without_a_name_is_deleted_by_a_value() -> None:
    lines = deletions([b""], host="shop.example", path="/", secure=False)
    assert [(cookie.name, cookie.value != b"") for cookie in read(lines)] == [(b"", True)] * 2


def test_each_name_is_tried_in_the_commonest_scope_before_any_in_the_next() -> None:
    lines = deletions([b"a", b"b", b"a"], host="shop.example", path="/", secure=False)
    assert scopes(lines) == [
        (b"a", None, b"/", False),
        (b"b", None, b"/", False),
        (b"a", b"shop.example", b"/", False),
        (b"b", b"shop.example", b"/", False),
    ]


def test_known_scopes_come_first_and_only_once() -> None:
    known = [
        (b"b", Scope("shop.example", "/deep", partitioned=True)),
        (b"other", Scope()),
        (b"b", Scope()),
        (b"b", Scope("shop.example", "/deep", partitioned=True)),
    ]
    found = scopes(deletions([b"a", b"b"], host="shop.example", path="/", secure=True, known=iter(known)))
    assert found[:3] == [
        (b"b", b"shop.example", b"/deep", True),
        (b"b", None, b"/", False),
        (b"a", None, b"/", False),
    ]
    assert len(found) == len(set(found))
    assert {name for name, *_ in found} == {b"a", b"b"}


def test_https_marks_every_line_secure_and_http_none() -> None:
    for secure in (False, True):
        lines = deletions([b"a"], host="shop.example", path="/a", secure=secure)
        assert {cookie.secure for cookie in read(lines)} == {secure}


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost", "10.1.1.1", "github.io"])
def test_an_address_or_a_suffix_has_host_only_cookies(host: str) -> None:
    lines = deletions([b"a"], host=host, path="/", secure=True)
    assert scopes(lines) == [(b"a", None, b"/", False), (b"a", None, b"/", True)]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (b"__Host-a", [(None, b"/", False), (None, b"/", True)]),
        (b"__HOST-http-a", [(None, b"/", False), (None, b"/", True)]),
    ],
)
def test_a_cookie_bound_to_its_host_is_deleted_there_alone(
    name: bytes, expected: list[tuple[bytes | None, bytes, bool]]
) -> None:
    lines = deletions([name], host="www.shop.example", path="/a/b", secure=True)
    assert scopes(lines) == [(name, *rest) for rest in expected]


@pytest.mark.parametrize("name", [b"__Http-a", b"__Host-Http-a", b"__http-a"])
def test_a_cookie_for_http_alone_needs_that_attribute_to_go(name: bytes) -> None:
    cookies = read(deletions([name], host="shop.example", path="/", secure=True))
    assert cookies
    assert all(cookie.http_only for cookie in cookies)


@pytest.mark.parametrize("name", [b"__Host-a", b"__secure-a", b"__Http-a"])
def test_names_that_only_https_may_set_are_left_alone_on_http(name: bytes) -> None:
    assert deletions([name], host="shop.example", path="/a", secure=False) == []


def test_a_known_partitioned_cookie_is_left_alone_on_http() -> None:
    known = [(b"a", Scope(partitioned=True))]
    lines = deletions([b"a"], host="10.0.0.1", path="/", secure=False, known=known)
    assert scopes(lines) == [(b"a", None, b"/", False)]


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "::1"])
def test_on_this_machine_only_what_needs_secure_has_it(host: str) -> None:
    found = read(deletions([b"a", b"__Host-a"], host=host, path="/", secure=False))
    assert [(cookie.name, cookie.secure, cookie.partitioned) for cookie in found] == [
        (b"a", False, False),
        (b"__Host-a", True, False),
        (b"a", True, True),
        (b"__Host-a", True, True),
    ]


@pytest.mark.parametrize(
    "domain", ["example", "other.example", "xshop.example", "deep.www.shop.example", "co.uk"]
)
def test_a_known_scope_that_this_host_cannot_reach_takes_no_line(domain: str) -> None:
    lines = deletions(
        [b"a"], host="www.shop.example", path="/", secure=False, known=[(b"a", Scope(domain, "/x"))]
    )
    assert scopes(lines) == [
        (b"a", None, b"/", False),
        (b"a", b"www.shop.example", b"/", False),
        (b"a", b"shop.example", b"/", False),
    ]


def test_where_only_the_path_is_not_known_each_directory_is_tried_first() -> None:
    known = [(b"a", Scope("shop.example", DEFAULT_PATH, partitioned=True)), (b"a", Scope(None, "/known"))]
    lines = deletions([b"a"], host="www.shop.example", path="/x/y", secure=True, known=known)
    assert scopes(lines)[:6] == [
        (b"a", None, b"/known", False),
        (b"a", b"shop.example", b"/", True),
        (b"a", b"shop.example", b"/x", True),
        (b"a", b"shop.example", b"/x/", True),
        (b"a", b"shop.example", b"/x/y", True),
        (b"a", b"shop.example", b"/x/y/", True),
    ]


@pytest.mark.parametrize(
    "name",
    [b"a=b", b"a;b", b"a\nb", b"a\r", b"\x00", b"a\x7f", b"a\tb", b"x" * 4097],
    ids=["equals sign", "semicolon", "line feed", "return", "NUL", "DEL", "tab", "longer than any cookie"],
)
def test_a_name_that_cannot_be_sent_is_left_out(name: bytes) -> None:
    assert deletions([name], host="shop.example", path="/", secure=True) == []


@pytest.mark.parametrize("name", [b"a b", b"\xe9", b'"a"', b"a,b"])
def test_an_odd_name_can_be_deleted(name: bytes) -> None:
    lines = deletions([name], host="shop.example", path="/", secure=True)
    assert {cookie.name for cookie in read(lines)} == {name}


def test_lines_are_bounded_in_number_and_in_octets() -> None:
    many = deletions([b"n%d" % n for n in range(30)], host="a.b.example", path="/1/2", secure=True)
    assert len(many) == MAX_LINES
    long = deletions([b"n" * 1000, b"m" * 1000], host="a.b.example", path="/1/2", secure=True)
    assert 2 < len(long) < MAX_LINES
    assert sum(map(len, long)) <= MAX_OCTETS
    assert deletions([b"n" * 4096], host="a.b.example", path="/1/2", secure=True)


@pytest.mark.parametrize(
    "names",
    [
        [b"n%d" % n for n in range(20_000)],
        [b"__Host-%d" % n for n in range(20_000)],
        [b"n"] * 20_000,
        [b"\x00%d" % n for n in range(20_000)],
    ],
    ids=["different", "bound to the host", "the same", "unsendable"],
)
@pytest.mark.parametrize("secure", [False, True])
def test_a_client_that_sends_thousands_of_names_costs_little(names: list[bytes], secure: bool) -> None:
    known = [(name, Scope(path=f"/{n}")) for name in names[:1000] for n in range(8)]
    began = process_time()
    deletions(names, host=".".join("abcdefghijklmnop"), path="/1/2/3/4/5", secure=secure, known=known)
    assert process_time() - began < 5


cookie_names = st.binary(max_size=12) | st.sampled_from(
    [b"_ga", b"__Host-a", b"__Secure-a", b"__Http-a", b"__Host-Http-a", b"a b"]
)


@given(
    st.lists(cookie_names, max_size=6),
    st.text(max_size=12) | st.sampled_from(["www.shop.example", "localhost", "10.0.0.1"]),
    st.text(max_size=12) | st.sampled_from(["/", "/a/b/c/d/e", "/a b/"]),
    st.booleans(),
    st.lists(st.tuples(cookie_names, st.builds(Scope, partitioned=st.booleans())), max_size=4),
)
def test_every_line_is_a_deletion_that_browsers_take_and_that_passes_here(
    names: list[bytes], host: str, path: str, secure: bool, known: list[tuple[bytes, Scope]]
) -> None:
    names = [name.strip(b" \t") for name in names]
    lines = deletions(names, host=host, path=path, secure=secure, known=known)
    assert {cookie.name for cookie in read(lines)} <= set(names)
    assert len(lines) <= MAX_LINES
    assert len(lines) == len(set(lines))


def test_depth_is_bounded_and_longer_paths_come_later() -> None:
    paths = list(directories("/" + "/".join("abcdefghijklmnopqrstuvwxyz")))
    assert len(paths) == 2 * MAX_DEPTH
    assert all(len(one) < len(next_one) for one, next_one in pairwise(paths))
