"""Enforcement: between server and site, it makes the decision true for every field that passes."""

# Annotations of the functions that are made for each request would be evaluated for each request.
from __future__ import annotations

import logging
from collections.abc import Awaitable

from assent.asgi.document import Document
from assent.asgi.types import ASGIApp, Insert, Message, Receive, Scope, Send
from assent.asgi.visit import Visit, Visits
from assent.core import representation
from assent.core.fields import Fields, request_fields, response_fields
from assent.core.representation import is_navigation, is_readable_html
from assent.core.shape import RequestShape, Shapes, names_of, request_shape, response_shape

log = logging.getLogger("assent")

WITH_FIELDS = frozenset({"http.response.start", "websocket.accept", "websocket.http.response.start"})
"""The messages that carry response fields."""

UNREWRITABLE = frozenset({"http.response.pathsend", "http.response.zerocopysend"})
"""Extensions by which a body would pass the middleware unseen."""


class Enforcement:
    """ASGI middleware that filters cookies both ways and inserts the banner into the site's pages.

    With ``enforce`` off nothing is changed; what would have been withheld is told to the sightings.
    """

    def __init__(self, app: ASGIApp, *, visits: Visits, insert: Insert, enforce: bool = True) -> None:
        self._app = app
        self._visits = visits
        self._insert = insert
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
        if shape.common:
            visit = self._visits.known(fields[shape.cookie][1] if shape.cookie >= 0 else b"")
        else:
            visit = self._visits.of(fields)
        if not self._enforce:
            return self._app({**scope, "assent": visit.decision}, receive, self._observe(visit, send))
        if shape.common and not visit.changed:
            passed = [*fields, visit.consent]
        else:
            passed = request_fields(fields, visit.cookie, changed=visit.changed, consent=visit.consent)
        if shape.negotiates and is_navigation(fields, shape):
            passed = representation.navigation_fields(passed, visit.state)
        inner = {**scope, "headers": passed, "assent": visit.decision}
        extensions = scope.get("extensions")
        if extensions and not UNREWRITABLE.isdisjoint(extensions):
            inner["extensions"] = {k: v for k, v in extensions.items() if k not in UNREWRITABLE}
        return self._app(inner, receive, self._respond(visit, scope, shape, send))

    def _respond(self, visit: Visit, scope: Scope, asked: RequestShape, send: Send) -> Send:
        """Return the ``send`` that the site gets; it edits each message that carries fields.

        It is a plain function for the reason that ``serve`` is one.
        """
        document: Document | None = None

        def respond(message: Message) -> Awaitable[None]:
            nonlocal document
            kind = message["type"]
            if kind == "http.response.body":
                return send(message if document is None else _rewritten(message, document))
            if kind not in WITH_FIELDS:
                return send(message)
            came = message.get("headers", ())
            fields: Fields = came if type(came) is list else list(came)
            shape = self._responses[tuple(map(names_of, fields))]
            html = shape.content_type >= 0 and is_readable_html(fields[shape.content_type][1])
            if shape.set_cookies:
                fields = self._judged(fields, shape.set_cookies, visit)
            if kind == "http.response.start" and (html or message["status"] == 304):
                navigates = is_navigation(scope["headers"], asked)
                fields, document = self._page(message["status"], fields, visit, scope, navigates)
            if visit.refused:
                fields = representation.private_fields(fields) + self._visits.deletions(visit, scope)
            return send(message if fields is came else {**message, "headers": fields})

        return respond

    def _judged(self, fields: Fields, set_cookies: tuple[int, ...], visit: Visit) -> Fields:
        try:
            return response_fields(fields, set_cookies, visit.passage)
        except Exception:
            log.exception("Set-Cookie could not be judged; the answer goes out without any")
            return [field for place, field in enumerate(fields) if place not in set_cookies]

    def _page(
        self, status: int, fields: Fields, visit: Visit, scope: Scope, navigates: bool
    ) -> tuple[Fields, Document | None]:
        """Return the fields of a page, and its document when the banner is to be put into it."""
        if status == 304:
            return representation.not_modified_fields(fields, visit.state) if navigates else fields, None
        known_not_to_navigate = not navigates and representation.first(scope["headers"], b"sec-fetch-dest")
        if known_not_to_navigate or not representation.can_rewrite(status, fields):
            return fields, None
        rewritten = representation.rewritten_fields(fields, visit.state)
        if scope["method"] == "HEAD":
            return rewritten, None
        try:
            markup = self._insert(visit.decision, scope, fields)
        except Exception:
            log.exception("the banner could not be made; the page goes out without it")
            return fields, None
        return rewritten, Document(markup, fields, only_whole=not navigates)

    def _observe(self, visit: Visit, send: Send) -> Send:
        """Return a ``send`` that changes nothing, but has each Set-Cookie judged so that it is sighted."""

        def respond(message: Message) -> Awaitable[None]:
            if message["type"] in WITH_FIELDS:
                fields = list(message.get("headers", ()))
                shape = self._responses[tuple(map(names_of, fields))]
                response_fields(fields, shape.set_cookies, visit.passage)
            return send(message)

        return respond


def _rewritten(message: Message, document: Document) -> Message:
    last = not message.get("more_body", False)
    return {**message, "body": document.body(message.get("body", b""), last=last)}
