"""What one request's cookies and signals mean: read once, then remembered by their bytes."""

import hashlib
from dataclasses import dataclass, field
from time import time
from urllib.parse import urlsplit

from assent.asgi.types import OriginOf, Scope, Sightings
from assent.core import cookies, expiry
from assent.core.categories import Category
from assent.core.choice import ChoiceCookie
from assent.core.decision import Decision, decide
from assent.core.fields import CONSENT, COOKIE, OWN_NAME, SET_COOKIE, Field, Fields, Passage, filter_cookie
from assent.core.rules import Rules

TABLE_SIZE = 4096
"""Cookie fields whose meaning is remembered."""

LONGEST_KEY = 4096
"""Octets; a longer Cookie field is read anew each time rather than kept in memory."""

EXPIRIES = 16
"""Paths for which the deletions of one visit are remembered."""


@dataclass(slots=True)
class Visit:
    """What one Cookie field and Sec-GPC mean together, until the choice expires (a unix second)."""

    decision: Decision
    consent: Field
    """The Assent-Consent field that the site gets."""
    cookie: bytes | None
    changed: bool
    """Whether ``cookie`` replaces the Cookie fields that came."""
    refused: list[bytes]
    passage: Passage
    until: float
    state: bytes
    """Names the decision in entity tags: pages differ by it."""

    deletions: dict[tuple[str, str], Fields] = field(default_factory=dict)


class Visits:
    """Reads requests, and remembers what it read; bounded."""

    def __init__(
        self,
        rules: Rules,
        cookie: ChoiceCookie,
        sightings: Sightings,
        *,
        origin_of: OriginOf,
        build: str = "",
    ) -> None:
        self._origin_of = origin_of
        self._rules = rules
        self._cookie = cookie
        self._sightings = sightings
        self._build = build
        self._with_gpc: dict[bytes, Visit] = {}
        self._without_gpc: dict[bytes, Visit] = {}
        self._passages: dict[frozenset[Category], Passage] = {}

    def of(self, fields: Fields) -> Visit:
        """Return what the Cookie and Sec-GPC fields of one request mean."""
        values = [value for name, value in fields if name == COOKIE]
        gpc = (b"sec-gpc", b"1") in fields
        return self.known(b"; ".join(values), gpc=gpc) if len(values) < 2 else self.read(values, gpc=gpc)

    def known(self, value: bytes, gpc: bool = False) -> Visit:
        """Return what one Cookie value means, b"" for none; read at most once until the choice expires."""
        table = self._with_gpc if gpc else self._without_gpc
        visit = table.get(value)
        if visit is None or visit.until <= time():
            visit = self.read([value] if value else [], gpc=gpc)
            if len(value) <= LONGEST_KEY:
                if len(table) >= TABLE_SIZE:
                    table.clear()
                table[value] = visit
        return visit

    def read(self, values: list[bytes], *, gpc: bool) -> Visit:
        """Read the Cookie values of one request, remembering nothing."""
        now = int(time())
        pairs = [cookies.split_pair(part) for value in values for part in value.split(b";")]
        choice = self._cookie.newest((value for name, value in pairs if name == OWN_NAME), now)
        decision = decide(choice, gpc=gpc)
        cookie, refused = filter_cookie(values, lambda name: self._permits(name, decision.granted))
        return Visit(
            decision=decision,
            consent=(CONSENT, decision.field),
            cookie=cookie,
            changed=bool(refused),
            refused=refused,
            passage=self.passage(decision.granted),
            until=choice.expires if choice else float("inf"),
            state=self._state(decision),
        )

    def passage(self, granted: frozenset[Category]) -> Passage:
        """Return the table of what may pass to a browser for which these categories are granted."""
        passage = self._passages.get(granted)
        if passage is None:
            passage = Passage(self._rules, granted, lambda: int(time()), self._sightings.set_cookie)
            self._passages[granted] = passage
        return passage

    def deletions(self, visit: Visit, scope: Scope) -> Fields:
        """Return the Set-Cookie fields that expire what the browser sent though it is refused."""
        key = (self._origin_of(scope), scope["path"])
        fields = visit.deletions.get(key)
        if fields is None:
            fields = self.expire(visit.refused, *key)
            if len(visit.deletions) < EXPIRIES:
                visit.deletions[key] = fields
        return fields

    def expire(self, names: list[bytes], origin: str, path: str) -> Fields:
        """Return Set-Cookie fields that expire these cookies for a page of this origin and path."""
        url = urlsplit(origin)
        known = ((name, scope) for name in names for scope in self._sightings.scopes(name))
        lines = expiry.deletions(
            names, host=url.hostname or "", path=path, secure=url.scheme == "https", known=known
        )
        return [(SET_COOKIE, line) for line in lines]

    def refused(self, values: list[bytes], granted: frozenset[Category]) -> list[bytes]:
        """Return the names in these Cookie values that are refused when ``granted`` is granted."""
        return filter_cookie(values, lambda name: self._permits(name, granted))[1]

    def _permits(self, name: bytes, granted: frozenset[Category]) -> bool:
        rule = self._rules.cookie(name)
        if rule is not None:
            self._sightings.declared(rule.name)
        return self._rules.permits(name, granted)

    def _state(self, decision: Decision) -> bytes:
        choice = decision.choice
        parts = (self._build, choice and (choice.consent_id, choice.at, sorted(choice.granted)), decision.gpc)
        return hashlib.sha256(repr(parts).encode()).hexdigest()[:10].encode()
