"""The shop and its third party on real servers, and a client with a cookie jar for each test."""

import re
from collections.abc import Iterator

import httpx2
import pytest

from assent.demo.run import running
from assent.demo.shop import create_shop
from assent.demo.third_party import create_third_party


@pytest.fixture(scope="session")
def third_party() -> Iterator[str]:
    with running(create_third_party()) as origin:
        yield origin


@pytest.fixture(scope="session")
def shop(third_party: str) -> Iterator[str]:
    with running(create_shop(third_party)) as origin:
        yield origin


@pytest.fixture
def client(shop: str) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=shop, verify=False, timeout=60) as client:
        yield client


class Visitor:
    """A browser without JavaScript: keeps cookies, sends forms as the page wrote them, follows redirects."""

    def __init__(self, client: httpx2.Client) -> None:
        self.client = client

    def open(self, path: str) -> httpx2.Response:
        return self.client.get(path, follow_redirects=True)

    def submit(self, page: httpx2.Response, action: str, **typed: str) -> httpx2.Response:
        """Post the page's first form with this action and return the response, redirects not followed."""
        form = re.search(
            rf'<form[^>]* action="{re.escape(action)}" method="post">(.*?)</form>', page.text, re.DOTALL
        )
        assert form, f"{page.url} has no form that posts to {action}"
        hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form[1]))
        return self.client.post(action, data=hidden | typed)

    def log_in(self, password: str = "second-flush") -> httpx2.Response:
        return self.submit(self.open("/login"), "/login", email="ada@example.org", password=password)


@pytest.fixture
def visitor(client: httpx2.Client) -> Visitor:
    return Visitor(client)


def set_cookies(response: httpx2.Response) -> dict[str, str]:
    """Return the response's Set-Cookie fields: name to attributes, in lower case, sorted, joined by '; '."""
    fields: dict[str, str] = {}
    for field in response.headers.get_list("set-cookie"):
        pair, *attributes = field.split("; ")
        fields[pair.partition("=")[0]] = "; ".join(sorted(attributes)).lower()
    return fields
