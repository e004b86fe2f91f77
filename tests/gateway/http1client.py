"""A client of HTTP/1.1 that is small enough to be a crowd, and takes a response for whole only if it is."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from typing import Self

Field = tuple[bytes, bytes]
MAX_HEAD = 1 << 17


class BrokenError(Exception):
    """The connection ended before the response did."""


@dataclass(frozen=True)
class Response:
    """A whole response."""

    status: int
    head: bytes
    body: bytes

    def values(self, name: bytes) -> list[bytes]:
        pairs = (line.partition(b":") for line in self.head.split(b"\r\n")[1:])
        return [value.strip() for key, _, value in pairs if key.lower() == name]


class Connection:
    """One connection, kept open from request to request."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self.usable = True

    @classmethod
    async def open(cls, port: int) -> Self:
        """Connect to this machine."""
        return cls(*await asyncio.open_connection("127.0.0.1", port, limit=MAX_HEAD))

    async def ask(self, method: bytes, target: bytes, fields: list[Field], body: bytes = b"") -> Response:
        """Send a request and wait for its response; raises BrokenError."""
        try:
            self._send(method, target, fields, body)
            return await self._response()
        except (OSError, EOFError) as error:
            raise BrokenError(repr(error)) from error

    async def leave(
        self, method: bytes, target: bytes, fields: list[Field], body: bytes, after: int
    ) -> bytes:
        """Send a request, and break off after so many bytes of the response, or a second; return those."""
        came = b""
        with suppress(OSError, TimeoutError):
            async with asyncio.timeout(1):
                self._send(method, target, fields, body)
                while len(came) < after and (piece := await self._reader.read(after - len(came))):
                    came += piece
        self.close()
        return came

    def close(self) -> None:
        """End the connection at once."""
        self.usable = False
        self._writer.transport.abort()

    def _send(self, method: bytes, target: bytes, fields: list[Field], body: bytes) -> None:
        lines = [b"%b %b HTTP/1.1" % (method, target), b"Host: shop.example"]
        lines += [b"%b: %b" % field for field in fields]
        if method == b"POST":
            lines.append(b"Content-Length: %d" % len(body))
        self._writer.write(b"\r\n".join(lines) + b"\r\n\r\n" + body)

    async def _response(self) -> Response:
        head = await self._reader.readuntil(b"\r\n\r\n")
        response = Response(int(head.split(b" ", 2)[1]), head, b"")
        if response.values(b"connection") == [b"close"]:
            self.usable = False
        if response.values(b"transfer-encoding"):
            return Response(response.status, head, await self._chunks())
        length = int((response.values(b"content-length") or [b"0"])[0])
        return Response(response.status, head, await self._reader.readexactly(length))

    async def _chunks(self) -> bytes:
        pieces = []
        while size := int(await self._reader.readuntil(b"\r\n"), 16):
            pieces.append(await self._reader.readexactly(size))
            await self._reader.readexactly(2)
        await self._reader.readexactly(2)
        return b"".join(pieces)
