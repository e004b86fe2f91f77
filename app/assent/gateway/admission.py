"""Whether a request may be forwarded at all, how its body is framed, and what target to ask for."""

import re
from collections.abc import Iterable
from enum import Enum, auto
from typing import NamedTuple
from urllib.parse import quote

from starlette.types import Scope

from assent.gateway.proxies import HOST


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
_TARGET = re.compile(rb"[\x21-\x7e]+")
_ABSOLUTE = re.compile(rb"https?://([^/?#]*)(.*)", re.IGNORECASE | re.DOTALL)

BAD_HOST = Refusal(400, "The request needs exactly one valid Host field.")
BAD_TARGET = Refusal(400, "The request target is not valid.")
BAD_LENGTH = Refusal(400, "Content-Length is not valid.")
BOTH_FRAMINGS = Refusal(400, "A request has either Transfer-Encoding or Content-Length, not both.")
UNKNOWN_CODING = Refusal(501, "Of the transfer codings only chunked is understood.")
NO_WEBSOCKET = Refusal(501, "WebSocket connections are not forwarded by this gateway yet.")
LOOP = Refusal(508, "The gateway was asked to forward to itself: its upstream is wrong.")


def admit(scope: Scope) -> Framing | Refusal:
    """Decide whether an HTTP request goes upstream, and with which framing."""
    if scope["method"] in _METHODS_REFUSED:
        return _METHODS_REFUSED[scope["method"]]
    hosts, lengths, codings, passed = [], set(), [], 0
    for name, value in scope["headers"]:
        lower = name.lower()
        if lower == b"host":
            hosts.append(value)
        elif lower == b"content-length":
            lengths.add(value)
        elif lower == b"transfer-encoding":
            codings.append(value.lower())
        elif lower == b"upgrade" and b"websocket" in value.lower():
            return NO_WEBSOCKET
        elif lower == b"via":
            passed += _mentions_of_us(value)
    if passed >= _MAX_HOPS:
        return LOOP
    return _bad_host(hosts, scope) or _framing(lengths, codings, scope.get("http_version", "1.1"))


def target(scope: Scope, base: bytes = b"") -> bytes | Refusal:
    """Build the request target in origin-form, below ``base``, from the bytes that the client sent."""
    raw: bytes = scope.get("raw_path") or quote(scope["path"], safe="/:@!$&'()*+,;=~").encode()
    if raw == b"*":
        return raw
    absolute = _ABSOLUTE.fullmatch(raw)
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


def _bad_host(hosts: list[bytes], scope: Scope) -> Refusal | None:
    if not hosts and scope.get("http_version") == "1.0":
        return None
    if len(hosts) != 1 or not HOST.fullmatch(hosts[0].decode("latin-1")):
        return BAD_HOST
    return None


def _framing(lengths: set[bytes], codings: list[bytes], version: str) -> Framing | Refusal:
    if codings and lengths:
        return BOTH_FRAMINGS
    if codings:
        return Framing.CHUNKED if codings == [b"chunked"] else UNKNOWN_CODING
    if lengths:
        # isdigit on bytes means the ASCII digits only: no sign, no space, no list.
        return Framing.LENGTH if len(lengths) == 1 and all(map(bytes.isdigit, lengths)) else BAD_LENGTH
    return Framing.NONE if version.startswith("1") else Framing.UNSAID


def _mentions_of_us(via: bytes) -> int:
    return sum(member.split()[1:2] == [b"assent"] for member in via.lower().split(b","))


def _values(scope: Scope, wanted: bytes) -> Iterable[bytes]:
    return (value for name, value in scope["headers"] if name.lower() == wanted)
