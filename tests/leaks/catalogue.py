"""All vectors, and those that do nothing in today's Chromium even when nothing keeps them from it."""

from tests.leaks.vector import Vector
from tests.leaks.vectors import dl, http, js, seed, store, story, tp

# Seeds go first: what a visit to their path does not remove shows in what is sent from then on.
VECTORS: list[Vector] = [
    vector for family in (seed, http, js, store, tp, dl, story) for vector in family.VECTORS
]

INERT = frozenset(
    {
        "js.frame-blob",  # a blob: document is cookie-averse (HTML, 3.1.4)
        "js.frame-javascript",  # the document that a javascript: URL makes takes no cookie
        "tp.apple-icon",  # not fetched on a desktop
        "tp.dns-prefetch-anchor",  # anchors are no longer looked up
        "tp.network-errors",  # NEL reports go out after about a minute
        "tp.report-to-old",  # documents no longer report by the groups of Report-To
        "tp.svg-use",  # <use> does not cross origins
    }
)
"""Left out of all totals, by name; `make leaks BASE=1` tells when this is no longer so."""

KNOWN = {
    "js.document-no-transform": "the site forbids changing the page, so no guard stands in it",
    "tp.iframe-location": "a frame made empty and sent on: no request, but a connection",
    "tp.preconnect-blob-frame": "a document that a script makes up: no request, but a connection",
    "tp.popup-late": "a window opened empty, by a click, and sent on",
}
"""What leaks all the same: nothing in today's Chromium can stop it. Counted as leaks like any other."""


def chosen(part: str) -> list[Vector]:
    """Return the vectors whose ids begin with one of the given beginnings, which commas part."""
    beginnings = tuple(beginning for beginning in part.split(",") if beginning)
    return [vector for vector in VECTORS if not beginnings or vector.id.startswith(beginnings)]
