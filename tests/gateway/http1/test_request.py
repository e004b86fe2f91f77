"""What a request is on the wire, and what is not let onto it."""

import httptools
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assent.errors import UpstreamError
from assent.gateway.http1.request import CHUNKED, LAST_CHUNK, chunk, request_head

HOST = (b"Host", b"shop.example")


def test_head_keeps_target_order_case_and_duplicates() -> None:
    fields = [HOST, (b"X-Two", b"1"), (b"cookie", b"a=\xff"), (b"x-two", b""), (b"X-Two", b"2")]
    head, length = request_head("report", b"/a/../b%2Fc?x=%20y;z", fields, body=False)
    assert head == (
        b"report /a/../b%2Fc?x=%20y;z HTTP/1.1\r\n"
        b"Host: shop.example\r\nX-Two: 1\r\ncookie: a=\xff\r\nx-two: \r\nX-Two: 2\r\n\r\n"
    )
    assert length == 0


@pytest.mark.parametrize(
    ("fields", "length"),
    [
        ([(b"Content-Length", b"0")], 0),
        ([(b"content-length", b"123")], 123),
        ([(b"Transfer-Encoding", b"Chunked")], CHUNKED),
    ],
)
def test_body_has_the_length_that_is_announced(fields: list[tuple[bytes, bytes]], length: int) -> None:
    assert request_head("POST", b"/", [HOST, *fields], body=True)[1] == length


@pytest.mark.parametrize(
    ("fields", "body", "said"),
    [
        pytest.param([], True, "not announced", id="a body out of nowhere"),
        pytest.param([(b"Content-Length", b"1")], False, "has none", id="a length without a body"),
        pytest.param([(b"Transfer-Encoding", b"chunked")], False, "has none", id="chunks without a body"),
        pytest.param(
            [(b"Content-Length", b"1"), (b"content-length", b"1")], True, "twice", id="the same length twice"
        ),
        pytest.param(
            [(b"Content-Length", b"1"), (b"Transfer-Encoding", b"chunked")], True, "twice", id="both framings"
        ),
        pytest.param([(b"Content-Length", b"+1")], True, "no Content-Length", id="a sign"),
        pytest.param([(b"Content-Length", b"1, 1")], True, "no Content-Length", id="a list"),
        pytest.param([(b"Content-Length", b"")], True, "no Content-Length", id="an empty length"),
        pytest.param([(b"Content-Length", b"9" * 19)], True, "no Content-Length", id="too long a length"),
        pytest.param(
            [(b"Transfer-Encoding", b"gzip, chunked")], True, "no Transfer-Encoding", id="two codings"
        ),
        pytest.param([(b"X y", b"")], False, "no field name", id="a space in a name"),
        pytest.param([(b"X:y", b"")], False, "no field name", id="a colon in a name"),
        pytest.param([(b"", b"")], False, "no field name", id="an empty name"),
        pytest.param([(b"X", b"a\r\nY: b")], False, "end a line", id="a line in a value"),
        pytest.param([(b"X", b"a\nY: b")], False, "end a line", id="a bare LF in a value"),
        pytest.param([(b"X", b"a\rY: b")], False, "end a line", id="a bare CR in a value"),
        pytest.param([(b"X", b"a\0")], False, "end a line", id="a NUL in a value"),
    ],
)
def test_fields_that_could_be_read_in_two_ways_are_not_sent(
    fields: list[tuple[bytes, bytes]], body: bool, said: str
) -> None:
    with pytest.raises(UpstreamError, match=said):
        request_head("POST", b"/", [HOST, *fields], body=body)


@pytest.mark.parametrize(
    ("method", "target"),
    [
        ("GET /x HTTP/1.1\r\nX:", b"/"),
        ("G T", b"/"),
        ("", b"/"),
        ("GET", b"/ HTTP/1.1"),
        ("GET", b"/\r\nX: y"),
        ("GET", b"/\n"),
        ("GET", b"/\0"),
    ],
)
def test_method_and_target_cannot_become_more_than_that(method: str, target: bytes) -> None:
    with pytest.raises(UpstreamError, match="cannot be sent"):
        request_head(method, target, [HOST], body=False)


def test_request_without_any_field_is_not_sent() -> None:
    with pytest.raises(UpstreamError):
        request_head("GET", b"/", [], body=False)


class Seen:
    """What another parser reads."""

    def __init__(self) -> None:
        self.fields: list[tuple[bytes, bytes]] = []
        self.url = b""
        self.body: list[bytes] = []
        self.complete = 0

    def on_url(self, url: bytes) -> None:
        self.url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        self.fields.append((name, value))

    def on_body(self, piece: bytes) -> None:
        self.body.append(piece)

    def on_message_complete(self) -> None:
        self.complete += 1


names = st.from_regex(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,12}", fullmatch=True).filter(
    lambda name: name.lower() not in (b"content-length", b"transfer-encoding", b"connection", b"upgrade")
)
anything = st.binary(max_size=12)


@given(st.lists(st.tuples(st.one_of(names, anything), anything), min_size=1, max_size=6), anything)
def test_whatever_is_sent_is_read_as_exactly_one_request_with_these_fields(
    fields: list[tuple[bytes, bytes]], target: bytes
) -> None:
    try:
        head, _ = request_head("GET", b"/" + target, fields, body=False)
    except UpstreamError:
        return
    seen = Seen()
    try:
        httptools.HttpRequestParser(seen).feed_data(head)
    except httptools.HttpParserError:
        # Refused is as good; what must not be is something else.
        return
    assert seen.url == b"/" + target
    assert [name for name, _ in seen.fields] == [name for name, _ in fields]
    assert [value.strip(b" \t") for _, value in seen.fields] == [value.strip(b" \t") for _, value in fields]
    assert seen.complete == 1


@given(st.lists(st.binary(min_size=1, max_size=40), max_size=8))
def test_chunks_hold_the_body(pieces: list[bytes]) -> None:
    seen = Seen()
    parser = httptools.HttpRequestParser(seen)
    parser.feed_data(request_head("POST", b"/", [HOST, (b"Transfer-Encoding", b"chunked")], body=True)[0])
    parser.feed_data(b"".join(part for piece in pieces for part in chunk(piece)) + LAST_CHUNK)
    assert b"".join(seen.body) == b"".join(pieces)
    assert seen.complete == 1
