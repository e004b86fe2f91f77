"""What one vector is: a way to leave something behind or to reach somebody, and what proves it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

SITE = "www.site.test"
ORIGIN = f"https://{SITE}"

CATEGORIES = ("necessary", "functional", "analytics", "performance", "advertisement")
UNDECLARED = "undeclared"

PREFIXES = {category: category[0] for category in CATEGORIES} | {"advertisement": "d", UNDECLARED: "u"}
EVERYTHING = frozenset(CATEGORIES)
"""For what is all or nothing: documents in which no guard stands, rules that another resource holds."""
NEVER = frozenset({UNDECLARED})
"""For what never passes: a cookie that is not UTF-8 would blank all others for scripts."""

DOMAINS = {
    "functional": "good.test",
    "analytics": "tracker.test",
    "advertisement": "ads.test",
    UNDECLARED: "unknown.test",
}


class Effect(StrEnum):
    """What a vector does when nothing keeps it from it."""

    COOKIE = "cookie"
    STORAGE = "storage"
    REQUEST = "request"
    CONNECTION = "connection"
    LOOKUP = "look-up"
    DATAGRAM = "datagram"
    TOLD = "told"
    """The page tells the site that something works, at ``$TOLD``."""
    BANNER = "banner"
    """The page holds the banner."""


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer of the site; ``body`` is whole, or pieces with the seconds to wait before each."""

    body: str | bytes | tuple[tuple[float, str], ...] = ""
    type: str = "text/html; charset=utf-8"
    status: int = 200
    fields: tuple[tuple[str, str], ...] = ()
    encoding: str = "utf-8"


@dataclass(frozen=True, slots=True)
class Vector:
    """One way. Its names are its own, so whatever is seen anywhere belongs to exactly one vector.

    In ``head``, ``body`` and replies stand ``$NAME`` (of a cookie or a storage key), ``$SET`` (a statement
    that sets the cookie; ``$PUT`` the same with other quotes), ``$HOST`` and ``$AWAY`` (a third party and
    its origin), ``$OWN`` (the folder of ``replies``), ``$TOLD`` and ``$UDP`` (a port that listens).
    """

    id: str
    effect: Effect
    category: str = "analytics"
    head: str = ""
    body: str = ""
    page: Reply | None = None
    """A document of its own; without one the vector shares a page with others."""
    alone: bool = False
    """Takes a whole visit even though its document is an ordinary one."""
    replies: Mapping[str, Reply] = field(default_factory=dict)
    stored: str = "$NAME"
    """The cookie's name as the browser keeps it."""
    seed: Mapping[str, Any] | None = None
    """A cookie that was there before Assent; must be gone, and never sent, while it is refused."""
    click: bool = False
    """The element ``#$ID`` is to be clicked."""
    address: str = ""
    """Where the visit goes instead of the vector's own page."""
    wait: float = 0.0
    """Seconds that it needs beyond the usual."""
    needs: frozenset[str] = frozenset()
    """What must be granted besides its category for it to work."""

    @property
    def family(self) -> str:
        """The part before the dot."""
        return self.id.partition(".")[0]

    @property
    def label(self) -> str:
        """The vector's host label and element id."""
        return self.id.replace(".", "-")

    @property
    def name(self) -> str:
        """The vector's cookie or storage key, whose prefix says the category."""
        return f"{PREFIXES[self.category]}_{self.label.replace('-', '_')}"

    @property
    def cookie(self) -> str:
        """The name under which the browser keeps the cookie."""
        return self.stored.replace("$NAME", self.name)

    @property
    def host(self) -> str:
        """The third party that this vector, and no other, reaches."""
        if self.effect is Effect.LOOKUP:
            return f"{self.label}.dns.{DOMAINS[self.category]}"
        return f"{self.label}.{DOMAINS.get(self.category, 'good.test')}"

    @property
    def own_visit(self) -> bool:
        """Whether it shares its page with no other vector."""
        return bool(self.alone or self.page or self.address or self.click)

    def fill(self, text: str, udp: int = 0) -> str:
        """Put the vector's own names into a text."""
        for token, value in (
            ("$SET", f"document.cookie='{self.cookie}=1; path=/; secure'"),
            ("$PUT", f"document.cookie=`{self.cookie}=1; path=/; secure`"),
            ("$NAME", self.name),
            ("$HOST", self.host),
            ("$AWAY", f"https://{self.host}"),
            ("$OWN", f"/r/{self.id}"),
            ("$TOLD", f"/told/{self.id}"),
            ("$UDP", str(udp)),
            ("$ID", self.label),
        ):
            text = text.replace(token, value)
        return text


def synthetic(vector_id: str, effect: Effect, markup: str) -> Vector:
    """Return a vector whose frame is answered by a service worker: no server sees that document."""
    answer = f'e.respondWith(new Response("{markup}", {{headers: {{"Content-Type": "text/html"}}}}))'
    return served(vector_id, effect, "", answer)


def served(vector_id: str, effect: Effect, page: str, answer: str, begin: str = "") -> Vector:
    """Return a vector whose frame is a page that a service worker answers for."""
    register = (
        "navigator.serviceWorker.register('$OWN/x').then(async r => {"
        "while (r.active?.state !== 'activated') await new Promise(s => setTimeout(s, 20));"
        "const f = document.createElement('iframe'); f.src = '$OWN/page'; document.body.append(f) })"
    )
    worker = f"{begin} onfetch = e => {{ if (e.request.mode === 'navigate') {answer} }}"
    replies = {"x": Reply(worker, "text/javascript"), "page": Reply(page)}
    return Vector(
        vector_id, effect, alone=True, wait=1.5, body=f"<script>{register}</script>", replies=replies
    )


def alternately(vectors: list[Vector]) -> list[Vector]:
    """Give every second vector that is of the default category to advertisement.

    One category granted then shows both: what must pass and what must not.
    """
    plain = 0
    changed = []
    for vector in vectors:
        turned = vector
        if vector.category == "analytics":
            turned = replace(vector, category="advertisement") if plain % 2 else vector
            plain += 1
        changed.append(turned)
    return changed
