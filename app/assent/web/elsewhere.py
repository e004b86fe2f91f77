"""What stands where a third party would have been: in a frame, and on the way to another site."""

import re
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from assent.asgi.visit import Visits
from assent.core.boundary import Blocked
from assent.core.categories import OPTIONAL
from assent.core.hygiene import Departure
from assent.core.rules import Rules
from assent.core.urls import origin_target, third_party
from assent.core.words import N_
from assent.web.contexts import BlockedFrame, Leaving
from assent.web.dialog import Dialog
from assent.web.dialogs import Dialogs
from assent.web.pages import EMBEDDABLE, HEADERS
from assent.web.return_to import referring_page

LONGEST_HOST = 253
_ABSOLUTE = re.compile("https?://", re.IGNORECASE)


class Elsewhere:
    """Renders the placeholder of a frame, and the page that asks before a visitor is sent on."""

    def __init__(self, *, dialogs: Dialogs, rules: Rules, visits: Visits, prefix: str) -> None:
        self._dialogs = dialogs
        self._rules = rules
        self._visits = visits
        self._prefix = prefix

    def placeholder(self, blocked: Blocked, root_path: str) -> str:
        """Return the address of what stands in a frame instead of this third party."""
        return f"{root_path}{self._prefix}/blocked?{urlencode({'host': blocked.host})}"

    async def blocked(self, request: Request) -> Response:
        """Serve the placeholder; the host is all it takes, and the rules say what it is for."""
        host = request.query_params.get("host", "")[:LONGEST_HOST]
        decision = self._visits.of(request.scope["headers"]).decision
        category = self._rules.host(origin_target(f"https://{host}")[1])
        dialog = self._dialogs.request(request)
        granted = decision.granted | {category} if category else decision.granted
        context = BlockedFrame(
            frame=dialog.frame(request.scope.get("root_path", "")),
            host=host or N_("Another site"),
            category=category,
            categories=tuple(name.value for name in OPTIONAL if name in granted),
            return_to=referring_page(request),
        )
        return HTMLResponse(dialog.render("blocked.html", context), headers=EMBEDDABLE)

    async def asking(self, request: Request) -> Response:
        """Serve the page that asks before a script of the site's leads the visitor to ``to``.

        Only the site itself can have it shown: a page of its origin that names another site deserves no trust
        when somebody else made the link.
        """
        url, root_path = request.query_params.get("to", ""), request.scope.get("root_path", "")
        back, dialog = referring_page(request), self._dialogs.request(request)
        target = third_party(url, "") if _ABSOLUTE.match(url) else None
        if target is None or request.headers.get("sec-fetch-site") != "same-origin":
            page = dialog.message(
                N_("Nothing leads on from here"),
                N_("Only a page of this site can ask where you want to go."),
                return_to=back,
                root_path=root_path,
            )
            return HTMLResponse(page, status_code=403, headers=HEADERS)
        departure = Departure(str(target), self._rules.host(target), url)
        return HTMLResponse(self.leaving(departure, dialog, root_path, back), headers=HEADERS)

    def leaving(self, departure: Departure, dialog: Dialog, root_path: str, return_to: str = "/") -> bytes:
        """Return the page that asks before a redirect to a third party is followed."""
        context = Leaving(
            frame=dialog.frame(root_path),
            host=departure.host,
            category=departure.category,
            url=departure.url,
            return_to=return_to,
        )
        return dialog.render("leaving.html", context).encode()
