"""The shapes of ASGI, and what the composition root gives to the middleware."""

from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any, Protocol

from assent.core.boundary import Blocked
from assent.core.categories import Category
from assent.core.decision import Decision
from assent.core.expiry import Scope as CookieScope
from assent.core.fields import Fields, Seen
from assent.core.hygiene import Departure
from assent.core.shape import RequestShape
from assent.core.sighting import Said
from assent.core.tally import Count

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
ASGIApp = Callable[[Scope, Receive, Send], Awaitable[None]]

OriginOf = Callable[[Scope], str]
"""The public origin that a request was made to, such as ``https://shop.example``."""

IsLocal = Callable[[Scope, RequestShape], bool]
"""Whether a request comes from a visitor on this machine, who may see why something is blocked."""

Tell = Callable[[Iterable[Count], Scope], None]
"""Told what was blocked for such a visitor."""


class Sightings(Protocol):
    """Where the names of cookies and hosts that passed by are told."""

    def set_cookie(self, line: bytes, name: bytes, page: bytes) -> Seen:
        """Take note of one kind of Set-Cookie that a page set; its path is percent-encoded."""

    def declared(self, name: str, source: str = "") -> None:
        """Take note that a browser sent a cookie which this rule's name covers."""

    def sent(self, name: bytes, source: str = "") -> None:
        """Take note that a browser sent a cookie that no rule knows; ``source`` tells browsers apart."""

    def reported(self, said: Said, page: bytes, source: str) -> None:
        """Take note of what a browser says that a page wanted."""

    def host(self, host: str) -> None:
        """Take note of a third party that a page or a field names."""

    def known(self) -> Iterable[bytes]:
        """Return the names whose scopes were seen."""

    def scopes(self, name: bytes) -> Iterable[CookieScope]:
        """Return where cookies of this name were seen to be set."""

    def hosts(self) -> tuple[str, ...]:
        """Return the third parties seen; the very same tuple until there is a new one."""


class Front(Protocol):
    """Renders what is put into the site's pages, and in the place of third parties."""

    def head(
        self, decision: Decision, scope: Scope, fields: Fields, *, framed: bool, withheld: Iterable[bytes]
    ) -> tuple[bytes, bytes]:
        """Return what must stand before anything of the page's own, and what its head ends with.

        ``fields`` are those of its response. A page that is ``framed`` gets no ``body``. ``withheld`` are the
        names of cookies that its request and its response lost.
        """

    def body(
        self, decision: Decision, scope: Scope, fields: Fields, *, local: bool
    ) -> Callable[[bytes], bytes]:
        """Return what gives, by a page's own language, what is put after its ``<body>``; ``local``: on this
        machine.
        """

    def worker(self, granted: frozenset[Category]) -> bytes:
        """Return what is put before a worker's script."""

    def placeholder(self, blocked: Blocked, scope: Scope) -> str:
        """Return the address of what stands in a frame instead of a third party."""

    def leaving(self, departure: Departure, scope: Scope) -> bytes:
        """Return the page that asks before a redirect to a third party is followed."""
