import socket
from urllib.parse import urlsplit

import httpx2
import pytest

from assent.demo.run import running
from assent.demo.seen import REMEMBERED, cookie_names
from assent.demo.shop import create_shop


@pytest.mark.parametrize(
    ("cookies", "names"),
    [
        pytest.param("", [], id="none"),
        pytest.param("a=1; b=2", ["a", "b"], id="two"),
        pytest.param("a=1; a=2", ["a", "a"], id="duplicate"),
        pytest.param("a=1;b=x=y;; c", ["a", "b", "c"], id="odd-spelling"),
        pytest.param("=v; a=1", ["", "a"], id="nameless"),
    ],
)
def test_names_come_in_order_with_nothing_lost(cookies: str, names: list[str]) -> None:
    assert cookie_names(cookies) == names


def test_seen_returns_the_cookie_field_byte_for_byte(client: httpx2.Client) -> None:
    raw = 'shop_session="q"; _ga=GA1.1.7.7; caf\xe9=\xff; _ga=again'
    answer = client.get("/seen", headers=[(b"cookie", raw.encode("latin-1"))]).json()
    assert answer == {"names": ["shop_session", "_ga", "caf\xe9", "_ga"], "raw": raw}


def test_several_cookie_fields_read_as_one(shop: str) -> None:
    address = urlsplit(shop)
    with socket.create_connection((address.hostname, address.port), timeout=5) as connection:
        fields = b"Host: shop\r\nCookie: a=1\r\nCookie: b=2\r\nConnection: close\r\n\r\n"
        connection.sendall(b"GET /seen HTTP/1.1\r\n" + fields)
        answer = b"".join(iter(lambda: connection.recv(4096), b""))
    assert b'{"names":["a","b"],"raw":"a=1; b=2"}' in answer


def test_a_request_without_cookies_is_seen_as_such(client: httpx2.Client) -> None:
    assert client.get("/seen").json() == {"names": [], "raw": ""}


def test_the_log_holds_names_without_values_and_not_the_looking(third_party: str) -> None:
    with (
        running(create_shop(third_party)) as origin,
        httpx2.Client(base_url=origin, verify=False, timeout=60) as client,
    ):
        client.get("/robots.txt", headers={"cookie": "b=secret; a=1"})
        client.get("/seen")
        client.get("/nowhere")
        log = client.get("/seen/log").json()
    assert log == [{"path": "/robots.txt", "cookies": ["b", "a"]}, {"path": "/nowhere", "cookies": []}]


def test_the_log_forgets_the_oldest(third_party: str) -> None:
    with (
        running(create_shop(third_party)) as origin,
        httpx2.Client(base_url=origin, verify=False, timeout=60) as client,
    ):
        client.get("/favicon.svg")
        for _ in range(REMEMBERED):
            client.get("/robots.txt")
        log = client.get("/seen/log").json()
    assert [row["path"] for row in log] == ["/robots.txt"] * REMEMBERED


def test_the_page_for_people_names_cookies_and_their_purpose_but_shows_no_value(
    client: httpx2.Client,
) -> None:
    page = client.get("/seen.html", headers={"cookie": "_fbp=hush-hush; <i>=1"}).text
    assert "<code>_fbp</code></th><td><b>Advertisement.</b> Lets our" in page
    assert "<code>&lt;i&gt;</code></th><td>Not one of this shop&#39;s cookies." in page.replace("'", "&#39;")
    assert "hush-hush" not in page


def test_the_page_for_people_says_when_there_was_none(client: httpx2.Client) -> None:
    assert "Not a single cookie." in client.get("/seen.html").text
