"""GET /receipt and the public keys: what a visitor gets, in which form, and what a record has beside it."""

import json
import sqlite3
from base64 import urlsafe_b64decode
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx2
import pytest
from starlette.applications import Starlette

from assent import ConsentMiddleware, Settings
from assent.core.jws import Keys
from assent.core.receipt import verify
from assent.ledger.archive import Archive
from assent.web.receipt import JOSE, JSON, wanted

pytestmark = pytest.mark.anyio

ORIGIN = "https://shop.example"


class Visitor:
    """A browser with a cookie jar before one Assent."""

    def __init__(self, folder: Path, **settings: Any) -> None:
        self.settings = Settings.model_validate({"data_dir": folder, **settings})
        self.app = ConsentMiddleware(Starlette(), settings=self.settings)
        transport = httpx2.ASGITransport(self.app, client=("2001:db8:1:2::3", 5000))
        self.http = httpx2.AsyncClient(transport=transport, base_url=ORIGIN)

    async def choose(self, action: str = "accept_all", **members: object) -> None:
        answer = await self.http.post("/_assent/choice", json={"action": action, **members})
        assert answer.status_code == 200

    async def receipt(self, accept: str = "*/*") -> httpx2.Response:
        return await self.http.get("/_assent/receipt", headers={"accept": accept})

    async def keys(self) -> Keys:
        return Keys.of_jwks((await self.http.get("/_assent/.well-known/jwks.json")).text)

    def rows(self, query: str) -> list[Any]:
        with closing(sqlite3.connect(self.settings.data_dir / "ledger.db")) as db:
            return db.execute(query).fetchall()

    async def close(self) -> None:
        await self.http.aclose()
        await self.app.close()


@pytest.fixture
async def visitor(tmp_path: Path) -> AsyncIterator[Visitor]:
    visitor = Visitor(tmp_path, site={"name": "Example Shop"})
    yield visitor
    await visitor.close()


async def test_the_receipt_holds_under_the_public_keys(visitor: Visitor) -> None:
    await visitor.choose()
    await visitor.choose("save", categories=["analytics"])
    answer = await visitor.receipt()
    assert answer.headers["content-type"] == JOSE
    assert answer.headers["content-disposition"] == 'attachment; filename="consent-receipt.jws"'
    assert answer.headers["cache-control"] == "no-store"
    checked = verify(answer.text, await visitor.keys())
    state = (await visitor.http.get("/_assent/state")).json()
    assert (checked.record.consent_id, list(checked.record.given)) == (state["consent_id"], ["analytics"])
    assert checked.record.site == ORIGIN


async def test_scripts_get_the_same_as_json(visitor: Visitor) -> None:
    await visitor.choose()
    answer = await visitor.receipt("application/json")
    assert answer.headers["content-type"] == JSON
    assert answer.json().keys() == {"payload", "protected", "signature"}
    verify(answer.text, await visitor.keys())


async def test_people_get_a_page_that_says_how_to_verify(visitor: Visitor) -> None:
    await visitor.choose("reject_all")
    answer = await visitor.receipt("text/html,application/xhtml+xml,*/*;q=0.8")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["vary"] == "Accept, Accept-Language, Cookie"
    assert "<h2>How to verify it</h2>" in answer.text
    assert "assent receipt verify consent-receipt.jws --keys jwks.json" in answer.text
    assert f"{ORIGIN}/_assent/.well-known/jwks.json" in answer.text
    assert "Functional, Analytics, Performance, Advertisement" in answer.text
    token = answer.text.rpartition('<p class="assent-id">')[2].partition("</p>")[0]
    verify(token, await visitor.keys())


async def test_the_page_is_in_the_visitor_s_language_and_what_is_signed_is_not(visitor: Visitor) -> None:
    await visitor.choose("save", categories=["analytics", "functional"])
    page = (await visitor.http.get("/_assent/receipt?language=ja", headers={"accept": "text/html"})).text
    assert '<html class="assent-host" lang="ja" dir="ltr">' in page
    assert "<bdi>機能性、分析</bdi>" in page
    assert "<bdi>「設定を保存」ボタン</bdi>" in page
    token = page.rpartition('<p class="assent-id">')[2].partition("</p>")[0]
    payload = json.loads(urlsafe_b64decode(token.split(".")[1] + "=="))
    titles = [each["dct:title"] for each in payload["dct:hasPart"]["dpv:hasProcess"]]
    assert titles == ["Functional", "Analytics", "Performance", "Advertisement"]


@pytest.mark.parametrize(("accept", "kind"), [("text/html", "text/html"), ("*/*", "application/json")])
async def test_before_a_choice_there_is_none(visitor: Visitor, accept: str, kind: str) -> None:
    answer = await visitor.receipt(accept)
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith(kind)
    assert "you have made no choice yet" in answer.text


async def test_an_erased_choice_has_no_receipt(visitor: Visitor) -> None:
    from assent.ledger.erase import erase

    await visitor.choose()
    consent_id = (await visitor.http.get("/_assent/state")).json()["consent_id"]
    archive = Archive(visitor.settings.ledger.url, Keys(["k" * 32]))
    assert await erase(archive, consent_id) == 1
    await archive.close()
    answer = await visitor.receipt()
    assert answer.status_code == 404
    assert "could not be recorded" in answer.text or "no record" in answer.text


async def test_a_refusal_that_was_not_recorded_does_not_get_the_receipt_of_the_grant_before(
    visitor: Visitor,
) -> None:
    await visitor.choose("accept_all")
    with closing(sqlite3.connect(visitor.settings.data_dir / "ledger.db")) as db:
        db.execute("ALTER TABLE assent_records RENAME TO aside")
        await visitor.choose("reject_all")
        db.execute("ALTER TABLE aside RENAME TO assent_records")
    answer = await visitor.receipt()
    assert answer.status_code == 404
    assert "could not be recorded" in answer.text
    await visitor.choose("reject_all")
    assert verify((await visitor.receipt()).text, await visitor.keys()).record.given == ()


@pytest.mark.parametrize(
    ("accept", "asked", "kind"),
    [
        ([], None, JOSE),
        (["text/html"], None, "text/html"),
        (["text/html"], "jws", JOSE),
        (["*/*"], "html", "text/html"),
        ([""], "json", JSON),
        (["image/png, application/json;q=0.5"], None, JSON),
        (["application/xhtml+xml"], None, "text/html"),
    ],
)
async def test_the_form_follows_accept_and_the_query(accept: list[str], asked: str | None, kind: str) -> None:
    assert wanted(accept, asked) == kind


async def test_the_keys_are_a_jwk_set_that_any_origin_may_read(visitor: Visitor) -> None:
    answer = await visitor.http.get("/_assent/.well-known/jwks.json")
    assert answer.headers["content-type"] == "application/jwk-set+json"
    assert answer.headers["access-control-allow-origin"] == "*"
    (key,) = answer.json()["keys"]
    assert (key["kty"], key["crv"], key["alg"]) == ("OKP", "Ed25519", "Ed25519")
    assert "d" not in key


async def test_the_notice_that_was_shown_is_kept_with_the_choice(visitor: Visitor) -> None:
    page = (await visitor.http.get("/_assent/preferences")).text
    sealed = page.partition('name="notice" value="')[2].partition('"')[0]
    await visitor.choose(notice=sealed)
    ((sha256, notice),) = visitor.rows("SELECT sha256, notice FROM assent_notices")
    assert sha256 == sealed.partition(".")[0]
    assert "Customize Consent Preferences" in notice
    ((record,),) = visitor.rows("SELECT record FROM assent_records WHERE consent_id IS NOT NULL")
    assert json.loads(record)["notice"] == sha256


async def test_by_default_nothing_is_kept_of_the_address(visitor: Visitor) -> None:
    await visitor.choose()
    assert visitor.rows("SELECT * FROM assent_personal") == []
    ((record,),) = visitor.rows("SELECT record FROM assent_records WHERE consent_id IS NOT NULL")
    assert json.loads(record)["personal"] is None


async def test_a_truncated_address_is_kept_apart_and_committed_to(tmp_path: Path) -> None:
    visitor = Visitor(tmp_path, ledger={"address": "truncated"})
    await visitor.choose()
    ((salt, data),) = visitor.rows("SELECT salt, data FROM assent_personal")
    assert data == '{"address":"2001:db8:1::"}'
    assert len(salt) == 32
    for (record,) in visitor.rows("SELECT record FROM assent_records"):
        assert "2001" not in record
    checked = verify((await visitor.receipt()).text, await visitor.keys())
    assert checked.record.personal is not None
    await visitor.close()


@pytest.mark.parametrize("action", ["gpc", "import", "expire", ""])
async def test_what_nobody_pressed_cannot_be_posted(visitor: Visitor, action: str) -> None:
    answer = await visitor.http.post("/_assent/choice", json={"action": action})
    assert answer.status_code == 400
    assert answer.json()["error"] == "action must be one of: accept_all, reject_all, save, withdraw."


async def test_a_running_server_keeps_each_notice_as_soon_as_it_is_shown(tmp_path: Path) -> None:
    visitor = Visitor(tmp_path, cookies=[{"name": "_ga*", "category": "analytics"}])
    messages = [{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}]
    sent: list[Any] = []

    async def receive() -> Any:
        if len(messages) == 1:
            # While it runs, a visitor looks at the dialog and chooses nothing.
            await visitor.http.get("/_assent/preferences")
        return messages.pop(0)

    async def send(message: Any) -> None:
        sent.append(message["type"])

    await visitor.app({"type": "lifespan"}, receive, send)
    assert sent[-1] == "lifespan.shutdown.complete"
    assert len(visitor.rows("SELECT * FROM assent_notices")) == 1
    await visitor.http.aclose()
