"""Assent's own pages and answers, apart from the choice itself."""

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response

from assent.asgi.visit import Visits
from assent.core.categories import Category
from assent.core.representation import first
from assent.errors import AssentError, LedgerUnavailable
from assent.ledger import Ledger
from assent.web.dialog import Dialog
from assent.web.return_to import asked_for
from assent.web.state import state

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


class Pages:
    """The endpoints that read and never change anything."""

    def __init__(self, *, dialog: Dialog, visits: Visits, ledger: Ledger) -> None:
        self._dialog = dialog
        self._visits = visits
        self._ledger = ledger

    async def index(self, request: Request) -> Response:
        """Lead to the dialog."""
        return RedirectResponse(request.scope["path"] + "/preferences", status_code=303)

    async def preferences(self, request: Request) -> Response:
        """Serve the dialog as a whole page, or its element alone to the script that asks for it."""
        decision = self._visits.of(request.scope["headers"]).decision
        return_to = asked_for(request)
        root_path = request.scope.get("root_path", "")
        if "assent-fragment" in request.headers:
            html = self._dialog.fragment(decision, return_to=return_to, root_path=root_path)
        else:
            html = self._dialog.page(
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
        return JSONResponse(state(decision, self._dialog.policy_version), headers=HEADERS)

    async def health(self, request: Request) -> Response:
        """Tell that the process answers."""
        return PlainTextResponse("ok\n", headers=HEADERS)

    async def ready(self, request: Request) -> Response:
        """Tell whether a grant could be recorded now, and if not, why."""
        reason = await self._ledger.probe()
        body = {"ready": reason is None} if reason is None else {"ready": False, "reason": reason}
        return JSONResponse(body, status_code=200 if reason is None else 503, headers=HEADERS)

    async def error(self, request: Request, error: Exception) -> Response:
        """Say what was wrong with a choice, in the form in which it was sent."""
        status = error.status if isinstance(error, AssentError) else 500
        headers = {**HEADERS, "retry-after": RETRY_AFTER} if isinstance(error, LedgerUnavailable) else HEADERS
        if first(request.scope["headers"], b"content-type").startswith(b"application/json"):
            return JSONResponse({"error": str(error)}, status_code=status, headers=headers)
        html = self._dialog.message(
            "Your choice was not saved",
            str(error),
            return_to=getattr(request.state, "return_to", None) or asked_for(request),
            root_path=request.scope.get("root_path", ""),
        )
        return HTMLResponse(html, status_code=status, headers=headers)


def _ticked(request: Request) -> frozenset[Category] | None:
    """Return the switches that the dialog itself sent back; a link from elsewhere cannot set them."""
    if request.headers.get("sec-fetch-site") != "same-origin" or "more" not in request.query_params:
        return None
    return frozenset(c for c in Category if c in request.query_params.getlist("category"))
