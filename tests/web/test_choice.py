"""POST /choice: what is accepted, what is recorded, and what takes effect."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from starlette.responses import Response

from assent import ConsentMiddleware, Settings
from assent.core.record import Action
from assent.ledger import open_ledger

pytestmark = pytest.mark.anyio

ORIGIN = "https://shop.example"
FORM = {"content-type": "application/x-www-form-urlencoded"}
OPTIONAL = ["functional", "analytics", "performance", "advertisement"]


class Visitor:
    """A browser with a cookie jar before one Assent, and a look into its ledger.

    The server between them offers no lifespan, as some hosts do not; the ledger opens on first use.
    """

    def __init__(self, folder: Path, **settings: Any) -> None:
        self.settings = Settings.model_validate({"data_dir": folder, "cookies": COOKIES, **settings})
        self.app = ConsentMiddleware(Response(b"site"), settings=self.settings)
        transport = httpx2.ASGITransport(self.app)
        self.http = httpx2.AsyncClient(transport=transport, base_url=ORIGIN)

    async def choose(self, action: str, *categories: str, **form: str) -> httpx2.Response:
        data = {"action": action, "category": list(categories), **form}
        return await self.http.post("/_assent/choice", data=data, headers={"sec-fetch-site": "same-origin"})

    async def state(self) -> dict[str, Any]:
        state: dict[str, Any] = (await self.http.get("/_assent/state")).json()
        return state

    async def records(self) -> list[Any]:
        consent_id = (await self.state())["consent_id"]
        ledger = open_ledger(self.settings.ledger.url)
        try:
            return await ledger.history(consent_id)
        finally:
            await ledger.close()

    async def close(self) -> None:
        await self.http.aclose()
        await self.app.close()


COOKIES = [
    {"name": "_ga*", "category": "analytics"},
    {"name": "_fbp", "category": "advertisement"},
    {"name": "lang", "category": "functional"},
]


@pytest.fixture
async def visitor(tmp_path: Path) -> AsyncIterator[Visitor]:
    visitor = Visitor(tmp_path)
    yield visitor
    await visitor.close()


@pytest.mark.parametrize(
    ("action", "categories", "granted"),
    [
        ("accept_all", [], ["necessary", *OPTIONAL]),
        ("reject_all", [], ["necessary"]),
        ("reject_all", ["analytics"], ["necessary"]),
        ("save", [], ["necessary"]),
        ("save", ["analytics"], ["necessary", "analytics"]),
        ("save", ["advertisement", "functional", "necessary"], ["necessary", "functional", "advertisement"]),
        ("withdraw", [], ["necessary"]),
    ],
)
async def test_a_choice_grants_just_what_was_chosen(
    visitor: Visitor, action: str, categories: list[str], granted: list[str]
) -> None:
    answer = await visitor.choose(action, *categories, return_to="/basket?page=2")

    assert (answer.status_code, answer.headers["location"]) == (303, "/basket?page=2")
    assert answer.headers["cache-control"] == "no-store"
    state = await visitor.state()
    assert state["granted"] == granted
    assert state["choice"]["categories"] == granted
    assert state["gpc"] is False


async def test_before_a_choice_there_is_no_id_and_nothing_granted(visitor: Visitor) -> None:
    state = await visitor.state()

    assert state["choice"] is state["consent_id"] is state["expires"] is None
    assert state["granted"] == ["necessary"]
    assert state["policy_version"]


async def test_the_consent_cookie_is_as_promised(visitor: Visitor) -> None:
    answer = await visitor.choose("save", "analytics")

    line = answer.headers.get_list("set-cookie")[0]
    pair, *attributes = line.split("; ")
    name, _, value = pair.partition("=")
    form, consent_id, at, granted, *_ = value.split(".")
    assert (name, form, granted) == ("assent", "1", "necessary-analytics")
    assert at.isdigit()
    assert consent_id == (await visitor.state())["consent_id"]
    assert attributes == ["Path=/", "Max-Age=15552000", "SameSite=Lax", "Secure"]


async def test_on_plain_http_the_cookie_is_not_secure(tmp_path: Path) -> None:
    visitor = Visitor(tmp_path)
    answer = await visitor.http.post("http://shop.example/_assent/choice", json={"action": "reject_all"})
    await visitor.close()

    assert "Secure" not in answer.headers["set-cookie"]


async def test_scripts_get_the_new_state_back(visitor: Visitor) -> None:
    answer = await visitor.http.post(
        "/_assent/choice", json={"action": "save", "categories": ["performance"]}
    )

    assert answer.status_code == 200
    assert answer.json() == await visitor.state()
    assert answer.json()["granted"] == ["necessary", "performance"]


async def test_each_choice_is_recorded_with_what_it_withdrew_and_its_predecessor(visitor: Visitor) -> None:
    await visitor.choose("accept_all")
    await visitor.choose("save", "functional")
    await visitor.http.post("/_assent/choice", json={"action": "withdraw"})

    first, second, third = await visitor.records()
    assert [first.action, second.action, third.action] == [Action.ACCEPT_ALL, Action.SAVE, Action.WITHDRAW]
    assert list(first.given) == OPTIONAL
    assert first.withdrawn == ()
    assert list(second.withdrawn) == OPTIONAL[1:]
    assert list(third.withdrawn) == ["functional"]
    assert [first.previous, second.previous, third.previous] == [None, first.id, second.id]
    assert [first.method, third.method] == ["form", "script"]
    assert {record.site for record in (first, second, third)} == {ORIGIN}
    assert len(first.notice) == 64


async def test_gpc_is_recorded_and_shown(visitor: Visitor) -> None:
    visitor.http.headers["sec-gpc"] = "1"

    await visitor.choose("reject_all")

    assert (await visitor.state())["gpc"] is True
    assert (await visitor.records())[0].gpc is True


async def test_what_is_refused_is_expired_with_the_answer(visitor: Visitor) -> None:
    for name in ("_ga", "_fbp", "lang"):
        visitor.http.cookies.set(name, "1", domain="shop.example", path="/")

    await visitor.choose("save", "functional")

    assert set(visitor.http.cookies) == {"assent", "lang"}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        pytest.param({"sec-fetch-site": "cross-site"}, 403, id="another site"),
        pytest.param({"sec-fetch-site": "same-site"}, 403, id="a sibling subdomain"),
        pytest.param({"origin": "https://evil.example"}, 403, id="another origin, by an old browser"),
        pytest.param({"origin": "http://shop.example"}, 403, id="the same host without TLS"),
        pytest.param({"origin": "null"}, 403, id="a sandboxed frame"),
        pytest.param({"origin": ORIGIN}, 303, id="the same origin, by an old browser"),
        pytest.param({"sec-fetch-site": "same-origin", "origin": "null"}, 303, id="a page without referrers"),
        pytest.param({}, 303, id="no browser"),
    ],
)
async def test_only_the_site_itself_may_post_a_choice(
    visitor: Visitor, headers: dict[str, str], status: int
) -> None:
    answer = await visitor.http.post("/_assent/choice", data={"action": "accept_all"}, headers=headers)

    assert answer.status_code == status
    assert ("set-cookie" in answer.headers) is (status == 303)


@pytest.mark.parametrize(
    ("body", "headers", "says"),
    [
        (b"", FORM, "action must be one of: accept_all, reject_all, save, withdraw"),
        (b"action=yes", FORM, "action must be one of"),
        (b"action=save&category=everything", FORM, "category must be one of: necessary, functional"),
        (b"action=save&return_to=https://evil.example/", FORM, "return_to must be a path of this site"),
        (b"action=save&return_to=//evil.example/", FORM, "return_to"),
        (b"action=save&return_to=/%5Cevil.example/", FORM, "return_to"),
        (b"action=save&return_to=/%0d%0aSet-Cookie:a=b", FORM, "return_to"),
        (b"action=save&category=%ff", FORM, "not a form in UTF-8"),
        (b"&".join(b"a=%d" % n for n in range(100)), FORM, "not a form"),
        (b"{", {"content-type": "application/json"}, "not JSON"),
        (b"[" * 5000, {"content-type": "application/json"}, "not JSON"),
        (b"[]", {"content-type": "application/json; charset=utf-8"}, "must be an object"),
        (b'{"action": 1}', {"content-type": "application/json"}, "action must be one of"),
        (b'{"action": "save", "categories": "a"}', {"content-type": "application/json"}, "list of names"),
        (b'{"action": "save", "categories": [1]}', {"content-type": "application/json"}, "list of names"),
        (b'{"action": "save", "notice": {}}', {"content-type": "application/json"}, "notice must be text"),
        (b'{"action": "save", "return_to": null}', {"content-type": "application/json"}, "must be text"),
        (
            b'{"action": "save", "category": ["a"]}',
            {"content-type": "application/json"},
            "category is no member",
        ),
        (b"action=save", {"content-type": "multipart/form-data; boundary=x"}, "Send the choice as"),
        (b"action=save", {}, "Send the choice as"),
    ],
)
async def test_bad_input_is_refused_with_what_would_be_right(
    visitor: Visitor, body: bytes, headers: dict[str, str], says: str
) -> None:
    answer = await visitor.http.post("/_assent/choice", content=body, headers=headers)

    assert answer.status_code == 400
    assert says in answer.text.replace("&#39;", "'")
    assert "set-cookie" not in answer.headers
    assert (await visitor.state())["choice"] is None


async def test_a_body_that_is_too_large_is_refused_before_it_is_read_whole(visitor: Visitor) -> None:
    read = 0

    async def flood() -> AsyncIterator[bytes]:
        nonlocal read
        for _ in range(1000):
            read += 1
            yield b"a" * 4096

    answer = await visitor.http.post("/_assent/choice", content=flood(), headers=FORM)

    assert answer.status_code == 413
    assert read < 20


async def test_words_about_a_failed_choice_lead_back_to_where_the_visitor_was(tmp_path: Path) -> None:
    visitor = Visitor(tmp_path / "data", ledger={"url": f"sqlite:///{tmp_path}/no/../no.db/x.db"})
    (tmp_path / "no.db").write_text("a file where a folder should be")
    answer = await visitor.choose("accept_all", return_to="/basket?page=2")
    await visitor.close()

    assert answer.status_code == 503
    assert 'href="/basket?page=2"' in answer.text


async def test_the_record_names_the_notice_that_was_shown(visitor: Visitor) -> None:
    page = (await visitor.http.get("/_assent/preferences")).text
    sealed = page.partition('name="notice" value="')[2].partition('"')[0]
    await visitor.http.get("/", headers={"cookie": "_hjSession_1=1"})

    await visitor.choose("save", notice=sealed)
    await visitor.choose("save")

    first, second = await visitor.records()
    assert first.notice == sealed.partition(".")[0]
    assert second.notice != first.notice


async def test_other_methods_are_not_for_choices(visitor: Visitor) -> None:
    assert (await visitor.http.get("/_assent/choice")).status_code == 405


async def test_a_forged_or_cut_consent_cookie_counts_as_no_choice(visitor: Visitor) -> None:
    await visitor.choose("save", "analytics")
    value = visitor.http.cookies["assent"]
    forged = value.replace("necessary-analytics", "necessary-analytics-advertisement")
    for bad in (forged, value[:-1], value[: len(value) // 2], "", "1", value * 100):
        state = (
            await httpx2.AsyncClient(
                transport=httpx2.ASGITransport(visitor.app),
                base_url=ORIGIN,
                headers={"cookie": f"assent={bad}"},
            ).get("/_assent/state")
        ).json()
        assert (state["choice"], state["granted"]) == (None, ["necessary"])


class TestLedgerDown:
    """No record, no grant; but a refusal holds whatever happens."""

    @pytest.fixture
    async def visitor(self, tmp_path: Path) -> AsyncIterator[Visitor]:
        (tmp_path / "file").write_text("a file where a folder should be")
        visitor = Visitor(tmp_path / "data", ledger={"url": f"sqlite:///{tmp_path}/file/ledger.db"})
        yield visitor
        await visitor.close()

    async def test_a_grant_is_503_and_changes_nothing(self, visitor: Visitor) -> None:
        answer = await visitor.choose("accept_all")

        assert answer.status_code == 503
        assert "could not be recorded" in answer.text
        assert answer.headers["retry-after"] == "5"
        assert "set-cookie" not in answer.headers

    async def test_it_is_said_in_the_language_of_the_form(self, visitor: Visitor) -> None:
        answer = await visitor.choose("accept_all", language="de")

        assert '<html class="assent-host" lang="de" dir="ltr">' in answer.text
        assert "Ihre Auswahl konnte nicht aufgezeichnet werden" in answer.text

    async def test_a_script_is_told_in_the_language_that_it_names(self, visitor: Visitor) -> None:
        said = {"action": "accept_all", "language": "de"}
        answer = await visitor.http.post("/_assent/choice", json=said)

        assert answer.status_code == 503
        assert answer.json()["error"].startswith("Ihre Auswahl konnte nicht aufgezeichnet werden")

    async def test_a_refusal_takes_effect(self, visitor: Visitor, caplog: pytest.LogCaptureFixture) -> None:
        answer = await visitor.choose("reject_all")

        assert answer.status_code == 303
        assert (await visitor.state())["choice"]["categories"] == ["necessary"]
        assert "without its record" in caplog.text

    async def test_readiness_says_why(self, visitor: Visitor) -> None:
        answer = await visitor.http.get("/_assent/ready")

        assert answer.status_code == 503
        assert answer.json()["ready"] is False
        assert answer.json()["reason"]
        assert (await visitor.http.get("/_assent/health")).status_code == 200


async def test_a_smaller_grant_without_a_record_is_not_renewed(visitor: Visitor, tmp_path: Path) -> None:
    await visitor.choose("save", "functional", "analytics")
    before = await visitor.state()
    await asyncio.sleep(1.1)
    await visitor.app.close()

    answer = await visitor.choose("save", "functional")

    after = await visitor.state()
    assert answer.status_code == 303
    assert after["granted"] == ["necessary", "functional"]
    assert after["expires"] == before["expires"]


@pytest.mark.parametrize(
    ("choice", "reload"),
    [
        ({"action": "save", "categories": ["analytics"], "denied": ["cookie _ga"]}, "?1"),
        ({"action": "save", "categories": ["functional"], "denied": ["cookie _ga"]}, None),
        ({"action": "accept_all", "denied": ["storage nobodys"]}, "?1"),
        ({"action": "accept_all"}, None),
        ({"action": "reject_all", "denied": ["cookie _ga"]}, None),
    ],
)
async def test_a_page_hears_whether_anything_that_it_was_denied_is_free(
    visitor: Visitor, choice: dict[str, Any], reload: str | None
) -> None:
    answer = await visitor.http.post(
        "/_assent/choice", json=choice, headers={"sec-fetch-site": "same-origin"}
    )

    assert answer.status_code == 200
    assert answer.headers.get("assent-reload") == reload


@pytest.mark.parametrize("denied", ["cookie _ga", [1], {"a": "b"}, None])
async def test_what_was_denied_is_a_list_of_names(visitor: Visitor, denied: object) -> None:
    answer = await visitor.http.post(
        "/_assent/choice",
        json={"action": "accept_all", "denied": denied},
        headers={"sec-fetch-site": "same-origin"},
    )

    assert answer.status_code == 400
    assert "denied must be a list of names" in answer.text
