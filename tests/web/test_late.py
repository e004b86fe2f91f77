"""Many choices at the same moment: each is recorded, be it after its answer."""

import asyncio
from pathlib import Path
from typing import Any

import httpx2
import pytest
from starlette.responses import Response

from assent import ConsentMiddleware, Settings
from assent.core.jws import Keys
from assent.errors import LedgerUnavailable
from assent.ledger.archive import Archive
from assent.web import choice as choices
from assent.web import late
from assent.web.late import Late

pytestmark = pytest.mark.anyio

MANY = 400


async def choose(http: httpx2.AsyncClient, action: str, cookie: str = "") -> str:
    headers = {"sec-fetch-site": "same-origin", "cookie": cookie}
    answer = await http.post("/_assent/choice", json={"action": action}, headers=headers)
    assert answer.status_code == 200
    return answer.headers["set-cookie"].partition(";")[0]


async def entries(settings: Settings) -> int:
    archive = Archive(settings.ledger.url, Keys([]))
    async with archive.view() as view:
        found = await view.count()
    await archive.close()
    return found


@pytest.mark.parametrize("patience", [2.0, 0.0], ids=["within the patience", "after their answers"])
async def test_choices_at_the_same_moment_are_all_recorded(
    tmp_path: Path, patience: float, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(choices, "REFUSAL_PATIENCE", patience)
    settings = Settings.model_validate({"data_dir": tmp_path, "server": {"requests_per_minute": 0}})
    app = ConsentMiddleware(Response(b"site"), settings=settings)
    transport: Any = httpx2.ASGITransport(app)
    async with httpx2.AsyncClient(transport=transport, base_url="https://shop.example") as http:
        first = await asyncio.gather(*(choose(http, "reject_all") for _ in range(MANY)))
        again = await asyncio.gather(*(choose(http, "accept_all", cookie) for cookie in first))
        await asyncio.gather(*(choose(http, "withdraw", cookie) for cookie in again))
    await app.close()
    assert await entries(settings) == 3 * MANY + 1, "and one that begins the tree"
    assert "without its record" not in caplog.text


async def test_what_is_done_in_time_is_known_to_be() -> None:
    async def done() -> None:
        return

    async def fails() -> None:
        raise LedgerUnavailable("the disk is full")

    assert await Late().within(10, done())
    with pytest.raises(LedgerUnavailable, match="the disk is full"):
        await Late().within(10, fails())


async def test_what_is_late_goes_on_and_its_failure_is_told(caplog: pytest.LogCaptureFixture) -> None:
    records, end = Late(), asyncio.Event()
    done: list[str] = []

    async def late_one(fails: bool) -> None:
        await end.wait()
        if fails:
            raise LedgerUnavailable("the disk is full")
        done.append("recorded")

    assert not await records.within(0, late_one(False))
    assert not await records.within(0, late_one(True))
    end.set()
    await records.stop()
    assert done == ["recorded"]
    assert "a refusal took effect without its record: the disk is full" in caplog.text


async def test_only_so_many_may_be_late_and_the_end_waits_only_so_long(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(late, "MOST", 3)
    monkeypatch.setattr(late, "LAST_SECONDS", 0.01)
    records = Late()

    async def hangs() -> None:
        await asyncio.Event().wait()

    for _ in range(8):
        assert not await records.within(0, hangs())
    assert len(records._tasks) <= 4
    await records.stop()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert not records._tasks
    assert caplog.text.count("without its record") == 8
