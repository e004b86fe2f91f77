"""Enforcement between an app and a server: fields both ways, and the page."""

import copy
import gzip
import time
from typing import Any

import pytest

from assent.asgi.middleware import Enforcement
from assent.asgi.types import ASGIApp, Receive, Scope, Send
from assent.asgi.visit import Visits
from assent.core.categories import Category
from assent.core.choice import ChoiceCookie
from assent.core.rules import CookieRule, Rules
from assent.discovery import Sightings
from tests.asgi.calls import Fields, answering, call, http_scope, values, websocket_scope

pytestmark = pytest.mark.anyio

RULES = Rules(
    cookies=(
        CookieRule("sid", Category.NECESSARY),
        CookieRule("lang", Category.FUNCTIONAL),
        CookieRule("_ga*", Category.ANALYTICS),
        CookieRule("_fbp", Category.ADVERTISEMENT),
    )
)
COOKIE = ChoiceCookie(["k" * 32], policy_version="1", lifetime=3600)
BANNER = b"<section>banner</section>"
HTML = (b"content-type", b"text/html; charset=utf-8")
NAVIGATION = (b"sec-fetch-dest", b"document")
SET = b"set-cookie"


def enforcement(app: ASGIApp, rules: Rules = RULES, **options: Any) -> ASGIApp:
    visits = Visits(rules, COOKIE, Sightings(), origin_of=lambda scope: "https://shop.example")
    options = {"insert": lambda decision, scope, fields: BANNER, **options}
    return Enforcement(app, visits=visits, **options).serve


def consent(*granted: Category) -> bytes:
    choice = COOKIE.choice("0190f3b4-0000-7000-8000-000000000000", granted, int(time.time()))
    return b"assent=" + COOKIE.dump(choice).encode()


async def response(app: ASGIApp, *fields: tuple[bytes, bytes], **scope: Any) -> tuple[Fields, bytes]:
    sent = await call(enforcement(app), http_scope("/", *fields, **scope))
    return sent[0]["headers"], b"".join(message.get("body", b"") for message in sent[1:])


@pytest.mark.parametrize("status", [200, 204, 206, 301, 303, 304, 401, 404, 500, 503])
async def test_refused_set_cookie_is_stripped_on_every_status(status: int) -> None:
    app = answering([(SET, b"sid=1"), (b"Set-Cookie", b"_ga=2; Path=/"), (SET, b"_fbp=3")], status=status)

    fields, _ = await response(app)

    assert values(fields, SET) == [b"sid=1"]


async def test_granted_categories_pass_and_others_do_not() -> None:
    app = answering([(SET, b"_ga=2"), (SET, b"_fbp=3"), (SET, b"lang=en")])

    fields, _ = await response(app, (b"cookie", consent(Category.ANALYTICS)))

    assert values(fields, SET) == [b"_ga=2"]


@pytest.mark.parametrize(
    "attributes", [b"Max-Age=0", b"Max-Age=-1", b"Expires=Thu, 01 Jan 1970 00:00:00 GMT"]
)
async def test_the_site_may_delete_a_refused_cookie(attributes: bytes) -> None:
    fields, _ = await response(answering([(SET, b"_ga=; " + attributes)]))

    assert values(fields, SET) == [b"_ga=; " + attributes]


async def test_an_upgrade_answer_is_filtered_like_any_other() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "websocket.accept", "headers": [(SET, b"_ga=1"), (SET, b"sid=1")]})
        await send({"type": "websocket.send", "text": "hello"})

    sent = await call(enforcement(app), websocket_scope())

    assert sent[0]["headers"] == [(SET, b"sid=1")]
    assert sent[1] == {"type": "websocket.send", "text": "hello"}


async def test_a_refused_upgrade_is_filtered_too() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "websocket.http.response.start", "status": 403, "headers": [(SET, b"_ga=1")]})
        await send({"type": "websocket.http.response.body", "body": b"no"})

    sent = await call(enforcement(app), websocket_scope())

    assert sent[0]["headers"] == []


async def test_refused_cookies_are_withheld_from_the_site_and_expired_in_the_browser() -> None:
    app = answering([])

    fields, _ = await response(app, (b"cookie", b"sid=1; _ga=2; lang=en"))

    assert values(app.scopes[0]["headers"], b"cookie") == [b"sid=1"]  # type: ignore[attr-defined]
    expired = values(fields, SET)
    assert {line.partition(b"=")[0] for line in expired} == {b"_ga", b"lang"}
    assert all(b"Max-Age=0" in line for line in expired)
    assert values(fields, b"cache-control") == [b"private"]


async def test_a_websocket_handshake_carries_only_what_is_granted() -> None:
    app = answering([])

    await call(enforcement(app), websocket_scope((b"cookie", b"sid=1; _ga=2")))

    assert values(app.scopes[0]["headers"], b"cookie") == [b"sid=1"]  # type: ignore[attr-defined]


async def test_split_cookie_fields_are_joined_when_something_goes() -> None:
    app = answering([])

    await response(app, (b"cookie", b"sid=1; _ga=2"), (b"cookie", b"sid=3"))

    assert values(app.scopes[0]["headers"], b"cookie") == [b"sid=1; sid=3"]  # type: ignore[attr-defined]


async def test_the_site_learns_the_decision_and_a_client_cannot_forge_it() -> None:
    app = answering([])

    await response(
        app, (b"assent-consent", b"necessary, advertisement"), (b"cookie", consent(Category.ANALYTICS))
    )

    scope = app.scopes[0]  # type: ignore[attr-defined]
    assert values(scope["headers"], b"assent-consent") == [b"necessary, analytics"]
    assert scope["assent"].granted == {"necessary", "analytics"}
    assert scope["assent"].choice.granted == {"necessary", "analytics"}
    assert scope["assent"].gpc is False


async def test_gpc_is_told_and_grants_nothing() -> None:
    app = answering([])

    await response(app, (b"sec-gpc", b"1"))

    assert app.scopes[0]["assent"].gpc is True  # type: ignore[attr-defined]
    assert app.scopes[0]["assent"].granted == {"necessary"}  # type: ignore[attr-defined]


async def test_one_visitor_never_gets_the_decision_of_another() -> None:
    app = answering([(SET, b"_ga=1")])
    assent = enforcement(app)
    visitors: list[Fields] = [[(b"cookie", consent(Category.ANALYTICS))], [], [(b"cookie", consent())]]
    seen = [values((await call(assent, http_scope("/", *fields)))[0]["headers"], SET) for fields in visitors]

    assert seen == [[b"_ga=1"], [], []]


async def test_the_scope_and_the_messages_given_are_not_changed() -> None:
    start = {"type": "http.response.start", "status": 200, "headers": [(SET, b"_ga=1"), HTML]}
    before = copy.deepcopy(start)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send(start)
        await send({"type": "http.response.body", "body": b"<p>"})

    scope = http_scope("/", NAVIGATION, (b"cookie", b"_ga=1"), (b"accept-encoding", b"br"))
    scope_before = copy.deepcopy(scope)
    await call(enforcement(app), scope)

    assert start == before
    assert scope == scope_before


async def test_a_body_that_is_not_html_passes_as_the_very_same_message() -> None:
    message = {"type": "http.response.body", "body": b"\x00\xff", "more_body": False}

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"x-a", b"1")]})
        await send(message)

    sent = await call(enforcement(app), http_scope("/", NAVIGATION))

    assert sent[0]["headers"] == [(b"x-a", b"1")]
    assert sent[1] is message


async def test_a_page_gets_the_banner_after_its_body_tag() -> None:
    app = answering([HTML, (b"content-length", b"27")], b"<!doctype html><body><p>Hi!")

    fields, body = await response(app, NAVIGATION)

    assert body == b"<!doctype html><body>" + BANNER + b"<p>Hi!"
    assert values(fields, b"content-length") == []
    assert values(fields, b"cache-control") == [b"private, no-cache"]


@pytest.mark.parametrize(
    ("fields", "body"),
    [
        pytest.param([(b"sec-fetch-dest", b"empty")], b"<html><body>x", id="fetched by a script"),
        pytest.param([(b"sec-fetch-dest", b"iframe")], b"<html><body>x", id="framed"),
        pytest.param(
            [(b"accept", b"*/*")], b"<p>fragment", id="a fragment, by a client that does not say why"
        ),
        pytest.param(
            [(b"accept", b"text/html"), (b"x-requested-with", b"XMLHttpRequest")], b"<p>x", id="by a library"
        ),
    ],
)
async def test_what_is_not_a_page_to_show_stays_as_it_is(fields: Fields, body: bytes) -> None:
    _, got = await response(answering([HTML], body), *fields)

    assert got == body


async def test_a_whole_document_gets_the_banner_even_if_the_client_does_not_say_why() -> None:
    _, body = await response(answering([HTML], b"<!DOCTYPE html><body>x"))

    assert BANNER in body


async def test_a_compressed_page_is_answered_compressed() -> None:
    app = answering([HTML, (b"content-encoding", b"gzip")], gzip.compress(b"<html><body>x</body>"))

    fields, body = await response(app, NAVIGATION, (b"accept-encoding", b"br, gzip;q=0.8"))

    assert gzip.decompress(body) == b"<html><body>" + BANNER + b"x</body>"
    assert values(fields, b"content-encoding") == [b"gzip"]
    asked = app.scopes[0]["headers"]  # type: ignore[attr-defined]
    assert values(asked, b"accept-encoding") == [b"gzip"]


async def test_a_head_request_gets_the_fields_of_the_page_and_no_body() -> None:
    app = answering([HTML, (b"content-length", b"27"), (b"etag", b'"v1"')])

    fields, body = await response(app, NAVIGATION, method="HEAD")

    assert body == b""
    assert values(fields, b"content-length") == []
    assert values(fields, b"etag")[0].startswith(b'W/"v1-assent.')


async def test_a_stored_page_is_confirmed_only_under_the_same_decision() -> None:
    site = answering([HTML, (b"etag", b'"v1"')], b"<html><body>x")
    assent = enforcement(site)
    first = await call(assent, http_scope("/", NAVIGATION))
    tag = values(first[0]["headers"], b"etag")[0]

    await call(assent, http_scope("/", NAVIGATION, (b"if-none-match", tag)))
    await call(assent, http_scope("/", NAVIGATION, (b"if-none-match", tag), (b"cookie", consent())))

    same, other = site.scopes[1:]  # type: ignore[attr-defined]
    assert values(same["headers"], b"if-none-match") == [b'W/"v1"']
    assert values(other["headers"], b"if-none-match") == []


async def test_a_not_modified_page_keeps_the_mark_of_its_decision() -> None:
    app = answering([(b"etag", b'"v1"'), (b"cache-control", b"public, max-age=600")], status=304)

    fields, _ = await response(app, NAVIGATION)

    assert values(fields, b"etag")[0].startswith(b'W/"v1-assent.')
    assert values(fields, b"cache-control") == [b"private, no-cache"]


async def test_a_not_modified_image_stays_as_it_is() -> None:
    came = [(b"etag", b'"v1"'), (b"cache-control", b"public, max-age=600")]

    fields, _ = await response(answering(came, status=304), (b"sec-fetch-dest", b"image"))

    assert fields == came


async def test_extensions_that_hide_the_body_are_not_offered() -> None:
    app = answering([])
    offered: dict[str, object] = {"http.response.pathsend": {}, "http.response.zerocopysend": {}, "tls": {}}

    await response(app, extensions=offered)

    assert app.scopes[0]["extensions"] == {"tls": {}}  # type: ignore[attr-defined]


async def test_a_banner_that_cannot_be_made_costs_the_banner_and_not_the_page(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fails(*_: object) -> bytes:
        raise RuntimeError("a template is broken")

    app = answering([HTML, (SET, b"_ga=1")], b"<html><body>x")
    sent = await call(enforcement(app, insert=fails), http_scope("/", NAVIGATION))

    assert sent[1]["body"] == b"<html><body>x"
    assert values(sent[0]["headers"], SET) == []
    assert "a template is broken" in caplog.text


async def test_observing_changes_nothing() -> None:
    came = [(SET, b"_ga=1"), HTML]
    app = answering(came, b"<html><body>x")
    cookies = (b"cookie", b"_ga=1; sid=2")

    sent = await call(enforcement(app, enforce=False), http_scope("/", NAVIGATION, cookies))

    assert sent[0]["headers"] == came
    assert sent[1]["body"] == b"<html><body>x"
    assert app.scopes[0]["headers"] == [(b"host", b"shop.example"), NAVIGATION, cookies]  # type: ignore[attr-defined]
    assert app.scopes[0]["assent"].granted == {"necessary"}  # type: ignore[attr-defined]


async def test_unknown_cookies_pass_when_the_operator_allows_them() -> None:
    app = answering([(SET, b"mystery=1"), (SET, b"_ga=1")])
    rules = Rules(cookies=RULES.cookies, unknown_cookies="allow")

    sent = await call(enforcement(app, rules), http_scope("/", (b"cookie", b"mystery=1; odd")))

    assert values(sent[0]["headers"], SET) == [b"mystery=1"]
    assert values(app.scopes[0]["headers"], b"cookie") == [b"mystery=1; odd"]  # type: ignore[attr-defined]
