"""The composition root: which requests are Assent's own, and what the settings make of them."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Mount, Router

from assent import ConsentMiddleware, Settings, create_app
from assent.asgi.types import ASGIApp, Receive, Scope, Send
from assent.errors import ConfigError
from assent.web.front import path_and_query
from tests.asgi.calls import http_scope

pytestmark = pytest.mark.anyio

Client = Callable[..., httpx2.AsyncClient]


async def site(scope: Scope, receive: Receive, send: Send) -> None:
    path = Request(scope).url.path
    answer: Response = PlainTextResponse(path)
    if path.endswith("/page"):
        answer = HTMLResponse(
            "<!doctype html><body>" + path,
            headers={"content-security-policy": "script-src 'nonce-c2NyaXB0'; style-src 'nonce-c3R5bGU='"},
        )
    await answer(scope, receive, send)


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[Client]:
    made: list[tuple[ConsentMiddleware, httpx2.AsyncClient]] = []

    def make(app: ASGIApp | None = None, **settings: Any) -> httpx2.AsyncClient:
        assent = ConsentMiddleware(
            app or site, settings=Settings.model_validate({"data_dir": tmp_path, **settings})
        )
        transport = httpx2.ASGITransport(assent)
        http = httpx2.AsyncClient(transport=transport, base_url="https://shop.example")
        made.append((assent, http))
        return http

    yield make
    for assent, http in made:
        await http.aclose()
        await assent.close()


@pytest.mark.parametrize("path", ["/", "/_assents", "/a/_assent/state", "/_assent.html"])
async def test_only_what_is_below_the_prefix_is_assents_own(client: Client, path: str) -> None:
    assert (await client().get(path)).text == path


async def test_the_prefix_leads_to_the_dialog_and_what_is_not_there_is_404(client: Client) -> None:
    http = client()

    assert (await http.get("/_assent")).headers["location"] == "/_assent/preferences"
    assert (await http.get("/_assent/nothing")).status_code == 404


async def test_another_prefix_moves_everything(client: Client) -> None:
    http = client(prefix="/privacy/choice")

    assert (await http.get("/privacy/choice/state")).json()["granted"] == ["necessary"]
    assert (await http.get("/_assent/state")).text == "/_assent/state"
    assert 'action="/privacy/choice/choice"' in (await http.get("/page")).text


async def test_own_answers_are_private_and_guarded(client: Client) -> None:
    answer = await client().get("/_assent/preferences")

    assert answer.headers["cache-control"] == "no-store"
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert "Customize Consent Preferences" in answer.text


async def test_the_banner_lives_under_the_pages_own_policy(client: Client) -> None:
    text = (await client().get("/page")).text

    assert 'nonce="c2NyaXB0"' in text.partition("<script")[2].partition(">")[0]
    assert 'nonce="c3R5bGU="' in text.partition("<style")[2].partition(">")[0]


async def test_an_app_mounted_below_a_path_keeps_its_links_there(client: Client, tmp_path: Path) -> None:
    inner = ConsentMiddleware(site, settings=Settings(data_dir=tmp_path))
    outer = Router([Mount("/shop", app=inner)])
    http = httpx2.AsyncClient(transport=httpx2.ASGITransport(outer), base_url="https://a.example")
    async with http:
        page = (await http.get("/shop/page?a=1")).text
        state = await http.get("/shop/_assent/state")
    await inner.close()

    assert 'action="/shop/_assent/choice"' in page
    assert 'name="return_to" value="/shop/page?a=1"' in page
    assert state.json()["granted"] == ["necessary"]


async def test_show_more_keeps_the_switches_but_a_link_from_elsewhere_cannot_set_them(client: Client) -> None:
    http = client()
    path = "/_assent/preferences?more=1&category=analytics"

    own = (await http.get(path, headers={"sec-fetch-site": "same-origin"})).text
    foreign = (await http.get(path, headers={"sec-fetch-site": "cross-site"})).text

    assert own.count("checked") == foreign.count("checked") + 1


@pytest.mark.parametrize(
    ("query", "referer", "back"),
    [
        ("?return_to=/a%3Fb=1", "", "/a?b=1"),
        ("?return_to=//evil.example", "", "/"),
        ("?return_to=https://evil.example", "", "/"),
        ("", "https://shop.example/basket?p=2", "/basket?p=2"),
        ("", "https://evil.example/x", "/"),
        ("", "https://shop.example/_assent/preferences", "/"),
    ],
)
async def test_the_dialog_leads_back_to_where_the_visitor_was(
    client: Client, query: str, referer: str, back: str
) -> None:
    text = (await client().get(f"/_assent/preferences{query}", headers={"referer": referer})).text

    assert f'name="return_to" value="{back}"' in text


async def test_a_change_of_rules_asks_again_and_a_new_key_does_not(client: Client) -> None:
    old, new = "o" * 40, "n" * 40
    answer = await client(secret_keys=[old]).post("/_assent/choice", json={"action": "accept_all"})
    cookie = {"cookie": answer.headers["set-cookie"].partition(";")[0]}
    rule = {"name": "a", "category": "analytics"}

    async def choice(**settings: Any) -> Any:
        return (await client(**settings).get("/_assent/state", headers=cookie)).json()["choice"]

    assert "changed" not in (await choice(secret_keys=[new, old]))
    assert (await choice(secret_keys=[old], cookies=[rule]))["changed"] == ["analytics"]
    assert (await choice(secret_keys=[old], consent={"policy_version": "2"})) is None
    assert (await choice(secret_keys=[new])) is None


async def test_cookies_may_be_shared_over_subdomains(client: Client) -> None:
    http = client(site={"cookie_domain": "shop.example"})

    answer = await http.post("/_assent/choice", json={"action": "reject_all"})

    assert "; Domain=shop.example;" in answer.headers["set-cookie"]


async def test_the_public_origin_may_be_configured(client: Client) -> None:
    http = client(site={"origin": "https://www.example"})
    body = {"action": "reject_all"}

    own = await http.post("/_assent/choice", json=body, headers={"origin": "https://www.example"})
    foreign = await http.post("/_assent/choice", json=body, headers={"origin": "https://x.example"})

    assert (own.status_code, foreign.status_code) == (200, 403)


async def test_names_seen_in_traffic_are_listed_in_the_dialog(client: Client) -> None:
    async def sets(scope: Scope, receive: Receive, send: Send) -> None:
        answer = PlainTextResponse("x")
        answer.set_cookie("PHPSESSID", "1")
        answer.set_cookie("_fbp", "1")
        answer.set_cookie("mystery", "1")
        await answer(scope, receive, send)

    http = client(sets)
    before = (await http.get("/_assent/preferences")).text
    await http.get("/", headers={"cookie": "_hjSession_77=1"})
    after = (await http.get("/_assent/preferences")).text

    for name in ("PHPSESSID", "_fbp", "_hjSession"):
        assert name not in before
        assert name in after
    assert "mystery" not in after


async def test_unknown_scopes_go_to_the_app_untouched(tmp_path: Path) -> None:
    seen = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope)

    scope = {"type": "new-protocol"}
    assent = ConsentMiddleware(app, settings=Settings(data_dir=tmp_path))
    await assent(scope, None, None)  # type: ignore[arg-type]

    assert seen[0] is scope


def test_a_gateway_needs_an_upstream(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"gateway\.upstream is missing"):
        create_app(Settings(data_dir=tmp_path))


def test_a_configuration_file_can_be_named(tmp_path: Path) -> None:
    file = tmp_path / "assent.toml"
    file.write_text(f'prefix = "/here"\ndata_dir = "{tmp_path}"\n')

    assert ConsentMiddleware(site, config=file).prefix == "/here"


@pytest.mark.parametrize(
    ("scope", "text"),
    [
        (http_scope("/a"), "/a"),
        (http_scope("/a", query_string=b"b=%20"), "/a?b=%20"),
        (http_scope("/ü", raw_path=b"/%C3%BC"), "/%C3%BC"),
        (http_scope("/ü ?", raw_path=None), "/%C3%BC%20%3F"),
        (http_scope("/a", raw_path=b"/a?b", query_string=b"b"), "/a?b"),
    ],
)
def test_the_address_of_a_page_is_as_the_browser_wrote_it(scope: Scope, text: str) -> None:
    assert path_and_query(scope) == text
