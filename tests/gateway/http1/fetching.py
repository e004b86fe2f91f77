"""One request and its whole response, over anything that carries requests."""

from typing import Any, NamedTuple

FIELDS = [(b"Host", b"shop.example")]


class Fetched(NamedTuple):
    status: int
    fields: list[tuple[bytes, bytes]]
    body: bytes


async def fetch(
    carrier: Any, method: str = "GET", target: bytes = b"/", fields: Any = FIELDS, body: Any = None
) -> Fetched:
    exchange = await carrier.exchange(method, target, fields, body)
    try:
        pieces = []
        while not exchange.ended:
            pieces.append(await exchange.read())
        return Fetched(exchange.status, exchange.fields, b"".join(pieces))
    finally:
        await exchange.aclose()


def body_of(*pieces: bytes) -> Any:
    """The body of a request in these pieces."""
    waiting = iter(pieces)

    async def read() -> bytes | None:
        return next(waiting, None)

    return read


def length(size: int) -> list[tuple[bytes, bytes]]:
    """The fields of a request with a body of this size."""
    return [*FIELDS, (b"Content-Length", b"%d" % size)]


CHUNKED_FIELDS = [*FIELDS, (b"Transfer-Encoding", b"chunked")]
