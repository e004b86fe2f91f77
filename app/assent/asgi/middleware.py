"""Enforcement: between server and site, it makes the decision true for every field and page that passes."""

# Annotations of the functions that are made for each request would be evaluated for each request.
from __future__ import annotations

import logging
from collections.abc import Awaitable

from starlette.responses import PlainTextResponse, Response

from assent.asgi.bodies import Body, Prefixed, Replaced
from assent.asgi.coding import CODINGS
from assent.asgi.counted import Counted
from assent.asgi.document import Document
from assent.asgi.layers import Layers
from assent.asgi.types import ASGIApp, Front, Message, Receive, Scope, Send
from assent.asgi.visit import Visit, Visits, raw_path
from assent.core import representation
from assent.core.fields import Fields, request_fields, response_fields
from assent.core.hygiene import Departure
from assent.core.markup import Markup
from assent.core.representation import REWRITTEN, Purpose, is_readable_html, is_xhtml, purpose
from assent.core.shape import RequestShape, Shapes, names_of, request_shape, response_shape
from assent.errors import FieldsTooLarge

log = logging.getLogger("assent")

UPGRADES = frozenset({"websocket.accept", "websocket.http.response.start"})
"""The messages that answer a WebSocket handshake with fields."""

UNREWRITABLE = frozenset({"http.response.pathsend", "http.response.zerocopysend"})
"""Extensions by which a body would pass the middleware unseen."""

REDIRECTS = frozenset({301, 302, 303, 307, 308})


class Enforcement:
    """ASGI middleware that filters fields both ways, and puts guard and banner into the site's pages.

    With ``enforce`` off nothing is withheld; what would have been is counted and reported.
    """

    def __init__(
        self, app: ASGIApp, *, visits: Visits, layers: Layers, front: Front, enforce: bool = True
    ) -> None:
        self._app = app
        self._visits = visits
        self._layers = layers
        self._front = front
        self._enforce = enforce
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
            return self._app(inner, receive, self._observe(visit, scope, send))
        if not self._layers.permits_path(scope, visit.decision.granted):
            # What serves a refused purpose is answered here, and the site never hears of it.
            return Response(status_code=204, headers={"cache-control": "no-store"})(scope, receive, send)
        if shape.negotiates and purpose(fields, shape) in REWRITTEN:
            inner["headers"] = representation.navigation_fields(passed, visit.state, CODINGS)
        extensions = scope.get("extensions")
        if extensions and not UNREWRITABLE.isdisjoint(extensions):
            inner["extensions"] = {k: v for k, v in extensions.items() if k not in UNREWRITABLE}
        if scope.get("http_version") == "1.0":
            send = Counted(send)
        return self._app(inner, receive, self._respond(visit, scope, shape, send))

    def _respond(self, visit: Visit, scope: Scope, asked: RequestShape, send: Send) -> Send:
        """Return the ``send`` that the site gets; it edits each message that carries fields.

        It is a plain function for the reason that ``serve`` is one.
        """
        body: Body | None = None

        def respond(message: Message) -> Awaitable[None]:
            nonlocal body
            kind = message["type"]
            if kind == "http.response.body":
                return send(message if body is None else _rewritten(message, body))
            if kind == "http.response.start":
                message, body = self._start(message, visit, scope, asked)
            elif kind in UPGRADES:
                fields = self._judged(list(message.get("headers", ())), visit, scope)
                message = {**message, "headers": fields}
            return send(message)

        return respond

    def _start(
        self, message: Message, visit: Visit, scope: Scope, asked: RequestShape
    ) -> tuple[Message, Body | None]:
        """Return the start of a response as it goes out, and what its body goes through."""
        came = message.get("headers", ())
        fields: Fields = came if type(came) is list else list(came)
        shape = self._responses[tuple(map(names_of, fields))]
        content_type = fields[shape.content_type][1] if shape.content_type >= 0 else b""
        granted = visit.decision.granted
        status, body = message["status"], None
        if shape.set_cookies:
            fields = self._without_refused(fields, shape.set_cookies, visit, scope)
        if shape.leads_on:
            wanted = purpose(scope["headers"], asked)
            navigates = wanted in (Purpose.PAGE, Purpose.FRAME)
            fields, departure = self._layers.clean(fields, granted, scope, navigates=navigates)
            if departure is not None and status in REDIRECTS:
                return self._instead(message, departure, fields, visit, scope)
        if is_readable_html(content_type) or status == 304 or asked.destination >= 0:
            fields, body = self._page(status, content_type, fields, visit, scope, asked)
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
    ) -> tuple[Fields, Body | None]:
        """Return the fields of a page or a worker's script, and what its body goes through."""
        wanted = purpose(scope["headers"], asked)
        html = is_readable_html(content_type)
        if status == 304:
            rewritten = wanted in REWRITTEN
            return representation.not_modified_fields(fields, visit.state) if rewritten else fields, None
        if not (html or wanted is Purpose.WORKER) or not representation.can_rewrite(status, fields, CODINGS):
            return fields, None
        if wanted is Purpose.OTHER:
            return representation.varying_fields(fields), None
        rewritten_fields = representation.rewritten_fields(fields, visit.state)
        if html:
            rewritten_fields = self._layers.without_advertising(rewritten_fields, visit.decision.granted)
        if scope["method"] == "HEAD":
            return rewritten_fields, None
        try:
            markup = self._markup(wanted, visit, scope, fields, xml=is_xhtml(content_type))
        except Exception:
            log.exception("the page could not be prepared; it goes out as it is, under the same policy")
            return fields, None
        return rewritten_fields, Document(markup, fields, only_whole=wanted is Purpose.UNSAID)

    def _markup(
        self, wanted: Purpose, visit: Visit, scope: Scope, fields: Fields, *, xml: bool
    ) -> Markup | Prefixed:
        decision = visit.decision
        if wanted is Purpose.WORKER:
            return Prefixed(self._front.worker(decision.granted))
        shown_alone = wanted is not Purpose.FRAME
        return Markup(
            head=self._front.head(decision, scope, fields),
            body=self._front.body(decision, scope, fields) if shown_alone else b"",
            boundary=self._layers.boundary_to_hold(decision.granted, scope),
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

    def _judged(self, fields: Fields, visit: Visit, scope: Scope) -> Fields:
        """Return the fields of an answered handshake without what is refused."""
        shape = self._responses[tuple(map(names_of, fields))]
        fields = self._without_refused(fields, shape.set_cookies, visit, scope)
        return fields + self._visits.deletions(visit, scope) if visit.refused else fields

    def _without_refused(
        self, fields: Fields, set_cookies: tuple[int, ...], visit: Visit, scope: Scope
    ) -> Fields:
        try:
            return response_fields(fields, set_cookies, visit.passage, raw_path(scope))
        except Exception:
            log.exception("Set-Cookie could not be judged; the answer goes out without any")
            return [field for place, field in enumerate(fields) if place not in set_cookies]

    def _observe(self, visit: Visit, scope: Scope, send: Send) -> Send:
        """Return a ``send`` that withholds nothing.

        Cookies are judged so that they are sighted, and browsers report what the policy would block.
        """

        def respond(message: Message) -> Awaitable[None]:
            kind = message["type"]
            if kind == "http.response.start" or kind in UPGRADES:
                fields = list(message.get("headers", ()))
                shape = self._responses[tuple(map(names_of, fields))]
                response_fields(fields, shape.set_cookies, visit.passage, raw_path(scope))
                if kind == "http.response.start":
                    granted = visit.decision.granted
                    fields += self._layers.policy(granted, scope, b"", enforce=False)
                    message = {**message, "headers": fields}
            return send(message)

        return respond


def _rewritten(message: Message, body: Body) -> Message:
    last = not message.get("more_body", False)
    return {**message, "body": body.body(message.get("body", b""), last=last)}
