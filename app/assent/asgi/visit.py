"""What one request's cookies and signals mean: read once, then remembered by their bytes."""

import hashlib
from dataclasses import dataclass
from time import time
from urllib.parse import quote, urlsplit

from assent.asgi.types import OriginOf, Scope, Sightings
from assent.core import cookies, expiry
from assent.core.categories import Category
from assent.core.choice import ChoiceCookie
from assent.core.decision import Decision, decide
from assent.core.fields import CONSENT, COOKIE, OWN_NAME, SET_COOKIE, Field, Fields, Passage, filter_cookie
from assent.core.rules import Rules
from assent.core.tally import Tally
from assent.errors import FieldsTooLarge

TABLE_SIZE = 2048
"""Cookie fields whose meaning is remembered."""

LONGEST_KEY = 2048
"""Octets; a longer Cookie field is read anew each time rather than kept in memory."""

LONGEST = 64 * 1024
"""Octets of all Cookie fields together; no browser stores as much for one site, and reading takes time."""


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


class Visits:
    """Reads requests, and remembers what it read; bounded."""

    def __init__(
        self,
        rules: Rules,
        cookie: ChoiceCookie,
        sightings: Sightings,
        *,
        origin_of: OriginOf,
        tally: Tally,
        build: str = "",
    ) -> None:
        self._origin_of = origin_of
        self._tally = tally
        self._rules = rules
        self._cookie = cookie
        self._sightings = sightings
        self._build = build
        self._with_gpc: dict[bytes, Visit] = {}
        self._without_gpc: dict[bytes, Visit] = {}
        self._passages: dict[frozenset[Category], Passage] = {}
        self._rests: dict[int, int] = {}

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
        """Read the Cookie values of one request, remembering nothing; raises FieldsTooLarge."""
        if sum(map(len, values)) > LONGEST:
            raise FieldsTooLarge(f"The Cookie field has more than {LONGEST} bytes.")
        now = int(time())
        pairs = [cookies.split_pair(part) for value in values for part in value.split(b";")]
        choice = self._cookie.newest((value for name, value in pairs if name == OWN_NAME), now)
        decision = decide(choice, gpc=gpc)
        source = choice.consent_id if choice else ""
        cookie, refused = filter_cookie(values, lambda name: self._permits(name, decision.granted, source))
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
            passage = self._passages[granted] = Passage(
                self._rules, granted, lambda: int(time()), self._sightings.set_cookie, self._tally
            )
        return passage

    def deletions(self, visit: Visit, scope: Scope) -> Fields:
        """Return the Set-Cookie fields that expire what the browser sent though it is refused."""
        return self.expire(visit.refused, self._origin_of(scope), raw_path(scope).decode("latin-1"))

    def expire(self, names: list[bytes], origin: str, path: str) -> Fields:
        """Return Set-Cookie fields that expire these cookies for a page of this origin and path.

        One answer may not be enough for all scopes that are possible; the next for the same cookies goes on
        where this one ends.
        """
        url = urlsplit(origin)
        key = hash((tuple(names), origin, path))
        share = expiry.next_round(
            names,
            host=url.hostname or "",
            path=path,
            secure=url.scheme == "https",
            known=((name, scope) for name in names for scope in self._sightings.scopes(name)),
            begin=self._rests.pop(key, 0),
        )
        if share.rest:
            if len(self._rests) >= TABLE_SIZE:
                self._rests.clear()
            self._rests[key] = share.rest
        return [(SET_COOKIE, line) for line in share.lines]

    def refused(
        self, fields: Fields, granted: frozenset[Category], *, wherever_seen: bool = False
    ) -> list[bytes]:
        """Return the names that this request carries though they are refused under ``granted``.

        With ``wherever_seen``, those too that were seen to be set: a cookie of another path is not sent here.
        """
        values = [value for name, value in fields if name == COOKIE]
        names = filter_cookie(values, lambda name: self._permits(name, granted))[1]
        if wherever_seen:
            names += [name for name in self._sightings.known() if not self._rules.permits(name, granted)]
        return names

    def sent(self, fields: Fields, names: frozenset[bytes]) -> list[bytes]:
        """Return those of these names under which this request carries a cookie."""
        values = [value for name, value in fields if name == COOKIE]
        return filter_cookie(values, lambda name: name not in names)[1] if names else []

    def _permits(self, name: bytes, granted: frozenset[Category], source: str = "") -> bool:
        rule = self._rules.cookie(name)
        if rule is not None:
            self._sightings.declared(rule.name, source)
        else:
            self._sightings.sent(name, source)
        return self._rules.permits(name, granted)

    def _state(self, decision: Decision) -> bytes:
        choice = decision.choice
        said = choice and (choice.consent_id, choice.at, sorted(choice.granted), sorted(choice.changed))
        parts = (self._build, said, decision.gpc, self._cookie.policy_version)
        return hashlib.sha256(repr(parts).encode()).hexdigest()[:10].encode()


def raw_path(scope: Scope) -> bytes:
    """Return the path as the browser wrote it, percent-encoded, without its query."""
    raw: bytes | None = scope.get("raw_path")
    return raw.partition(b"?")[0] if raw else quote(scope["path"]).encode("ascii")
