"""How far up from a host its cookies can be set: to the registrable domain of the public suffix list."""

import re
from functools import cache, lru_cache

from publicsuffixlist import PublicSuffixList

LONGEST_NAME = 254
"""Characters of a host name, its last dot among them (RFC 1035, 2.3.4)."""

# What ends in digits alone is an address to browsers, and addresses have no parents.
_NAME = re.compile(r"(?!(?:.*\.)?[0-9]+\.?\Z)[a-z0-9_-]+(?:\.[a-z0-9_-]+)+\.?\Z")

HOSTS = 1024
"""Values of Host that are remembered; a client can send any."""

_PORT = re.compile(r":[0-9]{0,5}\Z")
_LOOPBACK = re.compile(r"(?:(?:.+\.)?localhost\.?|127(?:\.[0-9]{1,3}){3}|::1)\Z", re.IGNORECASE)


@cache
def public_suffixes() -> PublicSuffixList:
    """Return the public suffix list; the first call reads it, in about a tenth of a second."""
    return PublicSuffixList()


def cookie_domains(host: str) -> tuple[str, ...]:
    """Return each Domain that user agents take from this host, itself first (RFC 6265bis 5.7, step 9).

    None for addresses, single labels and public suffixes: their cookies are host-only. A name beyond ASCII
    comes back in its ``xn--`` form, in which alone a Domain is taken.
    """
    return _domains(host) if len(host) <= LONGEST_NAME else ()


def is_loopback(host: str) -> bool:
    """Tell whether browsers trust this host without https, and so take Secure cookies from it there."""
    return _LOOPBACK.match(host) is not None


class LoopbackHosts(dict[bytes, bool]):
    """Whether the value of a Host field names a loopback host; looked at once each, bounded."""

    def __missing__(self, value: bytes) -> bool:
        if len(value) > LONGEST_NAME:
            return False
        if len(self) >= HOSTS:
            self.clear()
        host = _PORT.sub("", value.decode("latin-1")).removeprefix("[").removesuffix("]")
        self[value] = is_loopback(host)
        return self[value]


@lru_cache(maxsize=1024)
def _domains(host: str) -> tuple[str, ...]:
    name = _ascii(host).lower()
    if not _NAME.match(name):
        return ()
    # A host that ends in a dot is another host; its cookies' Domain ends in one, too.
    bare = name.removesuffix(".")
    dot = name[len(bare) :]
    top = public_suffixes().privatesuffix(bare)
    if top is None:
        return ()
    labels = bare.split(".")
    above = len(labels) - top.count(".")
    return tuple(".".join(labels[start:]) + dot for start in range(above))


def _ascii(host: str) -> str:
    if host.isascii():
        return host
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        return ""
