"""How long the upstream may take, and how much of it may be used at once."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds that each step may take.

    ``connect``: to open a connection, TLS included. ``write``: until the upstream takes more of a request.
    ``first_byte``: from the end of the request to the head of the response. ``idle``: between two pieces of
    its body. ``keepalive``: how long an unused connection is kept. ``queue``: until a connection is free.
    """

    connect: float = 5.0
    write: float = 60.0
    first_byte: float = 60.0
    idle: float = 60.0
    # Below the 5 s after which Node.js and uvicorn hang up: a request sent into a closing connection is lost.
    keepalive: float = 4.0
    queue: float = 5.0


@dataclass(frozen=True, slots=True)
class Limits:
    """Connections to the upstream at once, and requests that may wait for one of them."""

    connections: int = 500
    waiting: int = 1000
