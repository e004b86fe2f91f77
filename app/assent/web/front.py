"""What Assent puts into the site's pages, and in the place of third parties."""

import logging
from collections.abc import Callable, Iterable

from assent.asgi.types import Scope
from assent.asgi.visit import raw_path
from assent.core.boundary import Blocked
from assent.core.categories import Category
from assent.core.decision import Decision
from assent.core.fields import Fields
from assent.core.hygiene import Departure
from assent.web import denied
from assent.web.dialogs import Dialogs
from assent.web.elsewhere import Elsewhere
from assent.web.guard import Guard
from assent.web.opening import terms
from assent.web.reasons import Explanations

log = logging.getLogger("assent")


class Front:
    """Renders guard, banner and placeholders, each under what the page's own policy allows."""

    def __init__(
        self, dialogs: Dialogs, guard: Guard, elsewhere: Elsewhere, explanations: Explanations
    ) -> None:
        self._dialogs = dialogs
        self._guard = guard
        self._elsewhere = elsewhere
        self._explanations = explanations

    def head(
        self, decision: Decision, scope: Scope, fields: Fields, *, framed: bool, withheld: Iterable[bytes]
    ) -> tuple[bytes, bytes]:
        """Return the guard, and for a page that gets a banner the script behind it, and the styles."""
        under = terms(fields, decision)
        root_path = scope.get("root_path", "")
        guard = self._guard.tag(decision.granted, under.script_nonce, root_path, inline=under.inline_script)
        if framed:
            return guard, b""
        opening, said = self._dialogs.default.opening, denied.withheld(withheld)
        return guard + opening.script(decision, under, root_path, said), opening.styles(under, root_path)

    def body(
        self, decision: Decision, scope: Scope, fields: Fields, *, local: bool
    ) -> Callable[[bytes], bytes]:
        """Return what gives banner and button in the language of a page.

        On this machine they come with what was blocked, under the page's own nonces.
        """
        root_path, reasons = scope.get("root_path", ""), ""
        if local:
            under = terms(fields, decision)
            reasons = self._explanations.overlay(root_path, under.script_nonce, under.style_nonce)
        path = path_and_query(scope)

        def inserted(lang: bytes) -> bytes:
            try:
                dialog = self._dialogs.page(lang.decode("latin-1"), fields, scope)
                return dialog.insertion(decision, path=path, root_path=root_path, reasons=reasons)
            except Exception:
                # Half of the page may be on its way already.
                log.exception("the banner could not be made; the page goes out without it")
                return b""

        return inserted

    def worker(self, granted: frozenset[Category]) -> bytes:
        """Return the guard as the beginning of a worker's script."""
        return self._guard.source(granted)

    def placeholder(self, blocked: Blocked, scope: Scope) -> str:
        """Return the address of what stands in a frame instead of a third party."""
        return self._elsewhere.placeholder(blocked, scope.get("root_path", ""))

    def leaving(self, departure: Departure, scope: Scope) -> bytes:
        """Return the page that asks before a redirect to a third party is followed."""
        return self._elsewhere.leaving(departure, self._dialogs.visitor(scope), scope.get("root_path", ""))


def path_and_query(scope: Scope) -> str:
    """Return path and query of a request as the browser wrote them, to come back to after a choice."""
    path, query = raw_path(scope).decode("latin-1"), scope["query_string"].decode("latin-1")
    return f"{path}?{query}" if query else path
