"""The store behaves as browsers do, and what Assent sends to expire a cookie removes it from there."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assent.core.cookies import effective_name
from assent.core.domains import cookie_domains
from assent.core.expiry import next_round
from tests.conformance.store import Page, Store

NOW = 1_800_000_000
HTTPS = Page("https", "www.a.test", b"/p/q")
HTTP = replace(HTTPS, scheme="http")


def sent(lines: list[bytes], set_at: Page = HTTPS, sent_to: Page | None = None) -> bytes:
    store = Store(NOW)
    for line in lines:
        store.receive(set_at, line)
    return store.field(sent_to or set_at)


@pytest.mark.parametrize(
    ("lines", "field"),
    [
        pytest.param([b"n=1", b"n=2"], b"n=2", id="the same scope is replaced"),
        pytest.param([b"n=1", b"n=2; Path=/"], b"n=1; n=2", id="another path is another cookie"),
        pytest.param([b"n=1; Path=/", b"m=1; Path=/p/q", b"l=1"], b"m=1; l=1; n=1", id="longest path first"),
        pytest.param([b"n=1", b"m=1", b"n=2"], b"n=2; m=1", id="then oldest, which a new value stays"),
        pytest.param([b"n=1; Domain=a.test", b"n=2"], b"n=1; n=2", id="host-only is another"),
        pytest.param([b"n=1; Domain=www.a.test", b"n=2"], b"n=1; n=2", id="... than the host as Domain"),
        pytest.param([b"n=1; Domain=test"], b"", id="a public suffix"),
        pytest.param([b"n=1; Domain=b.test"], b"", id="another site"),
        pytest.param([b"n=1; Domain=x.www.a.test"], b"", id="below the host"),
        pytest.param([b"n=1; Path=/p/", b"m=1; Path=/p/q/"], b"n=1", id="a path is matched by its parts"),
        pytest.param([b"n=1; Path=/p/qq", b"m=1; Path=/pp"], b"", id="... whole"),
        pytest.param([b"foo; Path=/", b"=bar; Path=/"], b"bar", id="nameless"),
        pytest.param([b"=_ga=1"], b"", id="nameless, would be sent as another"),
        pytest.param([b"n=1", b"n=2; Max-Age=0"], b"", id="deleted"),
        pytest.param([b"n=1; Secure; Partitioned", b"n=2; Secure"], b"n=1; n=2", id="partitioned"),
    ],
)
def test_what_a_browser_sends(lines: list[bytes], field: bytes) -> None:
    assert sent(lines) == field


def test_secure_cookies_need_https_or_this_machine() -> None:
    assert sent([b"n=1; Secure"], HTTPS, HTTP) == b""
    assert sent([b"n=1; Secure"], HTTP) == b""
    assert sent([b"__Host-n=1; Secure; Path=/"], Page("http", "localhost")) == b"__Host-n=1"
    store = Store(NOW)
    store.receive(HTTPS, b"n=1; Secure; Path=/")
    store.receive(HTTP, b"n=2; Path=/")
    store.receive(HTTP, b"n=3; Path=/; Domain=a.test")
    assert store.field(HTTP) == b""
    assert store.field(HTTPS) == b"n=1"


def test_domains_reach_down_and_host_only_does_not() -> None:
    lines = [b"n=1; Domain=a.test; Path=/", b"m=1; Path=/"]
    assert sent(lines, Page("https", "a.test"), Page("https", "x.a.test")) == b"n=1"
    assert sent(lines, Page("https", "a.test"), Page("https", "xa.test")) == b""
    address = Page("https", "10.0.0.1")
    assert sent([b"n=1; Domain=0.1", b"m=1; Domain=0.0.1"], address) == b""


@pytest.mark.parametrize(
    ("set_as", "deleted_by", "left"),
    [
        (b"n=1; Path=/", b"n=; Path=/; Max-Age=0", b""),
        (b"n=1; Path=/; Domain=a.test", b"n=; Path=/; Max-Age=0", b"n=1"),
        (b"n=1; Path=/; Domain=www.a.test", b"n=; Path=/; Domain=a.test; Max-Age=0", b"n=1"),
        (b"n=1; Path=/p/", b"n=; Path=/p; Max-Age=0", b"n=1"),
        (b"n=1", b"n=; Max-Age=0", b""),
        (b"n=1; Path=/; Secure; Partitioned", b"n=; Path=/; Secure; Max-Age=0", b"n=1"),
        (b"n=1; Path=/; Secure; Partitioned", b"n=; Path=/; Partitioned; Max-Age=0", b"n=1"),
        (b"__Secure-n=1; Path=/; Secure", b"__Secure-n=; Path=/; Max-Age=0", b"__Secure-n=1"),
        (b"foo; Path=/", b"=; Path=/; Max-Age=0", b"foo"),
        (b"foo; Path=/", b"=x; Path=/; Max-Age=0", b""),
    ],
)
def test_a_deletion_must_name_the_scope_as_chromium_has_it(
    set_as: bytes, deleted_by: bytes, left: bytes
) -> None:
    assert sent([set_as, deleted_by]) == left


names = st.sampled_from(
    [b"_ga", b"n", b"__Secure-n", b"__Host-n", b"__Http-n", b"__Host-Http-n", b"__hOst-n", b"\xe9", b"a b"]
)
pairs = names.map(lambda name: name + b"=1") | st.sampled_from([b"foo", b"=x"])
hosts = st.sampled_from(
    [
        *("www.a.test", "a.test", "x.y.a.test", "a.co.uk", "b.a.co.uk", "www.xn--bcher-kva.example"),
        *("localhost", "shop.localhost", "10.0.0.1", "127.0.0.1", "me.github.io", "github.io"),
    ]
)
parts = st.sampled_from([b"a", b"b", b"a%20b", b"b%C3%BCcher", b"", b"index.html"])
paths = st.lists(parts, max_size=5).map(lambda some: b"/" + b"/".join(some))


@st.composite
def set_cookies(draw: st.DrawFn, host: str, path: bytes) -> bytes:
    """One line of the matrix, in a scope that ``path`` is in."""
    ends = [place for place in range(1, len(path) + 1) if path[place - 1 : place] == b"/"]
    prefixes = [b"/", path, *(path[:end] for end in ends), *(path[: end - 1] for end in ends if end > 1)]
    domains = st.sampled_from(["", *cookie_domains(host)])
    attributes = [
        draw(st.sampled_from([b"", *(b"; Path=" + prefix for prefix in prefixes)])),
        draw(domains.map(lambda domain: f"; Domain={domain}".encode() if domain else b"")),
        draw(st.sampled_from([b"", b"; Secure", b"; Secure", b"; Secure; Partitioned"])),
        draw(st.sampled_from([b"", b"; HttpOnly"])),
        draw(st.sampled_from([b"", b"; SameSite=Strict", b"; Max-Age=1000"])),
    ]
    return draw(pairs) + b"".join(attributes)


def expire_all(store: Store, page: Page, most: int) -> int:
    """Answer requests until the browser sends no cookie any more; return how many answers that took."""
    field, begin = store.field(page), 0
    for answers in range(most):
        if not field:
            return answers
        refused = [effective_name(pair) for pair in field.split(b"; ")]
        path = page.path.decode()
        answer = next_round(refused, host=page.host, path=path, secure=page.scheme == "https", begin=begin)
        for line in answer.lines:
            store.receive(page, line)
        came, field = field, store.field(page)
        begin = answer.rest if field == came else 0
    raise AssertionError(f"{field!r} is still there after {most} answers")


@given(st.data(), st.sampled_from(["http", "https"]), hosts, paths)
def test_a_cookie_of_any_scope_is_gone_once_the_browser_has_sent_it(
    data: st.DataObject, scheme: str, host: str, path: bytes
) -> None:
    page = Page(scheme, host, path)
    store = Store(NOW)
    store.receive(page, data.draw(set_cookies(host, path)))
    expire_all(store, page, most=5)
    assert not store.cookies or not store.field(page)


@given(st.data(), hosts, paths)
def test_however_many_cookies_are_gone_after_some_answers(
    data: st.DataObject, host: str, path: bytes
) -> None:
    page = Page("https", host, path)
    store = Store(NOW)
    for line in data.draw(st.lists(set_cookies(host, path), max_size=20)):
        store.receive(page, line)
    expire_all(store, page, most=400)


def test_more_cookies_than_one_answer_takes_are_gone_though_each_scope_is_tried_late() -> None:
    page = Page("https", "x.a.test", b"/a/b/")
    store = Store(NOW)
    for number in range(60):
        store.receive(page, b"n%d=1; Path=/a/b/; Domain=a.test; Secure; Partitioned" % number)
    assert len(store.cookies) == 60
    expire_all(store, page, most=80)


def test_a_page_below_a_semicolon_is_expired_in_its_own_directory() -> None:
    page = Page("https", "www.a.test", b"/a;b/c")
    store = Store(NOW)
    store.receive(page, b"n=1")
    assert expire_all(store, page, most=2) == 1
