import gzip
import sys
import zlib
from collections.abc import Callable
from importlib import import_module
from typing import Any

import pytest

from assent.asgi.coding import CODINGS, PIECE, BrokenCoding, coding

TEXT = b"".join(b"<p>Some text, number %d.</p>\n" % n for n in range(200))
brotli: Any = import_module("brotli")
zstd: Any = import_module("compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd")


def raw_deflate(data: bytes) -> bytes:
    packing = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packing.compress(data) + packing.flush()


PACKERS: dict[str, tuple[bytes, Callable[[bytes], bytes]]] = {
    "gzip": (b"gzip", gzip.compress),
    "deflate with its header": (b"deflate", zlib.compress),
    "deflate without": (b"deflate", raw_deflate),
    "br": (b"br", brotli.compress),
    "zstd": (b"zstd", zstd.compress),
    "zstd in two frames": (b"zstd", lambda data: zstd.compress(data[:90]) + zstd.compress(data[90:])),
    "gzip in two members": (b"gzip", lambda data: gzip.compress(data[:90]) + gzip.compress(data[90:])),
    "identity": (b"identity", bytes),
    "none": (b"", bytes),
}
UNPACKERS: dict[bytes, Callable[[bytes], bytes]] = {
    b"gzip": gzip.decompress,
    b"deflate": zlib.decompress,
    b"br": brotli.decompress,
    b"zstd": zstd.decompress,
}
PACKED = [pytest.param(*packer, id=name) for name, packer in PACKERS.items()]
REAL = [pytest.param(*packer, id=name) for name, packer in PACKERS.items() if packer[0] in CODINGS]


def test_all_codings_of_the_web_can_be_undone_here() -> None:
    assert set(CODINGS) == {b"gzip", b"deflate", b"br", b"zstd"}


@pytest.mark.parametrize(("name", "pack"), PACKED)
@pytest.mark.parametrize("size", [1, 7, 100_000])
def test_what_was_packed_is_unpacked_however_it_is_cut(
    name: bytes, pack: Callable[[bytes], bytes], size: int
) -> None:
    packed, reading = pack(TEXT), coding(name)
    chunks = [packed[n : n + size] for n in range(0, len(packed), size)]
    assert b"".join(piece for chunk in chunks for piece in reading.decode(chunk)) == TEXT


@pytest.mark.parametrize(("name", "pack"), REAL)
def test_what_is_packed_again_is_read_by_others_and_chunk_by_chunk(
    name: bytes, pack: Callable[[bytes], bytes]
) -> None:
    here, there = coding(name), coding(name)
    assert b"".join(here.decode(pack(TEXT))) == TEXT
    packed = b""
    for start in range(0, len(TEXT), 500):
        chunk = here.encode(TEXT[start : start + 500], last=False)
        assert b"".join(there.decode(chunk)) == TEXT[start : start + 500]
        packed += chunk
    packed += here.encode(b"", last=True)
    raw = pack is raw_deflate
    assert (zlib.decompress(packed, -zlib.MAX_WBITS) if raw else UNPACKERS[name](packed)) == TEXT


@pytest.mark.parametrize(("name", "pack"), REAL)
def test_what_was_cut_off_is_not_ended_properly(name: bytes, pack: Callable[[bytes], bytes]) -> None:
    here = coding(name)
    came = b"".join(here.decode(pack(TEXT)[:-5]))
    packed = here.encode(came, last=True)
    with pytest.raises((zlib.error, EOFError, brotli.error, zstd.ZstdError)):
        zlib.decompress(packed, -zlib.MAX_WBITS) if pack is raw_deflate else UNPACKERS[name](packed)


@pytest.mark.parametrize(("name", "pack"), REAL)
def test_a_small_chunk_that_holds_very_much_is_unpacked_in_pieces(
    name: bytes, pack: Callable[[bytes], bytes]
) -> None:
    size, total = 5_000_000, 0
    for piece in coding(name).decode(pack(bytes(size))):
        assert len(piece) <= 4 * PIECE
        total += len(piece)
    assert total == size


@pytest.mark.parametrize("name", CODINGS)
def test_nonsense_is_broken(name: bytes) -> None:
    with pytest.raises(BrokenCoding):
        b"".join(coding(name).decode(b"<!doctype html><body>" * 20))


@pytest.mark.parametrize("name", [b"gzip", b"deflate", b"br"])
def test_what_follows_the_end_is_not_shown(name: bytes) -> None:
    pack = {b"gzip": gzip.compress, b"deflate": zlib.compress, b"br": brotli.compress}[name]
    reading = coding(name)
    assert b"".join(reading.decode(pack(TEXT))) == TEXT
    assert b"".join(reading.decode(bytes(100))) == b""
    assert b"".join(reading.decode(pack(TEXT) if name != b"gzip" else b"\0")) == b""


def test_a_coding_that_nobody_knows_is_taken_for_none() -> None:
    assert b"".join(coding(b"compress").decode(b"x")) == b"x"
