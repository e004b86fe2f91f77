"""POST /reports: what browsers say they blocked under the decision's policy, and what the guard did.

Both forms of violation reports are read (CSP 3, 5.3; Reporting API). All of it is written by whoever posts:
it is bounded, shown to visitors on this machine alone, and a host that it names counts as one of the site's
only if a rule knows it. For the operator it is kept under names that tell of nobody.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from assent.asgi.types import OriginOf, Scope, Sightings, Tell
from assent.asgi.visit import Visits
from assent.core.categories import Category
from assent.core.representation import first
from assent.core.rules import Rules
from assent.core.sighting import Said
from assent.core.tally import Count, Tally
from assent.core.urls import Target, third_party
from assent.errors import BadChoice, TooLarge
from assent.web.loopback import Loopback

MAX_BODY = 64 * 1024
MAX_VIOLATIONS = 50
"""Read from one report."""

MAX_DENIED = 100
"""Things that one page was kept from."""

PER_SECOND = 100
"""Reports that are read; the rest is answered and forgotten."""

DIRECTIVE = re.compile(r"[a-z-]{1,32}")


@dataclass(frozen=True, slots=True)
class Violation:
    """One thing that a browser says it kept from a page; ``page`` is the URL of that."""

    url: str
    directive: str
    page: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """One thing that the guard kept a script of a page from, as it calls it: ``cookie _ga``."""

    kind: str
    name: str
    page: str


class Reports:
    """Tells which third parties pages ask for, so that the policy names them once they are granted."""

    def __init__(
        self,
        *,
        rules: Rules,
        sightings: Sightings,
        visits: Visits,
        tally: Tally,
        origin_of: OriginOf,
        loopback: Loopback,
        tell: Tell,
        source: Callable[[Scope], str] = lambda scope: "",
    ) -> None:
        """``source`` tells one visitor's network from another's, as far as that is known."""
        self._source = source
        self._rules = rules
        self._sightings = sightings
        self._visits = visits
        self._tally = tally
        self._origin_of = origin_of
        self._loopback = loopback
        self._tell = tell
        self._second = 0
        self._left = PER_SECOND

    async def post(self, request: Request) -> Response:
        """Take one report; the answer is 204 whatever it says, unless it is no report at all."""
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > MAX_BODY:
                raise TooLarge(f"A report has at most {MAX_BODY} bytes.")
        if self._may_read():
            self._read(bytes(body), request.scope)
        return Response(status_code=204)

    def denied(self, names: Iterable[str], scope: Scope) -> None:
        """Take note of what a page was kept from, as the guard names it: it is sent along with a choice."""
        if not self._may_read():
            return
        page = _path(first(scope["headers"], b"referer").decode("latin-1"))
        source = self._source(scope)
        for name in islice(names, MAX_DENIED):
            kind, _, rest = name.partition(" ")
            self._note(Refusal(kind, rest, ""), page, source)

    def _read(self, body: bytes, scope: Scope) -> None:
        local = self._loopback.is_here(scope)
        granted = self._visits.of(scope["headers"]).decision.granted
        origin, source = self._origin_of(scope), self._source(scope)
        counts: list[Count] = []
        for said in entries(body):
            if isinstance(said, Violation):
                count = self._violation(said, granted, origin, source, strange=not local)
            else:
                # Only the list that a visitor on this machine sees has the guard report.
                count = self._refusal(said) if local else None
                self._note(said, _path(said.page), source)
            if count is not None:
                counts.append(count.add(_path(said.page)))
        if local:
            self._tell(counts, scope)

    def _note(self, said: Refusal, page: bytes, source: str) -> None:
        """Keep it for the operator: by the name of the rule that covers it, for nobody can make up those."""
        octets = said.name.encode("utf-8", "replace")
        if said.kind == "cookie":
            cookie = self._rules.cookie(octets)
            about = Said("cookie", cookie.name if cookie else said.name, "script", cookie is not None)
        elif said.kind == "storage":
            key = self._rules.storage_rule(octets)
            about = Said("storage", key.key if key else said.name, "script", key is not None)
        elif said.kind == "host":
            about = Said("host", said.name, "script", self._rules.host(Target.read(said.name)) is not None)
        else:
            return
        self._sightings.reported(about, page, source)

    def _violation(
        self, said: Violation, granted: frozenset[Category], origin: str, source: str, *, strange: bool
    ) -> Count | None:
        target = third_party(said.url, origin)
        if target is None:
            return None
        category = self._rules.host(target)
        about = Said("host", str(target), said.directive, category is not None)
        self._sightings.reported(about, _path(said.page), source)
        if category in granted or (category is None and self._rules.unknown_hosts == "allow"):
            # The page is older than the choice.
            return None
        return self._tally.host("policy", said.directive, str(target), strange=strange)

    def _refusal(self, said: Refusal) -> Count | None:
        if said.kind == "cookie":
            return self._tally.cookie("guard", said.name.encode("utf-8", "replace"))
        if said.kind == "storage":
            return self._tally.storage(said.name)
        # Under a policy the browser reports the same host itself.
        if said.kind == "host" and self._rules.unknown_hosts == "allow":
            return self._tally.host("guard", "", said.name)
        return None

    def _may_read(self) -> bool:
        second = int(monotonic())
        if second != self._second:
            self._second, self._left = second, PER_SECOND
        self._left -= 1
        return self._left >= 0


def entries(body: bytes) -> Iterator[Violation | Refusal]:
    """Yield what one body reports, in whichever form; raises BadChoice when it is no report."""
    try:
        data: Any = json.loads(body)
    except (ValueError, RecursionError):
        raise BadChoice("The body is no violation report.") from None
    reports = data if isinstance(data, list) else [data]
    for report in reports[:MAX_VIOLATIONS]:
        if not isinstance(report, dict):
            continue
        old, new = _details(report, "csp-report"), _details(report, "body")
        if url := _text(old, "blocked-uri"):
            directive = _text(old, "effective-directive") or _text(old, "violated-directive").split(" ")[0]
            yield Violation(url, _directive(directive), _text(old, "document-uri"))
        if url := _text(new, "blockedURL"):
            yield Violation(url, _directive(_text(new, "effectiveDirective")), _text(new, "documentURL"))
        refused = new.get("refused")
        for name in refused[:MAX_VIOLATIONS] if isinstance(refused, list) else ():
            if isinstance(name, str):
                kind, _, rest = name.partition(" ")
                yield Refusal(kind, rest, _text(report, "url"))


def _details(report: dict[str, Any], member: str) -> dict[str, Any]:
    found = report.get(member)
    return found if isinstance(found, dict) else {}


def _text(of: dict[str, Any], member: str) -> str:
    found = of.get(member)
    return found if isinstance(found, str) else ""


def _directive(name: str) -> str:
    return name if DIRECTIVE.fullmatch(name) else ""


def _path(url: str) -> bytes:
    """Return the path of a page that a report names, "/" where it names none."""
    try:
        return urlsplit(url).path.encode("utf-8", "replace") or b"/"
    except ValueError:
        return b"/"
