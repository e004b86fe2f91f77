"""Responses read beside h11: whatever is accepted here is accepted there, and means the same."""

from contextlib import suppress

import h11
from hypothesis import example, given
from hypothesis import strategies as st

from assent.errors import UpstreamError
from tests.gateway.http1.test_response import OK, read


def oracle(data: bytes) -> tuple[int, list[tuple[bytes, bytes]], bytes, bytes] | None:
    """What h11 reads of a connection that is then closed; None when it refuses or misses the end."""
    client = h11.Connection(h11.CLIENT)
    client.send(h11.Request(method="GET", target="/", headers=[("Host", "a")]))
    client.send(h11.EndOfMessage())
    client.receive_data(data)
    body, head = b"", None
    closed = False
    try:
        while True:
            event = client.next_event()
            if isinstance(event, h11.Response):
                head = event
            elif isinstance(event, h11.Data):
                body += bytes(event.data)
            elif isinstance(event, h11.EndOfMessage):
                assert head
                return head.status_code, list(head.headers.raw_items()), body, client.trailing_data[0]
            elif event is h11.NEED_DATA and not closed:
                closed = True
                client.receive_data(b"")
            elif event is h11.NEED_DATA or event is h11.PAUSED:
                return None
    except h11.RemoteProtocolError:
        return None


field_names = st.sampled_from(
    [b"A", b"Content-Length", b"content-length", b"Transfer-Encoding", b"Connection", b"A ", b"", b"\xe9"]
)
field_values = st.sampled_from(
    b"|x|0|2|3|2, 2|+2| 2 |chunked|Chunked|gzip|close|keep-alive|a\r\n b|a\nb|\0|\xff".split(b"|")
)
lines = st.tuples(field_names, st.sampled_from([b": ", b":", b" : "]), field_values).map(b"".join)
starts = st.sampled_from(
    [
        b"HTTP/1.1 200 OK",
        b"HTTP/1.0 200 OK",
        b"HTTP/1.1 204 No",
        b"HTTP/1.1 304 X",
        b"HTTP/1.1 200",
        b"HTTP/1.1 103 H",
    ]
)
ends = st.sampled_from([b"\r\n", b"\r\n", b"\r\n", b"\n"])
bodies = st.sampled_from(
    [b"", b"o", b"ok", b"ok!", b"2\r\nok\r\n0\r\n\r\n", b"2\r\nok\r\n", b"0\r\n\r\n", b"0\n\n"]
)


@st.composite
def answers(draw: st.DrawFn) -> bytes:
    """Responses, most of them wrong in some way."""
    data = draw(starts) + draw(ends)
    for line in draw(st.lists(lines, max_size=4)):
        data += line + draw(ends)
    return data + draw(ends) + draw(bodies)


@given(st.lists(answers(), min_size=1, max_size=2).map(b"".join), st.lists(st.integers(1, 30), max_size=8))
@example(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok", [])
def test_what_is_accepted_another_parser_reads_alike(data: bytes, cuts: list[int]) -> None:
    parts, place = [], 0
    for cut in cuts:
        parts.append(data[place : place + cut])
        place += cut
    try:
        response = read(*parts, data[place:])
        if not response.complete:
            response.end()
    except UpstreamError:
        return
    theirs = oracle(data)
    assert theirs is not None, "it was accepted here and refused there"
    assert response.head
    status, fields, body, surplus = theirs
    assert (response.head.status, response.take()) == (status, body)
    # h11 writes the names of codings in small letters.
    assert [(name.lower(), value.lower()) for name, value in response.head.fields] == [
        (name.lower(), value.lower()) for name, value in fields
    ]
    if response.reusable:
        assert surplus == b""


@given(st.binary(max_size=80), st.booleans())
def test_noise_never_raises_anything_but_an_upstream_error(noise: bytes, headed: bool) -> None:
    with suppress(UpstreamError):
        read(OK + noise if headed else noise, ended=True)
