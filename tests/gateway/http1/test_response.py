"""Responses as their bytes come in: what they hold, where they end, what is refused rather than guessed."""

import pytest

from assent.errors import UpstreamError
from assent.gateway.http1.response import MAX_FIELDS, MAX_HEAD, Response

OK = b"HTTP/1.1 200 OK\r\n"
EMPTY = b"Content-Length: 0\r\n\r\n"


def read(*data: bytes, method: str = "GET", ended: bool = False) -> Response:
    response = Response(method)
    for some in data:
        response.feed(some)
    if ended:
        response.end()
    return response


def bytewise(data: bytes) -> list[bytes]:
    return [data[place : place + 1] for place in range(len(data))]


def test_fields_stay_as_they_came() -> None:
    lines = [b"X-Two: 1", b"SET-Cookie: a=\xff\xfe; Path=/", b"x-two:", b"X-Two:2", b"set-cookie: b"]
    response = read(OK + b"\r\n".join(lines) + b"\r\n" + EMPTY)
    assert response.head
    assert response.head.fields == [
        (b"X-Two", b"1"),
        (b"SET-Cookie", b"a=\xff\xfe; Path=/"),
        (b"x-two", b""),
        (b"X-Two", b"2"),
        (b"set-cookie", b"b"),
        (b"Content-Length", b"0"),
    ]


def test_white_space_around_a_value_is_no_part_of_it() -> None:
    response = read(OK + b"A:  \t b c \t \r\nContent-Length: 0 \r\n\r\n")
    assert response.head
    assert response.head.fields == [(b"A", b"b c"), (b"Content-Length", b"0")]


@pytest.mark.parametrize(
    ("data", "method", "body", "reusable"),
    [
        pytest.param(OK + b"Content-Length: 2\r\n\r\nok", "GET", b"ok", True, id="length"),
        pytest.param(OK + EMPTY, "GET", b"", True, id="length of nothing"),
        pytest.param(
            OK + b"Transfer-Encoding: Chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", "GET", b"ok", True, id="chunked"
        ),
        pytest.param(OK + b"Content-Length: 99\r\n\r\n", "HEAD", b"", True, id="HEAD"),
        pytest.param(OK + b"Transfer-Encoding: chunked\r\n\r\n", "HEAD", b"", True, id="HEAD of chunks"),
        pytest.param(OK + b"\r\n", "HEAD", b"", True, id="HEAD without a length"),
        pytest.param(b"HTTP/1.1 204 None\r\n\r\n", "GET", b"", True, id="204"),
        pytest.param(b"HTTP/1.1 204 None\r\nContent-Length: 5\r\n\r\n", "GET", b"", True, id="204 with one"),
        pytest.param(b"HTTP/1.1 304 Same\r\nContent-Length: 99\r\n\r\n", "GET", b"", True, id="304"),
        pytest.param(b"HTTP/1.1 200\r\n" + EMPTY, "GET", b"", True, id="no reason"),
        pytest.param(OK + b"Connection: close\r\n" + EMPTY, "GET", b"", False, id="to be closed"),
        pytest.param(OK + b"Connection: X, Close\r\n" + EMPTY, "GET", b"", False, id="to be closed, listed"),
        pytest.param(
            OK + b"Connection: close\r\nConnection: keep-alive\r\n" + EMPTY,
            "GET",
            b"",
            False,
            id="closed and kept",
        ),
        pytest.param(b"HTTP/1.0 200 OK\r\n" + EMPTY, "GET", b"", False, id="HTTP/1.0"),
        pytest.param(
            b"HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\n" + EMPTY, "GET", b"", True, id="HTTP/1.0, kept"
        ),
        pytest.param(
            b"HTTP/1.1 103 Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 100 Go\r\n\r\n" + OK + EMPTY,
            "GET",
            b"",
            True,
            id="after interim responses",
        ),
    ],
)
@pytest.mark.parametrize("cut", [False, True], ids=["at once", "byte by byte"])
def test_response_ends_where_its_framing_says(
    data: bytes, method: str, body: bytes, reusable: bool, cut: bool
) -> None:
    response = read(*(bytewise(data) if cut else [data]), method=method)
    assert response.complete
    assert response.take() == body
    assert response.reusable is reusable


def test_body_that_nothing_delimits_ends_with_the_connection() -> None:
    response = read(OK + b"\r\nall", b" of it")
    assert not response.complete
    response.end()
    assert response.complete
    assert response.take() == b"all of it"
    assert not response.reusable


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"HTTP/1.1 200",
        OK,
        OK + b"Content-Length: 5\r\n\r\n",
        OK + b"Content-Length: 5\r\n\r\nhell",
        OK + b"Transfer-Encoding: chunked\r\n\r\n",
        OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
        OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n",
        OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX: y\r\n",
        b"HTTP/1.1 103 Early Hints\r\n\r\n",
    ],
)
def test_response_that_is_cut_off_never_passes_for_a_whole_one(data: bytes) -> None:
    response = read(data)
    assert not response.complete
    with pytest.raises(UpstreamError, match="closed before"):
        response.end()


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(OK + b"Content-Length: 2\r\n\r\nokx", id="beyond the length"),
        pytest.param(OK + EMPTY + b"x", id="after nothing"),
        pytest.param(OK + EMPTY + OK + EMPTY, id="a second response"),
        pytest.param(b"HTTP/1.1 304 Same\r\nContent-Length: 1\r\n\r\nx", id="a body with 304"),
        pytest.param(
            b"HTTP/1.1 204 None\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", id="chunks with 204"
        ),
        pytest.param(
            OK + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\nHTTP/1.1 200 OK", id="after the chunks"
        ),
    ],
)
def test_connection_with_more_on_it_than_was_asked_for_is_not_used_again(data: bytes) -> None:
    response = read(data)
    assert response.complete
    assert not response.reusable
    response = read(*bytewise(data))
    assert response.complete
    assert not response.reusable


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"SSH-2.0-OpenSSH_9.2\r\n", id="another protocol"),
        pytest.param(b"\x15\x03\x01\x00\x02\x02", id="TLS"),
        pytest.param(b"<html>", id="HTTP/0.9"),
        pytest.param(b"http/1.1 200 OK\r\n" + EMPTY, id="small letters"),
        pytest.param(b"HTTP/2.0 200 OK\r\n" + EMPTY, id="HTTP/2.0"),
        pytest.param(b"HTTP/1.2 200 OK\r\n" + EMPTY, id="HTTP/1.2"),
        pytest.param(b"HTTP/0.9 200 OK\r\n" + EMPTY, id="HTTP/0.9 in name"),
        pytest.param(b"RTSP/1.0 200 OK\r\n" + EMPTY, id="RTSP"),
        pytest.param(b"\r\nHTTP/1.1 200 OK\r\n" + EMPTY, id="a blank line before"),
        pytest.param(b"HTTP/1.1  200 OK\r\n" + EMPTY, id="two spaces"),
        pytest.param(b"HTTP/1.1 20 OK\r\n" + EMPTY, id="two digits"),
        pytest.param(b"HTTP/1.1 2000 OK\r\n" + EMPTY, id="four digits"),
        pytest.param(b"HTTP/1.1 099 OK\r\n" + EMPTY, id="status 99"),
        pytest.param(b"HTTP/1.1 200 O\0K\r\n" + EMPTY, id="NUL in the reason"),
        pytest.param(b"HTTP/1.1 200 OK\n" + EMPTY, id="bare LF after the status"),
        pytest.param(b"HTTP/1.1 200 O\rK\r\n" + EMPTY, id="bare CR in the reason"),
        pytest.param(OK + b"A: b\nContent-Length: 0\r\n\r\n", id="bare LF"),
        pytest.param(OK + b"A: b\rB: c\r\n" + EMPTY, id="bare CR"),
        pytest.param(OK + b"A: b\0\r\n" + EMPTY, id="NUL"),
        pytest.param(OK + b"A: b\r\n c\r\n" + EMPTY, id="obs-fold"),
        pytest.param(OK + b" A: b\r\n" + EMPTY, id="space before the first field"),
        pytest.param(OK + b"Content-Length : 0\r\n\r\n", id="space before the colon"),
        pytest.param(OK + b"A B: c\r\n" + EMPTY, id="space in a name"),
        pytest.param(OK + b": c\r\n" + EMPTY, id="no name"),
        pytest.param(OK + b"nonsense\r\n" + EMPTY, id="no colon"),
        pytest.param(OK + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\nok!", id="two lengths"),
        pytest.param(OK + b"Content-Length: 2, 3\r\n\r\nok!", id="two lengths listed"),
        pytest.param(OK + b"Content-Length: +2\r\n\r\nok", id="a length with a sign"),
        pytest.param(OK + b"Content-Length: 0x2\r\n\r\nok", id="a length in hex"),
        pytest.param(OK + b"Content-Length:\r\n\r\nok", id="an empty length"),
        pytest.param(OK + b"Content-Length: %d\r\n\r\n" % (1 << 70), id="a length beyond 64 bits"),
        pytest.param(
            OK + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", id="length and chunks"
        ),
        pytest.param(
            OK + b"Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n0\r\n\r\n", id="chunks and length"
        ),
        pytest.param(OK + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", id="two codings"),
        pytest.param(OK + b"Transfer-Encoding: identity\r\n\r\nx", id="identity"),
        pytest.param(OK + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", id="nearly chunked"),
        pytest.param(OK + b"Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n", id="chunked twice"),
        pytest.param(
            OK + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            id="chunked in two fields",
        ),
        pytest.param(
            b"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", id="chunks in HTTP/1.0"
        ),
        pytest.param(
            b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n", id="a switch unasked for"
        ),
        pytest.param(
            b"HTTP/1.1 103 Hints\r\nContent-Length: 1\r\n\r\n" + OK + EMPTY, id="interim with a length"
        ),
        pytest.param(
            b"HTTP/1.1 100 Go\r\nTransfer-Encoding: chunked\r\n\r\n" + OK + EMPTY, id="interim with chunks"
        ),
        pytest.param(OK + b"A: b\r\n" * (MAX_FIELDS + 1) + b"\r\n", id="too many fields"),
        pytest.param(OK + b"A: " + b"b" * MAX_HEAD + b"\r\n\r\n", id="too long a field"),
        pytest.param(OK + b"A: " + b"b" * MAX_HEAD, id="a field without end"),
        pytest.param(b"HTTP/1.1 102 Wait\r\n\r\n" * 4000 + OK + EMPTY, id="interim responses without end"),
    ],
)
def test_what_could_be_read_in_two_ways_is_refused(data: bytes) -> None:
    with pytest.raises(UpstreamError) as caught:
        read(data)
    assert caught.value.status == 502
    if len(data) < 1000:
        with pytest.raises(UpstreamError):
            read(*bytewise(data))


def test_a_single_byte_is_enough_to_have_begun() -> None:
    response = Response("GET")
    assert not response.begun
    response.feed(b"H")
    assert response.begun
    response = Response("GET")
    response.feed(b"HTTP/1.1 100 Continue\r\n\r\n")
    assert response.begun
