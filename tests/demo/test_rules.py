import re
from importlib.resources import files

import httpx2
import pytest

from assent import Settings
from assent.core.categories import Category
from assent.demo.cookies import BY_HEADER, DAY, ShopCookie
from assent.demo.rules import DECLARED, declared
from tests.demo.conftest import Visitor, set_cookies

NAMES = [entry["name"] for entry in DECLARED]
DURATIONS = {
    "session": None,
    "7 days": 7 * DAY,
    "30 days": 30 * DAY,
    "90 days": 90 * DAY,
    "1 year": 365 * DAY,
    "2 years": 730 * DAY,
}
SCRIPTS = ("static/shop.js", "templates/third_party/tag.js")


def written_by_scripts() -> set[str]:
    folder = files("assent.demo")
    text = "".join(folder.joinpath(script).read_text("utf-8") for script in SCRIPTS)
    written = re.findall(r'document\.cookie = "(\w+)=', text)
    assert len(written) == len(re.findall(r"document\.cookie\s*\+?=[^=]", text)), (
        "a name is not written plainly"
    )
    return set(written)


def set_by_responses(visitor: Visitor, third_party: str) -> set[str]:
    responses = [visitor.client.get(path) for path in ("/", "/basket", "/go/spring", "/nowhere")]
    responses += [visitor.log_in()]
    responses += [
        httpx2.get(f"{third_party}{path}", verify=False, timeout=60)
        for path in ("/tag.js", "/pixel.gif", "/video")
    ]
    return {name for response in responses for name in set_cookies(response)}


def test_what_is_declared_is_just_what_is_set(visitor: Visitor, third_party: str) -> None:
    assert sorted(NAMES) == sorted(set_by_responses(visitor, third_party) | written_by_scripts())


def test_the_shops_own_table_of_cookies_is_declared() -> None:
    assert {cookie.name for cookie in BY_HEADER} <= set(NAMES)


def test_each_declaration_has_the_keys_of_the_configuration_file_filled_in() -> None:
    for entry in DECLARED:
        assert list(entry) == ["name", "category", "provider", "duration", "description"]
        assert all(entry.values()), entry


def test_all_five_categories_occur_and_no_other() -> None:
    assert {entry["category"] for entry in DECLARED} == {category.value for category in Category}


@pytest.mark.parametrize("cookie", BY_HEADER, ids=lambda cookie: str(cookie.name))
def test_a_declared_duration_is_the_one_that_is_set(cookie: ShopCookie) -> None:
    declared = {entry["name"]: entry["duration"] for entry in DECLARED}
    assert DURATIONS[declared[cookie.name]] == cookie.max_age


def test_the_configuration_names_the_shop_and_the_third_party_with_its_port() -> None:
    settings = Settings.model_validate(declared("http://127.0.0.1:9001", "http://127.0.0.1:9002"))
    assert settings.gateway.upstream == "http://127.0.0.1:9001"
    assert [(entry.host, entry.category) for entry in settings.hosts] == [("127.0.0.1:9002", "analytics")]
    assert {entry.name for entry in settings.cookies} == set(NAMES)
