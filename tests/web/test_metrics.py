"""GET /metrics: who may see it, and that its figures are those of what happened."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.responses import Response

from assent import ConsentMiddleware, Settings
from assent.gateway import Gateway
from assent.web.metrics import together

pytestmark = pytest.mark.anyio

TOKEN = "a-token-of-more-than-32-characters-for-tests"
SAME_ORIGIN = {"sec-fetch-site": "same-origin"}

Visit = Callable[..., httpx2.AsyncClient]


@pytest.fixture
async def visit(tmp_path: Path) -> AsyncIterator[Visit]:
    apps: dict[str, ConsentMiddleware] = {}
    made: list[httpx2.AsyncClient] = []

    def make(client: str = "127.0.0.1", origin: str = "http://127.0.0.1:8000", **settings: Any) -> Any:
        key = str(settings)
        if key not in apps:
            cookies = [{"name": "_ga", "category": "analytics"}]
            given = {"data_dir": tmp_path, "cookies": cookies, **settings}
            site = Response(b"site", headers={"set-cookie": "_ga=1"})
            app: Any = Gateway("http://127.0.0.1:9") if settings.get("gateway") else site
            apps[key] = ConsentMiddleware(app, settings=Settings.model_validate(given))
        transport = httpx2.ASGITransport(apps[key], client=(client, 5))
        made.append(httpx2.AsyncClient(transport=transport, base_url=origin))
        return made[-1]

    yield make
    for http in made:
        await http.aclose()
    for app in apps.values():
        await app.close()


def samples(text: str) -> dict[tuple[str, ...], float]:
    """Return the samples by name and the values of their labels, in the order of the labels' names."""
    return {
        (sample.name, *(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


@pytest.mark.parametrize(
    ("client", "origin", "fields", "status"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000", {}, 200),
        ("127.0.0.1", "http://localhost:8000", {}, 200),
        ("8.8.8.8", "http://127.0.0.1:8000", {}, 403),
        ("127.0.0.1", "https://shop.example", {}, 403),
        ("127.0.0.1", "http://127.0.0.1:8000", {"x-forwarded-for": "8.8.8.8"}, 403),
        ("8.8.8.8", "https://shop.example", {"authorization": f"Bearer {TOKEN}"}, 403),
    ],
)
async def test_without_a_token_it_is_for_this_machine(
    visit: Visit, client: str, origin: str, fields: dict[str, str], status: int
) -> None:
    answer = await visit(client, origin).get("/_assent/metrics", headers=fields)
    assert answer.status_code == status
    assert ("assent_" in answer.text) is (status == 200)
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("authorization", "status"),
    [(f"Bearer {TOKEN}", 200), (f"bearer {TOKEN}", 200), ("Bearer x", 401), (f"Basic {TOKEN}", 401)],
)
async def test_from_elsewhere_it_needs_the_token(visit: Visit, authorization: str, status: int) -> None:
    http = visit("8.8.8.8", "https://shop.example", admin_token=TOKEN)
    answer = await http.get("/_assent/metrics", headers={"authorization": authorization})
    assert answer.status_code == status
    assert (await http.get("/_assent/metrics")).headers["www-authenticate"] == "Bearer"


async def test_choices_records_and_what_was_blocked_are_counted(visit: Visit) -> None:
    http = visit()
    await http.get("/", headers={"cookie": "_ga=1"})
    for action in ("accept_all", "reject_all"):
        await http.post("/_assent/choice", json={"action": action}, headers=SAME_ORIGIN)
    found = samples((await http.get("/_assent/metrics")).text)
    assert found["assent_choices_total", "accept_all"] == 1
    assert found["assent_choices_total", "reject_all"] == 1
    assert found["assent_ledger_records_total",] == 2
    assert found["assent_ledger_waiting",] == 0
    assert found["assent_ledger_failures_total",] == 0
    assert 0 < found["assent_ledger_commit_seconds_count",] <= 2
    assert (
        found["assent_ledger_commit_seconds_bucket", "+Inf"] == found["assent_ledger_commit_seconds_count",]
    )
    blocked = {key[1:]: value for key, value in found.items() if key[0] == "assent_blocked_total"}
    assert sum(value for (category, _), value in blocked.items() if category == "analytics") >= 2


async def test_a_site_that_is_down_is_counted_and_its_pool_is_told(visit: Visit) -> None:
    http = visit(gateway={"upstream": "http://127.0.0.1:9"})
    assert (await http.get("/")).status_code == 502
    found = samples((await http.get("/_assent/metrics")).text)
    assert found["assent_upstream_errors_total", "unreachable"] == 1
    assert found["assent_upstream_connections", "busy"] == 0
    assert found["assent_upstream_connections", "idle"] == 0
    assert found["assent_upstream_waiting",] == 0


async def test_no_figure_tells_of_a_visitor(visit: Visit) -> None:
    http = visit()
    await http.post("/_assent/choice", json={"action": "accept_all"}, headers=SAME_ORIGIN)
    consent_id = (await http.get("/_assent/state")).json()["consent_id"]
    await http.get("/orders/jane@example.org?id=7", headers={"cookie": "who=jane"})
    text = (await http.get("/_assent/metrics")).text
    assert consent_id
    assert [word for word in (consent_id, "jane", "orders", "127.0.0.1") if word in text] == []


async def test_figures_of_several_processes_stand_side_by_side(visit: Visit) -> None:
    shown = {
        worker: {"assent_x": ("About.", "counter", [("assent_x_total", {"kind": "a"}, number)])}
        for worker, number in (("2", 5.0), ("1", 3.0))
    }
    (metric,) = together(shown)
    assert [(sample.labels, sample.value) for sample in metric.samples] == [
        ({"kind": "a", "worker": "1"}, 3.0),
        ({"kind": "a", "worker": "2"}, 5.0),
    ]
