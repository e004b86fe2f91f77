"""A browser's cookie store (RFC 6265bis 5.7 and 5.8), small and pure, to try cookies and deletions on."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

from assent.core.cookies import SetCookie, default_path, parse_set_cookie
from assent.core.domains import is_loopback, public_suffixes


@dataclass(frozen=True, slots=True)
class Page:
    """What a request is made to; ``path`` is percent-encoded and has no query."""

    scheme: str
    host: str
    path: bytes = b"/"

    @property
    def trusted(self) -> bool:
        """Whether Secure cookies come and go here, as browsers now hold it."""
        return self.scheme == "https" or is_loopback(self.host)


@dataclass(frozen=True, slots=True)
class Key:
    """What tells one cookie from another (RFC 6265bis 5.7, and CHIPS for the partition)."""

    name: bytes
    domain: str
    host_only: bool
    path: bytes
    partitioned: bool


@dataclass(frozen=True, slots=True)
class Stored:
    """A cookie in the store; ``age`` counts up with each new one."""

    cookie: SetCookie
    age: int


class Store:
    """The cookies of one browser with one top-level site; ``now`` is in unix seconds and never moves."""

    def __init__(self, now: int) -> None:
        self._now = now
        self._ages = count()
        self.cookies: dict[Key, Stored] = {}

    def receive(self, page: Page, line: bytes) -> None:
        """Take one Set-Cookie value that came with the answer to ``page``."""
        cookie = parse_set_cookie(line, self._now)
        if cookie is None or (cookie.secure and not page.trusted):
            return
        if not cookie.name and b"=" in cookie.value:
            # It would be sent like a cookie of another name; Chromium drops it, though the draft does not.
            return
        key = _key(cookie, page)
        if key is None or not (page.trusted or self._may_overlay(key)):
            return
        old = self.cookies.pop(key, None)
        if cookie.expires is None or cookie.expires > self._now:
            self.cookies[key] = Stored(cookie, old.age if old else next(self._ages))

    def field(self, page: Page) -> bytes:
        """Return the Cookie field of a request to ``page``, b"" for none."""
        sent = sorted(self._sent(page), key=lambda found: (-len(found[0].path), found[1].age))
        pairs = ((stored.cookie.name, stored.cookie.value) for _, stored in sent)
        return b"; ".join(name + b"=" + value if name else value for name, value in pairs)

    def _sent(self, page: Page) -> Iterator[tuple[Key, Stored]]:
        for key, stored in self.cookies.items():
            at_host = page.host == key.domain if key.host_only else domain_matches(page.host, key.domain)
            if at_host and path_matches(page.path, key.path) and (page.trusted or not stored.cookie.secure):
                yield key, stored

    def _may_overlay(self, new: Key) -> bool:
        """Tell whether a page without https may set this: not where it would hide a Secure cookie."""
        return not any(
            stored.cookie.secure
            and key.name == new.name
            and (domain_matches(key.domain, new.domain) or domain_matches(new.domain, key.domain))
            and path_matches(new.path, key.path)
            for key, stored in self.cookies.items()
        )


def _key(cookie: SetCookie, page: Page) -> Key | None:
    path = cookie.path if cookie.path is not None else default_path(page.path)
    domain = (cookie.domain or b"").decode("ascii")
    if domain and public_suffixes().is_public(domain):
        if domain != page.host:
            return None
        domain = ""
    if domain and not domain_matches(page.host, domain):
        return None
    return Key(cookie.name, domain or page.host, not domain, path, cookie.partitioned)


def domain_matches(host: str, domain: str) -> bool:
    """RFC 6265bis 5.1.3."""
    is_name = ":" not in host and not host.rpartition(".")[2].isdigit()
    return host == domain or (host.endswith("." + domain) and is_name)


def path_matches(request: bytes, path: bytes) -> bool:
    """RFC 6265bis 5.1.4."""
    return request == path or (
        request.startswith(path) and (path.endswith(b"/") or request[len(path) : len(path) + 1] == b"/")
    )
