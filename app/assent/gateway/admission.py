"""Whether a request may be forwarded at all, how its body is framed, and what target to ask for."""

import re
from collections.abc import Iterable, Sequence
from enum import Enum, auto
from typing import NamedTuple
from urllib.parse import quote

from starlette.types import Scope

from assent.gateway.proxies import host_of
from assent.gateway.remembered import Remembered


class Framing(Enum):
    """How the body of a request is delimited towards the upstream (RFC 9112 section 6)."""

    NONE = auto()
    LENGTH = auto()
    CHUNKED = auto()
    UNSAID = auto()
    """HTTP/2 and later end a body without announcing it: only reading tells whether there is one."""


class Refusal(NamedTuple):
    """An answer given without asking the upstream."""

    status: int
    reason: str


_METHODS_REFUSED = {
    "CONNECT": Refusal(501, "This gateway opens no tunnels."),
    "TRACE": Refusal(405, "TRACE is not allowed here."),
}
_MAX_HOPS = 5

MAX_FIELDS = 1 << 16
"""Bytes of all field names and values; sites take 8 to 32 KB."""

_UNSENDABLE = bytes([*range(0x09), *range(0x0A, 0x20), 0x7F])
"""What no field value may hold (RFC 9110 section 5.5); towards another parser it might end a line."""

_TOKEN = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
# A fragment is no part of a request target (RFC 9112 section 3.2).
_TARGET = re.compile(rb"[\x21\x22\x24-\x7e]+")
_ABSOLUTE = re.compile(rb"(?:http|ws)s?://([^/?#]*)(.*)", re.IGNORECASE | re.DOTALL)

# What is to be judged, by name. Plain numbers: members of an enum cost several times as much.
_HOST, _LENGTH, _CODING, _CONNECTION, _UPGRADE, _VIA, _FORWARDS, _NO_NAME = range(1, 9)
_JUDGED = {
    b"host": _HOST,
    b"content-length": _LENGTH,
    b"transfer-encoding": _CODING,
    b"connection": _CONNECTION,
    b"upgrade": _UPGRADE,
    b"via": _VIA,
    b"max-forwards": _FORWARDS,
}
_PARTS = Remembered(lambda name: _JUDGED.get(name.lower(), 0) if _TOKEN.fullmatch(name) else _NO_NAME)

Told = dict[int, list[bytes]]
"""The values of the fields that are to be judged."""

BAD_FIELD = Refusal(400, "The header section holds a field that is not valid.")
BAD_HOST = Refusal(400, "The request needs exactly one valid Host field.")
BAD_TARGET = Refusal(400, "The request target is not valid.")
BAD_LENGTH = Refusal(400, "Content-Length is not valid.")
BOTH_FRAMINGS = Refusal(400, "A request has either Transfer-Encoding or Content-Length, not both.")
TOO_LARGE = Refusal(431, "The header section is too large.")
UNKNOWN_CODING = Refusal(501, "Of the transfer codings only chunked is understood, and only in HTTP/1.1.")
NO_WEBSOCKET = Refusal(501, "WebSockets need the package websockets on this gateway: install assent[ws].")
BAD_VERSION = Refusal(505, "This gateway is spoken to in HTTP/1.0 or HTTP/1.1.")
LAST_HOP = Refusal(200, "Max-Forwards let the request come as far as this gateway.")
LOOP = Refusal(508, "The gateway was asked to forward to itself: its upstream is wrong.")


def admit(scope: Scope) -> Framing | Refusal:
    """Decide whether an HTTP request goes upstream, and with which framing."""
    if scope["method"] in _METHODS_REFUSED:
        return _METHODS_REFUSED[scope["method"]]
    version = scope.get("http_version", "1.1")
    if version == "2.0":
        # The syntax is that of HTTP/1: what came by HTTP/2 is "2" in ASGI.
        return BAD_VERSION
    told = _told(scope["headers"])
    return (
        _ended(scope["method"], told)
        or _malformed(scope["headers"], told)
        or _bad_host(told.get(_HOST, []), version)
        or _framing(told, version)
    )


def admit_handshake(scope: Scope) -> Refusal | None:
    """Decide whether the opening handshake of a WebSocket goes upstream."""
    told = _told(scope["headers"])
    if _came_round(told):
        return LOOP
    version = scope.get("http_version", "1.1")
    return _malformed(scope["headers"], told) or _bad_host(told.get(_HOST, []), version)


def target(scope: Scope, base: bytes = b"") -> bytes | Refusal:
    """Build the request target in origin-form, below ``base``, from the bytes that the client sent."""
    raw: bytes = scope.get("raw_path") or quote(scope["path"], safe="/:@!$&'()*+,;=~").encode()
    if raw == b"*":
        return raw
    absolute = None if raw.startswith(b"/") else _ABSOLUTE.fullmatch(raw)
    if absolute:
        # RFC 9112 section 3.2.2: absolute-form outranks Host, so a different host must not slip through.
        if absolute[1].lower() not in {value.lower() for value in _values(scope, b"host")}:
            return BAD_HOST
        raw = absolute[2] or b"/"
    # Where a mount or a stripping proxy put this app below a prefix, the upstream never knew that prefix.
    root = scope.get("root_path", "").rstrip("/").encode()
    if root and (raw == root or raw.startswith(root + b"/")):
        raw = raw[len(root) :] or b"/"
    if scope.get("query_string"):
        raw += b"?" + scope["query_string"]
    return base + raw if raw.startswith(b"/") and _TARGET.fullmatch(raw) else BAD_TARGET


def unsendable(value: bytes) -> bool:
    """Tell whether field values hold what none may hold."""
    # A third of the time that a pattern takes.
    return len(value.translate(None, _UNSENDABLE)) != len(value)


def _told(headers: Sequence[tuple[bytes, bytes]]) -> Told:
    """Collect what is to be judged, and nothing of all the rest."""
    told: Told = {}
    for name, value in headers:
        part = _PARTS[name]
        if part:
            told.setdefault(part, []).append(value)
    return told


def _ended(method: str, told: Told) -> Refusal | None:
    """Tell why a well-formed request would go no further."""
    # A server that knows WebSockets would have made a scope of its own of it.
    if (
        _UPGRADE in told
        and _mentions(told, _UPGRADE, b"websocket")
        and _mentions(told, _CONNECTION, b"upgrade")
    ):
        return NO_WEBSOCKET
    if method == "OPTIONS" and any(value and not value.strip(b"0") for value in told.get(_FORWARDS, ())):
        return LAST_HOP
    return LOOP if _VIA in told and _came_round(told) else None


def _mentions(told: Told, part: int, word: bytes) -> bool:
    return any(word in value.lower() for value in told.get(part, ()))


def _came_round(told: Told) -> bool:
    members = (member.split() for value in told.get(_VIA, ()) for member in value.lower().split(b","))
    return sum(member[1:2] == [b"assent"] for member in members) >= _MAX_HOPS


def _malformed(headers: Sequence[tuple[bytes, bytes]], told: Told) -> Refusal | None:
    # Joined, they are judged by one search.
    names, values = b":".join([name for name, _ in headers]), b"".join([value for _, value in headers])
    if len(names) + len(values) > MAX_FIELDS:
        return TOO_LARGE
    return BAD_FIELD if _NO_NAME in told or unsendable(values) else None


def _bad_host(hosts: list[bytes], version: str) -> Refusal | None:
    if not hosts and version == "1.0":
        return None
    return None if len(hosts) == 1 and host_of(hosts[0]) else BAD_HOST


def _framing(told: Told, version: str) -> Framing | Refusal:
    if _LENGTH not in told and _CODING not in told:
        return Framing.NONE if version.startswith("1") else Framing.UNSAID
    lengths = set(told.get(_LENGTH, ()))
    codings = [value.lower() for value in told.get(_CODING, ())]
    if codings and lengths:
        return BOTH_FRAMINGS
    if codings:
        # RFC 9112 section 6.1: in any other version whoever wrote it may have meant another end of the body.
        return Framing.CHUNKED if codings == [b"chunked"] and version == "1.1" else UNKNOWN_CODING
    # isdigit on bytes means the ASCII digits only: no sign, no space, no list.
    return Framing.LENGTH if len(lengths) == 1 and all(map(bytes.isdigit, lengths)) else BAD_LENGTH


def _values(scope: Scope, wanted: bytes) -> Iterable[bytes]:
    return (value for name, value in scope["headers"] if name.lower() == wanted)
