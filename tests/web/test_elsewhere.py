"""What stands where a third party would have been."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest

from assent import ConsentMiddleware, Settings
from tests.asgi.calls import answering

pytestmark = pytest.mark.anyio

HOSTS = [
    {"host": "*.video.example", "category": "functional"},
    {"host": "ads.example", "category": "advertisement"},
]
REFERER = {"referer": "https://shop.example/film?t=1"}


@pytest.fixture
async def http(tmp_path: Path) -> AsyncIterator[httpx2.AsyncClient]:
    settings = Settings.model_validate({"data_dir": tmp_path, "hosts": HOSTS})
    site = answering([(b"location", b"https://ads.example/?id=7&next=%3Cb%3E")], status=302)
    assent = ConsentMiddleware(site, settings=settings)
    transport = httpx2.ASGITransport(assent)
    async with httpx2.AsyncClient(transport=transport, base_url="https://shop.example") as http:
        yield http
    await assent.close()


async def test_a_placeholder_names_the_host_and_offers_to_allow_its_category(
    http: httpx2.AsyncClient,
) -> None:
    text = (await http.get("/_assent/blocked?host=a.video.example", headers=REFERER)).text

    assert "<b>a.video.example</b> is not shown here: you have not allowed Functional." in text
    assert 'name="category" value="functional"' in text
    assert 'target="_top"' in text
    assert 'name="return_to" value="/film?t=1"' in text


async def test_allowing_one_category_keeps_those_that_were_allowed_before(http: httpx2.AsyncClient) -> None:
    await http.post("/_assent/choice", json={"action": "save", "categories": ["analytics"]})

    text = (await http.get("/_assent/blocked?host=a.video.example", headers=REFERER)).text

    assert 'name="category" value="analytics"' in text
    assert 'name="category" value="functional"' in text
    assert 'value="advertisement"' not in text


@pytest.mark.parametrize("host", ["nobody.example", "", "<script>alert(1)</script>", "a" * 5000])
async def test_an_undeclared_host_cannot_be_allowed_by_a_visitor(http: httpx2.AsyncClient, host: str) -> None:
    answer = await http.get("/_assent/blocked", params={"host": host})

    assert "has not declared what it is for" in answer.text
    assert "<form" not in answer.text
    assert "<script>alert" not in answer.text
    assert len(answer.content) < 4000


async def test_a_placeholder_may_stand_in_the_sites_own_frames_alone(http: httpx2.AsyncClient) -> None:
    answer = await http.get("/_assent/blocked?host=ads.example")

    assert "frame-ancestors 'self'" in answer.headers["content-security-policy"]


async def test_a_redirect_to_a_refused_host_asks_first(http: httpx2.AsyncClient) -> None:
    answer = await http.get("/out", headers={"sec-fetch-dest": "document"})

    assert answer.status_code == 200
    assert "Go on to ads.example?" in answer.text
    assert "for Advertisement, which you have not allowed" in answer.text
    assert 'href="https://ads.example/?id=7&amp;next=%3Cb%3E"' in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert int(answer.headers["content-length"]) == len(answer.content)


async def test_once_it_is_granted_the_redirect_is_followed(http: httpx2.AsyncClient) -> None:
    await http.post("/_assent/choice", json={"action": "accept_all"})

    answer = await http.get("/out", headers={"sec-fetch-dest": "document"})

    assert answer.status_code == 302


async def test_a_script_that_leads_elsewhere_is_asked_about_under_the_sites_own_origin(
    http: httpx2.AsyncClient,
) -> None:
    fields = {**REFERER, "sec-fetch-site": "same-origin"}
    answer = await http.get(
        "/_assent/leaving", params={"to": "https://ads.example/?a=1&b=<i>"}, headers=fields
    )

    assert answer.status_code == 200
    assert "Go on to ads.example?" in answer.text
    assert 'href="https://ads.example/?a=1&amp;b=&lt;i&gt;"' in answer.text
    assert "return_to=%2Ffilm%3Ft%3D1" in answer.text


@pytest.mark.parametrize(
    ("url", "site"),
    [
        pytest.param("https://ads.example/", "cross-site", id="somebody else's link"),
        pytest.param("https://ads.example/", "none", id="typed"),
        pytest.param("https://ads.example/", None, id="an old browser"),
        pytest.param("javascript:alert(1)", "same-origin", id="a script"),
        pytest.param("data:text/html,x", "same-origin", id="data"),
        pytest.param("//ads.example/", "same-origin", id="without a scheme"),
        pytest.param("/film", "same-origin", id="the site itself"),
        pytest.param("", "same-origin", id="nothing"),
    ],
)
async def test_nobody_but_a_page_of_the_site_has_it_asked_and_only_about_other_sites(
    http: httpx2.AsyncClient, url: str, site: str | None
) -> None:
    fields = {"sec-fetch-site": site} if site else {}
    answer = await http.get("/_assent/leaving", params={"to": url}, headers=fields)

    assert answer.status_code == 403
    assert "ads.example" not in answer.text
    assert "javascript:" not in answer.text
