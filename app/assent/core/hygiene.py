"""Response fields that make a browser contact somebody: what of them points to a blocked host goes.

No Content-Security-Policy governs these: Link, Refresh, Location, Speculation-Rules, NEL, the Reporting
fields and the report endpoints of the site's own policies. What else they say stays byte for byte.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from assent.core import links, reporting
from assent.core.boundary import Blocked, Boundary
from assent.core.categories import ALL, Category
from assent.core.fields import Fields

NO_DNS_PREFETCH = (b"x-dns-prefetch-control", b"off")


@dataclass(frozen=True, slots=True)
class Removal:
    """A field, or a part of one, that was taken out; ``host`` is "" where it names none itself."""

    field: str
    host: str
    category: Category | None


@dataclass(frozen=True, slots=True)
class Departure:
    """A redirect that would lead a visitor to a blocked host; the Location field still stands."""

    host: str
    category: Category | None
    url: str


class _Inspection:
    """Judges the URLs of one field and remembers who was blocked."""

    def __init__(self, boundary: Boundary) -> None:
        self.boundary = boundary
        self.found: list[Blocked] = []

    def __call__(self, url: bytes) -> bool:
        blocked = self.boundary.blocked(url.decode("utf-8", "replace"))
        if blocked is None:
            return False
        self.found.append(blocked)
        return True


def clean(
    fields: Fields, boundary: Boundary, *, navigation: bool
) -> tuple[Fields, list[Removal | Departure]]:
    """Return the fields of a response without what points to blocked hosts, and what was found.

    The very same list comes back when nothing is touched. ``navigation`` means that the answer becomes a
    document, or that the browser follows its Location to one; only then can there be a Departure.
    """
    places = [place for place, (name, _) in enumerate(fields) if name.lower() in LOOKED_AT]
    quiet = navigation and boundary.granted != ALL
    if not places and not quiet:
        return fields, []
    edits: dict[int, bytes | None] = {}
    findings: list[Removal | Departure] = []
    said: set[bytes] = set()
    for place in places:
        name, value = fields[place][0].lower(), fields[place][1]
        if name == b"location":
            findings += _departures(value, boundary) if navigation else ()
            continue
        inspection = _Inspection(boundary)
        left = _JUDGES[name](value, inspection)
        if left is not value:
            edits[place] = left
            findings += _removals(name, inspection.found)
        if left is not None:
            said.add(name)
    if b"nel" in said and (edits or boundary.granted != ALL):
        for place in _stray_error_logging(fields, edits):
            edits[place] = None
            findings += _removals(b"nel", [])
    quiet = quiet and NO_DNS_PREFETCH[0] not in said
    return (_edited(fields, edits, quiet=quiet) if edits or quiet else fields), findings


def _edited(fields: Fields, edits: dict[int, bytes | None], *, quiet: bool) -> Fields:
    kept = fields.copy()
    for place in sorted(edits, reverse=True):
        value = edits[place]
        if value is None:
            del kept[place]
        else:
            kept[place] = (kept[place][0], value)
    if quiet:
        kept.append(NO_DNS_PREFETCH)
    return kept


def _removals(name: bytes, found: list[Blocked]) -> list[Removal]:
    who = found or [Blocked("", None)]
    return [Removal(name.decode(), blocked.host, blocked.category) for blocked in dict.fromkeys(who)]


def _stray_error_logging(fields: Fields, edits: dict[int, bytes | None]) -> list[int]:
    """Return the places of NEL fields that do not report to a group of this response.

    Browsers remember groups for long, so one of an earlier response, made under another decision, could
    still be there.
    """
    places = [place for place, (name, _) in enumerate(fields) if name.lower() == b"nel"]
    groups = [place for place, (name, _) in enumerate(fields) if name.lower() == b"report-to"]
    return [] if groups and edits.keys().isdisjoint(groups) else places


def _departures(value: bytes, boundary: Boundary) -> list[Departure]:
    url = value.decode("utf-8", "replace")
    blocked = boundary.blocked(url)
    if blocked is None or _forwards(blocked.host, boundary.origin):
        return []
    return [Departure(blocked.host, blocked.category, url)]


def _forwards(host: str, origin: str) -> bool:
    """Tell whether two hosts differ by a leading ``www.`` alone: such names forward to each other."""
    own = origin.partition("://")[2]
    return host.removeprefix("www.") == own.removeprefix("www.")


_REFRESH = re.compile(rb"[\s\d.]*+[\s;,]*+(?:url\s*+=\s*+)?+(.*+)", re.IGNORECASE | re.DOTALL)


def _refresh(value: bytes, inspection: _Inspection) -> bytes | None:
    """Judge a Refresh in every way in which its URL may end (HTML, shared declarative refresh steps)."""
    match = _REFRESH.match(value)
    target = match[1] if match else value
    readings = [target]
    quote = target[:1]
    if quote in (b"'", b'"'):
        inside = target[1:]
        readings = [inside, inside.partition(quote)[0], inside.rpartition(quote)[0]]
    for url in readings:
        inspection(url)
    origin = inspection.boundary.origin
    return value if all(_forwards(blocked.host, origin) for blocked in inspection.found) else None


def _speculation_rules(value: bytes, inspection: _Inspection) -> bytes | None:
    # The rules themselves are in another resource and may name anyone: without a full grant none are fetched.
    blocked = any(map(inspection, reporting.quoted(value)))
    return None if blocked or inspection.boundary.granted != ALL else value


def _dns_prefetch(value: bytes, inspection: _Inspection) -> bytes | None:
    # "on" has a browser look up every host that the links of a page name.
    return value if inspection.boundary.granted == ALL or value.strip().lower() != b"on" else None


def _unjudged(value: bytes, inspection: _Inspection) -> bytes | None:
    return value


_JUDGES: dict[bytes, Callable[[bytes, _Inspection], bytes | None]] = {
    b"link": links.link,
    b"refresh": _refresh,
    b"speculation-rules": _speculation_rules,
    # Names a group of Report-To, so it is judged when that is known.
    b"nel": _unjudged,
    b"report-to": reporting.report_to,
    b"reporting-endpoints": reporting.reporting_endpoints,
    b"content-security-policy": reporting.security_policy,
    b"content-security-policy-report-only": reporting.security_policy,
    b"x-dns-prefetch-control": _dns_prefetch,
}

LOOKED_AT = frozenset(_JUDGES) | {b"location"}
"""The fields that ``clean`` reads, in lower case; a response without any of them changes in no other way than
that a document gets X-DNS-Prefetch-Control."""
