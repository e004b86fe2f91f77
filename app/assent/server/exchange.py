"""One request as the server sees it: dated, counted, bounded, and told to the access log."""

import logging
import re
import secrets
import time
from collections.abc import Awaitable
from email.utils import formatdate

from assent.asgi.types import Message, Receive, Scope, Send
from assent.errors import BodyTooLarge
from assent.server.logs import ACCESS, request_id
from assent.web.process import Traffic

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
"""Those that are counted by name: a client can make up any."""

CLIENT_GONE = 499
"""What is counted where no response was sent, as nginx has it."""

ID = b"x-request-id"
_SAFE_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}")

access = logging.getLogger(ACCESS)


class Exchange:
    """Stands between the server and the app for one request; its methods are plain to spare frames."""

    __slots__ = ("_began", "_receive", "_send", "_to", "_traffic", "most", "received", "sent", "status")

    def __init__(self, receive: Receive, send: Send, traffic: Traffic, to: str) -> None:
        self._receive = receive
        self._send = send
        self._traffic = traffic
        self._to = to
        self._began = time.perf_counter()
        self.status = 0
        self.sent = 0
        self.received = 0
        self.most = 0
        """Bytes that the request's body may have; 0 is no limit."""

    def send(self, message: Message) -> Awaitable[None]:
        """Pass a message on; an answer without Date gets one (RFC 9110 6.6.1)."""
        if message["type"] == "http.response.body":
            self.sent += len(message.get("body", b""))
        elif message["type"] == "http.response.start":
            self.status = message["status"]
            fields = message["headers"]
            for name, _ in fields:
                if len(name) == 4 and name.lower() == b"date":
                    break
            else:
                date = (b"date", formatdate(usegmt=True).encode())
                message = {**message, "headers": [*fields, date]}
        return self._send(message)

    async def receive(self) -> Message:
        """Take in a message; raises BodyTooLarge once there is more of a body than there may be."""
        message = await self._receive()
        self.received += len(message.get("body", b""))
        if self.most and self.received > self.most:
            raise BodyTooLarge(f"A request to this site has at most {self.most:,} bytes.")
        return message

    def end(self, method: str) -> float:
        """Count the exchange; return how long it took."""
        took = time.perf_counter() - self._began
        traffic, to = self._traffic, self._to
        method = method if method in METHODS else "other"
        traffic.requests[to, method, self.status or CLIENT_GONE] += 1
        traffic.seconds[to].add(took)
        traffic.sent[to] += self.sent
        if self.received:
            traffic.received[to] += self.received
        return took

    def tell(self, scope: Scope, path: str, took: float) -> None:
        """Write the line of the access log: nothing about the visitor, and of the target the path alone."""
        access.info(
            "request",
            extra={
                "request_id": request_id.get(),
                "method": scope["method"],
                "path": path.encode("unicode_escape").decode("ascii"),
                "status": self.status or CLIENT_GONE,
                "to": self._to,
                "received": self.received,
                "sent": self.sent,
                "seconds": round(took, 6),
            },
        )


def identified(scope: Scope, trusted: bool) -> Scope:
    """Give the request an id for the log and for the site; one that a trusted proxy gave is kept."""
    given = [value for name, value in scope["headers"] if name == ID]
    if trusted and len(given) == 1 and _SAFE_ID.fullmatch(given[0]):
        request_id.set(given[0].decode("ascii"))
        return scope
    made = secrets.token_hex(8)
    request_id.set(made)
    fields = [field for field in scope["headers"] if field[0] != ID]
    return {**scope, "headers": [*fields, (ID, made.encode())]}


def announces_more(scope: Scope, most: int) -> bool:
    """Tell whether a request says that its body is larger than that."""
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit() and (len(value) > 18 or int(value) > most):
            return True
    return False
