"""Which requests go upstream, with which framing and target."""

from typing import Any

import pytest

from assent.gateway.admission import (
    BAD_FIELD,
    BAD_HOST,
    BAD_LENGTH,
    BAD_TARGET,
    BAD_VERSION,
    BOTH_FRAMINGS,
    LAST_HOP,
    LOOP,
    MAX_FIELDS,
    NO_WEBSOCKET,
    TOO_LARGE,
    UNKNOWN_CODING,
    Framing,
    Refusal,
    admit,
    admit_handshake,
    target,
)


def scope(*fields: tuple[bytes, bytes], **more: Any) -> dict[str, Any]:
    host = [] if any(name == b"host" for name, _ in fields) else [(b"host", b"shop.example")]
    return {
        "type": "http",
        "method": "GET",
        "http_version": "1.1",
        "path": "/",
        "raw_path": b"/",
        "query_string": b"",
        "headers": [*host, *fields],
        **more,
    }


@pytest.mark.parametrize(
    ("fields", "framing"),
    [
        pytest.param([], Framing.NONE, id="nothing announced"),
        pytest.param([(b"content-length", b"4")], Framing.LENGTH, id="length"),
        pytest.param([(b"content-length", b"4")] * 2, Framing.LENGTH, id="length twice and equal"),
        pytest.param([(b"Transfer-Encoding", b"Chunked")], Framing.CHUNKED, id="chunked"),
        pytest.param([(b"content-length", b"4"), (b"content-length", b"5")], BAD_LENGTH, id="two lengths"),
        pytest.param([(b"content-length", b"+4")], BAD_LENGTH, id="signed length"),
        pytest.param([(b"content-length", b"4, 4")], BAD_LENGTH, id="list of lengths"),
        pytest.param([(b"content-length", b"")], BAD_LENGTH, id="empty length"),
        pytest.param(
            [(b"content-length", b"4"), (b"transfer-encoding", b"chunked")], BOTH_FRAMINGS, id="both framings"
        ),
        pytest.param([(b"transfer-encoding", b"gzip, chunked")], UNKNOWN_CODING, id="coding in coding"),
        pytest.param([(b"transfer-encoding", b"chunked")] * 2, UNKNOWN_CODING, id="chunked twice"),
        pytest.param(
            [(b"upgrade", b"WebSocket"), (b"connection", b"keep-alive, Upgrade")],
            NO_WEBSOCKET,
            id="handshake that the server did not know as one",
        ),
        pytest.param([(b"upgrade", b"websocket")], Framing.NONE, id="upgrade that Connection does not name"),
        pytest.param([(b"upgrade", b"h2c")], Framing.NONE, id="other upgrades are declined silently"),
    ],
)
def test_framing_of_a_request(fields: list[tuple[bytes, bytes]], framing: Framing | Refusal) -> None:
    assert admit(scope(*fields)) == framing


def test_later_protocol_in_the_syntax_of_http_1_is_refused() -> None:
    assert admit(scope(http_version="2.0")) == BAD_VERSION


@pytest.mark.parametrize("version", ["1.0", "1.2", "2", "3"])
def test_transfer_coding_is_known_to_http_1_1_only(version: str) -> None:
    assert admit(scope((b"transfer-encoding", b"chunked"), http_version=version)) == UNKNOWN_CODING


@pytest.mark.parametrize(
    "field",
    [
        pytest.param((b"x", b"a\nb"), id="LF"),
        pytest.param((b"x", b"a\r\n b"), id="folded"),
        pytest.param((b"x", b"a\0b"), id="NUL"),
        pytest.param((b"x", b"a\x7fb"), id="DEL"),
        pytest.param((b"", b"a"), id="no name"),
        pytest.param((b"x y", b"a"), id="space in the name"),
        pytest.param((b"x:", b"a"), id="colon in the name"),
        pytest.param((b"x\n", b"a"), id="line break in the name"),
    ],
)
def test_field_that_another_parser_might_read_otherwise_is_refused(field: tuple[bytes, bytes]) -> None:
    assert admit(scope(field)) == BAD_FIELD
    assert admit_handshake(scope(field)) == BAD_FIELD


def test_tab_and_any_byte_beyond_ascii_are_admitted() -> None:
    assert admit(scope((b"x", b"a\tb\x80\xff"))) is Framing.NONE


def test_header_section_beyond_the_limit_is_refused() -> None:
    own = len(b"hostshop.examplecookie") + 1
    assert admit(scope((b"cookie", b"a" * (MAX_FIELDS - own)))) is Framing.NONE
    assert admit(scope((b"cookie", b"a" * (MAX_FIELDS - own + 1)))) == TOO_LARGE
    assert admit(scope(*[(b"a%d" % number, b"") for number in range(20000)])) == TOO_LARGE


@pytest.mark.parametrize(
    ("method", "value", "verdict"),
    [
        ("OPTIONS", b"0", LAST_HOP),
        ("OPTIONS", b"00", LAST_HOP),
        ("OPTIONS", b"1", Framing.NONE),
        ("OPTIONS", b"", Framing.NONE),
        ("GET", b"0", Framing.NONE),
    ],
)
def test_options_end_here_when_they_may_go_no_further(
    method: str, value: bytes, verdict: Framing | Refusal
) -> None:
    assert admit(scope((b"max-forwards", value), method=method)) == verdict


def test_handshake_is_judged_like_a_request() -> None:
    assert admit_handshake(scope()) is None
    assert admit_handshake(scope((b"host", b"a b"))) == BAD_HOST
    assert (
        admit_handshake(
            scope((b"via", b"1.1 assent, 1.1 assent, 1.1 assent"), (b"via", b"1.1 assent, 1 assent"))
        )
        == LOOP
    )


def test_later_protocols_do_not_announce_a_body() -> None:
    assert admit(scope(http_version="2")) is Framing.UNSAID
    assert admit(scope((b"content-length", b"4"), http_version="2")) is Framing.LENGTH


@pytest.mark.parametrize(
    "host",
    [b"", b"a b", b"a/b", b"a@b", b"a,b", b"a:port", b"[::1", b"\xff.example", b"a\\b", b"a?b"],
)
def test_bad_host_is_refused(host: bytes) -> None:
    assert admit(scope((b"host", host))) == BAD_HOST


@pytest.mark.parametrize(
    "host", [b"shop.example", b"shop.example:8080", b"[::1]:80", b"my_shop", b"127.0.0.1"]
)
def test_good_host_is_admitted(host: bytes) -> None:
    assert admit(scope((b"host", host))) is Framing.NONE


def test_two_hosts_are_refused_even_when_equal() -> None:
    assert admit(scope((b"host", b"a"), (b"host", b"a"))) == BAD_HOST


def test_missing_host_is_allowed_to_http_1_0_only() -> None:
    bare = {**scope(), "headers": []}
    assert admit(bare) == BAD_HOST
    assert admit({**bare, "http_version": "1.0"}) is Framing.NONE


@pytest.mark.parametrize(("method", "status"), [("CONNECT", 501), ("TRACE", 405)])
def test_method_that_is_not_forwarded(method: str, status: int) -> None:
    verdict = admit(scope(method=method))
    assert isinstance(verdict, Refusal)
    assert verdict.status == status


def test_request_that_passed_here_often_is_a_loop() -> None:
    assert admit(scope((b"via", b"1.1 assent, 1.1 nginx"), (b"via", b"1.1 assent"))) is Framing.NONE
    assert (
        admit(scope((b"via", b"1.1 assent, 1.1 assent, 1.1 Assent"), (b"via", b"2 assent,1.0 assent")))
        == LOOP
    )


@pytest.mark.parametrize(
    ("given", "base", "expected"),
    [
        pytest.param(
            {"raw_path": b"/a/../b%2Fc", "query_string": b"x=%20y;z"}, b"", b"/a/../b%2Fc?x=%20y;z", id="raw"
        ),
        pytest.param({"raw_path": b"//double//"}, b"", b"//double//", id="slashes stay"),
        pytest.param({"raw_path": b"/x"}, b"/base", b"/base/x", id="base path"),
        pytest.param({"raw_path": b"*", "method": "OPTIONS"}, b"/base", b"*", id="asterisk"),
        pytest.param({"raw_path": None, "path": "/ä b"}, b"", b"/%C3%A4%20b", id="server without raw_path"),
        pytest.param({"raw_path": b"/shop/x", "root_path": "/shop"}, b"", b"/x", id="mounted"),
        pytest.param({"raw_path": b"/shop", "root_path": "/shop/"}, b"", b"/", id="mounted, at its root"),
        pytest.param({"raw_path": b"/shopper", "root_path": "/shop"}, b"", b"/shopper", id="alike prefix"),
        pytest.param({"raw_path": b"http://Shop.example/x"}, b"", b"/x", id="absolute-form"),
        pytest.param({"raw_path": b"http://shop.example"}, b"", b"/", id="absolute-form without path"),
        pytest.param(
            {"raw_path": b"http://evil.example/x"}, b"", BAD_HOST, id="absolute-form of another host"
        ),
        pytest.param({"raw_path": b"ws://shop.example/x"}, b"", b"/x", id="absolute-form of a WebSocket"),
        pytest.param(
            {"raw_path": b"http://me@shop.example/x"}, b"", BAD_HOST, id="absolute-form with a user"
        ),
        pytest.param({"raw_path": b"/a#b"}, b"", BAD_TARGET, id="fragment"),
        pytest.param({"raw_path": b"no-slash"}, b"", BAD_TARGET, id="relative"),
        pytest.param({"raw_path": b"/a b"}, b"", BAD_TARGET, id="space"),
        pytest.param({"raw_path": b"/\xc3\xa4"}, b"", BAD_TARGET, id="beyond ASCII"),
        pytest.param({"query_string": b"a\r\nb"}, b"", BAD_TARGET, id="line break in the query"),
    ],
)
def test_target_for_the_upstream(given: dict[str, Any], base: bytes, expected: bytes | Refusal) -> None:
    assert target(scope(**given), base) == expected
