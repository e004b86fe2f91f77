"""The header section on its way: a request's fields to the upstream, a response's to the client."""

from collections.abc import Iterable, Sequence
from functools import lru_cache

from assent.gateway.admission import Framing, unsendable
from assent.gateway.proxies import Arrival
from assent.gateway.remembered import Remembered

Field = tuple[bytes, bytes]

_HOP_BY_HOP = frozenset(
    {
        b"connection",
        b"http2-settings",
        b"keep-alive",
        b"proxy-authenticate",
        b"proxy-authentication-info",
        b"proxy-authorization",
        b"proxy-connection",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
    }
)
"""RFC 9110 section 7.6.1, and what older software treats alike."""

# Host is written anew; the server has met the expectation itself by the time that the body is read.
_REQUEST_ONLY = _HOP_BY_HOP | {b"host", b"expect"}

# Browsers would follow Alt-Svc past this gateway: it names the upstream's own endpoints.
_RESPONSE_ONLY = _HOP_BY_HOP | {b"alt-svc"}

_WRITTEN_HERE = frozenset({b"forwarded", b"x-forwarded-for", b"x-forwarded-host", b"x-forwarded-proto"})
_OF_PROXIES_ONLY = frozenset({b"x-real-ip", b"x-client-ip", b"x-cluster-client-ip", b"true-client-ip"})

_NEVER_BY_CONNECTION = frozenset({b"assent-consent", b"content-length", b"sec-gpc", b"via"})
"""Fields that a Connection field cannot remove: the visitor's signal, and what the upstream must rely on."""

# CGI and WSGI read an underscore as a hyphen, so X_Forwarded_For would arrive as the field it imitates.
_NOT_TO_IMITATE = _REQUEST_ONLY | _WRITTEN_HERE | _OF_PROXIES_ONLY | _NEVER_BY_CONNECTION

_WITHOUT_LENGTH = frozenset({101, 204, 304})
_MAX_FORWARDS = 255


# What becomes of a field, by its name. Plain numbers: members of an enum cost several times as much.
_PASSES = 0
_STAYS = 1
_HOST = 2
_LENGTH = 3
_CODING = 4
_CONNECTION = 5
_FORWARDS = 6
_OF_PROXIES = 7

_OWN_WAYS = {
    b"host": _HOST,
    b"content-length": _LENGTH,
    b"connection": _CONNECTION,
    b"max-forwards": _FORWARDS,
}


def request_fields(
    headers: Sequence[Field],
    came: Arrival,
    framing: Framing,
    *,
    host: bytes | None = None,
    version: str = "1.1",
    via: bool = True,
) -> list[Field]:
    """Fields for the upstream: the client's in their order, without those of its connection.

    ``host`` replaces the client's Host; ``version`` is the client's protocol version, for Via.
    """
    own_host = None
    named: frozenset[bytes] = frozenset()
    out: list[Field] = [(b"host", b"")]
    length_seen = False
    for field in headers:
        way = _REQUEST_WAYS[field[0]]
        if not way:
            out.append(field)
        elif way == _HOST:
            own_host = field[1]
        elif way == _CONNECTION:
            named |= _options(field[1])
        elif way == _LENGTH and framing is Framing.LENGTH and not length_seen:
            # Equal repetitions say the same; one is enough.
            length_seen = True
            out.append(field)
        elif way == _FORWARDS:
            out.append((field[0], _one_less(field[1])))
        elif way == _OF_PROXIES and came.trusted:
            out.append(field)
    if named and (named := named - _NEVER_BY_CONNECTION - _REQUEST_ONLY):
        out = [field for field in out if field[0].lower() not in named]
    out[0] = (b"host", host or own_host or came.host.encode("latin-1"))
    if framing is Framing.CHUNKED:
        out.append((b"transfer-encoding", b"chunked"))
    out += _provenance(came.chain, came.scheme, came.host)
    return [*out, _via(version)] if via else out


def response_fields(
    headers: Iterable[Field], status: int, *, version: str = "1.1", via: bool = True
) -> list[Field]:
    """Fields for the client: the upstream's in their order, values as they are, names in lower case for ASGI.

    Content-Length goes where it would contradict the framing. A value with control characters
    goes as well: no server may send it (RFC 9110 section 5.5).
    """
    named: frozenset[bytes] = frozenset()
    out: list[Field] = []
    for name, value in headers:
        lower, way = _RESPONSE_WAYS[name]
        if not way:
            out.append((lower, value))
        elif way == _CONNECTION:
            named |= _options(value)
        elif way == _CODING:
            # RFC 9112 section 6.3: it outranks a length.
            named |= {b"content-length"}
    if status in _WITHOUT_LENGTH:
        # With 204 it is forbidden, and with 304 some servers would wait for a body.
        named |= {b"content-length"}
    if named:
        out = [field for field in out if field[0] not in named]
    if unsendable(b"".join([value for _, value in out])):
        out = [field for field in out if not unsendable(field[1])]
    if via:
        out.append(_via(version))
    return out


def _request_way(name: bytes) -> int:
    lower = name.lower()
    if lower in _OWN_WAYS:
        return _OWN_WAYS[lower]
    hyphened = lower.replace(b"_", b"-")
    if hyphened in _REQUEST_ONLY or hyphened in _WRITTEN_HERE:
        return _STAYS
    imitates = hyphened in _NOT_TO_IMITATE or hyphened.startswith(b"x-forwarded-")
    if b"_" in lower:
        return _STAYS if imitates else _PASSES
    return _OF_PROXIES if lower in _OF_PROXIES_ONLY or lower.startswith(b"x-forwarded-") else _PASSES


def _response_way(name: bytes) -> tuple[bytes, int]:
    lower = name.lower()
    if lower == b"connection":
        return lower, _CONNECTION
    if lower == b"transfer-encoding":
        return lower, _CODING
    return lower, _STAYS if lower in _RESPONSE_ONLY else _PASSES


_REQUEST_WAYS = Remembered(_request_way)
_RESPONSE_WAYS = Remembered(_response_way)


@lru_cache(64)
def _options(connection: bytes) -> frozenset[bytes]:
    return frozenset(option.strip().lower() for option in connection.split(b",")) - {b"keep-alive", b"close"}


def _one_less(forwards: bytes) -> bytes:
    """Count down Max-Forwards (RFC 9110 section 7.6.2); only TRACE and OPTIONS end at 0."""
    digits = forwards.lstrip(b"0")
    if not forwards.isdigit() or not digits:
        return forwards
    return b"%d" % min(int(digits) - 1 if len(digits) < 4 else _MAX_FORWARDS, _MAX_FORWARDS)


@lru_cache(1024)
def _provenance(chain: tuple[str, ...], scheme: str, host: str) -> tuple[Field, ...]:
    quoted = f'"{host}"' if ":" in host else host
    first = f"for={_node(chain[0])};host={quoted};proto={scheme}"
    rest = [f"for={_node(address)}" for address in chain[1:]]
    return (
        (b"x-forwarded-for", ", ".join(chain).encode("latin-1")),
        (b"x-forwarded-proto", scheme.encode()),
        (b"x-forwarded-host", host.encode("latin-1")),
        (b"forwarded", ", ".join([first, *rest]).encode("latin-1")),
    )


def _node(address: str) -> str:
    return f'"[{address}]"' if ":" in address else address


@lru_cache(8)
def _via(version: str) -> Field:
    return b"via", f"{version} assent".encode()
