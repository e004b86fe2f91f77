"""Whose word about a request's origin is believed, and what follows from it."""

from typing import Any

import pytest

from assent.errors import ConfigError
from assent.gateway.proxies import TrustedProxies, arrival, public_origin

NOBODY = TrustedProxies()
LAN = TrustedProxies(["10.0.0.0/8", "::1"])


def scope(*fields: tuple[str, str], peer: str | None = "10.0.0.1", **more: Any) -> dict[str, Any]:
    return {
        "type": "http",
        "scheme": "http",
        "client": (peer, 4711) if peer else None,
        "server": ("127.0.0.1", 8000),
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in fields],
        **more,
    }


HOST = ("host", "shop.example")


def test_stranger_that_says_where_it_comes_from_is_not_believed() -> None:
    came = arrival(
        scope(HOST, ("x-forwarded-for", "1.1.1.1"), ("x-forwarded-proto", "https"), peer="203.0.113.9"), LAN
    )
    assert came == (("203.0.113.9",), "http", "shop.example", False)


@pytest.mark.parametrize(
    ("said", "chain"),
    [
        pytest.param("203.0.113.9", ("203.0.113.9", "10.0.0.1"), id="visitor behind one proxy"),
        pytest.param("203.0.113.9, 10.2.2.2", ("203.0.113.9", "10.2.2.2", "10.0.0.1"), id="two proxies"),
        pytest.param("6.6.6.6, 203.0.113.9", ("203.0.113.9", "10.0.0.1"), id="forged entry left of visitor"),
        pytest.param("10.3.3.3, 10.2.2.2", ("10.3.3.3", "10.2.2.2", "10.0.0.1"), id="all trusted"),
        pytest.param("203.0.113.9:5555", ("203.0.113.9", "10.0.0.1"), id="port on IPv4"),
        pytest.param("[2001:DB8::1]:443", ("2001:db8::1", "10.0.0.1"), id="port on IPv6"),
        pytest.param("2001:db8::1", ("2001:db8::1", "10.0.0.1"), id="bare IPv6"),
        pytest.param("::ffff:203.0.113.9", ("203.0.113.9", "10.0.0.1"), id="IPv4 written as IPv6"),
        pytest.param("10.9.9.9, <b>\xff", ("unknown", "10.0.0.1"), id="no address ends the chain"),
        pytest.param(" , ", ("10.0.0.1",), id="empty list"),
    ],
)
def test_chain_starts_at_the_rightmost_untrusted_address(said: str, chain: tuple[str, ...]) -> None:
    assert arrival(scope(HOST, ("x-forwarded-for", said)), LAN).chain == chain


def test_addresses_in_several_fields_are_one_list() -> None:
    fields = (("x-forwarded-for", "6.6.6.6"), ("x-forwarded-for", "203.0.113.9"))
    assert arrival(scope(*fields), LAN).chain == ("203.0.113.9", "10.0.0.1")


@pytest.mark.parametrize(
    ("fields", "origin"),
    [
        pytest.param([], "http://shop.example", id="nothing said"),
        pytest.param([("x-forwarded-proto", "HTTPS")], "https://shop.example", id="scheme"),
        pytest.param([("x-forwarded-proto", "wss")], "https://shop.example", id="scheme of a WebSocket"),
        pytest.param([("x-forwarded-proto", "gopher")], "http://shop.example", id="no web scheme"),
        pytest.param([("x-forwarded-host", "Www.Example:443")], "http://www.example:443", id="foreign port"),
        pytest.param(
            [("x-forwarded-host", "w.example:443"), ("x-forwarded-proto", "https")],
            "https://w.example",
            id="default port goes",
        ),
        pytest.param([("x-forwarded-host", "evil/../x")], "http://shop.example", id="host that is none"),
        pytest.param(
            [("x-forwarded-for", "203.0.113.9, 10.2.2.2"), ("x-forwarded-proto", "http, https, http")],
            "https://shop.example",
            id="appended by two proxies after a forged one",
        ),
        pytest.param(
            [("x-forwarded-for", "203.0.113.9, 10.2.2.2"), ("x-forwarded-proto", "https")],
            "https://shop.example",
            id="replaced by the last of two proxies",
        ),
        pytest.param(
            [("forwarded", 'for=6.6.6.6;proto=http, for="[2001:db8::1]:99";proto=https;host="a.example:81"')],
            "https://a.example:81",
            id="RFC 7239 after a forged element",
        ),
        pytest.param([("forwarded", "for=1.1.1.1;proto=https;;;")], "http://shop.example", id="malformed"),
        pytest.param(
            [("forwarded", "for=6.6.6.6;proto=https"), ("x-forwarded-for", "203.0.113.9")],
            "http://shop.example",
            id="Forwarded from a visitor past a proxy of the other kind",
        ),
    ],
)
def test_public_origin_behind_a_trusted_proxy(fields: list[tuple[str, str]], origin: str) -> None:
    assert public_origin(scope(HOST, *fields), LAN) == origin


def test_quoted_comma_and_escape_do_not_split_a_forwarded_element() -> None:
    fields = [("forwarded", 'for=203.0.113.9;by="_a,\\"b;c";proto=https')]
    assert public_origin(scope(HOST, *fields), LAN) == "https://shop.example"


@pytest.mark.parametrize(
    ("given", "origin"),
    [
        pytest.param(scope(("host", "Shop.Example:80")), "http://shop.example", id="default port"),
        pytest.param(scope(("host", "shop.example:")), "http://shop.example", id="empty port"),
        pytest.param(scope(("host", "[::1]:8080")), "http://[::1]:8080", id="IPv6"),
        pytest.param(scope(HOST, scheme="wss"), "https://shop.example", id="WebSocket over TLS"),
        pytest.param(scope(), "http://127.0.0.1:8000", id="no Host"),
        pytest.param(scope(HOST, ("host", "evil.example")), "http://127.0.0.1:8000", id="two Hosts"),
        pytest.param(scope(server=("::1", 8000)), "http://[::1]:8000", id="no Host on IPv6"),
        pytest.param(scope(server=None), "http://localhost", id="no Host and no server"),
    ],
)
def test_public_origin_without_proxies(given: dict[str, Any], origin: str) -> None:
    assert public_origin(given, NOBODY) == origin


def test_peer_on_a_unix_socket_is_believed_only_when_listed() -> None:
    given = scope(HOST, ("x-forwarded-proto", "https"), peer=None)
    assert public_origin(given, LAN) == "http://shop.example"
    assert public_origin(given, TrustedProxies(["unix"])) == "https://shop.example"
    assert arrival(given, NOBODY).chain == ("unknown",)


@pytest.mark.parametrize(
    ("peer", "trusted"),
    [
        ("10.1.2.3", True),
        ("::ffff:10.1.2.3", True),
        ("::1", True),
        ("11.0.0.1", False),
        ("testclient", False),
    ],
)
def test_peer_is_looked_up_in_the_networks(peer: str, trusted: bool) -> None:
    assert LAN.trusts(peer) is trusted


def test_every_wrong_network_is_reported_at_once() -> None:
    with pytest.raises(ConfigError) as caught:
        TrustedProxies(["10.0.0.0/8", "10.0.0.1/8", "proxy.local"])
    assert len(caught.value.problems) == 2
    assert "10.0.0.1/8" in caught.value.problems[0]
    assert "proxy.local" in caught.value.problems[1]
