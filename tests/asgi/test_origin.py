import pytest
from hypothesis import given
from hypothesis import strategies as st

from assent.asgi.origin import is_same_origin

PUBLIC = "https://shop.example"


def fields(**values: bytes) -> list[tuple[bytes, bytes]]:
    return [(name.replace("_", "-").encode(), value) for name, value in values.items()]


@pytest.mark.parametrize(
    ("sent", "public", "same"),
    [
        pytest.param(fields(sec_fetch_site=b"same-origin"), None, True, id="same-origin"),
        pytest.param(fields(sec_fetch_site=b"none"), None, True, id="typed by the visitor"),
        pytest.param(fields(sec_fetch_site=b"same-site"), None, False, id="a sibling domain"),
        pytest.param(fields(sec_fetch_site=b"cross-site"), None, False, id="another site"),
        pytest.param(fields(sec_fetch_site=b"Same-Origin"), None, False, id="a word no browser sends"),
        pytest.param(
            fields(sec_fetch_site=b"cross-site", origin=b"https://shop.example", host=b"shop.example"),
            PUBLIC,
            False,
            id="Sec-Fetch-Site outranks Origin",
        ),
        pytest.param(
            fields(sec_fetch_site=b"same-origin", origin=b"https://internal:9000", host=b"x"),
            PUBLIC,
            True,
            id="... also where a proxy rewrote Host",
        ),
        pytest.param(fields(host=b"shop.example"), None, True, id="neither: no browser"),
        pytest.param([], None, True, id="nothing at all"),
        pytest.param(
            fields(origin=b"https://shop.example", host=b"shop.example"), None, True, id="Origin fits Host"
        ),
        pytest.param(
            fields(origin=b"https://shop.example", host=b"SHOP.example"), None, True, id="Host in capitals"
        ),
        pytest.param(
            fields(origin=b"http://shop.example:8000", host=b"shop.example:8000"),
            None,
            True,
            id="a port",
        ),
        pytest.param(
            fields(origin=b"http://shop.example:8000", host=b"shop.example"), None, False, id="another port"
        ),
        pytest.param(
            fields(origin=b"https://evil.example", host=b"shop.example"), None, False, id="another host"
        ),
        pytest.param(
            fields(origin=b"https://shop.example.evil.example", host=b"shop.example"),
            None,
            False,
            id="a host that begins alike",
        ),
        pytest.param(
            fields(origin=b"https://shop.example@evil.example", host=b"shop.example"),
            None,
            False,
            id="a host in front of an at sign",
        ),
        pytest.param(
            fields(origin=b"https://shop.example", host=b"10.0.0.5:9000"),
            PUBLIC,
            True,
            id="the public origin",
        ),
        pytest.param(
            fields(origin=b"https://shop.example", host=b"10.0.0.5:9000"),
            "https://Shop.Example",
            True,
            id="the public origin in capitals",
        ),
        pytest.param(
            fields(origin=b"https://evil.example", host=b"10.0.0.5"),
            PUBLIC,
            False,
            id="not the public",
        ),
        pytest.param(fields(origin=b"null", host=b"shop.example"), PUBLIC, False, id="a sandboxed frame"),
        pytest.param(fields(origin=b"null"), None, False, id="a sandboxed frame and no Host"),
        pytest.param(fields(origin=b"null", host=b""), None, False, id="a sandboxed frame and an empty Host"),
        pytest.param(fields(origin=b"http://[", host=b"["), None, False, id="an Origin that is none"),
        pytest.param(
            fields(origin="http://a\u2100b".encode(), host=b"x"), None, False, id="an Origin beyond ASCII"
        ),
        pytest.param(fields(origin=b"http://[::1]:80", host=b"[::1]:80"), None, True, id="IPv6"),
    ],
)
def test_who_may_post(sent: list[tuple[bytes, bytes]], public: str | None, same: bool) -> None:
    assert is_same_origin(sent, public) is same


@given(st.binary(max_size=40) | st.text("htp:/[]@a.", max_size=20).map(lambda t: b"http://" + t.encode()))
def test_any_origin_is_judged_and_a_foreign_one_refused(origin: bytes) -> None:
    assert is_same_origin([(b"origin", origin), (b"host", b"shop.example")], None) is (origin == b"")
