"""Header fields on their way to the upstream and back."""

import pytest

from assent.gateway.admission import Framing
from assent.gateway.forwarding import Field, request_fields, response_fields
from assent.gateway.proxies import Arrival

STRANGER = Arrival(("203.0.113.9",), "http", "shop.example", trusted=False)
PROXIED = Arrival(("2001:db8::1", "10.0.0.1"), "https", "shop.example:81", trusted=True)
HOST = (b"host", b"shop.example")


def kept(*fields: Field, came: Arrival = STRANGER, framing: Framing = Framing.NONE) -> list[Field]:
    """What is left of the client's own fields."""
    ours = {b"host", b"via", b"forwarded", b"x-forwarded-for", b"x-forwarded-proto", b"x-forwarded-host"}
    return [field for field in request_fields([HOST, *fields], came, framing) if field[0] not in ours]


def test_ordinary_fields_pass_in_order_with_case_duplicates_and_bytes() -> None:
    fields = [
        (b"X-Two", b"1"),
        (b"cookie", b"a=1; b=2"),
        (b"X-One", b"\xff\xfe"),
        (b"Cookie", b"a=1"),
        (b"X-Two", b"1"),
        (b"sec-gpc", b"1"),
    ]
    assert kept(*fields) == fields


@pytest.mark.parametrize(
    "name",
    [
        b"connection",
        b"Keep-Alive",
        b"proxy-connection",
        b"te",
        b"trailer",
        b"upgrade",
        b"proxy-authorization",
        b"proxy-authenticate",
        b"transfer-encoding",
        b"http2-settings",
        b"expect",
    ],
)
def test_field_of_the_connection_stays_behind(name: bytes) -> None:
    assert kept((name, b"x"), (b"accept", b"*/*")) == [(b"accept", b"*/*")]


def test_field_named_by_connection_stays_behind() -> None:
    assert (
        kept(
            (b"connection", b"close, X-Foo ,"), (b"x-foo", b"1"), (b"Connection", b"x-bar"), (b"X-Bar", b"2")
        )
        == []
    )


@pytest.mark.parametrize("name", [b"sec-gpc", b"assent-consent"])
def test_connection_cannot_remove_what_the_upstream_relies_on(name: bytes) -> None:
    assert kept((b"connection", name.title()), (name, b"1")) == [(name, b"1")]


def test_connection_cannot_remove_the_framing() -> None:
    fields = [(b"connection", b"content-length"), (b"content-length", b"4")]
    assert kept(*fields, framing=Framing.LENGTH) == [(b"content-length", b"4")]


def test_repeated_length_is_sent_once_and_chunked_says_so() -> None:
    twice = [(b"content-length", b"4"), (b"content-length", b"4")]
    assert kept(*twice, framing=Framing.LENGTH) == [(b"content-length", b"4")]
    assert kept((b"transfer-encoding", b"chunked"), framing=Framing.CHUNKED) == [
        (b"transfer-encoding", b"chunked")
    ]


@pytest.mark.parametrize(
    ("came", "goes"),
    [
        (b"10", b"9"),
        (b"1", b"0"),
        (b"0", b"0"),
        (b"007", b"6"),
        (b"9" * 5000, b"255"),
        (b"256", b"255"),
        (b"-1", b"-1"),
        (b"many", b"many"),
    ],
)
def test_max_forwards_counts_down(came: bytes, goes: bytes) -> None:
    assert kept((b"Max-Forwards", came)) == [(b"Max-Forwards", goes)]


@pytest.mark.parametrize(
    "name",
    [
        b"x_forwarded_for",
        b"X-Forwarded_Proto",
        b"content_length",
        b"transfer_encoding",
        b"sec_gpc",
        b"assent_consent",
        b"x-forwarded-port",
        b"x-forwarded-prefix",
        b"x-real-ip",
        b"true-client-ip",
    ],
)
def test_stranger_cannot_imitate_a_field_that_is_relied_on(name: bytes) -> None:
    assert kept((name, b"1"), (b"api_key", b"2")) == [(b"api_key", b"2")]


def test_trusted_proxy_may_say_more_than_is_rewritten() -> None:
    fields = [(b"x-forwarded-port", b"443"), (b"x-real-ip", b"203.0.113.9")]
    assert kept(*fields, (b"x_forwarded_port", b"1"), came=PROXIED) == fields


def test_provenance_of_a_stranger_replaces_what_it_said() -> None:
    forged = [
        (b"x-forwarded-for", b"1.1.1.1"),
        (b"forwarded", b"for=1.1.1.1"),
        (b"x-forwarded-proto", b"https"),
    ]
    assert request_fields([*forged, HOST], STRANGER, Framing.NONE) == [
        HOST,
        (b"x-forwarded-for", b"203.0.113.9"),
        (b"x-forwarded-proto", b"http"),
        (b"x-forwarded-host", b"shop.example"),
        (b"forwarded", b"for=203.0.113.9;host=shop.example;proto=http"),
        (b"via", b"1.1 assent"),
    ]


def test_provenance_behind_a_proxy_quotes_ports_and_ipv6() -> None:
    fields = dict(request_fields([HOST], PROXIED, Framing.NONE, version="1.0"))
    assert fields[b"x-forwarded-for"] == b"2001:db8::1, 10.0.0.1"
    assert fields[b"forwarded"] == b'for="[2001:db8::1]";host="shop.example:81";proto=https, for=10.0.0.1'
    assert fields[b"via"] == b"1.0 assent"


def test_host_is_kept_or_replaced_or_made() -> None:
    assert request_fields([(b"Host", b"Shop.Example:80")], STRANGER, Framing.NONE)[0] == (
        b"host",
        b"Shop.Example:80",
    )
    assert request_fields([HOST], STRANGER, Framing.NONE, host=b"up:9000")[0] == (b"host", b"up:9000")
    assert request_fields([], STRANGER, Framing.NONE)[0] == (b"host", b"shop.example")


def test_via_follows_earlier_ones_and_may_be_left_out() -> None:
    fields = request_fields([HOST, (b"via", b"1.1 edge")], STRANGER, Framing.NONE)
    assert [value for name, value in fields if name == b"via"] == [b"1.1 edge", b"1.1 assent"]
    silent = request_fields([HOST, (b"via", b"1.1 edge")], STRANGER, Framing.NONE, via=False)
    assert [value for name, value in silent if name == b"via"] == [b"1.1 edge"]


def test_response_keeps_order_values_and_every_set_cookie() -> None:
    fields = [
        (b"Set-Cookie", b"a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT"),
        (b"Date", b"now"),
        (b"Set-Cookie", b"\xe9=\xff"),
        (b"X-Tab", b"a\tb"),
    ]
    assert response_fields(fields, 200) == [
        (b"set-cookie", b"a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT"),
        (b"date", b"now"),
        (b"set-cookie", b"\xe9=\xff"),
        (b"x-tab", b"a\tb"),
        (b"via", b"1.1 assent"),
    ]


def test_response_loses_fields_of_the_connection_and_the_way_around_the_gateway() -> None:
    fields = [
        (b"Connection", b"keep-alive, X-Hop"),
        (b"X-Hop", b"1"),
        (b"Keep-Alive", b"timeout=5"),
        (b"Alt-Svc", b'h3="origin.example:443"'),
        (b"Trailer", b"Digest"),
        (b"Upgrade", b"h2c"),
        (b"Proxy-Authenticate", b"Basic"),
    ]
    assert response_fields(fields, 200, via=False) == []


@pytest.mark.parametrize(
    ("fields", "status", "expected"),
    [
        pytest.param([(b"Content-Length", b"3")], 200, [(b"content-length", b"3")], id="length passes"),
        pytest.param(
            [(b"Content-Length", b"3"), (b"Transfer-Encoding", b"chunked")], 200, [], id="chunked wins"
        ),
        pytest.param([(b"Content-Length", b"0")], 204, [], id="204 has none"),
        pytest.param(
            [(b"Content-Length", b"3"), (b"ETag", b'"x"')], 304, [(b"etag", b'"x"')], id="304 loses it"
        ),
    ],
)
def test_length_of_a_response(fields: list[Field], status: int, expected: list[Field]) -> None:
    assert response_fields(fields, status, via=False) == expected


def test_value_that_no_server_may_send_is_left_out() -> None:
    assert response_fields([(b"x", b"a\x01b"), (b"y", b"\x7f"), (b"z", b"ok")], 200, via=False) == [
        (b"z", b"ok")
    ]
