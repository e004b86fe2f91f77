"""The shapes of ASGI, and what the composition root gives to the middleware."""

from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any, Protocol

from assent.core.decision import Decision
from assent.core.expiry import Scope as CookieScope
from assent.core.fields import Fields

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
ASGIApp = Callable[[Scope, Receive, Send], Awaitable[None]]


class Sightings(Protocol):
    """Where the names of cookies that passed by are told."""

    def set_cookie(self, line: bytes, name: bytes) -> None:
        """Take note of one kind of Set-Cookie; the line holds no value."""

    def declared(self, name: str) -> None:
        """Take note that a browser sent a cookie which this rule's name covers."""

    def scopes(self, name: bytes) -> Iterable[CookieScope]:
        """Return where cookies of this name were seen to be set."""


OriginOf = Callable[[Scope], str]
"""The public origin that a request was made to, such as ``https://shop.example``."""


class Insert(Protocol):
    """Renders what is put into the site's pages."""

    def __call__(self, decision: Decision, scope: Scope, fields: Fields) -> bytes:
        """Return the markup for one page; ``fields`` are those of its response."""
