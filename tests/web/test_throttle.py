"""How much one client may ask of Assent's own routes, and what no limit ever withholds."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest
from starlette.responses import Response

from assent import ConsentMiddleware, Settings
from assent.web.throttle import client_of

pytestmark = pytest.mark.anyio

SAME_ORIGIN = {"sec-fetch-site": "same-origin"}
PROXY = "10.0.0.1"

Client = Callable[[str], httpx2.AsyncClient]


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[ConsentMiddleware]:
    settings = {
        "data_dir": tmp_path,
        "server": {"requests_per_minute": 2},
        "gateway": {"trusted_proxies": [PROXY]},
    }
    app = ConsentMiddleware(Response(b"site"), settings=Settings.model_validate(settings))
    yield app
    await app.close()


@pytest.fixture
async def client(app: ConsentMiddleware) -> AsyncIterator[Client]:
    made: list[httpx2.AsyncClient] = []

    def make(address: str) -> httpx2.AsyncClient:
        transport = httpx2.ASGITransport(app, client=(address, 5))
        made.append(httpx2.AsyncClient(transport=transport, base_url="https://shop.example"))
        return made[-1]

    yield make
    for http in made:
        await http.aclose()


async def test_more_than_a_share_is_429_and_says_when_to_come_again(
    app: ConsentMiddleware, client: Client
) -> None:
    http = client("8.8.8.8")
    answers = [await http.get("/_assent/receipt") for _ in range(3)]
    assert [answer.status_code == 429 for answer in answers] == [False, False, True]
    assert 0 < int(answers[2].headers["retry-after"]) <= 30
    assert answers[2].headers["cache-control"] == "no-store"
    assert (await client("8.8.4.4").get("/_assent/receipt")).status_code != 429
    assert app.process.throttled == 1


@pytest.mark.parametrize(
    "path",
    ["/", "/_assent/preferences", "/_assent/state", "/_assent/health", "/_assent/ready"],
)
async def test_site_dialog_state_and_probes_are_never_withheld(client: Client, path: str) -> None:
    http = client("8.8.8.8")
    assert {(await http.get(path)).status_code for _ in range(5)} == {200}


async def test_refusals_take_effect_above_the_limit_and_grants_wait(client: Client) -> None:
    http = client("8.8.8.8")

    async def choose(action: str) -> Any:
        return await http.post("/_assent/choice", json={"action": action}, headers=SAME_ORIGIN)

    assert [(await choose(action)).status_code for action in ("accept_all", "reject_all")] == [200, 200]
    refused = await choose("accept_all")
    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) > 0
    form = {"action": "accept_all", "language": "fr"}
    told = await http.post("/_assent/choice", data=form, headers=SAME_ORIGIN)
    assert (told.status_code, "Trop de requêtes." in told.text) == (429, True)
    assert (await http.get("/_assent/state")).json()["granted"] == ["necessary"]
    assert (await choose("withdraw")).json()["granted"] == ["necessary"]


async def test_visitors_behind_a_trusted_proxy_are_told_apart(client: Client) -> None:
    http = client(PROXY)
    for visitor in ("8.8.8.8", "8.8.4.4"):
        answers = [await http.get("/_assent/receipt", headers={"x-forwarded-for": visitor}) for _ in range(3)]
        assert [answer.status_code == 429 for answer in answers] == [False, False, True]


async def test_a_proxy_that_nobody_named_stands_for_all_visitors_and_is_not_limited(client: Client) -> None:
    http = client("10.0.0.2")
    answers = [await http.get("/_assent/receipt", headers={"x-forwarded-for": "8.8.8.8"}) for _ in range(5)]
    assert 429 not in {answer.status_code for answer in answers}


@pytest.mark.parametrize(
    ("address", "client"),
    [
        ("8.8.8.8", "8.8.8.8"),
        ("2a00:1450:4001:812::200e", "2a00:1450:4001:812::/64"),
        ("2a00:1450:4001:812:ffff::1", "2a00:1450:4001:812::/64"),
        ("10.0.0.1", None),
        ("127.0.0.1", None),
        ("::1", None),
        ("unknown", None),
        ("_hidden", None),
        ("", None),
    ],
)
async def test_one_subscriber_is_one_client(address: str, client: str | None) -> None:
    assert client_of(address) == client
