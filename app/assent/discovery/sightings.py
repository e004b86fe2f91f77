"""The cookies that the site was seen to set, and the hosts it names: never values; in memory and bounded."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from time import time

from assent.core.cookies import default_path, parse_set_cookie
from assent.core.expiry import DEFAULT_PATH, Scope

MAX_NAMES = 1024
"""A site that invents names cannot fill the memory: later ones are not kept."""

MAX_SCOPES = 8
"""Scopes kept for each name."""

MAX_HOSTS = 512

MAX_NAME = 256
"""Octets."""


@dataclass(slots=True)
class Sighting:
    """One cookie-name as traffic showed it."""

    name: bytes
    scopes: dict[Scope, None] = field(default_factory=dict)


class Sightings:
    """Takes note of every kind of Set-Cookie that the middleware judges for the first time."""

    def __init__(self) -> None:
        self._seen: dict[bytes, Sighting] = {}
        self._hosts: tuple[str, ...] = ()
        self._names: tuple[str, ...] = ()
        self._counted = 0

    def set_cookie(self, line: bytes, name: bytes, page: bytes | None = None) -> None:
        """Take note of one kind of Set-Cookie; of the line only the attributes are kept.

        ``page`` is the percent-encoded path of the request. A cookie without Path lives in its directory;
        without ``page`` that stays open, and each directory of a visitor's path is tried.
        """
        sighting = self._sighting(name)
        cookie = parse_set_cookie(line, int(time()))
        if sighting is None or cookie is None or len(sighting.scopes) >= MAX_SCOPES:
            return
        domain = cookie.domain.decode("ascii") if cookie.domain else None
        path = cookie.path or (default_path(page) if page else DEFAULT_PATH.encode())
        sighting.scopes[Scope(domain, path.decode("latin-1"), cookie.partitioned)] = None

    def host(self, host: str) -> None:
        """Take note of a third party that a page or a field names."""
        if host not in self._hosts and len(self._hosts) < MAX_HOSTS:
            self._hosts = (*self._hosts, host)

    def hosts(self) -> tuple[str, ...]:
        """Return the third parties seen; the very same tuple comes back until there is a new one."""
        return self._hosts

    def declared(self, name: str) -> None:
        """Take note that a browser sent a cookie which this rule's name covers.

        The rule's own name is kept, not the browser's: a visitor can send any name, but not invent rules.
        """
        self._sighting(name.encode())

    def scopes(self, name: bytes) -> Iterable[Scope]:
        """Return where cookies of this name were seen to be set, oldest first."""
        sighting = self._seen.get(name)
        return tuple(sighting.scopes) if sighting else ()

    def names(self) -> tuple[str, ...]:
        """Return the names seen so far that can be shown to people, in the order of their first sighting.

        The very same tuple comes back until there is a new one.
        """
        if len(self._seen) != self._counted:
            self._names = tuple(name.decode("ascii") for name in self._seen if name and _printable(name))
            self._counted = len(self._seen)
        return self._names

    def _sighting(self, name: bytes) -> Sighting | None:
        sighting = self._seen.get(name)
        if sighting is None and len(name) <= MAX_NAME and len(self._seen) < MAX_NAMES:
            sighting = self._seen[name] = Sighting(name)
        return sighting

    def known(self) -> tuple[bytes, ...]:
        """Return the names whose scopes were seen."""
        return tuple(sighting.name for sighting in self._seen.values() if sighting.scopes)

    def __len__(self) -> int:
        return len(self._seen)


def _printable(name: bytes) -> bool:
    return name.isascii() and name.decode("ascii").isprintable()
