"""Who is on this machine: nobody else may see why something is blocked, however the proxies are set up."""

from typing import Any

import pytest

from assent.gateway import TrustedProxies
from assent.web.loopback import Loopback
from tests.asgi.calls import Fields, http_scope


def scope(*fields: tuple[bytes, bytes], host: bytes = b"localhost:8000", **more: Any) -> Any:
    made = http_scope("/", **more)
    made["headers"] = [(b"host", host), *fields]
    return made


def is_here(asked: Any, *, trusted: tuple[str, ...] = (), origin: str | None = None) -> bool:
    return Loopback(TrustedProxies(trusted), origin).is_here(asked)


@pytest.mark.parametrize("peer", ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"])
@pytest.mark.parametrize(
    "host",
    [b"localhost", b"localhost:8000", b"LOCALHOST:1", b"shop.localhost", b"127.0.0.1:8000", b"[::1]:80"],
)
def test_a_visitor_on_this_machine_has_a_loopback_address_and_asks_for_one(peer: str, host: bytes) -> None:
    assert is_here(scope(host=host, client=(peer, 5)))


@pytest.mark.parametrize(
    "host",
    [b"shop.example", b"localhost.example", b"127.0.0.1.example", b"", b"[::1", b"10.0.0.1", b"x" * 1000],
)
def test_who_asks_for_another_host_is_not(host: bytes) -> None:
    assert not is_here(scope(host=host))


@pytest.mark.parametrize(
    "client",
    [("10.0.0.7", 5), ("172.17.0.1", 5), ("192.168.1.2", 5), ("fe80::1", 5), ("unix", 0), ("", 0), None],
)
def test_who_comes_from_another_address_is_not(client: tuple[str, int] | None) -> None:
    assert not is_here(scope(client=client))


@pytest.mark.parametrize("trusted", [(), ("127.0.0.1",)])
@pytest.mark.parametrize(
    "field",
    [
        (b"x-forwarded-for", b"127.0.0.1"),
        (b"x-forwarded-proto", b"https"),
        (b"x-forwarded-host", b"localhost"),
        (b"forwarded", b"for=127.0.0.1"),
        (b"via", b"1.1 proxy"),
        (b"x-real-ip", b"127.0.0.1"),
        (b"cf-connecting-ip", b"127.0.0.1"),
    ],
)
def test_whom_a_proxy_speaks_for_is_not_whether_it_is_trusted_or_not(
    field: tuple[bytes, bytes], trusted: tuple[str, ...]
) -> None:
    assert not is_here(scope(field), trusted=trusted)


def test_a_trusted_proxy_that_says_nothing_is_no_visitor() -> None:
    assert not is_here(scope(), trusted=("127.0.0.0/8",))
    assert is_here(scope(), trusted=("10.0.0.0/8",))


def test_http_1_0_is_what_proxies_speak() -> None:
    assert not is_here(scope(http_version="1.0"))


@pytest.mark.parametrize("fields", [[], [(b"host", b"localhost"), (b"host", b"localhost")]])
def test_a_request_without_one_host_is_nobodys(fields: Fields) -> None:
    asked = scope()
    asked["headers"] = fields
    assert not is_here(asked)


def test_a_site_with_a_public_origin_tells_nobody() -> None:
    assert not is_here(scope(), origin="https://shop.example")
    assert is_here(scope(), origin="http://localhost:8000")
