"""What a visitor is told of what a page was kept from: by the server, and by what the page itself says."""

import re
from collections.abc import AsyncIterator
from html import unescape
from pathlib import Path

import httpx2
import pytest
from starlette.responses import HTMLResponse

from assent import ConsentMiddleware, Settings
from assent.core.categories import ALL, NECESSARY_ONLY, Category
from assent.core.rules import CookieRule, HostRule, Rules, StorageRule
from assent.web.contexts import Denied
from assent.web.denied import MOST, MOST_WITHHELD, denied, withheld

RULES = Rules(
    cookies=(CookieRule("_ga*", Category.ANALYTICS), CookieRule("basket", Category.NECESSARY)),
    storage=(StorageRule("theme", Category.FUNCTIONAL),),
    hosts=(HostRule("*.ads.example", Category.ADVERTISEMENT),),
)
DOCUMENT = {"sec-fetch-dest": "document"}


def test_each_thing_has_its_kind_and_the_category_that_was_not_allowed() -> None:
    said = "cookie=_ga_1&storage=theme&host=x.ads.example%3A8080&cookie=mystery&host=who.example&cookie=_ga_1"
    assert denied(said, RULES, NECESSARY_ONLY) == (
        Denied("Cookie", "_ga_1", "Analytics"),
        Denied("Stored key", "theme", "Functional"),
        Denied("Third party", "x.ads.example:8080", "Advertisement"),
        Denied("Cookie", "mystery", ""),
        Denied("Third party", "who.example", ""),
    )


def test_what_may_pass_by_now_is_left_out() -> None:
    granted = NECESSARY_ONLY | {Category.ANALYTICS}
    assert denied("cookie=_ga&cookie=basket&cookie=assent", RULES, granted) == ()
    assert denied("storage=any", RULES, ALL) == ()
    assert denied("cookie=any", RULES, ALL) == (Denied("Cookie", "any", ""),)


@pytest.mark.parametrize(
    ("said", "names"),
    [
        ("", []),
        ("&&=&cookie&cookie=", []),
        ("path=/a&parked=1", []),
        ("cookie=%ff%00%0a", ["\ufffd\\x00\\n"]),
        ("cookie=" + "a" * 5000, ["a" * 128 + "…"]),
        ("&".join(f"cookie=a{n}" for n in range(5000)), [f"a{n}" for n in range(MOST)]),
    ],
)
def test_whatever_a_page_says_is_bounded_and_one_short_line_each(said: str, names: list[str]) -> None:
    assert [each.name for each in denied(said, RULES, NECESSARY_ONLY)] == names


def test_the_server_s_own_names_come_back_as_they_were() -> None:
    said = withheld([b"_ga", b"", b"a b", b"<&'\">", b"_ga"])
    assert [each.name for each in denied(said, RULES, NECESSARY_ONLY)] == ["_ga", "a b", "<&'\">"]
    assert said.isascii()
    assert withheld(b"%d" % n for n in range(1000)).count("=") == MOST_WITHHELD


@pytest.fixture
async def http(tmp_path: Path) -> AsyncIterator[httpx2.AsyncClient]:
    site = HTMLResponse("<!doctype html><html lang=de><body>")
    for line in ("_fbp=1; HttpOnly; Path=/", "<'&\"=1; Path=/", "basket=1; Path=/"):
        site.headers.append("set-cookie", line)
    cookies = [{"name": "basket", "category": "necessary"}]
    settings = Settings.model_validate({"data_dir": tmp_path, "cookies": cookies})
    app = ConsentMiddleware(site, settings=settings)
    transport = httpx2.ASGITransport(app)
    async with httpx2.AsyncClient(transport=transport, base_url="https://shop.example") as client:
        yield client
    await app.close()


@pytest.mark.anyio
async def test_a_page_carries_what_the_server_took_from_its_request_and_response(
    http: httpx2.AsyncClient,
) -> None:
    page = (await http.get("/", headers=DOCUMENT | {"cookie": "_ga=1; basket=1"})).text
    (said,) = re.findall(r' data-withheld="([^"]*)"', page)
    assert unescape(said) == "cookie=_ga&cookie=_fbp&cookie=%3C%27%26%22"


@pytest.mark.anyio
async def test_a_page_that_lost_nothing_says_nothing(tmp_path: Path) -> None:
    settings = Settings.model_validate({"data_dir": tmp_path})
    app = ConsentMiddleware(HTMLResponse("<!doctype html><body>"), settings=settings)
    async with httpx2.AsyncClient(
        transport=httpx2.ASGITransport(app), base_url="https://shop.example"
    ) as client:
        page = (await client.get("/", headers=DOCUMENT)).text
    await app.close()
    assert 'data-assent="script"' in page
    assert " data-withheld=" not in page


@pytest.mark.anyio
async def test_the_dialog_says_it_in_its_language_and_markup_in_a_name_stays_text(
    http: httpx2.AsyncClient,
) -> None:
    said = "cookie=_fbp&storage=%3Cimg+src%3Dx%3E"
    headers = {"assent-fragment": "1", "assent-denied": said}
    fragment = (await http.get("/_assent/preferences?language=de", headers=headers)).text
    assert "<li>Cookie <code><bdi>_fbp</bdi></code> \N{EN DASH} nicht erlaubt: Werbung</li>" in fragment
    assert (
        "<bdi>&lt;img src=x&gt;</bdi></code> \N{EN DASH} von dieser Website nicht angegeben</li>" in fragment
    )
    assert "<img" not in fragment


@pytest.mark.anyio
async def test_the_notice_of_a_record_is_the_same_whatever_a_page_was_denied(
    http: httpx2.AsyncClient,
) -> None:
    seals = set()
    for said in ("", "cookie=_fbp"):
        headers = {"assent-fragment": "1", "assent-denied": said}
        fragment = (await http.get("/_assent/preferences", headers=headers)).text
        seals.update(re.findall(r'name="notice" value="([^"]+)"', fragment))
    assert len(seals) == 1
