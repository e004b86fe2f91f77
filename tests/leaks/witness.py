"""What the world outside the browser sees: requests, TLS connections, look-ups and datagrams, by name."""

import contextlib
import socket
import struct
import threading
from collections.abc import Iterable, Iterator

from assent.asgi.types import Receive, Scope, Send

PIXEL = bytes.fromhex(
    "47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002024401003b"
)
TYPES = {
    "js": ("text/javascript", b"self.ran = true;"),
    "css": ("text/css", b"p { color: black }"),
    "gif": ("image/gif", PIXEL),
    "svg": ("image/svg+xml", b'<svg xmlns="http://www.w3.org/2000/svg"><g id="g"/></svg>'),
    "html": ("text/html", b"<!DOCTYPE html><title>elsewhere</title>"),
    "json": ("application/json", b"{}"),
    "vtt": ("text/vtt", b"WEBVTT\n"),
    "events": ("text/event-stream", b"data: 1\n\n"),
}


class Witness:
    """Remembers names since it last forgot; every name belongs to one vector."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Begin anew."""
        self.requests: set[str] = set()
        self.connections: set[str] = set()
        self.lookups: set[str] = set()
        self.datagrams: set[str] = set()
        self.told: set[str] = set()
        self.sent: set[str] = set()
        """Cookies that reached the site."""
        self.offered: set[str] = set()
        """Cookies that the browser sent, whether or not they got through to the site."""

    def connected(self, name: str | None) -> None:
        """Take the server name of a TLS handshake."""
        self.connections.add(name or "")

    async def elsewhere(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Play all third parties: record the host, and answer what the path's ending asks for."""
        fields = dict(scope["headers"])
        self.requests.add(fields.get(b"host", b"").decode("latin-1").partition(":")[0])
        ending = scope["path"].rpartition(".")[2]
        kind, body = TYPES.get(ending, TYPES["html"])
        await _answer(
            send,
            body,
            [
                (b"content-type", kind.encode()),
                (b"cache-control", b"no-store"),
                (b"access-control-allow-origin", fields.get(b"origin", b"*")),
                (b"access-control-allow-credentials", b"true"),
                (b"access-control-allow-headers", b"content-type"),
                (b"access-control-allow-private-network", b"true"),
                (b"set-cookie", b"third=1; Secure; SameSite=None; Path=/"),
            ],
        )

    async def resolver(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one DNS query over HTTPS (RFC 8484, POST), always with 127.0.0.1."""
        query = b""
        while True:
            message = await receive()
            query += message.get("body", b"")
            if not message.get("more_body"):
                break
        name, end = _question(query)
        self.lookups.add(name)
        kind = struct.unpack("!H", query[end : end + 2])[0]
        answers = [b"\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x3c\x00\x04\x7f\x00\x00\x01"] if kind == 1 else []
        head = query[:2] + struct.pack("!HHHHH", 0x8180, 1, len(answers), 0, 0)
        await _answer(
            send,
            head + query[12 : end + 4] + b"".join(answers),
            [(b"content-type", b"application/dns-message"), (b"cache-control", b"max-age=1")],
        )

    @contextlib.contextmanager
    def datagram_ports(self, labels: Iterable[str]) -> Iterator[dict[str, int]]:
        """Listen for datagrams on one port for each label."""
        sockets = {label: socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for label in labels}
        for listener in sockets.values():
            listener.bind(("127.0.0.1", 0))
        threads = [
            threading.Thread(target=self._listen, args=(label, listener), daemon=True)
            for label, listener in sockets.items()
        ]
        for thread in threads:
            thread.start()
        try:
            yield {label: listener.getsockname()[1] for label, listener in sockets.items()}
        finally:
            for listener in sockets.values():
                with contextlib.suppress(OSError):
                    listener.shutdown(socket.SHUT_RDWR)
                listener.close()

    def _listen(self, label: str, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            # A listener that was shut down reads nothing and has no sender.
            while listener.recvfrom(2048)[1]:
                self.datagrams.add(label)


def _question(query: bytes) -> tuple[str, int]:
    """Return the name asked for (RFC 1035 4.1.2) and where it ends."""
    labels, place = [], 12
    while length := query[place]:
        labels.append(query[place + 1 : place + 1 + length].decode("latin-1"))
        place += 1 + length
    return ".".join(labels).lower(), place + 1


def cookie_names(fields: Iterable[tuple[bytes, bytes]]) -> set[str]:
    """Return the cookie-names in a request's fields; a nameless cookie counts by its value."""
    lines = (value.decode("latin-1") for name, value in fields if name == b"cookie")
    pairs = (pair.partition("=") for line in lines for pair in line.split(";"))
    return {(name if equals and name.strip() else value or name).strip() for name, equals, value in pairs}


async def _answer(send: Send, body: bytes, fields: list[tuple[bytes, bytes]]) -> None:
    length = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": 200, "headers": [*fields, length]})
    await send({"type": "http.response.body", "body": body})
