"""The read API: who may read, what is read, and that its description is true."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from starlette.applications import Starlette

from assent import ConsentMiddleware, Settings
from assent.core.jws import Keys
from assent.core.record import Action
from assent.ledger import open_ledger
from tests.ledger.samples import a_record

pytestmark = pytest.mark.anyio

TOKEN = "the-token-of-the-owner-0123456789"
DAY = 24 * 3600 * 1000
FIRST = 1_790_000_000_000  # 2026-09-21
WRITTEN = [
    a_record("a", at=FIRST),
    a_record("b", at=FIRST + 1, granted=(), action=Action.REJECT_ALL),
    a_record("c", at=FIRST + DAY, language="de", granted={"analytics"}, action=Action.SAVE),
    a_record("c", at=FIRST + DAY + 1, language="de", granted=(), action=Action.EXPIRE, method="automatic"),
]


@pytest.fixture
async def api(tmp_path: Path) -> AsyncIterator[httpx2.AsyncClient]:
    settings = Settings.model_validate({"data_dir": tmp_path, "admin_token": TOKEN})
    ledger = open_ledger(settings.ledger.url, Keys(["k" * 32]))
    for record in WRITTEN:
        await ledger.append(record)
    await ledger.close()
    app = ConsentMiddleware(Starlette(), settings=settings)
    async with httpx2.AsyncClient(
        transport=httpx2.ASGITransport(app),
        base_url="https://shop.example/_assent/api",
        headers={"authorization": f"Bearer {TOKEN}"},
    ) as client:
        yield client
    await app.close()


async def listed(api: httpx2.AsyncClient, **query: Any) -> dict[str, Any]:
    answer = await api.get("/records", params=query)
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    found: dict[str, Any] = answer.json()
    return found


@pytest.mark.parametrize("given", ["", "Bearer wrong", f"Basic {TOKEN}", TOKEN])
@pytest.mark.parametrize("path", ["/records", "/records/a", "/rates"])
async def test_without_the_token_nothing_is_read(api: httpx2.AsyncClient, path: str, given: str) -> None:
    answer = await api.get(path, headers={"authorization": given})
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")


async def test_without_a_token_in_the_settings_there_is_no_api(tmp_path: Path) -> None:
    app = ConsentMiddleware(Starlette(), settings=Settings(data_dir=tmp_path))
    async with httpx2.AsyncClient(
        transport=httpx2.ASGITransport(app), base_url="https://shop.example"
    ) as client:
        answer = await client.get("/_assent/api/records", headers={"authorization": "Bearer "})
    assert answer.status_code == 404


async def test_records_come_in_pages(api: httpx2.AsyncClient) -> None:
    first = await listed(api, limit=3)
    second = await listed(api, limit=3, after=first["next"])
    ids = [record["id"] for page in (first, second) for record in page["records"]]
    assert ids == [record.id for record in WRITTEN]
    assert second["next"] is None


async def test_records_of_a_period(api: httpx2.AsyncClient) -> None:
    found = await listed(api, since="2026-09-22", until="2026-09-22T14:13:20.001Z")
    assert [record["id"] for record in found["records"]] == [WRITTEN[2].id]


async def test_one_visitor(api: httpx2.AsyncClient) -> None:
    answer = await api.get("/records/c")
    assert [record["id"] for record in answer.json()["records"]] == [record.id for record in WRITTEN[2:]]
    assert (await api.get("/records/nobody")).status_code == 404


async def test_rates_by_day_language_and_category(api: httpx2.AsyncClient) -> None:
    names = ["functional", "analytics", "performance", "advertisement"]
    assert (await api.get("/rates")).json()["rates"] == [
        {
            "day": "2026-09-21",
            "language": "en",
            "choices": 2,
            "accepted": 1,
            "rejected": 1,
            "given": dict.fromkeys(names, 1),
        },
        {
            "day": "2026-09-22",
            "language": "de",
            "choices": 1,
            "accepted": 0,
            "rejected": 0,
            "given": {"analytics": 1},
        },
    ]
    assert (await api.get("/rates", params={"until": "2026-09-21"})).json() == {"rates": []}


@pytest.mark.parametrize(
    "query",
    [
        {"limit": "0"},
        {"limit": "1001"},
        {"limit": "x"},
        {"limit": "9" * 5000},
        {"since": "today"},
        {"after": "x"},
        {"after": f"tree:{'9' * 30}"},
    ],
)
async def test_a_wrong_question_is_answered_400_with_what_would_be_right(
    api: httpx2.AsyncClient, query: dict[str, str]
) -> None:
    answer = await api.get("/records", params=query)
    assert answer.status_code == 400
    assert "must be" in answer.json()["error"]


async def test_the_description_names_every_path_and_what_it_answers(api: httpx2.AsyncClient) -> None:
    described = (await api.get("/openapi.json", headers={"authorization": ""})).json()
    assert described["openapi"] == "3.1.0"
    assert described["servers"] == [{"url": "/_assent"}]
    paths = {path: methods for path, methods in described["paths"].items() if path.startswith("/api/")}
    assert set(paths) == {"/api/records", "/api/records/{consent_id}", "/api/rates"}
    for path, methods in paths.items():
        answer = await api.get(path.removeprefix("/api").replace("{consent_id}", "a"))
        schema = methods["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        assert set(answer.json()) <= set(schema["properties"])
        kind = next(name for name in ("records", "rates") if name in schema["properties"])
        reference = schema["properties"][kind]["items"]["$ref"].rpartition("/")[2]
        item = described["components"]["schemas"][reference]
        assert set(item.get("required", ())) <= set(answer.json()[kind][0])
