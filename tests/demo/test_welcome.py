import re

from assent.demo.counter import EMAIL, PASSWORD
from assent.demo.welcome import welcome
from tests.demo.conftest import Visitor, set_cookies

ADDRESS = "http://127.0.0.1:8000"


def test_the_greeting_holds_the_address_and_five_numbered_things() -> None:
    text = welcome(ADDRESS + "/")
    assert f"\n    {ADDRESS}\n" in text
    assert re.findall(r"^ (\d)\. ", text, re.MULTILINE) == ["1", "2", "3", "4", "5"]
    assert f"as {EMAIL} with the password {PASSWORD}." in text
    assert f"{ADDRESS}//" not in text


def test_every_address_in_the_greeting_exists_and_does_what_it_says(visitor: Visitor) -> None:
    paths = re.findall(rf"{re.escape(ADDRESS)}(/[\w./]+)", welcome(ADDRESS))
    assert {path: visitor.client.get(path).status_code for path in paths} == {
        "/journal/pouring": 200,
        "/login": 200,
        "/seen.html": 200,
        "/nowhere": 404,
        "/go/spring": 302,
        "/seen": 200,
    }


def test_the_number_of_cookies_in_the_greeting_is_the_number_on_the_first_page(visitor: Visitor) -> None:
    assert "set seven cookies" in welcome(ADDRESS)
    assert len(set_cookies(visitor.client.get("/"))) == 7


def test_the_greeting_fits_a_terminal() -> None:
    assert max(map(len, welcome(ADDRESS).splitlines())) <= 100
