"""Enforcement: between server and site, it makes the decision true for every field and page that passes."""

# Annotations of the functions that are made for each request would be evaluated for each request.
from __future__ import annotations

import logging
from collections.abc import Awaitable, Sequence

from starlette.responses import PlainTextResponse, Response

from assent.asgi.account import Account
from assent.asgi.bodies import Body, Prefixed, Replaced, rewritten
from assent.asgi.coding import CODINGS
from assent.asgi.counted import Counted
from assent.asgi.document import Document, Overheard
from assent.asgi.layers import Layers
from assent.asgi.types import ASGIApp, Front, Message, Receive, Scope, Send
from assent.asgi.visit import Visit, Visits, raw_path
from assent.core import representation
from assent.core.domains import LoopbackHosts
from assent.core.fields import Fields, lost_names, request_fields, response_fields
from assent.core.hygiene import Departure, Removal
from assent.core.insertions import InLanguage
from assent.core.markup import Markup
from assent.core.media import is_html, is_xhtml, may_be_html
from assent.core.representation import REWRITTEN, Purpose, combined, is_sniffed, purpose
from assent.core.shape import RequestShape, Shapes, names_of, request_shape, response_shape
from assent.core.tokens import HTML_BEGUN, WHOLE_DOCUMENT
from assent.errors import FieldsTooLarge

log = logging.getLogger("assent")

UPGRADES = frozenset({"websocket.accept", "websocket.http.response.start"})
"""The messages that answer a WebSocket handshake with fields."""

UNREWRITABLE = frozenset({"http.response.pathsend", "http.response.zerocopysend", "http.response.early_hint"})
"""Extensions by which a body, or links to third parties, would pass the middleware unseen."""


class Enforcement:
    """ASGI middleware that filters fields both ways, and puts guard and banner into the site's pages.

    With ``enforce`` off nothing is withheld; what would have been is counted and reported.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        visits: Visits,
        layers: Layers,
        front: Front,
        account: Account,
        enforce: bool = True,
    ) -> None:
        self._app = app
        self._visits = visits
        self._layers = layers
        self._front = front
        self._account = account
        self._enforce = enforce
        self._hosts = LoopbackHosts()
        self._requests = Shapes(request_shape)
        self._responses = Shapes(response_shape)

    def serve(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Serve one http or websocket scope.

        A plain function that returns the site's awaitable saves a frame per request; a server that looks for
        ``async def`` needs an outer one.
        """
        fields: Fields = scope["headers"]
        shape = self._requests[tuple(map(names_of, fields))]
        try:
            if shape.common:
                visit = self._visits.known(fields[shape.cookie][1] if shape.cookie >= 0 else b"")
            else:
                visit = self._visits.of(fields)
        except FieldsTooLarge as error:
            return PlainTextResponse(f"{error}\n", error.status)(scope, receive, send)
        changed = visit.changed and self._enforce
        if shape.common and not changed:
            passed = [*fields, visit.consent]
        else:
            passed = request_fields(fields, visit.cookie, changed=changed, consent=visit.consent)
        inner = {**scope, "headers": passed, "assent": visit.decision}
        if not self._enforce:
            return self._app(inner, receive, self._observe(visit, scope, shape, send))
        if not self._layers.permits_path(scope, visit.decision.granted):
            # What serves a refused purpose is answered here, and the site never hears of it.
            answer = Response(status_code=204, headers={"cache-control": "no-store"})
            answer.raw_headers += self._account.path(scope, shape)
            return answer(scope, receive, send)
        if shape.negotiates and purpose(fields, shape) in REWRITTEN:
            inner["headers"] = representation.navigation_fields(passed, visit.state, CODINGS)
        extensions = scope.get("extensions")
        if extensions and not UNREWRITABLE.isdisjoint(extensions):
            inner["extensions"] = {k: v for k, v in extensions.items() if k not in UNREWRITABLE}
        if scope.get("http_version") == "1.0":
            send = Counted(send)
        return self._app(inner, receive, self._respond(visit, scope, shape, send))

    def _respond(self, visit: Visit, scope: Scope, asked: RequestShape, send: Send) -> Send:
        """Return the ``send`` that the site gets; it edits each message that carries fields."""
        body: Body | None = None

        def respond(message: Message) -> Awaitable[None]:
            nonlocal body
            kind = message["type"]
            if kind == "http.response.body":
                return send(message if body is None else rewritten(message, body))
            if kind == "http.response.start":
                message, body = self._start(message, visit, scope, asked)
            elif kind in UPGRADES:
                fields = self._judged(list(message.get("headers", ())), visit, scope, asked)
                message = {**message, "headers": fields}
            return send(message)

        return respond

    def _start(
        self, message: Message, visit: Visit, scope: Scope, asked: RequestShape
    ) -> tuple[Message, Body | None]:
        """Return the start of a response as it goes out, and what its body goes through."""
        sent = message.get("headers", ())
        came: Fields = sent if type(sent) is list else list(sent)
        shape = self._responses[tuple(map(names_of, came))]
        place = shape.content_type
        content_type = came[place][1] if place >= 0 else combined(came, b"content-type")
        granted = visit.decision.granted
        status, body, fields = message["status"], None, came
        findings: Sequence[Removal | Departure] = ()
        if shape.set_cookies:
            fields = self._without_refused(came, shape.set_cookies, visit, scope)
        kept = fields
        if shape.leads_on:
            navigates = purpose(scope["headers"], asked) in (Purpose.PAGE, Purpose.FRAME)
            fields, findings = self._layers.clean(fields, granted, scope, navigates=navigates, status=status)
        # Set-Cookie was counted when it was judged, and nobody need be told who asked for another host than
        # this machine: one look-up here saves the rest.
        near = kept is not came and asked.host >= 0 and self._hosts[scope["headers"][asked.host][1]]
        if near or visit.refused or findings:
            fields = fields + self._account.response(visit, scope, asked, came, kept, findings)
            for finding in findings:
                if isinstance(finding, Departure):
                    return self._instead(message, finding, fields, visit, scope)
        if may_be_html(content_type) or status == 304 or asked.destination >= 0:
            withheld = visit.refused if kept is came else visit.refused + lost_names(came, kept)
            fields, body = self._page(status, content_type, fields, visit, scope, asked, withheld)
        if visit.refused:
            fields = representation.private_fields(fields) + self._visits.deletions(visit, scope)
        policy = self._layers.policy(granted, scope, content_type)
        return {**message, "headers": [*fields, *policy]}, body

    def _page(
        self,
        status: int,
        content_type: bytes,
        fields: Fields,
        visit: Visit,
        scope: Scope,
        asked: RequestShape,
        withheld: list[bytes],
    ) -> tuple[Fields, Body | None]:
        """Return the fields of a page or a worker's script, and what its body goes through."""
        wanted = purpose(scope["headers"], asked)
        if status == 304:
            rewritten = wanted in REWRITTEN
            return representation.not_modified_fields(fields, visit.state) if rewritten else fields, None
        shown = wanted in (Purpose.PAGE, Purpose.FRAME)
        sniffed = shown and is_sniffed(status, fields, content_type)
        html = sniffed or is_html(content_type)
        if not (html or wanted is Purpose.WORKER) or not representation.can_rewrite(status, fields, CODINGS):
            told = self._account.unguarded(status, fields, scope, asked) if html and shown else []
            return fields + told, None
        if wanted is Purpose.OTHER:
            return representation.varying_fields(fields), None
        rewritten_fields = representation.rewritten_fields(fields, visit.state)
        if html:
            rewritten_fields = self._layers.quiet(rewritten_fields, visit.decision.granted)
        if scope["method"] == "HEAD":
            return rewritten_fields, None
        try:
            if wanted is Purpose.WORKER:
                worker = Prefixed(self._front.worker(visit.decision.granted))
                return rewritten_fields, Document(worker, fields)
            local = self._account.is_local(scope, asked)
            framed = wanted is Purpose.FRAME
            front = self._front
            head, tail = front.head(visit.decision, scope, fields, framed=framed, withheld=withheld)
            banner = b"" if framed else front.body(visit.decision, scope, fields, local=local)
            markup = self._markup(visit, scope, head, tail, banner, xml=is_xhtml(content_type))
        except Exception:
            log.exception("the page could not be prepared; it goes out as it is, under the same policy")
            return fields, None
        only = HTML_BEGUN if sniffed else WHOLE_DOCUMENT if wanted is Purpose.UNSAID else None
        document = Document(markup, fields, only=only, unguarded=lambda: self._account.broken(scope))
        return rewritten_fields, self._account.watched(document, markup, scope, local=local)

    def _markup(
        self,
        visit: Visit,
        scope: Scope,
        head: bytes = b"",
        tail: bytes = b"",
        body: bytes | InLanguage = b"",
        *,
        xml: bool,
    ) -> Markup:
        return Markup(
            head=head,
            tail=tail,
            body=body,
            boundary=self._layers.boundary_to_hold(visit.decision.granted, scope),
            placeholder=lambda blocked, url: self._front.placeholder(blocked, scope),
            everything=not self._layers.by_policy,
            xml=xml,
        )

    def _instead(
        self, message: Message, departure: Departure, fields: Fields, visit: Visit, scope: Scope
    ) -> tuple[Message, Body]:
        """Return a page that asks the visitor, in the place of a redirect to a refused host."""
        page = self._front.leaving(departure, scope)
        fields = [
            *representation.replaced_fields(fields),
            (b"content-type", b"text/html; charset=utf-8"),
            (b"content-length", b"%d" % len(page)),
            *self._layers.policy(visit.decision.granted, scope, b"text/html"),
        ]
        if visit.refused:
            fields += self._visits.deletions(visit, scope)
        shown = page if scope["method"] != "HEAD" else b""
        return {**message, "status": 200, "headers": fields}, Replaced(shown)

    def _judged(self, came: Fields, visit: Visit, scope: Scope, asked: RequestShape) -> Fields:
        """Return the fields of an answered handshake without what is refused."""
        shape = self._responses[tuple(map(names_of, came))]
        fields = self._without_refused(came, shape.set_cookies, visit, scope)
        if visit.refused or fields is not came:
            fields = fields + self._account.response(visit, scope, asked, came, fields, ())
        return fields + self._visits.deletions(visit, scope) if visit.refused else fields

    def _without_refused(
        self, fields: Fields, set_cookies: tuple[int, ...], visit: Visit, scope: Scope
    ) -> Fields:
        try:
            return response_fields(fields, set_cookies, visit.passage, raw_path(scope))
        except Exception:
            log.exception("Set-Cookie could not be judged; the answer goes out without any")
            return [field for place, field in enumerate(fields) if place not in set_cookies]

    def _observe(self, visit: Visit, scope: Scope, asked: RequestShape, send: Send) -> Send:
        """Return a ``send`` that withholds nothing; what would be is counted, or reported by browsers."""
        body: Body | None = None

        def respond(message: Message) -> Awaitable[None]:
            nonlocal body
            kind = message["type"]
            if kind == "http.response.body" and body is not None:
                message = rewritten(message, body)
            elif kind == "http.response.start" or kind in UPGRADES:
                try:
                    told, body = self._would_lose(message, visit, scope, asked)
                except Exception:
                    log.exception("what would be blocked could not be counted")
                    told = []
                if kind == "http.response.start":
                    told += self._layers.policy(visit.decision.granted, scope, b"", enforce=False)
                message = {**message, "headers": [*message.get("headers", ()), *told]}
            return send(message)

        return respond

    def _would_lose(
        self, message: Message, visit: Visit, scope: Scope, asked: RequestShape
    ) -> tuple[Fields, Body | None]:
        """Count what this answer would lose; return the fields that tell of it, and who reads the page."""
        came: Fields = list(message.get("headers", ()))
        granted, status = visit.decision.granted, message.get("status", 101)
        shape = self._responses[tuple(map(names_of, came))]
        content_type = combined(came, b"content-type")
        wanted = purpose(scope["headers"], asked)
        shown = wanted in (Purpose.PAGE, Purpose.FRAME)
        kept = response_fields(came, shape.set_cookies, visit.passage, raw_path(scope))
        findings: list[Removal | Departure] = []
        if shape.leads_on:
            findings = self._layers.clean(came, granted, scope, navigates=shown, status=status)[1]
        told = self._account.response(visit, scope, asked, came, kept, findings)
        if not self._layers.permits_path(scope, granted):
            told += self._account.path(scope, asked)
        page = shown and is_html(content_type)
        if not page or not representation.can_rewrite(status, came, CODINGS):
            return told, None
        markup = self._markup(visit, scope, xml=is_xhtml(content_type))
        local = self._account.is_local(scope, asked)
        return told, self._account.watched(Overheard(markup, came), markup, scope, local=local)
