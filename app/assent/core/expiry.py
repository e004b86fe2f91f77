"""How to remove a cookie whose name alone is known: one deletion for each scope it may have been set in.

A deletion works only if name, Domain, Path and partition all match (RFC 6265bis 5.7), so the likely scopes
come first and the number of lines is bounded; what was missed is tried again with the next response.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice

from assent.core.cookies import MAX_PAIR

MAX_LINES = 40
"""Deletions in one response; about 4 KB, within what servers and proxies take as a header section."""

MAX_OCTETS = 6144
"""Octets of all deletions in one response, for names that are longer than most."""

MAX_DEPTH = 4
"""Path segments of the request that are tried."""

_DOMAIN = re.compile(r"(?![0-9.]+\Z)[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)+\.?\Z")
_UNSENDABLE = re.compile(rb"[\x00-\x1f\x7f;]|\A\Z")


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a cookie lives besides its name; ``domain`` None is host-only."""

    domain: str | None = None
    path: str = "/"
    partitioned: bool = False


def deletions(
    names: Sequence[bytes], *, host: str, path: str, secure: bool, known: Iterable[tuple[bytes, Scope]] = ()
) -> list[bytes]:
    """Return Set-Cookie values that expire the named cookies, known scopes first, at most MAX_LINES."""
    sendable = dict.fromkeys(
        name for name in names if _is_sendable(name) and _is_taken(name, Scope(), secure)
    )
    guesses = ((name, scope) for scope in guessed_scopes(host, path, secure) for name in sendable)
    wanted = _distinct(chain(((n, s) for n, s in known if n in sendable), guesses))
    return list(_bounded(deletion(n, s, secure) for n, s in wanted if _is_taken(n, s, secure)))


def guessed_scopes(host: str, path: str, secure: bool) -> Iterator[Scope]:
    """Yield the scopes that a cookie of this host and path may have, the most common first."""
    domains = [None, *parent_domains(host)]
    for directory in ("/", *directories(path)):
        for domain in domains:
            yield Scope(domain, directory)
    if secure:
        for domain in domains:
            yield Scope(domain, "/", partitioned=True)


def parent_domains(host: str) -> list[str]:
    """Return the host and its parents of two labels or more; none for an address.

    A public suffix among them does no harm: user agents ignore such a line (RFC 6265bis 5.7, step 9).
    """
    if not _DOMAIN.match(host):
        return []
    labels = host.split(".")
    return [".".join(labels[start:]) for start in range(len(labels) - 1)]


def directories(path: str) -> Iterator[str]:
    """Yield the prefixes of a request path with and without their last slash, longest last."""
    parts = [part for part in path.split("/") if part][:MAX_DEPTH]
    if any(not part.isascii() or ";" in part or not part.isprintable() for part in parts):
        return
    for end in range(1, len(parts) + 1):
        prefix = "/" + "/".join(parts[:end])
        yield prefix
        yield prefix + "/"


def deletion(name: bytes, scope: Scope, secure: bool) -> bytes:
    """Return one Set-Cookie value that expires one cookie in one scope."""
    domain = f"; Domain={scope.domain}" if scope.domain else ""
    # Prefixed names are refused without these attributes, and a partitioned cookie without Secure.
    security = "; Secure" if secure else ""
    security += "; HttpOnly" if name.lower().startswith((b"__http-", b"__host-http-")) else ""
    security += "; Partitioned" if scope.partitioned else ""
    rest = f"=; Path={scope.path}{domain}; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT{security}"
    return name + rest.encode("latin-1")


def _is_sendable(name: bytes) -> bool:
    return len(name) <= MAX_PAIR and not _UNSENDABLE.search(name)


def _is_taken(name: bytes, scope: Scope, secure: bool) -> bool:
    """Tell whether user agents take a line of this name and scope, or drop it (RFC 6265bis 4.1.3)."""
    prefix = name[:9].lower()
    if scope.partitioned or prefix.startswith((b"__secure-", b"__http-", b"__host-")):
        bound_to_host = prefix.startswith(b"__host-")
        return secure and (not bound_to_host or (scope.domain is None and scope.path == "/"))
    return True


def _distinct(wanted: Iterable[tuple[bytes, Scope]]) -> Iterator[tuple[bytes, Scope]]:
    """Drop repetitions as they come: a client that sends thousands of names is not worth listing them all."""
    seen: set[tuple[bytes, Scope]] = set()
    for one in wanted:
        if one not in seen:
            seen.add(one)
            yield one


def _bounded(lines: Iterator[bytes]) -> Iterator[bytes]:
    octets = 0
    for line in islice(lines, MAX_LINES):
        octets += len(line)
        if octets > MAX_OCTETS:
            return
        yield line
