"""The account of what was blocked: it is kept for every visitor, and laid open to those on this machine."""

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from assent.asgi.bodies import Body, Watched
from assent.asgi.coding import CODINGS
from assent.asgi.types import IsLocal, Scope, Tell
from assent.asgi.visit import Visit, raw_path
from assent.core import reasons, representation
from assent.core.fields import Fields
from assent.core.hygiene import Departure, Removal
from assent.core.markup import Markup
from assent.core.parking import Parked
from assent.core.shape import RequestShape
from assent.core.tally import Count, Tally

log = logging.getLogger("assent")

MOST_NAMES = 200
"""Cookies of one request that are counted; a stranger can send thousands."""


class Account:
    """Counts what one site is kept from; with ``enforce`` off, what it would be kept from."""

    def __init__(self, tally: Tally, *, is_local: IsLocal, tell: Tell, enforce: bool) -> None:
        self.is_local = is_local
        self._tally = tally
        self._tell = tell
        self._field = b"assent-blocked" if enforce else b"assent-would-block"

    def response(
        self,
        visit: Visit,
        scope: Scope,
        asked: RequestShape,
        came: Fields,
        kept: Fields,
        findings: Iterable[Removal | Departure],
    ) -> Fields:
        """Count what one exchange lost; return the field that tells a visitor on this machine.

        What was ``kept`` of the fields that ``came`` lacks some Set-Cookie alone, counted when it was judged.
        """
        with _harmless():
            local, page = self.is_local(scope, asked), raw_path(scope)
            counts = [
                self._tally.cookie("request-cookie", name, strange=not local).add(page)
                for name in dict.fromkeys(visit.refused[:MOST_NAMES])
            ]
            counts += [self._finding(finding).add(page) for finding in findings]
            if local:
                left, passage = frozenset(map(id, kept)), visit.passage
                lost = [field[1] for field in came if id(field) not in left]
                counts += [passage.judge(line, page) or passage.blanking(line) for line in lost]
                return self._laid_open(counts, scope)
        return []

    def path(self, scope: Scope, asked: RequestShape) -> Fields:
        """Count a path that is not asked for; return the field that tells a visitor on this machine."""
        with _harmless():
            counts = [self._tally.path(scope["path"]).add(raw_path(scope))]
            if self.is_local(scope, asked):
                return self._laid_open(counts, scope)
        return []

    def unguarded(self, status: int, fields: Fields, scope: Scope, asked: RequestShape) -> Fields:
        """Count a page that goes out as it came; return the field that tells a visitor on this machine."""
        with _harmless():
            why = representation.unchangeable(status, fields, CODINGS)
            if why:
                count = self._tally.unguarded(why).add(raw_path(scope))
                return self._laid_open([count], scope) if self.is_local(scope, asked) else []
        return []

    def broken(self, scope: Scope) -> None:
        """Count a page that goes out as it came, for what it says about its coding is not true."""
        with _harmless():
            self._tally.unguarded("content-encoding").add(raw_path(scope))

    def watched(self, body: Body, markup: Markup, scope: Scope, *, local: bool) -> Body:
        """Return the body of a page such that what is parked in it is counted."""
        page = raw_path(scope)

        def count(parked: list[Parked]) -> None:
            with _harmless():
                hosts = [(one.what, one.blocked.host if one.blocked else "") for one in parked]
                counts = [self._tally.host("markup", what, host).add(page) for what, host in hosts]
                if local:
                    self._tell(counts, scope)

        return Watched(body, markup, count)

    def _finding(self, finding: Removal | Departure) -> Count:
        if isinstance(finding, Departure):
            return self._tally.host("redirect", "", finding.host)
        return self._tally.host("field", finding.field, finding.host)

    def _laid_open(self, counts: list[Count], scope: Scope) -> Fields:
        if not counts:
            return []
        self._tell(counts, scope)
        said = list(dict.fromkeys(count.reason for count in counts))
        return [(self._field, reasons.field(said))]


@contextmanager
def _harmless() -> Iterator[None]:
    """Let no fault of the account cost an answer."""
    try:
        yield
    except Exception:
        log.exception("what was blocked could not be counted")
