"""An upstream that speaks HTTP/2 and nothing else, for the way to it over httpx."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import DataReceived, RequestReceived, StreamEnded


@dataclass
class Site:
    port: int = 0
    connections: int = 0
    agreed: list[str | None] = field(default_factory=list)
    """What each connection was to speak, as TLS settled it."""
    fields: list[list[tuple[bytes, bytes]]] = field(default_factory=list)
    bodies: dict[int, bytes] = field(default_factory=dict)


class Speaker(asyncio.Protocol):
    def __init__(self, site: Site) -> None:
        self.site = site
        self.h2 = H2Connection(H2Configuration(client_side=False, header_encoding=None))

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.site.connections += 1
        self.transport = transport
        secure = transport.get_extra_info("ssl_object")
        self.site.agreed.append(secure.selected_alpn_protocol() if secure else None)
        if self.site.agreed[-1] == "http/1.1":
            transport.close()
            return
        self.h2.initiate_connection()
        transport.write(self.h2.data_to_send())

    def data_received(self, data: bytes) -> None:
        if self.transport.is_closing():
            return
        for event in self.h2.receive_data(data):
            if isinstance(event, RequestReceived):
                self.site.fields.append([(bytes(name), bytes(value)) for name, value in event.headers])
                self.site.bodies[event.stream_id] = b""
            elif isinstance(event, DataReceived):
                self.site.bodies[event.stream_id] += event.data
            elif isinstance(event, StreamEnded):
                answer = [(":status", "200"), ("set-cookie", "a=1"), ("set-cookie", "b=2")]
                self.h2.send_headers(event.stream_id, answer)
                self.h2.send_data(event.stream_id, b"over HTTP/2", end_stream=True)
        self.transport.write(self.h2.data_to_send())


@asynccontextmanager
async def http2_upstream(tls: ssl.SSLContext | None = None) -> AsyncIterator[Site]:
    """Serve the same answer for every request; over TLS also to those who say that they speak HTTP/1.1."""
    site = Site()
    if tls is not None:
        tls.set_alpn_protocols(["h2", "http/1.1"])
    server = await asyncio.get_running_loop().create_server(lambda: Speaker(site), "127.0.0.1", 0, ssl=tls)
    site.port = server.sockets[0].getsockname()[1]
    try:
        yield site
    finally:
        server.close()
        await server.wait_closed()
