"""Content codings, undone and redone as a body streams (RFC 9110 8.4.1, RFC 7932, RFC 8878).

Each chunk is flushed, so that nothing waits for more; what a chunk holds is unpacked in pieces, so that a
small one that unpacks to very much needs no more memory than others.
"""

import importlib
import zlib
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any, Protocol

from assent.core.markup import MAX_HELD

PIECE = 4 * MAX_HELD
"""Octets that are unpacked at a time, about."""

GZIP = 16 + zlib.MAX_WBITS
GZIP_MAGIC = b"\x1f"
WINDOW_LOG = 23
"""RFC 9659: a zstd window on the web has no more than 8 MB."""


class BrokenCoding(Exception):
    """The body is not what its Content-Encoding says."""


class Coding(Protocol):
    """One coding of one body."""

    def decode(self, chunk: bytes) -> Iterator[bytes]:
        """Yield what a chunk unpacks to, in pieces; raises BrokenCoding."""

    def encode(self, plain: bytes, *, last: bool) -> bytes:
        """Pack one piece; one that was cut off upstream is not ended properly here either."""


class Identity:
    """No coding."""

    def decode(self, chunk: bytes) -> Iterator[bytes]:
        """Yield the chunk itself."""
        yield chunk

    def encode(self, plain: bytes, *, last: bool) -> bytes:
        """Return the piece itself."""
        return plain


class Zlib:
    """gzip, a series of members (RFC 1952 2.2), and deflate: zlib, or what many servers send instead."""

    def __init__(self, wbits: int | None) -> None:
        self._wbits = wbits
        self._in: Any = None
        self._out: Any = None
        self._padding = False

    def decode(self, chunk: bytes) -> Iterator[bytes]:
        """Yield what a chunk unpacks to; after the last member comes padding, which is not shown."""
        while chunk and not self._padding:
            if self._in is None:
                self._begin(chunk)
            elif self._in.eof:
                if self._wbits != GZIP or chunk[:1] != GZIP_MAGIC:
                    self._padding = True
                    return
                self._in = zlib.decompressobj(GZIP)
            yield from self._pieces(chunk)
            chunk = self._in.unused_data

    def encode(self, plain: bytes, *, last: bool) -> bytes:
        """Pack one piece."""
        if self._out is None:
            self._out = zlib.compressobj(level=4, wbits=self._wbits or zlib.MAX_WBITS)
        packed: bytes = self._out.compress(plain) if plain else b""
        whole = last and self._in is not None and self._in.eof
        rest: bytes = self._out.flush(zlib.Z_FINISH if whole else zlib.Z_SYNC_FLUSH)
        return packed + rest

    def _begin(self, chunk: bytes) -> None:
        if self._wbits is None:
            # RFC 1950 2.2: compression method 8 stands in the low bits of the first octet.
            self._wbits = zlib.MAX_WBITS if chunk[0] & 0x0F == zlib.DEFLATED else -zlib.MAX_WBITS
        self._in = zlib.decompressobj(self._wbits)

    def _pieces(self, chunk: bytes) -> Iterator[bytes]:
        while True:
            try:
                piece = self._in.decompress(chunk, PIECE)
            except zlib.error as error:
                raise BrokenCoding(str(error)) from error
            if piece:
                yield piece
            chunk = self._in.unconsumed_tail
            if self._in.eof or (len(piece) < PIECE and not chunk):
                return


class Brotli:
    """br, by the package ``brotli``."""

    def __init__(self, module: ModuleType) -> None:
        self._module = module
        self._in = module.Decompressor()
        self._out = module.Compressor(quality=4)

    def decode(self, chunk: bytes) -> Iterator[bytes]:
        """Yield what a chunk unpacks to."""
        while not self._in.is_finished():
            try:
                piece = self._in.process(chunk, output_buffer_limit=PIECE)
            except self._module.error as error:
                raise BrokenCoding(str(error)) from error
            if piece:
                yield piece
            chunk = b""
            if len(piece) < PIECE and self._in.can_accept_more_data():
                return

    def encode(self, plain: bytes, *, last: bool) -> bytes:
        """Pack one piece."""
        packed: bytes = self._out.process(plain) if plain else b""
        rest: bytes = self._out.finish() if last and self._in.is_finished() else self._out.flush()
        return packed + rest


class Zstd:
    """zstd, by the standard library of Python 3.14 or its backport; a series of frames."""

    def __init__(self, module: ModuleType) -> None:
        self._module = module
        self._in = self._frame()
        self._out = module.ZstdCompressor()

    def decode(self, chunk: bytes) -> Iterator[bytes]:
        """Yield what a chunk unpacks to."""
        while True:
            if self._in.eof:
                chunk = self._in.unused_data + chunk
                if not chunk:
                    return
                self._in = self._frame()
            try:
                piece = self._in.decompress(chunk, PIECE)
            except self._module.ZstdError as error:
                raise BrokenCoding(str(error)) from error
            if piece:
                yield piece
            chunk = b""
            if self._in.needs_input and not self._in.eof:
                return

    def encode(self, plain: bytes, *, last: bool) -> bytes:
        """Pack one piece."""
        packed: bytes = self._out.compress(plain) if plain else b""
        whole = last and self._in.eof
        rest: bytes = self._out.flush(self._out.FLUSH_FRAME if whole else self._out.FLUSH_BLOCK)
        return packed + rest

    def _frame(self) -> Any:
        limit = {self._module.DecompressionParameter.window_log_max: WINDOW_LOG}
        return self._module.ZstdDecompressor(options=limit)


def _imported(*names: str) -> ModuleType | None:
    for name in names:
        try:
            return importlib.import_module(name)
        except ImportError:
            continue
    return None


def _available() -> dict[bytes, Callable[[], Coding]]:
    codings: dict[bytes, Callable[[], Coding]] = {b"gzip": lambda: Zlib(GZIP), b"deflate": lambda: Zlib(None)}
    brotli = _imported("brotli")
    if brotli is not None and hasattr(brotli.Decompressor, "can_accept_more_data"):
        codings[b"br"] = lambda: Brotli(brotli)
    zstd = _imported("compression.zstd", "backports.zstd")
    if zstd is not None:
        codings[b"zstd"] = lambda: Zstd(zstd)
    return codings


_CODINGS = _available()

CODINGS = tuple(_CODINGS)
"""The Content-Encoding values that can be undone and redone here."""


def coding(name: bytes) -> Coding:
    """Return the coding of a body; one that is not among ``CODINGS`` is taken for none."""
    make = _CODINGS.get(name)
    return make() if make else Identity()
