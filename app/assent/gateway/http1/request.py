"""A request's head as it goes over the wire, and how its body is delimited (RFC 9112)."""

import re
from collections.abc import Sequence

from assent.errors import UpstreamError
from assent.gateway.http1.names import CODING, CONNECTION, INVALID, LENGTH, ROLES

Field = tuple[bytes, bytes]

CHUNKED = -1
LAST_CHUNK = b"0\r\n\r\n"

_COMMON = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_METHOD = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_LENGTH = re.compile(rb"[0-9]{1,18}")


def request_head(method: str, target: bytes, fields: Sequence[Field], *, body: bool) -> tuple[bytes, int]:
    """Return the head, and the length of the body or CHUNKED, as the fields announce it.

    Raises UpstreamError for what an upstream could read as something else than what was asked.
    """
    length: int | None = None
    for name, value in fields:
        role = ROLES[name]
        if role:
            length = _announced(role, name, value, length)
    if body and length is None:
        raise _unsendable("its body is not announced")
    if length and not body:
        raise _unsendable("it announces a body and has none")
    head = b"%b %b HTTP/1.1\r\n%b\r\n\r\n" % (
        method.encode("latin-1"),
        target,
        b"\r\n".join([b": ".join(field) for field in fields]),
    )
    # Whatever could end a line early makes one of these counts wrong.
    lines = len(fields) + 2
    if (
        head.count(b"\n") != lines
        or head.count(b"\r\n") != lines
        or head.count(b"\r") != lines
        or b"\0" in head
        or b" " in target
        or not (method in _COMMON or _METHOD.fullmatch(method))
    ):
        raise _unsendable("its head holds what would end a line or a field early")
    return head, length or 0


def chunk(piece: bytes) -> tuple[bytes, bytes, bytes]:
    """Return a piece of a body as one chunk (RFC 9112 section 7.1)."""
    return b"%x\r\n" % len(piece), piece, b"\r\n"


def _announced(role: int, name: bytes, value: bytes, already: int | None) -> int | None:
    if role == INVALID:
        raise _unsendable(f"{name!r} is no field name")
    if role == CONNECTION:
        return already
    if already is not None:
        raise _unsendable("it announces its body twice")
    if role == CODING and value.lower() == b"chunked":
        return CHUNKED
    if role == LENGTH and _LENGTH.fullmatch(value):
        return int(value)
    raise _unsendable(f"{value!r} is no {name.decode('ascii')}")


def _unsendable(why: str) -> UpstreamError:
    return UpstreamError(f"the request cannot be sent: {why}")
