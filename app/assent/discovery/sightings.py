"""What passes by: cookies that the site sets, hosts that its pages name, and what browsers tell."""

from collections.abc import Iterable, Iterator
from itertools import chain
from time import time

from assent.core.cookies import SetCookie, default_path, deletes, parse_set_cookie
from assent.core.expiry import DEFAULT_PATH, Scope
from assent.core.folding import folded_name
from assent.core.sighting import Said, Sighting, Trait
from assent.discovery.declared import Declared
from assent.discovery.table import Entry, Table

MAX_NAMES = 1024
"""Cookies that the site sets."""

MAX_HOSTS = 512
"""Third parties that pages and fields name."""

MAX_HEARD = 256
"""Cookies, and keys, that only browsers tell of: whoever visits can tell anything."""

MAX_HEARD_HOSTS = 64

MAX_SCOPES = 8
"""Scopes kept for each name."""

MAX_NAME = 256
"""Octets."""

AGREEING = 2
"""Groups of sources that must tell of a name before it is believed later or elsewhere."""

_SAME_SITE = {b"lax": Trait.LAX, b"strict": Trait.STRICT, b"none": Trait.NONE}


class Sightings:
    """What one process saw; bounded, whoever makes up names."""

    def __init__(self) -> None:
        self._set = Table("cookie", MAX_NAMES, _now)
        self._sent = Table("cookie", MAX_HEARD, _now)
        self._named = Table("host", MAX_HOSTS, _now)
        self._reported = Table("host", MAX_HEARD_HOSTS, _now)
        self._stored = Table("storage", MAX_HEARD, _now)
        self._unknown = Table("host", MAX_HEARD_HOSTS, _now)
        self._tables = (self._set, self._sent, self._named, self._reported, self._unknown, self._stored)
        self.declarations = Declared()
        # Of cookies that are not kept; they are counted where nobody looks.
        self._lost = Entry(Table("cookie", 1, _now), b"", "", 0)
        self._hosts: tuple[str, ...] = ()
        self._hosts_of: tuple[int, int] = (0, 0)
        self._names: tuple[str, ...] = ()
        self._names_of: tuple[int, int] = (0, 0)

    def set_cookie(self, line: bytes, name: bytes, page: bytes | None = None) -> Entry:
        """Take note of one kind of Set-Cookie; of the line only the attributes are kept.

        ``page`` is the percent-encoded path of the request. A cookie without Path lives in its directory;
        without ``page`` that stays open, and each directory of a visitor's path is tried. Who holds the entry
        counts each line of this kind in ``times``, and at zero tells it what page it ``met``.
        """
        if len(name) > MAX_NAME:
            return self._lost
        entry = self._set.entry(name, _shown(name))
        entry.traits |= Trait.SET
        now = int(time())
        cookie = parse_set_cookie(line, now)
        if cookie is None:
            return entry
        if len(entry.scopes) < MAX_SCOPES:
            domain = cookie.domain.decode("ascii") if cookie.domain else None
            path = cookie.path or (default_path(page) if page else DEFAULT_PATH.encode())
            entry.scopes[Scope(domain, path.decode("latin-1"), cookie.partitioned)] = None
        if not deletes(cookie, now):
            _describe(entry, cookie, now)
        return entry

    def declared(self, name: str, source: str = "") -> None:
        """Take note that a browser sent a cookie which this rule's name covers.

        The rule's own name is kept, not the browser's: a visitor can send any name, but not invent rules.
        """
        if self._set.find(name.encode()) is None:
            self._hear(self._sent, name, name, Trait.SENT, source)

    def sent(self, name: bytes, source: str = "") -> None:
        """Take note that a browser sent a cookie that no rule knows."""
        if len(name) <= MAX_NAME and self._set.find(name) is None and (shown := _shown(name)):
            self._hear(self._sent, shown, shown, Trait.SENT, source)

    def reported(self, said: Said, page: bytes, source: str) -> None:
        """Take note of what a browser says that a page wanted.

        A host that no rule knows is kept for the operator, and is none of the site's ``hosts``.
        """
        shown = said.name if said.kind == "host" else folded_name(said.name)
        if not shown or (said.kind == "host" and not _is_host(shown)):
            return
        hosts = self._reported if said.known else self._unknown
        table = {"cookie": self._sent, "storage": self._stored, "host": hosts}[said.kind]
        known = Trait.KNOWN if said.known else 0
        entry = self._hear(table, shown, shown, Trait.REPORTED | known, source)
        entry.met(page, said.how)

    def host(self, host: str) -> None:
        """Take note of a third party that a page or a field names."""
        name = host.encode("utf-8", "replace")
        entry = self._named.find(name)
        if entry is None:
            if not _is_host(host):
                return
            entry = self._named.entry(name, host)
            entry.traits |= Trait.SET
        entry.times += 1

    def hosts(self) -> tuple[str, ...]:
        """Return the third parties seen; the very same tuple comes back until there is another one.

        Those that the site names come first, then those that browsers reported.
        """
        state = self._named.changes, self._reported.changes
        if state != self._hosts_of:
            every = chain(self._named, self._reported)
            self._hosts = tuple(dict.fromkeys(entry.shown for entry in every))
            self._hosts_of = state
        return self._hosts

    def scopes(self, name: bytes) -> Iterable[Scope]:
        """Return where cookies of this name were seen to be set, oldest first."""
        entry = self._set.find(name)
        return tuple(entry.scopes) if entry else ()

    def names(self) -> tuple[str, ...]:
        """Return the names of cookies that can be shown to people, in the order of their first sighting.

        The very same tuple comes back until there is another one.
        """
        state = self._set.changes, self._sent.changes
        if state != self._names_of:
            every = chain(self._set, self._sent)
            self._names = tuple(dict.fromkeys(entry.shown for entry in every if entry.shown))
            self._names_of = state
        return self._names

    def known(self) -> tuple[bytes, ...]:
        """Return the names whose scopes were seen."""
        return tuple(entry.name for entry in self._set if entry.scopes)

    def first(self, name: str) -> int | None:
        """Return when a cookie was first seen, in milliseconds since 1970."""
        octets = name.encode("utf-8", "surrogateescape")
        found = [entry.first for table in (self._set, self._sent) if (entry := table.find(octets))]
        return min(found, default=None)

    def drain(self) -> Iterator[Sighting]:
        """Yield what was seen since the last time, ready to be kept."""
        for table in self._tables:
            yield from table.drain()
        yield from self.declarations.drain()

    def learn(self, sightings: Iterable[Sighting]) -> None:
        """Take over what others saw; what browsers alone told, only if several agree."""
        for one in sightings:
            own = bool(one.traits & Trait.SET)
            if one.kind == "rule":
                self.declarations.learn(one)
            elif one.place or not (own or one.sources.bit_count() >= AGREEING):
                continue
            elif one.kind == "cookie":
                (self._set if own else self._sent).learn(one)
            elif one.kind == "host" and (own or one.traits & Trait.KNOWN):
                (self._named if own else self._reported).learn(one)

    def __len__(self) -> int:
        return len(self._set) + len(self._sent)

    @staticmethod
    def _hear(table: Table, name: str, shown: str, trait: int, source: str) -> Entry:
        entry = table.entry(name.encode("utf-8", "surrogateescape"), shown)
        entry.traits |= trait
        entry.said_by(source.encode())
        entry.times += 1
        return entry


def _describe(entry: Entry, cookie: SetCookie, now: int) -> None:
    traits = Trait.HTTP_ONLY if cookie.http_only else Trait.READABLE
    traits |= _SAME_SITE.get(cookie.same_site or b"", 0)
    if cookie.secure:
        traits |= Trait.SECURE
    if cookie.partitioned:
        traits |= Trait.PARTITIONED
    if cookie.domain:
        traits |= Trait.DOMAIN
    if cookie.expires is None:
        traits |= Trait.SESSION
    else:
        entry.lifetime = max(entry.lifetime, cookie.expires - now)
    entry.traits |= traits


def _shown(name: bytes) -> str:
    return folded_name(name.decode("ascii")) if name.isascii() else ""


def _is_host(host: str) -> bool:
    return 0 < len(host) <= MAX_NAME and host.isascii() and host.isprintable() and " " not in host


def _now() -> int:
    return int(time() * 1000)
