"""The chunked coding taken off, whole or in any pieces, and what is no such coding refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assent.errors import UpstreamError
from assent.gateway.http1.chunks import MAX_OVERHEAD, Chunks


def read(*data: bytes) -> tuple[bytes, Chunks]:
    chunks = Chunks()
    return b"".join(piece for some in data for piece in chunks.feed(some)), chunks


@pytest.mark.parametrize(
    ("coded", "body"),
    [
        (b"0\r\n\r\n", b""),
        (b"5\r\nhello\r\n0\r\n\r\n", b"hello"),
        (b"A\r\n0123456789\r\n1\r\nx\r\n0\r\n\r\n", b"0123456789x"),
        (b"a\r\n0123456789\r\n0\r\n\r\n", b"0123456789"),
        (b'5;name=value;other="a b"\r\nhello\r\n0;last\r\n\r\n', b"hello"),
        (b"0005\r\nhello\r\n000\r\n\r\n", b"hello"),
        (b"5\r\nhello\r\n0\r\nX-Sum: 1\r\nX-More: 2\r\n\r\n", b"hello"),
    ],
)
def test_body_without_its_coding(coded: bytes, body: bytes) -> None:
    whole, chunks = read(coded)
    assert whole == body
    assert chunks.complete
    assert not chunks.surplus
    bytewise, chunks = read(*(coded[place : place + 1] for place in range(len(coded))))
    assert bytewise == body
    assert chunks.complete


@pytest.mark.parametrize(
    "coded",
    [
        pytest.param(b"x\r\n", id="no number"),
        pytest.param(b"\r\n\r\n", id="empty size"),
        pytest.param(b"-1\r\n", id="negative"),
        pytest.param(b"+5\r\nhello\r\n", id="a sign"),
        pytest.param(b"0x5\r\nhello\r\n", id="a prefix"),
        pytest.param(b"5_0\r\n", id="an underscore"),
        pytest.param(b" 5\r\nhello\r\n", id="a space before"),
        pytest.param(b"5 \r\nhello\r\n", id="a space after"),
        pytest.param(b"FFFFFFFFFFFFFFFFF\r\n", id="beyond 64 bits"),
        pytest.param(b"5\nhello\r\n", id="bare LF after the size"),
        pytest.param(b"5\r\nhello\n0\r\n\r\n", id="bare LF after the data"),
        pytest.param(b"5\r\nhello0\r\n\r\n", id="no end of the data"),
        pytest.param(b'5;a="\0"\r\nhello\r\n', id="NUL in an extension"),
        pytest.param(b"5;a=\nb\r\nhello\r\n", id="bare LF in an extension"),
        pytest.param(b"0\r\nX: y\n\r\n", id="bare LF in a trailer"),
        pytest.param(b"0\r\nX: y\r\n z\r\n\r\n", id="obs-fold in a trailer"),
        pytest.param(b"0\r\nContent-Length: 5\r\n\r\n", id="a length in the trailers"),
    ],
)
def test_what_is_not_chunked_is_refused(coded: bytes) -> None:
    with pytest.raises(UpstreamError):
        read(coded)
    with pytest.raises(UpstreamError):
        read(*(coded[place : place + 1] for place in range(len(coded))))


@pytest.mark.parametrize(
    "surplus", [b"x", b"\r\n", b"0\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"]
)
@pytest.mark.parametrize("together", [True, False])
def test_what_follows_the_end_is_noticed_and_not_taken_for_the_body(surplus: bytes, together: bool) -> None:
    coded = b"2\r\nok\r\n0\r\n\r\n"
    body, chunks = read(coded + surplus) if together else read(coded, surplus)
    assert body == b"ok"
    assert chunks.complete
    # A blank line is what the parser itself lets pass before a message.
    assert chunks.surplus or (together and surplus == b"\r\n")


@pytest.mark.parametrize(
    "padding",
    [
        pytest.param(b"5;" + b"x" * (MAX_OVERHEAD + 100) + b"\r\nhello\r\n", id="one extension"),
        pytest.param(b"1;%b\r\nx\r\n" % (b"y" * 100) * (MAX_OVERHEAD // 50), id="many extensions"),
        pytest.param(b"0\r\nX: %b\r\n" % (b"y" * (MAX_OVERHEAD + 100)), id="trailers"),
        pytest.param(b"0" * (MAX_OVERHEAD + 100), id="zeros"),
    ],
)
@pytest.mark.parametrize("size", [1000, 1 << 20])
def test_padding_without_end_is_refused(padding: bytes, size: int) -> None:
    with pytest.raises(UpstreamError, match="beside the body"):
        read(*(padding[place : place + size] for place in range(0, len(padding), size)))


def test_a_long_stream_of_single_bytes_is_no_padding() -> None:
    body, chunks = read(*[b"1\r\nx\r\n" * 500] * 200, b"0\r\n\r\n")
    assert len(body) == 100_000
    assert chunks.complete


@given(
    st.lists(st.binary(min_size=1, max_size=50), max_size=6),
    st.lists(st.integers(min_value=1, max_value=40), min_size=1, max_size=20),
)
def test_any_body_cut_at_any_place_comes_out_whole(pieces: list[bytes], cuts: list[int]) -> None:
    coded = b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"
    parts, place = [], 0
    for cut in cuts:
        parts.append(coded[place : place + cut])
        place += cut
    body, chunks = read(*parts, coded[place:])
    assert body == b"".join(pieces)
    assert chunks.complete
    assert not chunks.surplus


@given(st.binary(max_size=60))
def test_noise_is_refused_or_read_but_nothing_else(noise: bytes) -> None:
    try:
        body, _ = read(noise)
    except UpstreamError:
        return
    assert len(body) <= len(noise)
