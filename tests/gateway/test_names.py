"""Names of the upstream become the public ones, and no other name changes."""

import pytest

from assent.gateway.address import parse
from assent.gateway.names import Names
from tests.gateway.servers import Front, ask, get, says, upstream

BARE = Names(parse("http://app.internal:9000"))
BASED = Names(parse("http://app.internal:9000/base"))
SECURE = Names(parse("https://app.internal"))
SIX = Names(parse("http://[::1]:9000"))
SAME = None


@pytest.mark.parametrize(
    ("names", "root", "url", "public"),
    [
        pytest.param(BARE, b"", b"http://app.internal:9000/x?y#z", b"/x?y#z", id="origin"),
        pytest.param(BARE, b"", b"HTTP://App.Internal:9000/X", b"/X", id="origin in any case"),
        pytest.param(BARE, b"", b"//app.internal:9000/x", b"/x", id="without scheme"),
        pytest.param(BARE, b"", b"http://app.internal:9000", b"/", id="nothing but the origin"),
        pytest.param(BARE, b"", b"http://app.internal:9000?a", b"/?a", id="query alone"),
        pytest.param(BARE, b"", b"http://app.internal:90001/x", SAME, id="longer port"),
        pytest.param(BARE, b"", b"http://app.internal/x", SAME, id="other port"),
        pytest.param(BARE, b"", b"https://app.internal:9000/x", SAME, id="other scheme"),
        pytest.param(BARE, b"", b"http://app.internal:9000@evil.example/", SAME, id="origin as a user"),
        pytest.param(BARE, b"", b"http://app.internal:9000.evil.example/", SAME, id="origin as a prefix"),
        pytest.param(BARE, b"", b"/x", SAME, id="path"),
        pytest.param(BARE, b"", b"http://app.internal:9000//evil.example", b"/.//evil.example", id="no host"),
        pytest.param(BARE, b"", b"http://app.internal:9000/\\evil.example", b"/./\\evil.example", id="slash"),
        pytest.param(BARE, b"", b"http://app.internal:9000/\t/evil.example", b"/./\t/evil.example", id="tab"),
        pytest.param(SECURE, b"", b"https://app.internal:443/x", b"/x", id="default port said"),
        pytest.param(SECURE, b"", b"https://app.internal/x", b"/x", id="default port not said"),
        pytest.param(SECURE, b"", b"http://app.internal/x", SAME, id="not downgraded"),
        pytest.param(SIX, b"", b"http://[::1]:9000/x", b"/x", id="IPv6"),
        pytest.param(BASED, b"", b"http://app.internal:9000/base/x", b"/x", id="base path"),
        pytest.param(BASED, b"", b"http://app.internal:9000/base", b"/", id="base path alone"),
        pytest.param(BASED, b"", b"/base/x", b"/x", id="path below the base"),
        pytest.param(BASED, b"", b"/base?x", b"/?x", id="query of the base"),
        pytest.param(BASED, b"", b"/basement", SAME, id="path that begins alike"),
        pytest.param(BASED, b"", b"http://app.internal:9000/other", SAME, id="beyond what is published"),
        pytest.param(BASED, b"", b"/base//evil.example", b"/.//evil.example", id="no host below the base"),
        pytest.param(BARE, b"/shop", b"http://app.internal:9000/x", b"/shop/x", id="mounted"),
        pytest.param(BARE, b"/shop", b"/x", b"/shop/x", id="path, mounted"),
        pytest.param(BARE, b"/shop", b"/shop/x", SAME, id="site that knows where it is mounted"),
        pytest.param(BARE, b"/shop", b"x", SAME, id="relative"),
        pytest.param(BARE, b"/shop", b"?x", SAME, id="relative query"),
        pytest.param(BARE, b"/shop", b"//cdn.example/x", SAME, id="other host, mounted"),
        pytest.param(BARE, b"/shop", b"https://cdn.example/x", SAME, id="other origin, mounted"),
        pytest.param(BASED, b"/shop", b"/base/x", b"/shop/x", id="base path, mounted"),
    ],
)
def test_url_of_the_upstream(names: Names, root: bytes, url: bytes, public: bytes | None) -> None:
    assert names.url(url, root) == (url if public is SAME else public)


@pytest.mark.parametrize(
    ("name", "value", "public"),
    [
        (b"location", b"http://app.internal:9000/x", b"/x"),
        (b"content-location", b"http://app.internal:9000/x", b"/x"),
        (b"refresh", b"5; url=http://app.internal:9000/x", b"5; url=/x"),
        (b"refresh", b"0;URL='http://app.internal:9000/x'", b"0;URL='/x'"),
        (b"refresh", b"5", b"5"),
        (
            b"link",
            b'<http://app.internal:9000/a.css>; rel=preload, < https://cdn.example/b>; rel="x"',
            b'</a.css>; rel=preload, < https://cdn.example/b>; rel="x"',
        ),
        (b"x-other", b"http://app.internal:9000/x", b"http://app.internal:9000/x"),
    ],
)
def test_field_that_holds_urls(name: bytes, value: bytes, public: bytes) -> None:
    assert BARE.public([(b"date", b"now"), (name, value)], "shop.example", b"") == [
        (b"date", b"now"),
        (name, public),
    ]


@pytest.mark.parametrize(
    ("names", "root", "line", "public"),
    [
        (BARE, b"", b"a=1; Domain=app.internal; Path=/", b"a=1; Domain=www.shop.example; Path=/"),
        (BARE, b"", b"a=1;domain = .App.Internal ;Secure", b"a=1;domain =www.shop.example;Secure"),
        (BARE, b"", b"a=1; Domain=internal", b"a=1; Domain=www.shop.example"),
        (BARE, b"", b"a=1; Domain=shop.example; Path=/x", SAME),
        (BARE, b"", b"a=1; Domain=other.example", SAME),
        (BARE, b"", b"a=1; Domain=; Path=", SAME),
        (BARE, b"", b"a=Domain=app.internal", SAME),
        (BARE, b"", b"domain=app.internal", SAME),
        (BARE, b"", b"a=1; Expires=Thu, 01 Jan 2099 00:00:00 GMT; Path=/base", SAME),
        (BASED, b"", b"a=1; Path=/base; HttpOnly", b"a=1; Path=/; HttpOnly"),
        (BASED, b"", b"a=1;path=/base/x;  SameSite=Lax;", b"a=1;path=/x;  SameSite=Lax;"),
        (BASED, b"", b"a=1; Path=/", SAME),
        (BASED, b"", b"a=1; Path=/basement", SAME),
        (BARE, b"/shop", b"a=1; Path=/", b"a=1; Path=/shop"),
        (BARE, b"/shop", b"a=1; Path=/x", b"a=1; Path=/shop/x"),
        (BARE, b"/shop", b"a=1; Path=/shop/x", SAME),
        (BASED, b"/shop", b"a=1; Path=/base/", b"a=1; Path=/shop"),
    ],
)
def test_scope_of_a_cookie(names: Names, root: bytes, line: bytes, public: bytes | None) -> None:
    fields = names.public([(b"set-cookie", line)], "www.shop.example:8080", root)
    assert fields == [(b"set-cookie", line if public is SAME else public)]


def test_domain_that_is_an_address() -> None:
    six = Names(parse("http://10.0.0.7:9000"))
    fields = six.public(
        [(b"set-cookie", b"a; Domain=10.0.0.7"), (b"set-cookie", b"a; Domain=0.7")], "[::1]:1", b""
    )
    assert fields == [(b"set-cookie", b"a; Domain=[::1]"), (b"set-cookie", b"a; Domain=0.7")]


@pytest.mark.anyio
async def test_upstream_under_a_name_of_its_own(front: Front) -> None:
    authority = b""

    async def answer(incoming: object) -> None:
        await says(
            b"HTTP/1.1 302 Found\r\nLocation: http://%b/base/next\r\nContent-Length: 0\r\n"
            b"Set-Cookie: a=1; Domain=127.0.0.1; Path=/base\r\n\r\n" % authority
        )(incoming)  # type: ignore[arg-type]

    async with upstream(answer) as site, front(site.url + "/base", preserve_host=False) as port:
        authority = site.url.removeprefix("http://").encode()
        reply = await ask(port, get(b"/start"))
    assert site.seen[0].values(b"host") == [authority]
    assert reply.values(b"location") == [b"/next"]
    assert reply.values(b"set-cookie") == [b"a=1; Domain=shop.example; Path=/"]
