"""What traffic revealed, as `assent inventory` tells it: from a real site, through a real ledger."""

import asyncio
import time
import tomllib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from assent import ConsentMiddleware
from assent.cli import main
from assent.config import load
from assent.core.jws import Keys
from assent.core.sighting import Sighting, Trait
from assent.ledger import open_ledger

DAY = 86_400_000
TODAY = datetime.now(UTC).date().isoformat()


@pytest.fixture(autouse=True)
def _empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def inventory(*arguments: str) -> Result:
    told = CliRunner().invoke(main, ["inventory", *arguments], prog_name="assent")
    assert told.exit_code == 0, told.output
    return told


def told(*arguments: str) -> dict[str, list[str]]:
    """The columns of each line, by name."""
    lines = [line.split("\t") for line in inventory("list", *arguments).stdout.splitlines()]
    return {columns[1]: columns for columns in lines}


async def page(request: Request) -> Response:
    answer = PlainTextResponse("x")
    for line in (
        "sid=1; Path=/; HttpOnly; Secure; SameSite=Lax",
        "_ga=1; Path=/; Max-Age=34560000",
        "shop_visitor=1; Path=/; Max-Age=31536000",
        "qz=1; Path=/",
        "cart_8f14e45fceea167a5a36=1; Path=/",
    ):
        answer.headers.append("set-cookie", line)
    return answer


def visited(*paths: str, **options: Any) -> None:
    """Have a site visited behind Assent, from its start to its end."""
    app = ConsentMiddleware(Starlette(routes=[Route("/{path:path}", page)]), settings=load())
    with TestClient(app) as client:
        for path in paths:
            assert client.get(path, **options).status_code == 200
        report = [{"type": "csp-violation", "url": "http://testserver/", "body": {}}]
        report[0]["body"] = {
            "blockedURL": "https://new.nobody.example/x.js",
            "effectiveDirective": "script-src-elem",
            "documentURL": "http://testserver/basket/17",
        }
        assert client.post("/_assent/reports", json=report).status_code == 204
        denied = ["storage abtest_home", "cookie _pk_id"]
        choice = {"action": "accept_all", "denied": denied}
        assert client.post("/_assent/choice", json=choice).status_code == 200


def test_list_tells_what_traffic_revealed_and_what_is_suggested() -> None:
    Path("assent.toml").write_text('[[cookies]]\nname = "qz"\ncategory = "functional"\nduration = "Session"')
    visited("/", "/orders/1234", "/orders/1235")
    found = told()
    once = [TODAY, TODAY, "1"]
    often = [TODAY, TODAY, "3"]
    assert found["qz"] == ["cookies", "qz", "functional", "", "declared", *often, "Session", "header /"]
    assert found["_ga"][2:] == ["analytics", "Google Analytics", "seen", *often, "13 months", "header /"]
    assert found["sid"][2:-1] == [
        *("unknown", "", "seen", *often),
        *("Session, HttpOnly, Secure, SameSite=Lax", "header /"),
    ]
    assert found["shop_visitor"][8:] == [
        *("1 year", "header /"),
        "looks like analytics: its name looks like counting visitors",
    ]
    assert found["cart_*"][7] == "3"
    assert found["_pk_id*"][2:] == ["analytics", "Matomo", "seen", *once, "", "script /"]
    assert found["new.nobody.example"][:8] == ["hosts", "new.nobody.example", "unknown", "", "seen", *once]
    assert found["new.nobody.example"][9] == "script-src-elem /basket/*"
    assert found["abtest_home"][:3] == ["storage", "abtest_home", "unknown"]
    assert "unknown" not in told("--category", "analytics")
    assert not any("8f14e45f" in column for columns in found.values() for column in columns)


def test_a_longer_life_than_declared_is_told() -> None:
    Path("assent.toml").write_text('[[cookies]]\nname = "_ga"\ncategory = "analytics"\nduration = "1 day"')
    visited("/")
    assert told()["_ga"][8] == "13 months (declared: 1 day)"


def test_export_has_what_is_known_and_comments_out_what_nobody_knows() -> None:
    Path("assent.toml").write_text('[[cookies]]\nname = "qz"\ncategory = "functional"')
    visited("/")
    exported = inventory("export", "--seen").stdout
    entries = tomllib.loads(exported)["cookies"]
    assert {"qz", "_ga"} <= {entry["name"] for entry in entries}
    assert "shop_visitor" not in {entry["name"] for entry in entries}
    assert "# looks like analytics: its name looks like counting visitors; first seen" in exported
    assert '# name = "shop_visitor"' in exported
    Path("assent.toml").write_text(exported)
    assert load().cookies


def kept(*seen: Sighting) -> None:
    async def add() -> None:
        ledger = open_ledger(load().ledger.url, Keys(["k" * 40]))
        await ledger.add_sightings(seen)
        await ledger.close()

    asyncio.run(add())


def test_diff_tells_what_appeared_and_what_was_last_seen() -> None:
    now = time.time_ns() // 1_000_000
    old = Sighting("cookie", "gone", "", "", now - 90 * DAY, now - 20 * DAY, 5, Trait.SET)
    kept(
        old,
        replace(old, name="long_gone", last=now - 60 * DAY),
        replace(old, name="there", last=now),
        replace(old, name="today", last=now - DAY // 2),
        replace(old, name="fresh", first=now - 10 * DAY, last=now),
    )
    since = (datetime.now(UTC) - timedelta(days=30)).date().isoformat()
    gone_on = datetime.fromtimestamp(old.last / 1000, UTC).date()
    fresh_on = datetime.fromtimestamp((now - 10 * DAY) / 1000, UTC).date()
    assert inventory("diff", since).stdout == (
        f"+\tfresh\tunknown\tfirst seen {fresh_on}\n-\tgone\tunknown\tlast seen {gone_on}\n"
    )


def test_without_a_ledger_there_is_nothing_to_tell() -> None:
    assert inventory("list").stdout == ""
    assert inventory("export", "--seen").stdout == ""
