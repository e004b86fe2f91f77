"""Explains to visitors on this machine what was blocked: in pages, on one of its own, on the console."""

from collections.abc import Iterable, Sequence

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from assent.asgi.types import Scope
from assent.core.reasons import Reason, Table, text
from assent.core.tally import Count, Tally
from assent.web.assets import Assets
from assent.web.contexts import BlockedThing, Overlay, Reasons
from assent.web.dialog import Dialog
from assent.web.loopback import Loopback
from assent.web.pages import HEADERS
from assent.web.return_to import asked_for
from assent.web.templating import environment, nonce_attribute

MOST = 50
"""Things that are listed inside a page; the page of its own has them all."""

KINDS: dict[Table, str] = {
    "cookies": "cookie",
    "storage": "storage key",
    "hosts": "host",
    "paths": "path",
    "": "",
}

ADVICE = (
    "What the site cannot work without is necessary and passes unasked. For the rest name the category that "
    "it serves, and visitors decide. Restart Assent after a change."
)


class Explanations:
    """Lists what a tally counted; ``observing`` means that nothing was really blocked."""

    def __init__(
        self, tally: Tally, *, dialog: Dialog, assets: Assets, loopback: Loopback, observing: bool
    ) -> None:
        self._tally = tally
        self._dialog = dialog
        self._css, self._js = assets.url("reasons.css"), assets.url("reasons.js")
        self._loopback = loopback
        self._title = "What Assent would block" if observing else "What Assent blocked"
        env = environment()
        self._overlay = env.get_template("overlay.html")
        self._page = env.get_template("reasons.html")

    def overlay(self, root_path: str, script_nonce: str = "", style_nonce: str = "") -> str:
        """Return what stands in a page, under the nonces of its own policy; well-formed as XML too."""
        listed = things(self._tally.listed())
        context = Overlay(
            frame=self._dialog.frame(root_path),
            css=root_path + self._css,
            js=root_path + self._js,
            title=self._title,
            advice=ADVICE,
            things=listed[:MOST],
            number=len(listed),
            script_nonce=nonce_attribute(script_nonce),
            style_nonce=nonce_attribute(style_nonce),
        )
        return self._overlay.render(vars(context))

    async def page(self, request: Request) -> Response:
        """Serve the whole list, or what stands in a page to the script that asks for it; 404 to strangers."""
        if not self._loopback.is_here(request.scope):
            raise HTTPException(404)
        root_path = request.scope.get("root_path", "")
        if "assent-fragment" in request.headers:
            return HTMLResponse(self.overlay(root_path), headers=HEADERS)
        context = Reasons(
            frame=self._dialog.frame(root_path),
            css=root_path + self._css,
            title=self._title,
            advice=ADVICE,
            things=things(self._tally.listed()),
            unlisted=self._tally.unlisted(),
            return_to=asked_for(request),
        )
        return HTMLResponse(self._page.render(vars(context)), headers=HEADERS)

    def words(self, counts: Sequence[Count], address: str) -> str:
        """Return the same for a console; ``address`` is that of the page."""
        lines = [f"{self._title}, as met by visitors on this machine; {address} lists it all."]
        for thing in things(counts):
            why = ", ".join(dict.fromkeys((thing.category, thing.rule))) if thing.kind else thing.rule
            lines.append(f"  {thing.kind} {thing.name}: {why}".replace("   ", "  ", 1))
            lines += (f"    {place}" for place in thing.places)
            lines += (f"        {line}" for line in thing.toml.splitlines())
        return "\n".join([*lines, f"  The lines belong into assent.toml. {ADVICE}"])


def things(counts: Iterable[Count]) -> tuple[BlockedThing, ...]:
    """Return each thing once, with the places where it was blocked; what nobody knows comes first."""
    found: dict[tuple[Table, str, str], list[Count]] = {}
    for count in counts:
        reason = count.reason
        found.setdefault((reason.table, reason.name or reason.what, reason.rule), []).append(count)
    listed = [_thing(same[0].reason, same) for same in found.values()]
    return tuple(sorted(listed, key=lambda thing: thing.category != "unknown"))


def _thing(reason: Reason, same: list[Count]) -> BlockedThing:
    nameless = "without a name" if reason.table else reason.what
    return BlockedThing(
        kind=KINDS[reason.table],
        name=reason.name or nameless,
        category=reason.label,
        rule=reason.rule,
        passes=_passes(reason),
        places=tuple(_place(count) for count in same),
        toml=reason.toml,
    )


def _passes(reason: Reason) -> str:
    if reason.final:
        return "no choice of a visitor lets it pass"
    wanted = reason.category.label if reason.category else "everything"
    return f"passes once a visitor allows {wanted}"


def _place(count: Count) -> str:
    layer, what = count.reason.layer, count.reason.what
    times = "once" if count.times == 1 else f"{count.times} times"
    where = f"{layer} ({what})" if what else layer
    return f"{where} on {text(count.page)}, {times}"


def address_of(scope: Scope, origin: str, prefix: str) -> str:
    """Return the URL of the list for whoever made this request."""
    return f"{origin}{scope.get('root_path', '')}{prefix}/reasons"
