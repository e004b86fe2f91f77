"""Asked again by category: what was the same stands, what was refused stays so, and what is new is told."""

import re
import time
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from assent import ConsentMiddleware, Settings
from tests.server.processes import until

BEFORE = [{"name": "old", "category": "analytics"}, {"name": "lang", "category": "functional"}]
NEW = {"name": "fresh", "category": "analytics"}
PARTY = {"host": "*.fresh.example", "category": "analytics"}
AGAIN = "This site has changed what it uses since your choice."
STILL = "Your earlier choice for the other categories still applies."


async def page(request: Request) -> Response:
    return HTMLResponse("<!doctype html><html lang=en><body>Hello</body></html>")


class Site:
    """One site over several starts, and one browser."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.cookie = ""

    def start(self, **settings: Any) -> TestClient:
        made = Settings.model_validate({"data_dir": self.folder, "cookies": BEFORE, **settings})
        app = ConsentMiddleware(Starlette(routes=[Route("/", page)]), settings=made)
        return TestClient(app, headers={"sec-fetch-dest": "document"})

    def choose(self, client: TestClient, action: str, *categories: str) -> None:
        body = {"action": action, "categories": list(categories)}
        answer = client.post("/_assent/choice", json=body, headers={"cookie": self.cookie})
        assert answer.status_code == 200
        self.cookie = answer.headers["set-cookie"].partition(";")[0]

    def text(self, client: TestClient, path: str = "/") -> str:
        client.cookies.clear()
        html = unescape(client.get(path, headers={"cookie": self.cookie}).text)
        return " ".join(re.sub(r"<script.*?</script>|<[^>]+>", " ", html, flags=re.DOTALL).split())

    def learns(self, client: TestClient, word: str) -> str:
        """Return the text of a page once it has a word: what was declared is read in the background."""
        until(lambda: word in self.text(client))
        return self.text(client)

    def banner(self, client: TestClient) -> str:
        """The tag of the banner."""
        client.cookies.clear()
        html = client.get("/", headers={"cookie": self.cookie}).text
        found = re.search(r'<section class="assent-ask[^>]*>', html)
        assert found
        return found[0]

    def state(self, client: TestClient) -> dict[str, Any]:
        client.cookies.clear()
        found: dict[str, Any] = client.get("/_assent/state", headers={"cookie": self.cookie}).json()
        return found


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


def passed() -> None:
    """A choice is dated in seconds."""
    time.sleep(1.1)


def test_who_agreed_is_asked_again_and_told_what_is_new(site: Site) -> None:
    with site.start() as client:
        passed()
        site.choose(client, "save", "analytics", "functional")
        assert AGAIN not in site.text(client)
    passed()
    with site.start(cookies=[*BEFORE, NEW], hosts=[PARTY]) as client:
        state = site.state(client)
        assert state["granted"] == ["necessary", "functional"]
        assert state["choice"]["changed"] == ["analytics"]
        assert "hidden" not in site.banner(client)
        shown = site.learns(client, "new cookie")
        assert f"{AGAIN} Analytics: 1 new cookie, 1 new third party With your consent," in shown
        assert STILL in shown
        assert "Until you agree, only necessary cookies are used." not in shown
        dialog = site.text(client, "/_assent/preferences")
        assert "New since your choice: 1 new cookie, 1 new third party" in dialog
        assert "fresh New since your choice" in dialog
        assert "old New since your choice" not in dialog
        assert re.search("You chose on [^:]*:[^:]*: Necessary, Functional, Analytics[.]", dialog)
        switches = client.get("/_assent/preferences", headers={"cookie": site.cookie}).text
        ticked = re.findall(r'id="assent-(\w+)"[^>]* checked', switches)
        assert ticked == ["functional"], "what is asked for again is off until chosen"
        site.choose(client, "save", "analytics", "functional")
        assert site.state(client)["granted"] == ["necessary", "functional", "analytics"]
        assert "hidden" in site.banner(client)
        assert AGAIN not in site.text(client)


def test_who_refused_is_not_asked_again(site: Site) -> None:
    with site.start() as client:
        site.choose(client, "save", "functional")
    with site.start(cookies=[*BEFORE, NEW]) as client:
        assert "hidden" in site.banner(client)
        assert site.state(client)["granted"] == ["necessary", "functional"]
        assert "changed" not in site.state(client)["choice"]


def test_where_nobody_watched_only_the_category_is_named(site: Site) -> None:
    with site.start() as client:
        site.choose(client, "accept_all")
    (site.folder / "ledger.db").unlink()
    passed()
    with site.start(cookies=[*BEFORE, NEW]) as client:
        shown = site.text(client)
        assert f"{AGAIN} Analytics With your consent," in shown
        assert "1 new cookie" not in shown


def test_several_categories_are_named_with_what_is_new_in_all_of_them(site: Site) -> None:
    with site.start() as client:
        passed()
        site.choose(client, "accept_all")
    passed()
    cookies = [
        *BEFORE,
        *({"name": f"new_{label}", "category": label} for label in ("analytics", "performance")),
    ]
    hosts = [
        PARTY,
        {"host": "cdn.fresh.example", "category": "performance"},
        {"host": "ad.example", "category": "advertisement"},
    ]
    with site.start(cookies=cookies, hosts=hosts) as client:
        shown = site.learns(client, "new cookie")
        # One third party stands in two of them.
        what = "Analytics, Performance, Advertisement: 2 new cookies, 2 new third parties"
        assert f"{AGAIN} {what} With your consent," in shown
        assert STILL in shown
        assert "1 new third party" in site.text(client, "/_assent/preferences")
    cookies.append({"name": "new_functional", "category": "functional"})
    with site.start(cookies=cookies, hosts=hosts) as client:
        shown = site.learns(client, "new cookie")
        assert f"{AGAIN} Functional, Analytics, Performance, Advertisement: 3 new cookies," in shown
        assert STILL not in shown, "there are no other categories"


def test_all_that_changed_is_named_in_the_language_of_the_page(site: Site) -> None:
    with site.start() as client:
        site.choose(client, "accept_all")
    more = [NEW, {"name": "ad", "category": "advertisement"}]
    with site.start(cookies=[*BEFORE, *more], site={"languages": ["de"]}) as client:
        shown = site.text(client)
    assert "Seit Ihrer Auswahl hat diese Website geändert, was sie verwendet." in shown
    assert "Analyse, Werbung" in shown


def test_a_version_of_the_operators_own_asks_everybody_again(site: Site) -> None:
    with site.start(consent={"policy_version": "1"}) as client:
        site.choose(client, "reject_all")
    with site.start(consent={"policy_version": "2"}) as client:
        assert site.state(client)["choice"] is None
        assert AGAIN not in site.text(client)


def test_a_page_of_before_is_not_taken_for_one_of_now(site: Site) -> None:
    async def tagged(request: Request) -> Response:
        return HTMLResponse("<!doctype html><body>Hello", headers={"etag": '"site"'})

    tags = []
    for cookies in (BEFORE, [*BEFORE, NEW]):
        made = Settings.model_validate({"data_dir": site.folder, "cookies": cookies})
        app = ConsentMiddleware(Starlette(routes=[Route("/", tagged)]), settings=made)
        with TestClient(app, headers={"sec-fetch-dest": "document"}) as client:
            if not site.cookie:
                site.choose(client, "accept_all")
            client.cookies.clear()
            tags.append(client.get("/", headers={"cookie": site.cookie}).headers["etag"])
    assert tags[0] != tags[1]
