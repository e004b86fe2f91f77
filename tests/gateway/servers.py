"""Real servers on loopback for the gateway's tests: an upstream made of bytes, and uvicorn around an app."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from assent.config import Settings
from assent.server.protocol import Bounded, BoundedHttpTools
from assent.server.run import options

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
CHUNK_END = b"0\r\n\r\n"
WAIT = 15.0


class BoundedH11(Bounded, H11Protocol):
    """Another parser, as an application of somebody's own may be served by."""


PROTOCOLS = {"h11": BoundedH11, "httptools": BoundedHttpTools}
CERTIFICATE = Path(__file__).with_name("loopback.pem")


Front = Callable[..., AbstractAsyncContextManager[int]]
"""Starts uvicorn around a gateway to an upstream and gives the port."""


@dataclass
class Incoming:
    """One request as the upstream sees it on the wire."""

    head: bytes
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    body: bytes = b""

    @property
    def lines(self) -> list[bytes]:
        return self.head.removesuffix(b"\r\n\r\n").split(b"\r\n")

    def values(self, name: bytes) -> list[bytes]:
        pairs = (line.split(b": ", 1) for line in self.lines[1:])
        return [pair[1] for pair in pairs if pair[0].lower() == name]

    async def read_body(self) -> None:
        """Read the body as it is framed; a chunked one keeps its chunk sizes."""
        if self.values(b"transfer-encoding"):
            while not self.body.endswith(CHUNK_END):
                piece = await self.reader.read(65536)
                if not piece:
                    raise asyncio.IncompleteReadError(self.body, None)
                self.body += piece
        else:
            length = int((self.values(b"content-length") or [b"0"])[0])
            self.body = await self.reader.readexactly(length)

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()


Answer = Callable[[Incoming], Awaitable[None]]


@dataclass
class Upstream:
    """A listening upstream and what it saw."""

    port: int
    seen: list[Incoming] = field(default_factory=list)
    connections: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


def loopback_tls() -> ssl.SSLContext:
    """Make the server side of TLS for 127.0.0.1, with a certificate that nobody else trusts."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    return context


def says(answer: bytes) -> Answer:
    """Read the request wholly, then answer with these bytes."""

    async def speak(incoming: Incoming) -> None:
        await incoming.read_body()
        await incoming.send(answer)

    return speak


@asynccontextmanager
async def upstream(answer: Answer, tls: ssl.SSLContext | None = None) -> AsyncIterator[Upstream]:
    """Serve ``answer`` for every request; a connection lives until the answer closes it or the peer goes."""
    state = Upstream(port=0)
    tasks: set[asyncio.Task[None]] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        state.connections += 1
        try:
            while not writer.is_closing():
                incoming = Incoming(await reader.readuntil(b"\r\n\r\n"), reader, writer)
                state.seen.append(incoming)
                await answer(incoming)
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            tasks.discard(task)
            writer.close()
            with suppress(ConnectionError, asyncio.CancelledError):
                await writer.wait_closed()

    server = await asyncio.start_server(connected, "127.0.0.1", 0, ssl=tls)
    state.port = server.sockets[0].getsockname()[1]
    try:
        yield state
    finally:
        server.close()
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await server.wait_closed()


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._loop = asyncio.get_running_loop()
        self._end = asyncio.Event()
        self.ready.set()

    async def main_loop(self) -> None:
        # uvicorn looks ten times a second whether it should end; these tests start and end it often.
        await self._end.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # As uvicorn does it, without its fixed pause.
        for server in self.servers:
            server.close()
        for listener in sockets or []:
            listener.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        await asyncio.wait_for(self._wait_tasks_to_complete(), WAIT)
        await self.lifespan.shutdown()

    def end(self) -> None:
        self._loop.call_soon_threadsafe(self._end.set)


@asynccontextmanager
async def serving(
    app: ASGIApp, http: str | type[asyncio.Protocol] = "h11", lifespan: str = "on"
) -> AsyncIterator[int]:
    """Run uvicorn around the app in a thread of its own, as `assent serve` does; gives the port."""
    listener = socket.create_server(("127.0.0.1", 0))
    protocol = PROTOCOLS[http] if isinstance(http, str) else http
    settings = Settings()
    more = {
        "http": protocol,
        "lifespan": lifespan,
        "timeout_graceful_shutdown": 2,
        "h11_max_incomplete_event_size": settings.server.max_header_bytes,
    }
    more |= {"log_config": None, "log_level": None}
    config = uvicorn.Config(app, **{**options(settings), **more})
    server = _Server(config)
    thread = Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        assert await asyncio.to_thread(server.ready.wait, WAIT), "uvicorn did not start"
        yield listener.getsockname()[1]
    finally:
        server.end()
        await asyncio.to_thread(thread.join, WAIT)
        listener.close()


@dataclass
class Reply:
    """What a client got until the server closed the connection."""

    raw: bytes

    @property
    def status(self) -> int:
        return int(self.raw.split(b" ", 2)[1])

    @property
    def fields(self) -> list[tuple[bytes, bytes]]:
        lines = self.raw.partition(b"\r\n\r\n")[0].split(b"\r\n")[1:]
        return [(name, value) for name, _, value in (line.partition(b": ") for line in lines)]

    def values(self, name: bytes) -> list[bytes]:
        return [value for key, value in self.fields if key.lower() == name]

    @property
    def body(self) -> bytes:
        return self.raw.partition(b"\r\n\r\n")[2]


async def ask(port: int, request: bytes) -> Reply:
    """Send the bytes and read until the server closes; the request should say Connection: close."""
    async with asyncio.timeout(WAIT):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            writer.write(request)
            await writer.drain()
            return Reply(await reader.read())
        finally:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()


def get(target: bytes = b"/", *lines: bytes, method: bytes = b"GET") -> bytes:
    """Compose a request without a body that ends its connection."""
    head = [method + b" " + target + b" HTTP/1.1", b"Host: shop.example", *lines, b"Connection: close"]
    return b"\r\n".join(head) + b"\r\n\r\n"


def free_port() -> int:
    """Find a port on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


async def until(condition: Callable[[], bool]) -> None:
    """Wait for a condition that another thread or task brings about."""
    async with asyncio.timeout(WAIT):
        while not condition():  # noqa: ASYNC110 - what is waited for happens in another thread
            await asyncio.sleep(0.01)
