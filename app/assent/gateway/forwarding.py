"""The header section on its way: a request's fields to the upstream, a response's to the client."""

import re
from collections.abc import Iterable, Sequence

from assent.gateway.admission import Framing
from assent.gateway.proxies import Arrival

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

_UNSENDABLE = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")
_WITHOUT_LENGTH = frozenset({204, 304})


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
    dropped = _REQUEST_ONLY | (_named_by_connection(headers) - _NEVER_BY_CONNECTION)
    own_host = came.host.encode("latin-1")
    out: list[Field] = [(b"host", b"")]
    length_seen = False
    for field in headers:
        name = field[0].lower()
        if name == b"host":
            own_host = field[1]
        elif name in dropped or _is_hearsay(name, came.trusted):
            continue
        elif name == b"content-length":
            # Equal repetitions say the same; one is enough.
            if framing is Framing.LENGTH and not length_seen:
                out.append(field)
            length_seen = True
        else:
            out.append(field)
    out[0] = (b"host", own_host if host is None else host)
    if framing is Framing.CHUNKED:
        out.append((b"transfer-encoding", b"chunked"))
    out += _provenance(came)
    if via:
        out.append((b"via", f"{version} assent".encode()))
    return out


def response_fields(
    headers: Iterable[Field], status: int, *, version: str = "1.1", via: bool = True
) -> list[Field]:
    """Fields for the client: the upstream's in their order, values as they are, names in lower case for ASGI.

    Content-Length goes where it would contradict the framing. A value with control characters
    goes as well: no server may send it (RFC 9110 section 5.5).
    """
    fields = [(name.lower(), value) for name, value in headers]
    dropped = _RESPONSE_ONLY | _named_by_connection(fields)
    chunked = any(name == b"transfer-encoding" for name, _ in fields)
    if chunked or status in _WITHOUT_LENGTH:
        # RFC 9112 section 6.3; with 204 it is forbidden, and with 304 some servers would wait for a body.
        dropped |= {b"content-length"}
    out = [
        (name, value) for name, value in fields if name not in dropped and _UNSENDABLE.search(value) is None
    ]
    if via:
        out.append((b"via", f"{version} assent".encode()))
    return out


def _named_by_connection(headers: Iterable[Field]) -> frozenset[bytes]:
    named = [
        option.strip().lower()
        for name, value in headers
        if name.lower() == b"connection"
        for option in value.split(b",")
    ]
    return frozenset(named)


def _is_hearsay(name: bytes, trusted: bool) -> bool:
    if b"_" in name:
        hyphened = name.replace(b"_", b"-")
        return hyphened in _NOT_TO_IMITATE or hyphened.startswith(b"x-forwarded-")
    if name in _WRITTEN_HERE:
        return True
    return not trusted and (name in _OF_PROXIES_ONLY or name.startswith(b"x-forwarded-"))


def _provenance(came: Arrival) -> list[Field]:
    host, scheme = came.host, came.scheme
    quoted = f'"{host}"' if ":" in host else host
    first = f"for={_node(came.chain[0])};host={quoted};proto={scheme}"
    rest = [f"for={_node(address)}" for address in came.chain[1:]]
    return [
        (b"x-forwarded-for", ", ".join(came.chain).encode("latin-1")),
        (b"x-forwarded-proto", scheme.encode()),
        (b"x-forwarded-host", host.encode("latin-1")),
        (b"forwarded", ", ".join([first, *rest]).encode("latin-1")),
    ]


def _node(address: str) -> str:
    return f'"[{address}]"' if ":" in address else address
