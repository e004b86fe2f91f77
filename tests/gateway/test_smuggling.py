"""Ambiguous requests reach the upstream as one clear request or not at all, and never as nginx reads none."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import pytest

from assent.gateway import Gateway
from tests.gateway.nginx import nginx
from tests.gateway.servers import OK, Front, serving
from tests.gateway.smuggling import CASES, Case

PAUSE = 1.0
CANARY = b"GET /canary HTTP/1.1\r\nHost: shop.example\r\nConnection: close\r\n\r\n"
LINE = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+:[ \t]*[^\0-\x08\x0a-\x1f\x7f]*")
REQUEST_LINE = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+ [\x21-\x7e]+ HTTP/1\.[01]")


@dataclass
class Wire:
    """An upstream that writes down whatever it is sent, and what that means when it is read strictly."""

    port: int = 0
    requests: list[tuple[bytes, bytes, bytes, bytes]] = field(default_factory=list)
    """Method, target, what X-A and X-B say, body."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).removesuffix(b"\r\n\r\n")
                request, *lines = head.split(b"\r\n")
                assert REQUEST_LINE.fullmatch(request), request
                assert all(LINE.fullmatch(line) for line in lines), lines
                pairs = [
                    (name.lower(), value.strip()) for name, _, value in (li.partition(b":") for li in lines)
                ]
                names = [name for name, _ in pairs]
                assert names.count(b"host") == 1, lines
                framings = [pair for pair in pairs if pair[0] in (b"content-length", b"transfer-encoding")]
                assert len(framings) <= 1, lines
                method, target, _ = request.split(b" ")
                extra = b"|".join(value for name, value in pairs if name in (b"x-a", b"x-b"))
                self.requests.append((method, target, extra, await body(reader, *framings)))
                writer.write(OK)
        writer.close()


async def body(reader: asyncio.StreamReader, *framing: tuple[bytes, bytes]) -> bytes:
    for name, value in framing:
        if name == b"content-length":
            assert value.isdigit(), value
            return await reader.readexactly(int(value))
        assert value == b"chunked", value
        whole = b""
        while size := int(await reader.readuntil(b"\r\n"), 16):
            whole += await reader.readexactly(size)
            assert await reader.readexactly(2) == b"\r\n"
        assert await reader.readexactly(2) == b"\r\n"
        return whole
    return b""


@asynccontextmanager
async def wire(*, strict: bool = True) -> AsyncIterator[Wire]:
    upstream = Wire()
    failures: list[BaseException] = []

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await upstream.connected(reader, writer)
        except AssertionError as failure:
            failures.append(failure)
            writer.close()

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    upstream.port = server.sockets[0].getsockname()[1]
    async with server:
        yield upstream
    assert not (strict and failures), failures


async def tell(port: int, sent: bytes) -> bytes:
    """Send a case and a canary after it on one connection; return what came back until it was closed."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    came = b""
    with suppress(TimeoutError, ConnectionError):
        async with asyncio.timeout(PAUSE):
            writer.write(sent)
            await writer.drain()
            # The canary follows when the case was answered, as it would from a proxy that reuses connections.
            came = await reader.read(65536)
            writer.write(CANARY)
            while piece := await reader.read(65536):
                came += piece
    writer.transport.abort()
    return came


def targets(upstream: Wire) -> list[bytes]:
    return [request[1] for request in upstream.requests]


@pytest.mark.anyio
@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
async def test_ambiguous_request_is_clear_or_refused(front: Front, case: Case) -> None:
    async with wire() as upstream, front(upstream.url) as port:
        came = await tell(port, case.sent)
    refused = came[9:10] in (b"4", b"5")
    assert b"/smuggled" not in targets(upstream)
    assert refused or not case.refused, came
    if refused:
        assert targets(upstream) in ([], [b"/canary"]), "a request that was refused was forwarded"
        assert came.count(b"HTTP/1.1 ") == 1, "a connection went on after a request that was not understood"
    else:
        assert targets(upstream) in ([b"/case", b"/canary"], [b"/case"], [])


@pytest.mark.anyio
async def test_no_request_is_read_otherwise_than_nginx_reads_it() -> None:
    """Turned both ways: whichever of the two stands in front, the other one reads the same requests."""
    differences = {}
    async with wire() as ours, wire() as theirs, nginx(theirs.url) as other:
        for parser in ("h11", "httptools"):
            async with serving(Gateway(ours.url), parser) as port:
                for name, case in CASES.items():
                    ours.requests.clear()
                    theirs.requests.clear()
                    await asyncio.gather(tell(port, case.sent), tell(other, case.sent))
                    mine = [r for r in ours.requests if r[1] != b"/canary"]
                    other_s = [r for r in theirs.requests if r[1] != b"/canary"]
                    if mine and other_s and mine != other_s:
                        differences[parser, name] = mine, other_s
    assert differences == {}
