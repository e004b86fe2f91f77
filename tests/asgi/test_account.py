"""What was blocked is counted for all, and told to visitors on this machine; observing changes nothing."""

import gzip
from collections.abc import Iterable
from typing import Any

import pytest

from assent.asgi.account import Account
from assent.asgi.layers import Layers
from assent.asgi.middleware import Enforcement
from assent.asgi.types import ASGIApp, Receive, Scope, Send
from assent.asgi.visit import Visits
from assent.core.categories import Category
from assent.core.rules import CookieRule, HostRule, PathRule, Rules
from assent.core.tally import Count, Tally
from assent.discovery import Sightings
from tests.asgi.calls import Fields, answering, call, http_scope, values, websocket_scope
from tests.asgi.test_middleware import COOKIE, HTML, NAVIGATION, SET, Front

pytestmark = pytest.mark.anyio

RULES = Rules(
    cookies=(CookieRule("sid", Category.NECESSARY), CookieRule("_ga*", Category.ANALYTICS)),
    hosts=(HostRule("*.ads.example", Category.ADVERTISEMENT),),
    paths=(PathRule("/collect*", Category.ANALYTICS),),
)
LOCAL = (b"host", b"localhost:8000")
BLOCKED, WOULD_BLOCK = b"assent-blocked", b"assent-would-block"
PAGE = b'<body><iframe src="https://x.ads.example/"></iframe><link rel="preconnect" href="//nobody.example">'


class Stand:
    """Enforcement around one site; a visitor on this machine is one who asks for localhost."""

    def __init__(self, app: ASGIApp, rules: Rules = RULES, *, enforce: bool = True) -> None:
        self.tally = Tally(rules)
        self.told: list[str] = []
        sightings = Sightings()

        def origin_of(scope: Scope) -> str:
            return "http://localhost:8000"

        def tell(counts: Iterable[Count], scope: Scope) -> None:
            self.told += [f"{count.reason.layer} {count.reason.name}" for count in counts]

        self.app = Enforcement(
            app,
            visits=Visits(rules, COOKIE, sightings, origin_of=origin_of, tally=self.tally),
            layers=Layers(rules, sightings, origin_of=origin_of, prefix="/_assent"),
            front=Front(),
            account=Account(
                self.tally,
                is_local=lambda scope, asked: LOCAL in scope["headers"],
                tell=tell,
                enforce=enforce,
            ),
            enforce=enforce,
        ).serve

    async def ask(self, *fields: tuple[bytes, bytes], path: str = "/", local: bool = True) -> list[Any]:
        scope = http_scope(path, *fields)
        if local:
            scope["headers"] = [LOCAL, *fields]
        return await call(self.app, scope)


def said(fields: Fields, name: bytes = BLOCKED) -> list[str]:
    """Each item of the field as its layer, what and name."""
    items = b", ".join(values(fields, name)).decode().split(", ") if values(fields, name) else []
    return [item.partition(";category=")[0] for item in items]


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ([(b"cache-control", b"no-transform")], "no-transform"),
        ([(b"content-encoding", b"gzip, gzip")], "content-encoding"),
    ],
)
async def test_a_page_that_goes_out_as_it_came_is_told_of(fields: Fields, why: str) -> None:
    stand = Stand(answering([HTML, *fields], PAGE))
    for destination, times in ((b"document", 1), (b"empty", 1), (b"iframe", 2)):
        sent = await stand.ask((b"sec-fetch-dest", destination))
        assert sent[1]["body"] == PAGE
        assert said(sent[0]["headers"]) == ([f'page;what="{why}";name=""'] if destination != b"empty" else [])
        assert stand.tally.totals() == {("page", "none"): times}


async def test_a_page_whose_coding_is_broken_goes_out_as_it_came_and_is_counted() -> None:
    stand = Stand(answering([HTML, (b"content-encoding", b"gzip")], PAGE))
    sent = await stand.ask((b"sec-fetch-dest", b"document"))
    assert sent[1]["body"] == PAGE
    assert stand.tally.totals() == {("page", "none"): 1}


async def test_a_visitor_on_this_machine_is_told_what_each_answer_lost() -> None:
    came = [
        (SET, b"mystery=1"),
        (SET, b"_ga=1; Path=/"),
        (SET, b"sid=1"),
        (b"link", b"<//x.ads.example>;rel=preload"),
    ]
    stand = Stand(answering(came))

    sent = await stand.ask((b"cookie", b"_ga_1=2; sid=3"))

    assert said(sent[0]["headers"]) == [
        'request-cookie;name="_ga_1"',
        'field;what="link";name="x.ads.example"',
        'set-cookie;name="mystery"',
        'set-cookie;name="_ga"',
    ]
    assert b'rule="[[cookies]] name = \\"_ga*\\" (yours)"' in values(sent[0]["headers"], BLOCKED)[0]
    assert stand.told == [
        "request-cookie _ga_1",
        "field x.ads.example",
        "set-cookie mystery",
        "set-cookie _ga",
    ]


async def test_a_stranger_is_told_nothing_and_counted_all_the_same() -> None:
    stand = Stand(
        answering([(SET, b"mystery=1"), (SET, b"_ga=1; Path=/"), (b"link", b"<//x.ads.example>;rel=preload")])
    )

    sent = await stand.ask((b"cookie", b"_ga=2"), local=False)

    assert values(sent[0]["headers"], BLOCKED) == []
    assert stand.told == []
    assert stand.tally.totals() == {
        ("request-cookie", "analytics"): 1,
        ("set-cookie", "analytics"): 1,
        ("set-cookie", "unknown"): 1,
        ("field", "advertisement"): 1,
    }


async def test_a_cookie_that_a_stranger_sends_is_counted_by_itself() -> None:
    stand = Stand(answering([]))

    await stand.ask((b"cookie", b"_ga=2; _ga=3; mystery=4"), local=False)

    assert stand.tally.totals() == {("request-cookie", "analytics"): 1, ("request-cookie", "unknown"): 1}


@pytest.mark.parametrize("local", [True, False])
async def test_what_passes_leaves_no_trace(local: bool) -> None:
    stand = Stand(answering([(SET, b"sid=1"), (SET, b"_ga=; Max-Age=0")]))

    sent = await stand.ask((b"cookie", b"sid=1"), local=local)

    assert values(sent[0]["headers"], BLOCKED) == []
    assert stand.tally.listed() == []


async def test_every_answer_counts_once_however_often_the_same_is_asked() -> None:
    stand = Stand(answering([(SET, b"_ga=1; Path=/"), (SET, b"_ga=1")]))
    for _ in range(3):
        await stand.ask()
        await stand.ask(local=False)

    assert stand.tally.totals() == {("set-cookie", "analytics"): 12}


async def test_a_redirect_that_asks_first_says_why() -> None:
    stand = Stand(answering([(b"location", b"https://x.ads.example/?id=7")], status=302))

    sent = await stand.ask(NAVIGATION)

    assert said(sent[0]["headers"]) == ['redirect;name="x.ads.example"']
    assert b"id=7" not in values(sent[0]["headers"], BLOCKED)[0]


async def test_a_location_that_leads_nowhere_is_not_counted() -> None:
    stand = Stand(answering([(b"location", b"https://x.ads.example/")], status=201))

    await stand.ask(NAVIGATION)

    assert stand.tally.listed() == []


async def test_a_path_that_is_not_asked_for_says_why() -> None:
    app = answering([])
    stand = Stand(app)

    sent = await stand.ask(path="/collect/1")

    assert sent[0]["status"] == 204
    assert said(sent[0]["headers"]) == ['path;name="/collect/1"']
    assert app.scopes == []  # type: ignore[attr-defined]


async def test_a_handshake_says_why() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "websocket.accept", "headers": [(SET, b"_ga=1")]})

    stand = Stand(app)
    scope = websocket_scope()
    scope["headers"] = [LOCAL]

    assert said((await call(stand.app, scope))[0]["headers"]) == ['set-cookie;name="_ga"']


async def test_what_is_parked_is_counted_as_it_goes_by() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [HTML]})
        for place in range(0, len(PAGE), 10):
            await send({"type": "http.response.body", "body": PAGE[place : place + 10], "more_body": True})
        await send({"type": "http.response.body"})

    stand = Stand(app)
    await stand.ask(NAVIGATION)
    await stand.ask(NAVIGATION, local=False)

    assert [(c.reason.layer, c.reason.what, c.reason.name, c.times) for c in stand.tally.listed()] == [
        ("markup", "iframe src", "x.ads.example", 2),
        ("markup", "link href", "nobody.example", 2),
    ]
    assert stand.told == ["markup x.ads.example", "markup nobody.example"]


async def test_an_account_that_fails_costs_no_answer(caplog: pytest.LogCaptureFixture) -> None:
    class Broken(Tally):
        def host(self, *args: Any, **more: Any) -> Count:
            raise RuntimeError("the account is broken")

    stand = Stand(answering([(b"link", b"<//x.ads.example>;rel=preload"), HTML], PAGE))
    stand.tally.__class__ = Broken

    sent = await stand.ask(NAVIGATION)

    assert values(sent[0]["headers"], b"link") == []
    assert b"data-assent-href" in sent[1]["body"]
    assert caplog.text.count("the account is broken") == 4, "the message and its cause, for fields and page"


OBSERVED = [(SET, b"_ga=1"), HTML, (b"link", b"<//x.ads.example>;rel=preload"), (b"etag", b'"1"')]


@pytest.mark.parametrize("body", [PAGE, gzip.compress(PAGE)], ids=["plain", "gzip"])
async def test_observing_counts_what_would_be_blocked_and_changes_nothing(body: bytes) -> None:
    came = OBSERVED + ([(b"content-encoding", b"gzip")] if body != PAGE else [])
    stand = Stand(answering(came, body), enforce=False)

    sent = await stand.ask((b"cookie", b"_ga=2"), NAVIGATION, path="/collect/1", local=False)

    assert [
        field for field in sent[0]["headers"] if field[0] != b"content-security-policy-report-only"
    ] == came
    assert sent[1]["body"] == body
    assert {count.reason.layer for count in stand.tally.listed()} == {
        "request-cookie",
        "set-cookie",
        "field",
        "markup",
        "path",
    }


async def test_observing_tells_a_visitor_on_this_machine_what_would_be_blocked() -> None:
    stand = Stand(answering(OBSERVED, PAGE), enforce=False)

    sent = await stand.ask((b"cookie", b"_ga=2"), NAVIGATION)

    assert values(sent[0]["headers"], BLOCKED) == []
    assert said(sent[0]["headers"], WOULD_BLOCK) == [
        'request-cookie;name="_ga"',
        'field;what="link";name="x.ads.example"',
        'set-cookie;name="_ga"',
    ]
    assert sent[1]["body"] == PAGE
    assert "markup x.ads.example" in stand.told


@pytest.mark.parametrize(
    "body", [b"\x1f\x8b broken", gzip.compress(PAGE * 200)[:300]], ids=["from the start", "later"]
)
async def test_observing_passes_a_broken_page_on_as_it_came(body: bytes) -> None:
    stand = Stand(answering([HTML, (b"content-encoding", b"gzip")], body), enforce=False)

    assert (await stand.ask(NAVIGATION))[1]["body"] == body


async def test_observing_goes_on_when_the_account_fails(caplog: pytest.LogCaptureFixture) -> None:
    stand = Stand(answering(OBSERVED, PAGE), enforce=False)
    stand.tally.cookie = None  # type: ignore[assignment, method-assign]

    sent = await stand.ask(NAVIGATION)

    assert [field for field in sent[0]["headers"] if field[0] in (b"set-cookie", b"link", b"etag")] == [
        OBSERVED[0],
        *OBSERVED[2:],
    ]
    assert sent[1]["body"] == PAGE
    assert "could not be counted" in caplog.text


async def test_where_unknown_hosts_are_allowed_declared_ones_are_held_in_every_field_and_tag() -> None:
    came: Fields = [
        HTML,
        (b"link", b"<//x.ads.example>;rel=preload, <//nobody.example>;rel=preload"),
        (b"refresh", b"5;url=https://x.ads.example/"),
    ]
    body = b'<body><script src="//x.ads.example/a.js"></script><script src="//nobody.example/a.js"></script>'
    stand = Stand(answering(came, body), Rules(hosts=RULES.hosts, unknown_hosts="allow"))

    sent = await stand.ask(NAVIGATION)

    assert values(sent[0]["headers"], b"content-security-policy") == []
    assert values(sent[0]["headers"], b"link") == [b"<//nobody.example>;rel=preload"]
    assert values(sent[0]["headers"], b"refresh") == []
    assert b'<script data-assent-src="//x.ads.example/a.js">' in sent[1]["body"]
    assert b'<script src="//nobody.example/a.js">' in sent[1]["body"]
    assert stand.tally.totals() == {("field", "advertisement"): 2, ("markup", "advertisement"): 1}
