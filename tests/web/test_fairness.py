"""What regulators ask of a consent dialog, rule by rule; docs/scan.md lists the rules by these numbers."""

import re
import time
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest
from starlette.responses import HTMLResponse

from assent import ConsentMiddleware, Settings
from assent.core.categories import OPTIONAL
from tests.web.test_choice import COOKIES, Visitor
from tests.web.test_dialog import Reader

pytestmark = pytest.mark.anyio

SITE = {
    "name": "Example Shop",
    "privacy_policy": "/privacy",
    "legal_notice": "/imprint",
    "controller": "Example Shop Ltd",
    "transfers": "the United States",
}
HOSTS = [{"host": "*.tracker.example", "category": "analytics"}]


@pytest.fixture
async def visitor(tmp_path: Path) -> AsyncIterator[Visitor]:
    made = Visitor(tmp_path, site=SITE, hosts=HOSTS)
    yield made
    await made.close()


async def page(visitor: Visitor, path: str = "/_assent/preferences") -> Reader:
    return Reader((await visitor.http.get(path)).text)


async def banner(tmp_path: Path, **fields: str) -> Reader:
    """Return what a visitor without a choice sees on a page of the site."""
    settings = Settings.model_validate({"data_dir": tmp_path, "site": SITE, "hosts": HOSTS})
    app = ConsentMiddleware(HTMLResponse("<!doctype html><body>"), settings=settings)
    async with httpx2.AsyncClient(
        transport=httpx2.ASGITransport(app), base_url="https://shop.example"
    ) as http:
        text = (await http.get("/", headers=fields)).text
    await app.close()
    return Reader(text.partition('<section class="assent-ask ')[2].partition("</section>")[0])


async def test_r3_coming_back_again_and_again_is_no_consent(visitor: Visitor) -> None:
    for _ in range(3):
        answer = await visitor.http.get("/_assent/preferences")
        assert "set-cookie" not in answer.headers
    assert (await visitor.state())["choice"] is None


async def test_r4_no_switch_is_on_before_a_choice(visitor: Visitor) -> None:
    switches = (await page(visitor)).find("input", role="switch")
    assert len(switches) == len(OPTIONAL)
    assert not [switch for switch in switches if "checked" in switch]


async def test_r5_policy_and_legal_notice_can_be_read_before_a_choice(visitor: Visitor) -> None:
    dialog = await page(visitor)
    assert dialog.find("a", href="/privacy")
    assert dialog.find("a", href="/imprint")


async def test_r7_reject_is_on_the_same_layer_as_accept(tmp_path: Path) -> None:
    values = [button.get("value") for button in (await banner(tmp_path)).find("button", name="action")]
    assert values == ["reject_all", "accept_all"]


async def test_r8_reject_and_accept_are_one_kind_of_element(tmp_path: Path) -> None:
    reject, accept = (await banner(tmp_path)).find("button", name="action")
    words = {"value": "", "data-cky-tag": ""}
    assert {**reject, **words} == {**accept, **words}


async def test_r10_consent_purposes_number_withdrawal_and_transfers_are_on_the_first_layer(
    tmp_path: Path,
) -> None:
    text = (await banner(tmp_path)).text
    for words in ("consent", "analytics", "1 third party", "withdraw", "the United States"):
        assert words in text


async def test_r11_the_whole_list_and_who_is_responsible_are_one_link_away(
    tmp_path: Path, visitor: Visitor
) -> None:
    assert (await banner(tmp_path / "b")).find("a", href="/_assent/cookies?language=en")
    declared = await page(visitor, "/_assent/cookies")
    for words in ("Example Shop Ltd", "_fbp", "tracker.example"):
        assert words in declared.text


async def test_r12_there_is_nothing_to_close_that_would_agree(tmp_path: Path) -> None:
    shown = await banner(tmp_path)
    assert [button.get("value") for button in shown.find("button")] == [None, "reject_all", "accept_all"]


async def test_r13_nothing_is_claimed_as_a_legitimate_interest(visitor: Visitor) -> None:
    assert "legitimate" not in (await page(visitor)).text.lower()


async def test_r14_nothing_ticked_and_saved_is_a_refusal(visitor: Visitor) -> None:
    await visitor.choose("save")
    saved = (await visitor.state())["granted"]
    await visitor.choose("reject_all")
    assert saved == (await visitor.state())["granted"] == ["necessary"]


async def test_r15_each_cookie_has_name_provider_lifetime_and_purpose(visitor: Visitor) -> None:
    answer = await visitor.http.get("/_assent/preferences")
    heads = re.findall(r'data-label="(\w+)"', answer.text)
    assert heads[:4] == ["Cookie", "Provider", "Duration", "Description"]
    assert len(heads) == 4 * 4


async def test_r16_the_lifetime_declared_for_assents_own_cookie_is_the_real_one(visitor: Visitor) -> None:
    answer = await visitor.choose("reject_all")
    seconds = int(re.findall(r"Max-Age=(\d+)", answer.headers["set-cookie"])[0])
    assert f"assent This site {seconds // 86400} days" in (await page(visitor)).text


async def test_r17_necessary_has_no_switch_and_says_why(visitor: Visitor) -> None:
    dialog = await page(visitor)
    assert not dialog.find("input", value="necessary")
    assert "Necessary Always Active Necessary cookies are required" in dialog.text


async def test_r19_and_r20_a_refusal_is_kept_as_long_as_consent(visitor: Visitor) -> None:
    refused = (await visitor.choose("reject_all")).headers["set-cookie"]
    granted = (await visitor.choose("accept_all")).headers["set-cookie"]
    ages = [int(re.findall(r"Max-Age=(\d+)", cookie)[0]) for cookie in (refused, granted)]
    assert ages[0] == ages[1] >= 180 * 86400 - 60


async def test_r21_what_is_new_in_a_purpose_asks_again_who_agreed_to_it(tmp_path: Path) -> None:
    before = Visitor(tmp_path)
    await before.choose("accept_all")
    cookies = dict(before.http.cookies)
    await before.close()
    after = Visitor(tmp_path, cookies=[*COOKIES, {"name": "new", "category": "advertisement"}])
    after.http.cookies.update(cookies)
    state = await after.state()
    assert state["choice"]["changed"] == ["advertisement"]
    assert state["granted"] == ["necessary", "functional", "analytics", "performance"]
    await after.close()


async def test_r19_what_is_new_in_a_purpose_asks_nobody_who_refused_it(tmp_path: Path) -> None:
    before = Visitor(tmp_path)
    await before.choose("reject_all")
    cookies = dict(before.http.cookies)
    await before.close()
    after = Visitor(tmp_path, cookies=[*COOKIES, {"name": "new", "category": "advertisement"}])
    after.http.cookies.update(cookies)
    state = await after.state()
    assert state["choice"]["categories"] == state["granted"] == ["necessary"]
    assert "changed" not in state["choice"]
    await after.close()


async def test_r23_withdrawing_is_one_request_as_accepting_is(visitor: Visitor) -> None:
    await visitor.choose("accept_all")
    assert (await page(visitor)).find("button", value="withdraw")
    await visitor.choose("withdraw")
    assert (await visitor.state())["granted"] == ["necessary"]


async def test_r24_a_withdrawal_expires_what_the_browser_holds(visitor: Visitor) -> None:
    await visitor.choose("accept_all")
    visitor.http.cookies.set("_fbp", "1")
    answer = await visitor.choose("withdraw")
    expired = [line for line in answer.headers.get_list("set-cookie") if line.startswith("_fbp=")]
    assert expired
    assert all("Max-Age=0" in line or "1970" in line for line in expired)


async def test_r25_what_was_chosen_when_and_under_which_id_is_shown(visitor: Visitor) -> None:
    await visitor.choose("save", "analytics")
    state = await visitor.state()
    text = (await page(visitor)).text
    for words in (state["consent_id"], "Necessary, Analytics", time.strftime("%Y", time.gmtime())):
        assert words in text


async def test_r28_there_is_no_id_before_a_choice(visitor: Visitor) -> None:
    assert (await visitor.state())["consent_id"] is None
    assert not visitor.http.cookies


async def test_r30_the_opt_out_signal_counts_and_is_said_to_be_honoured(tmp_path: Path) -> None:
    assert "is honoured" in (await banner(tmp_path, **{"sec-gpc": "1"})).text
    assert "is honoured" not in (await banner(tmp_path / "b")).text


async def test_r33_a_choice_asks_for_no_identity(visitor: Visitor) -> None:
    fields = {field.get("name") for field in (await page(visitor)).find("input")}
    assert fields == {"return_to", "notice", "language", "category"}


@pytest.mark.parametrize(("mode", "honoured"), [("enforce", True), ("observe", False)])
async def test_r34_the_site_states_whether_the_signal_is_honoured(
    tmp_path: Path, mode: str, honoured: bool
) -> None:
    visitor = Visitor(tmp_path, enforcement={"mode": mode})
    answer = await visitor.http.get("/.well-known/gpc.json")
    await visitor.close()
    assert answer.headers["content-type"] == "application/json"
    assert answer.json()["gpc"] is honoured
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", answer.json()["lastUpdate"])
