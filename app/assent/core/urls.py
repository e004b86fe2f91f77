"""Where a URL that stands in a page leads, as browsers read it (WHATWG URL, basic URL parser)."""

import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote_to_bytes

PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443, "ftp": 21}
"""The special schemes that reach a network, and their default ports."""

LONGEST_KEY = 512
"""Characters; where a longer URL leads is read anew each time rather than kept in memory."""

LONGEST_NAME = 512
"""Characters of a host name that is put into its xn-- form: that takes the square of the time, and no host
has as many."""

_TRIMMED = "".join(map(chr, range(33)))
_SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*):")
_END_OF_AUTHORITY = re.compile(r"[/\\?#]")
_PORT = re.compile(r":0*([0-9]{0,5})\Z")
_WRITTEN_PORT = re.compile(r":([0-9]{1,5})\Z")


@dataclass(frozen=True, slots=True)
class Target:
    """A host on the network; ``port`` is None for the scheme's own."""

    host: str
    port: int | None = None

    def __str__(self) -> str:
        return self.host if self.port is None else f"{self.host}:{self.port}"

    @classmethod
    def read(cls, text: str) -> "Target":
        """Read ``x`` or ``x:port``, as rules write a host and as ``str`` does."""
        found = _WRITTEN_PORT.search(text)
        return cls(text[: found.start()], int(found[1])) if found and found.start() else cls(text)


def origin_target(origin: str) -> tuple[str, Target]:
    """Return the scheme and the target of an origin such as ``https://shop.example:8443``."""
    scheme, _, authority = origin.partition("://")
    return scheme, _target(scheme, authority)


def third_party(url: str, origin: str) -> Target | None:
    """Return where a URL in a page of this origin leads, or None when it stays there or needs no network."""
    return _known(url, origin) if len(url) <= LONGEST_KEY else _third_party(url, origin)


def _third_party(url: str, origin: str) -> Target | None:
    own_scheme, own = origin_target(origin)
    text = url.strip(_TRIMMED)
    for removed in "\t\n\r":
        text = text.replace(removed, "")
    target = _resolve(text, own_scheme)
    return None if target == own else target


_known = lru_cache(maxsize=4096)(_third_party)


def _resolve(text: str, base: str) -> Target | None:
    match = _SCHEME.match(text)
    scheme = match[1].lower() if match else base
    if scheme not in PORTS:
        return None
    rest = text[match.end() :] if match else text
    slashes = len(rest) - len(rest.lstrip("/\\"))
    # Relative to the base unless two slashes, of either kind, begin an authority; a scheme other than the
    # base's needs none ("special authority slashes state").
    if slashes < 2 and scheme == base:
        return None
    target = _target(scheme, _END_OF_AUTHORITY.split(rest[slashes:], maxsplit=1)[0])
    return target if target.host else None


def _target(scheme: str, authority: str) -> Target:
    host = authority.rpartition("@")[2]
    found = _PORT.search(host)
    port = int(found[1]) if found and found[1] else None
    name = host[: found.start()] if found else host
    return Target(_ascii(name), None if port == PORTS.get(scheme) else port)


def _ascii(name: str) -> str:
    """Return a host name as it is looked up: decoded, in lower case, in its xn-- form, without a last dot."""
    if "%" in name:
        name = unquote_to_bytes(name).decode("utf-8", "replace")
    name = name.lower().removesuffix(".")
    if name.isascii() or len(name) > LONGEST_NAME:
        return name
    try:
        # Other scripts have full stops of their own.
        return name.encode("idna").decode("ascii").removesuffix(".")
    except UnicodeError:
        return name
