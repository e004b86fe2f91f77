"""Enforcement between an app and a server: fields both ways, and the page."""

import copy
import gzip
import time
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from assent.asgi.account import Account
from assent.asgi.layers import Layers
from assent.asgi.middleware import UNREWRITABLE, Enforcement
from assent.asgi.types import ASGIApp, Receive, Scope, Send
from assent.asgi.visit import Visits
from assent.core.boundary import Blocked
from assent.core.categories import Category
from assent.core.choice import ChoiceCookie
from assent.core.decision import Decision
from assent.core.hygiene import Departure
from assent.core.rules import CookieRule, HostRule, PathRule, Rules
from assent.core.tally import Tally
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
GUARD = b"<script>guard</script>"
BANNER = b"<section>banner</section>"
HTML = (b"content-type", b"text/html; charset=utf-8")
TEXT = (b"content-type", b"text/plain")
NAVIGATION = (b"sec-fetch-dest", b"document")
SET = b"set-cookie"


class Front:
    """Says plainly what was put where."""

    def head(
        self, decision: Decision, scope: Scope, fields: Fields, *, framed: bool, withheld: Iterable[bytes]
    ) -> tuple[bytes, bytes]:
        return GUARD, b""

    def body(
        self, decision: Decision, scope: Scope, fields: Fields, *, local: bool
    ) -> Callable[[bytes], bytes]:
        return lambda lang: BANNER

    def worker(self, granted: frozenset[Category]) -> bytes:
        return b"guard();"

    def placeholder(self, blocked: Blocked, scope: Scope) -> str:
        return f"/blocked?{blocked.host}"

    def leaving(self, departure: Departure, scope: Scope) -> bytes:
        return f"leaving for {departure.host}".encode()


def enforcement(
    app: ASGIApp, rules: Rules = RULES, *, enforce: bool = True, front: Front | None = None
) -> ASGIApp:
    sightings = Sightings()

    def origin_of(scope: Scope) -> str:
        return "https://shop.example"

    tally = Tally(rules)
    visits = Visits(rules, COOKIE, sightings, origin_of=origin_of, tally=tally)
    layers = Layers(rules, sightings, origin_of=origin_of, prefix="/_assent")
    account = Account(
        tally, is_local=lambda scope, asked: False, tell=lambda counts, scope: None, enforce=enforce
    )
    return Enforcement(
        app, visits=visits, layers=layers, front=front or Front(), account=account, enforce=enforce
    ).serve


def consent(*granted: Category) -> bytes:
    choice = COOKIE.choice("0190f3b4-0000-7000-8000-000000000000", granted, int(time.time()))
    return b"assent=" + COOKIE.dump(choice).encode()


def own(fields: Fields) -> Fields:
    """The fields without the policy that every response gets."""
    return [field for field in fields if not field[0].startswith(b"content-security-policy")]


async def response(
    app: ASGIApp, *fields: tuple[bytes, bytes], rules: Rules = RULES, **scope: Any
) -> tuple[Fields, bytes]:
    sent = await call(enforcement(app, rules), http_scope("/", *fields, **scope))
    return own(sent[0]["headers"]), b"".join(message.get("body", b"") for message in sent[1:])


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
        await send({"type": "http.response.start", "status": 200, "headers": [TEXT]})
        await send(message)

    sent = await call(enforcement(app), http_scope("/", NAVIGATION))

    assert own(sent[0]["headers"]) == [TEXT]
    assert sent[1] is message


async def test_a_page_gets_the_banner_after_its_body_tag() -> None:
    app = answering([HTML, (b"content-length", b"27")], b"<!doctype html><body><p>Hi!")

    fields, body = await response(app, NAVIGATION)

    assert body == b"<!doctype html>" + GUARD + b"<body>" + BANNER + b"<p>Hi!"
    assert values(fields, b"content-length") == []
    assert values(fields, b"cache-control") == [b"private, no-cache"]


@pytest.mark.parametrize(
    ("fields", "body"),
    [
        pytest.param([(b"sec-fetch-dest", b"empty")], b"<html><body>x", id="fetched by a script"),
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

    assert gzip.decompress(body) == b"<html>" + GUARD + b"<body>" + BANNER + b"x</body>"
    assert values(fields, b"content-encoding") == [b"gzip"]
    asked = app.scopes[0]["headers"]  # type: ignore[attr-defined]
    assert values(asked, b"accept-encoding") == [b"br, gzip"]


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
    offered: dict[str, object] = dict.fromkeys([*UNREWRITABLE, "tls"], True)

    await response(app, extensions=offered)

    assert app.scopes[0]["extensions"] == {"tls": True}  # type: ignore[attr-defined]


async def test_a_banner_that_cannot_be_made_costs_the_banner_and_not_the_page(
    caplog: pytest.LogCaptureFixture,
) -> None:
    class Broken(Front):
        def body(
            self, decision: Decision, scope: Scope, fields: Fields, *, local: bool
        ) -> Callable[[bytes], bytes]:
            raise RuntimeError("a template is broken")

    app = answering([HTML, (SET, b"_ga=1")], b"<html><body>x")
    sent = await call(enforcement(app, front=Broken()), http_scope("/", NAVIGATION))

    assert sent[1]["body"] == b"<html><body>x"
    assert values(sent[0]["headers"], SET) == []
    assert "a template is broken" in caplog.text


async def test_observing_changes_nothing() -> None:
    came = [(SET, b"_ga=1"), HTML]
    app = answering(came, b"<html><body>x")
    cookies = (b"cookie", b"_ga=1; sid=2")

    sent = await call(enforcement(app, enforce=False), http_scope("/", NAVIGATION, cookies))

    assert own(sent[0]["headers"]) == came
    assert [name for name, _ in sent[0]["headers"]][-1] == b"content-security-policy-report-only"
    assert sent[1]["body"] == b"<html><body>x"
    told = (b"assent-consent", b"necessary")
    assert app.scopes[0]["headers"] == [(b"host", b"shop.example"), NAVIGATION, cookies, told]  # type: ignore[attr-defined]
    assert app.scopes[0]["assent"].granted == {"necessary"}  # type: ignore[attr-defined]


async def test_while_observing_a_client_cannot_forge_the_decision_either() -> None:
    app = answering([])

    await call(enforcement(app, enforce=False), http_scope("/", (b"assent-consent", b"advertisement")))

    assert values(app.scopes[0]["headers"], b"assent-consent") == [b"necessary"]  # type: ignore[attr-defined]


async def test_more_cookies_than_a_site_can_have_are_refused() -> None:
    app = answering([])
    cookies = b"; ".join(b"name%d=1" % number for number in range(8000))

    sent = await call(enforcement(app), http_scope("/", (b"cookie", cookies)))

    assert sent[0]["status"] == 431
    assert b"more than 65536 bytes" in sent[1]["body"]
    assert app.scopes == []  # type: ignore[attr-defined]


async def test_a_page_fetched_by_a_script_is_not_shown_from_a_cache_later() -> None:
    came = [HTML, (b"cache-control", b"max-age=600"), (b"vary", b"Accept")]

    fields, _ = await response(answering(came, b"<html><body>x"), (b"sec-fetch-dest", b"empty"))

    assert fields == [*came, (b"vary", b"Sec-Fetch-Dest, Sec-Fetch-Mode")]


async def test_an_http_1_0_client_gets_a_page_with_its_length() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [HTML]})
        for piece in (b"<html><bo", b"dy>x", b""):
            await send({"type": "http.response.body", "body": piece, "more_body": piece != b""})

    sent = await call(enforcement(app), http_scope("/", NAVIGATION, http_version="1.0"))

    body = b"<html>" + GUARD + b"<body>" + BANNER + b"x"
    assert values(sent[0]["headers"], b"content-length") == [b"%d" % len(body)]
    assert b"".join(message["body"] for message in sent[1:]) == body


async def test_unknown_cookies_pass_when_the_operator_allows_them() -> None:
    app = answering([(SET, b"mystery=1"), (SET, b"_ga=1")])
    rules = Rules(cookies=RULES.cookies, unknown_cookies="allow")

    sent = await call(enforcement(app, rules), http_scope("/", (b"cookie", b"mystery=1; odd")))

    assert values(sent[0]["headers"], SET) == [b"mystery=1"]
    assert values(app.scopes[0]["headers"], b"cookie") == [b"mystery=1; odd"]  # type: ignore[attr-defined]


HOSTS = (
    HostRule("*.ads.example", Category.ADVERTISEMENT),
    HostRule("video.example", Category.FUNCTIONAL),
    HostRule("cdn.example", Category.NECESSARY),
)


def policy_of(fields: Fields) -> str:
    (value,) = values(fields, b"content-security-policy")
    return value.decode()


@pytest.mark.parametrize("status", [200, 204, 301, 404, 500])
async def test_every_response_carries_the_policy_of_its_decision(status: int) -> None:
    app = answering([(b"content-security-policy", b"img-src *")], status=status)
    rules = Rules(hosts=HOSTS)
    granted = (b"cookie", consent(Category.FUNCTIONAL))

    sent = await call(enforcement(app, rules), http_scope("/", granted))

    own, ours = values(sent[0]["headers"], b"content-security-policy")
    assert own == b"img-src *"
    assert b"cdn.example" in ours
    assert b"video.example" in ours
    assert b"ads.example" not in ours


@pytest.mark.parametrize("media_type", [b"image/svg+xml", b"text/xml charset=utf-8", b"text/xsl"])
async def test_documents_without_a_guard_run_no_scripts(media_type: bytes) -> None:
    assent = enforcement(answering([(b"content-type", media_type)]))
    some = await call(assent, http_scope("/", (b"cookie", consent(Category.ANALYTICS))))
    everything = await call(assent, http_scope("/", (b"cookie", consent(*Category))))

    assert "script-src 'none'" in policy_of(some[0]["headers"])
    assert "script-src 'none'" not in policy_of(everything[0]["headers"])


async def test_where_unknown_hosts_are_allowed_there_is_no_policy_but_markup_is_parked() -> None:
    rules = Rules(hosts=HOSTS, unknown_hosts="allow")
    app = answering([HTML], b'<body><img src="//x.ads.example/p"><img src="//nobody.example/p">')

    sent = await call(enforcement(app, rules), http_scope("/", NAVIGATION))

    assert values(sent[0]["headers"], b"content-security-policy") == []
    assert sent[1]["body"].endswith(
        b'<img data-assent-src="//x.ads.example/p"><img src="//nobody.example/p">'
    )


@pytest.mark.parametrize(
    "fields",
    [
        [],
        [(b"content-type", b"")],
        [(b"content-type", b"unknown/unknown")],
        [(b"content-type", b"text/html charset=utf-8")],
        [(b"content-type", b"text/plain, text/html")],
        [(b"content-type", b"text/plain"), (b"Content-Type", b"text/html")],
        [(b"content-type", b"text/html"), (b"Content-Type", b"*/*")],
        [(b"content-type", b"text/html; charset=iso-2022-jp")],
        [(b"content-type", b"text/html"), (b"content-encoding", b"identity, utf-8")],
    ],
)
async def test_a_page_is_guarded_whatever_it_calls_itself(fields: Fields) -> None:
    for asked in (NAVIGATION, (b"accept", b"text/html,*/*")):
        sent, body = await response(answering(fields, b"<!DOCTYPE html><body>x"), asked)
        assert body == b"<!DOCTYPE html>" + GUARD + b"<body>" + BANNER + b"x"
        assert (b"x-dns-prefetch-control", b"off") in sent


@pytest.mark.parametrize(
    ("fields", "asked", "content"),
    [
        ([], NAVIGATION, b'{"a": "<p>"}'),
        ([(b"x-content-type-options", b"nosniff")], NAVIGATION, b"<p>shown as text"),
        ([], (b"sec-fetch-dest", b"empty"), b"<!DOCTYPE html><body>x"),
        ([], (b"accept", b"*/*"), b"<!DOCTYPE html><body>x"),
        ([(b"content-type", b"text/html"), (b"content-type", b"text/plain")], NAVIGATION, b"<p>as text"),
    ],
)
async def test_what_browsers_do_not_show_as_a_page_is_left_alone(
    fields: Fields, asked: tuple[bytes, bytes], content: bytes
) -> None:
    assert (await response(answering(fields, content), asked))[1] == content


async def test_a_frame_is_guarded_and_has_no_banner() -> None:
    _, body = await response(answering([HTML], b"<html><body>x"), (b"sec-fetch-dest", b"iframe"))

    assert body == b"<html>" + GUARD + b"<body>x"


@pytest.mark.parametrize("destination", [b"worker", b"sharedworker", b"serviceworker"])
async def test_the_script_of_a_worker_begins_with_the_guard(destination: bytes) -> None:
    came = [(b"content-type", b"text/javascript"), (b"content-length", b"7"), (b"etag", b'"v1"')]

    fields, body = await response(answering(came, b"work();"), (b"sec-fetch-dest", destination))

    assert body == b"guard();work();"
    assert values(fields, b"content-length") == []
    assert values(fields, b"etag")[0].startswith(b'W/"v1-assent.')


async def test_a_script_of_a_page_stays_as_it_is() -> None:
    came = [(b"content-type", b"text/javascript"), (b"content-length", b"7")]

    assert await response(answering(came, b"work();"), (b"sec-fetch-dest", b"script")) == (came, b"work();")


async def test_what_a_policy_does_not_govern_is_parked_until_it_is_granted() -> None:
    page = b'<html><head></head><body><iframe src="https://video.example/1"></iframe>'
    rules = Rules(hosts=HOSTS)
    granted = (b"cookie", consent(Category.FUNCTIONAL))

    _, refused = await response(answering([HTML], page), NAVIGATION, rules=rules)
    _, allowed = await response(answering([HTML], page), NAVIGATION, granted, rules=rules)

    assert b'<iframe src="/blocked?video.example" data-assent-src="https://video.example/1">' in refused
    assert b'<iframe src="https://video.example/1">' in allowed


async def test_fields_that_lead_to_refused_hosts_go() -> None:
    link = b"</a.css>; rel=preload; as=style, <https://x.ads.example>; rel=preconnect"

    fields, _ = await response(answering([(b"Link", link)]), rules=Rules(hosts=HOSTS))

    assert values(fields, b"link") == [b"</a.css>; rel=preload; as=style"]


async def test_a_visitor_is_asked_before_a_redirect_to_a_refused_host() -> None:
    app = answering([(b"location", b"https://x.ads.example/?id=7"), (SET, b"sid=1")], status=302)

    sent = await call(enforcement(app, Rules(hosts=HOSTS)), http_scope("/", NAVIGATION))

    assert sent[0]["status"] == 200
    assert values(sent[0]["headers"], b"location") == []
    assert sent[1]["body"] == b"leaving for x.ads.example"


async def test_a_redirect_of_the_site_itself_is_followed() -> None:
    app = answering([(b"location", b"https://cdn.example/file")], status=302)

    sent = await call(enforcement(app, Rules(hosts=HOSTS)), http_scope("/", NAVIGATION))

    assert sent[0]["status"] == 302


async def test_a_path_that_serves_a_refused_purpose_never_reaches_the_site() -> None:
    app = answering([])
    rules = Rules(paths=(PathRule("/collect*", Category.ANALYTICS),))

    refused = await call(enforcement(app, rules), http_scope("/collect/hit"))
    assert (refused[0]["status"], app.scopes) == (204, [])  # type: ignore[attr-defined]

    await call(enforcement(app, rules), http_scope("/collect/hit", (b"cookie", consent(Category.ANALYTICS))))
    await call(enforcement(app, rules), http_scope("/other"))
    assert len(app.scopes) == 2  # type: ignore[attr-defined]


async def test_advertising_interfaces_are_off_in_pages_until_granted() -> None:
    app = answering([HTML, (b"permissions-policy", b"camera=()")], b"<html>")
    granted = (b"cookie", consent(Category.ADVERTISEMENT))

    off, _ = await response(app, NAVIGATION)
    on, _ = await response(app, NAVIGATION, granted)

    assert b"browsing-topics=()" in values(off, b"permissions-policy")[0]
    assert values(on, b"permissions-policy") == [b"camera=()"]


async def test_a_page_served_as_xml_gets_guard_and_banner_too() -> None:
    page = b'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><head/><body>x</body></html>'
    came = [(b"content-type", b"application/xhtml+xml")]
    page = page.replace(b"<head/>", b"<head><title>t</title></head>")

    _, body = await response(answering(came, page), NAVIGATION)

    assert b"<head>" + GUARD + b"<title>" in body
    assert b"<body>" + BANNER + b"x" in body
