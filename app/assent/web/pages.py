"""Assent's own pages and answers, apart from the choice itself."""

from collections.abc import Awaitable, Callable, Sequence

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response

from assent.asgi.visit import Visits
from assent.core.categories import Category
from assent.core.representation import first
from assent.core.words import N_
from assent.errors import AssentError, LedgerUnavailable, TooManyRequests
from assent.web.declaration import declared
from assent.web.denied import FIELD
from assent.web.dialogs import Dialogs
from assent.web.return_to import asked_for
from assent.web.state import state

Probe = Callable[[], Awaitable[str | None]]

GPC_PATH = "/.well-known/gpc.json"
"""On the site itself, where who sends the signal looks whether it is honoured."""

GPC_SINCE = "2026-11-23"
"""When that was last stated otherwise."""

RETRY_AFTER = "5"
"""Seconds after which a grant that could not be recorded may be tried again."""

HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:; "
        "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
}


EMBEDDABLE = HEADERS | {
    "content-security-policy": HEADERS["content-security-policy"].replace(
        "frame-ancestors 'none'", "frame-ancestors 'self'"
    ),
}
"""Of pages that may stand in a frame of the site's own."""


class Pages:
    """The endpoints that read and never change anything."""

    def __init__(
        self, *, dialogs: Dialogs, visits: Visits, probes: Sequence[Probe], honours_gpc: bool = True
    ) -> None:
        """Each of the ``probes`` returns why Assent is not ready, or None."""
        self._honours_gpc = honours_gpc
        self._dialogs = dialogs
        self._visits = visits
        self._probes = probes

    async def index(self, request: Request) -> Response:
        """Lead to the dialog."""
        return RedirectResponse(request.scope["path"] + "/preferences", status_code=303)

    async def preferences(self, request: Request) -> Response:
        """Serve the dialog as a whole page, or its element alone to the script that asks for it."""
        decision = self._visits.of(request.scope["headers"]).decision
        return_to = asked_for(request)
        root_path = request.scope.get("root_path", "")
        if "assent-fragment" in request.headers:
            said = request.headers.get(FIELD, "")
            html = self._dialogs.request(request).fragment(
                decision, return_to=return_to, root_path=root_path, said=said
            )
        else:
            html = self._dialogs.request(request).page(
                decision,
                return_to=return_to,
                root_path=root_path,
                more=request.query_params.get("more") == "1",
                ticked=_ticked(request),
            )
        return HTMLResponse(html, headers=HEADERS)

    async def state(self, request: Request) -> Response:
        """Tell a script what was chosen and what is granted."""
        decision = self._visits.of(request.scope["headers"]).decision
        return JSONResponse(state(decision, self._dialogs.default.policy_version), headers=HEADERS)

    async def gpc(self, request: Request) -> Response:
        """State whether Global Privacy Control is honoured (GPC, "GPC support resource")."""
        return JSONResponse({"gpc": self._honours_gpc, "lastUpdate": GPC_SINCE})

    async def cookies(self, request: Request) -> Response:
        """Declare what the site uses: a page, which may stand in one of the site's, or JSON."""
        root_path, dialog = request.scope.get("root_path", ""), self._dialogs.request(request)
        headers = {**EMBEDDABLE, "vary": "Accept, Accept-Language"}
        if request.url.path.endswith(".json") or _prefers_json(request.headers.get("accept", "")):
            return JSONResponse(declared(dialog.declaration(root_path=root_path)), headers=headers)
        return HTMLResponse(dialog.declaration_page(root_path=root_path), headers=headers)

    async def health(self, request: Request) -> Response:
        """Tell that the process answers."""
        return PlainTextResponse("ok\n", headers=HEADERS)

    async def ready(self, request: Request) -> Response:
        """Tell whether visitors may be sent here and a grant could be recorded now, and if not, why."""
        reasons = [reason for probe in self._probes if (reason := await probe())]
        if not reasons:
            return JSONResponse({"ready": True}, headers=HEADERS)
        return JSONResponse({"ready": False, "reason": "; ".join(reasons)}, status_code=503, headers=HEADERS)

    async def error(self, request: Request, error: Exception) -> Response:
        """Say what was wrong with a choice, in the form in which it was sent."""
        status = error.status if isinstance(error, AssentError) else 500
        headers = HEADERS
        if isinstance(error, LedgerUnavailable | TooManyRequests):
            wait = str(error.seconds) if isinstance(error, TooManyRequests) else RETRY_AFTER
            headers = {**HEADERS, "retry-after": wait}
        title, text = _told(error, asked=request.method == "GET")
        dialog = self._dialogs.request(request)
        if first(request.scope["headers"], b"content-type").startswith(b"application/json"):
            return JSONResponse({"error": dialog.translated(text)}, status_code=status, headers=headers)
        html = dialog.message(
            title,
            text,
            return_to=getattr(request.state, "return_to", None) or asked_for(request),
            root_path=request.scope.get("root_path", ""),
        )
        return HTMLResponse(html, status_code=status, headers=headers)


def _prefers_json(accept: str) -> bool:
    """Tell whether JSON is named before HTML."""
    kinds = [item.partition(";")[0].strip() for item in accept.lower().split(",")]
    named = [kind for kind in kinds if kind in ("application/json", "text/html", "application/xhtml+xml")]
    return named[:1] == ["application/json"]


def _told(error: Exception, *, asked: bool) -> tuple[str, str]:
    """Return what a visitor reads about an error: a title and a text, to be translated.

    What is wrong with a form is for who wrote it, in English: ours are right.
    """
    if asked and isinstance(error, LedgerUnavailable):
        return N_("This page cannot be shown now"), N_("Please try again in a moment.")
    if isinstance(error, TooManyRequests):
        return N_("Your choice was not saved"), N_("Too many requests. Please try again in a moment.")
    return N_("Your choice was not saved"), str(error)


def _ticked(request: Request) -> frozenset[Category] | None:
    """Return the switches that the dialog itself sent back; a link from elsewhere cannot set them."""
    if request.headers.get("sec-fetch-site") != "same-origin" or "more" not in request.query_params:
        return None
    return frozenset(c for c in Category if c in request.query_params.getlist("category"))
