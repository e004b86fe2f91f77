import re

import httpx2
import pytest

from tests.demo.conftest import Visitor, set_cookies

EVERY_PAGE = {
    "shop_session": "httponly; path=/; samesite=lax",
    "shop_csrf": "path=/; samesite=lax",
    "shop_lang": "max-age=31536000; path=/; samesite=lax",
    "_ga": "max-age=63072000; path=/; samesite=lax",
    "shop_visit": "httponly; max-age=2592000; path=/; samesite=lax",
    "shop_rum": "path=/; samesite=lax",
    "_fbp": "max-age=7776000; path=/; samesite=lax",
}
PAGES = (
    "/",
    "/teas/sencha",
    "/journal",
    "/journal/water",
    "/journal/pouring",
    "/login",
    "/newsletter",
    "/seen.html",
)


@pytest.mark.parametrize("path", PAGES)
def test_a_first_page_view_sets_every_page_cookie_with_its_attributes(
    client: httpx2.Client, path: str
) -> None:
    response = client.get(path)
    assert response.status_code == 200
    assert set_cookies(response) == EVERY_PAGE


@pytest.mark.parametrize("path", PAGES)
def test_a_second_page_view_sets_nothing(client: httpx2.Client, path: str) -> None:
    client.get(path)
    assert set_cookies(client.get(path)) == {}


def test_a_cookie_that_got_lost_on_the_way_is_set_again(client: httpx2.Client) -> None:
    client.get("/")
    client.cookies.delete("_ga")
    assert list(set_cookies(client.get("/"))) == ["_ga"]


def test_the_basket_page_sets_a_cookie_for_its_own_path_only(client: httpx2.Client) -> None:
    assert set_cookies(client.get("/basket"))["shop_upsell"] == "max-age=604800; path=/basket; samesite=lax"
    assert "shop_upsell" not in client.get("/seen").json()["names"]


def test_the_campaign_sets_its_cookie_on_the_redirect_itself(client: httpx2.Client) -> None:
    response = client.get("/go/spring")
    assert (response.status_code, response.headers["location"]) == (302, "/teas/darjeeling")
    assert set_cookies(response) == {"shop_campaign": "max-age=2592000; path=/; samesite=lax"}
    assert client.get(response.headers["location"]).status_code == 200


@pytest.mark.parametrize("path", ["/nowhere", "/teas/coffee", "/journal/nothing", "/static/nothing.css"])
def test_an_unknown_address_is_a_404_page_that_sets_its_cookie(client: httpx2.Client, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 404
    assert "This cup is empty." in response.text
    assert set_cookies(response) == EVERY_PAGE | {"shop_retarget": "max-age=7776000; path=/; samesite=lax"}


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        ("/robots.txt", "text/plain"),
        ("/favicon.svg", "image/svg+xml"),
        ("/favicon.ico", "image/svg+xml"),
        ("/static/shop.css", "text/css"),
        ("/static/shop.js", "javascript"),
        ("/seen", "application/json"),
        ("/seen/log", "application/json"),
    ],
)
def test_what_is_no_page_sets_no_cookie(client: httpx2.Client, path: str, media_type: str) -> None:
    response = client.get(path)
    assert response.status_code == 200
    # Whether a script is text/ or application/ depends on the machine's own table of media types.
    assert media_type in response.headers["content-type"]
    assert set_cookies(response) == {}


def test_every_link_of_every_page_leads_to_a_page(visitor: Visitor) -> None:
    links = {
        link for path in PAGES for link in re.findall(r'<a [^>]*href="(/[^"]*)"', visitor.open(path).text)
    }
    assert {"/", "/basket", "/go/spring", "/journal/pouring", "/seen.html", "/teas/white"} <= links
    assert [link for link in sorted(links) if visitor.open(link).status_code != 200] == []


def test_pages_load_tag_pixel_and_film_from_the_third_party(visitor: Visitor, third_party: str) -> None:
    home, article = visitor.open("/").text, visitor.open("/journal/pouring").text
    assert f'<script src="{third_party}/tag.js" async></script>' in home
    assert f'<img class="pixel" src="{third_party}/pixel.gif"' in home
    assert f'<iframe class="film" src="{third_party}/video"' in article
    assert "<iframe" not in home


def test_pages_hold_no_inline_script_or_style(visitor: Visitor) -> None:
    for path in PAGES:
        text = visitor.open(path).text
        assert not re.search(r"<style|<script(?! src=)| style=| on\w+=", text), path


def test_a_tea_page_lists_the_teas_that_the_cookie_names_and_no_others(client: httpx2.Client) -> None:
    page = client.get(
        "/teas/sencha", headers={"cookie": "shop_recent=sencha.assam.<b>.nonsense.assam.white"}
    ).text
    chips = re.search(r'<ul class="chips">(.*?)</ul>', page, re.DOTALL)
    assert chips
    assert re.findall(r'href="/teas/(\w+)"', chips[1]) == ["assam", "white"]


def test_a_method_that_a_page_does_not_have_is_refused_with_what_it_allows(client: httpx2.Client) -> None:
    response = client.get("/logout")
    assert (response.status_code, response.headers["allow"]) == (405, "POST")
