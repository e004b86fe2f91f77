"""What traffic reveals, from a site through Assent into the ledger's database and back."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from assent import ConsentMiddleware, Settings


async def page(request: Request) -> Response:
    if request.url.path == "/page":
        return HTMLResponse('<body><iframe src="https://www.google-analytics.com/x"></iframe></body>')
    answer = PlainTextResponse("x")
    answer.set_cookie("_fbp", "1")
    answer.set_cookie("laravel_session", "1", httponly=True)
    return answer


def start(folder: Path, **settings: Any) -> TestClient:
    made = Settings.model_validate({"data_dir": folder, **settings})
    return TestClient(ConsentMiddleware(Starlette(routes=[Route("/{path:path}", page)]), settings=made))


def rows(folder: Path) -> dict[tuple[str, str, str, str], int]:
    with closing(sqlite3.connect(folder / "ledger.db")) as database:
        found = database.execute("SELECT kind, name, how, place, times FROM assent_sightings")
        return {(kind, name, how, place): times for kind, name, how, place, times in found if kind != "rule"}


def test_what_was_seen_is_listed_after_a_restart(tmp_path: Path) -> None:
    with start(tmp_path) as client:
        for _ in range(3):
            client.get("/basket/17")
        client.get("/page", headers={"sec-fetch-dest": "document"})
    assert rows(tmp_path) == {
        ("cookie", "_fbp", "", ""): 3,
        ("cookie", "_fbp", "header", "/basket/*"): 1,
        ("cookie", "laravel_session", "", ""): 3,
        ("cookie", "laravel_session", "header", "/basket/*"): 1,
        ("host", "www.google-analytics.com", "", ""): 1,
    }
    with start(tmp_path) as client:
        found = ""
        while "_fbp" not in found:
            found = client.get("/_assent/cookies").text
    assert "laravel_session" in found
    assert "google-analytics.com" in found
    assert rows(tmp_path)["cookie", "_fbp", "", ""] == 3, "what was learned is not told again"


def test_what_a_page_was_denied_comes_with_its_visitors_choice(tmp_path: Path) -> None:
    denied = ["cookie _ga_X", "storage theme_joe@example.com", "host odd.example", "nonsense", "cookie "]
    with start(tmp_path) as client:
        body = {"action": "reject_all", "denied": denied}
        fields = {"referer": "http://testserver/orders/1234?x=joe@example.com"}
        assert client.post("/_assent/choice", json=body, headers=fields).status_code == 200
    found = rows(tmp_path)
    assert {(kind, how, place) for kind, _, how, place in found if place} == {
        ("cookie", "script", "/orders/*"),
        ("storage", "script", "/orders/*"),
        ("host", "script", "/orders/*"),
    }
    assert {name for kind, name, *_ in found} == {"_ga_*", "theme_*", "odd.example"}


def test_without_keeping_all_is_forgotten_with_the_process(tmp_path: Path) -> None:
    with start(tmp_path, discovery={"keep_seconds": 0}) as client:
        client.get("/")
    assert rows(tmp_path) == {}


def test_a_ledger_that_is_away_keeps_no_site_from_working_or_ending(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "no.db").write_text("a file where a folder should be")
    with start(tmp_path, ledger={"url": f"sqlite:///{tmp_path}/no.db/x.db"}) as client:
        assert client.get("/").text == "x"
    assert caplog.text.count("what traffic revealed cannot be kept, and waits") == 1
