"""How to remove a cookie whose name alone is known: one deletion for each scope it may have been set in.

A deletion works only if name, Domain, Path and partition all match (RFC 6265bis 5.7), so the likely scopes
come first, the number of lines in one response is bounded, and the next response goes on where it ended.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import chain, islice
from urllib.parse import quote

from assent.core.cookies import MAX_ATTRIBUTE, MAX_PAIR
from assent.core.domains import cookie_domains, is_loopback

MAX_LINES = 40
"""Deletions in one response; about 4 KB, within what servers and proxies take as a header section."""

MAX_OCTETS = 6144
"""Octets of all deletions in one response, for names that are longer than most."""

MAX_DEPTH = 16
"""Directories of the request's path that are tried."""

MAX_STEPS = 8192
"""Scopes looked at for one response, and known scopes heeded: browsers keep fewer cookies for a site."""

DEFAULT_PATH = ""
"""The path of a cookie that was set without one: the directory of whatever page set it."""

_UNSENDABLE = re.compile(rb"[\x00-\x1f\x7f;=]")
# What browsers leave as it is in a path; the percent sign among it, so that an encoded path stays.
_LEFT_IN_PATHS = "!$%&'()*+,-./:;=@[\\]^_|~"


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a cookie lives besides its name; ``domain`` None is host-only."""

    domain: str | None = None
    path: str = "/"
    partitioned: bool = False


_ROOT = Scope()


@dataclass(frozen=True, slots=True)
class Round:
    """The deletions of one response; ``rest`` is where the next one begins, 0 when none was left over."""

    lines: list[bytes]
    rest: int = 0


def deletions(
    names: Sequence[bytes], *, host: str, path: str, secure: bool, known: Iterable[tuple[bytes, Scope]] = ()
) -> list[bytes]:
    """Return Set-Cookie values that expire the named cookies: those of the first round."""
    return next_round(names, host=host, path=path, secure=secure, known=known).lines


def next_round(
    names: Sequence[bytes],
    *,
    host: str,
    path: str,
    secure: bool,
    known: Iterable[tuple[bytes, Scope]] = (),
    begin: int = 0,
) -> Round:
    """Return one response's share of the Set-Cookie values that expire the named cookies.

    Known scopes come first, then guesses for this host and path (as the browser wrote it, percent-encoded).
    ``begin`` is the ``rest`` of the last round for the same names, host and path: an answer that was not
    enough is followed by others, until the browser no longer sends the cookie.
    """
    trusted = secure or is_loopback(host)
    # Where a cookie of that name cannot be at "/", it can be nowhere.
    sendable = list(
        dict.fromkeys(name for name in names if _is_sendable(name) and _is_taken(name, _ROOT, trusted))
    )
    first = dict.fromkeys(_reachable(known, frozenset(sendable), host, path))
    # Of a path longer than any cookie's, what is cut off could not be written anyway.
    scopes = _guesses(host, path[: MAX_ATTRIBUTE + 2], trusted)
    wanted = _Wanted(list(first), sendable, scopes)
    at = begin if begin < len(wanted) else 0
    end = min(len(wanted), at + MAX_STEPS)
    lines: list[bytes] = []
    octets = 0
    while at < end:
        name, scope = wanted[at]
        if _is_taken(name, scope, trusted) and (at < len(first) or not first or (name, scope) not in first):
            line = deletion(name, scope, secure)
            octets += len(line)
            if len(lines) == MAX_LINES or octets > MAX_OCTETS:
                break
            lines.append(line)
        at += 1
    return Round(lines, at if at < len(wanted) else 0)


def guessed_scopes(host: str, path: str, trusted: bool) -> Iterator[Scope]:
    """Yield the scopes that a cookie of this host and path may have, the most common first.

    ``trusted`` tells whether browsers take Secure cookies, and so partitioned ones, from there.
    """
    domains = (None, *cookie_domains(host))
    paths = ("/", *directories(path))
    for partitioned in (False, True) if trusted else (False,):
        for directory in paths:
            for domain in domains:
                yield Scope(domain, directory, partitioned)


def directories(path: str) -> Iterator[str]:
    """Yield the prefixes of a request path with and without their last slash, longest last.

    Where such a prefix cannot be written as a Path, DEFAULT_PATH comes last: it is the page's own directory.
    """
    encoded = encoded_path(path)
    slashes = (place for place, character in enumerate(encoded) if character == "/" and place)
    ends = slashes if encoded.endswith("/") else chain(slashes, (len(encoded),))
    prefixes = dict.fromkeys(
        prefix
        for end in islice(ends, MAX_DEPTH)
        for prefix in (encoded[:end], encoded[:end] + "/")
        if prefix not in ("", "/")
    )
    writable = [prefix for prefix in prefixes if ";" not in prefix and len(prefix) <= MAX_ATTRIBUTE]
    yield from writable
    if len(writable) < len(prefixes):
        yield DEFAULT_PATH


def encoded_path(path: str) -> str:
    """Return a path as browsers write it into a request, percent-encoded; one that is already so stays."""
    return quote(path, safe=_LEFT_IN_PATHS, errors="replace")


def deletion(name: bytes, scope: Scope, secure: bool) -> bytes:
    """Return one Set-Cookie value that expires one cookie in one scope."""
    # A line whose name and value are both empty is dropped, so the cookie without a name needs a value.
    pair = name + b"=" if name else b"=x"
    path = f"; Path={scope.path}" if scope.path else ""
    domain = f"; Domain={scope.domain}" if scope.domain else ""
    # Prefixed names are refused without these attributes, and a partitioned cookie without Secure.
    security = "; Secure" if secure or _needs_secure(name, scope) else ""
    security += "; HttpOnly" if name.lower().startswith((b"__http-", b"__host-http-")) else ""
    security += "; Partitioned" if scope.partitioned else ""
    rest = f"{path}{domain}; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT{security}"
    return pair + rest.encode("latin-1")


@lru_cache(maxsize=128)
def _guesses(host: str, path: str, trusted: bool) -> tuple[Scope, ...]:
    return tuple(guessed_scopes(host, path, trusted))


class _Wanted:
    """Every (name, scope) to delete, by its place: known ones, then each scope for all names in turn.

    Places stand for what is not made yet: thousands of names in hundreds of scopes are never listed.
    """

    def __init__(
        self, first: list[tuple[bytes, Scope]], names: list[bytes], scopes: tuple[Scope, ...]
    ) -> None:
        self._first = first
        self._names = names
        self._scopes = scopes

    def __len__(self) -> int:
        return len(self._first) + len(self._names) * len(self._scopes)

    def __getitem__(self, place: int) -> tuple[bytes, Scope]:
        if place < len(self._first):
            return self._first[place]
        scope, name = divmod(place - len(self._first), len(self._names))
        return self._names[name], self._scopes[scope]


def _reachable(
    known: Iterable[tuple[bytes, Scope]], names: frozenset[bytes], host: str, path: str
) -> Iterator[tuple[bytes, Scope]]:
    """Yield the known scopes that a line from this host can name; a default path is guessed, and last."""
    domains = {None, host, *cookie_domains(host)}
    here = [
        (name, scope) for name, scope in islice(known, MAX_STEPS) if name in names and scope.domain in domains
    ]
    yield from ((name, scope) for name, scope in here if scope.path)
    without_path = [(name, scope) for name, scope in here if not scope.path]
    for directory in ("/", *directories(path)) if without_path else ():
        yield from ((name, replace(scope, path=directory)) for name, scope in without_path)


def _is_sendable(name: bytes) -> bool:
    return len(name) <= MAX_PAIR and not _UNSENDABLE.search(name)


def _needs_secure(name: bytes, scope: Scope) -> bool:
    return scope.partitioned or name[:9].lower().startswith((b"__secure-", b"__http-", b"__host-"))


def _is_taken(name: bytes, scope: Scope, trusted: bool) -> bool:
    """Tell whether user agents take a line of this name and scope, or drop it (RFC 6265bis 4.1.3)."""
    if not _needs_secure(name, scope):
        return True
    bound_to_host = name[:7].lower() == b"__host-"
    return trusted and (not bound_to_host or (scope.domain is None and scope.path == "/"))
