import pytest
from hypothesis import given
from hypothesis import strategies as st

from assent.core.domains import HOSTS, LoopbackHosts, cookie_domains, is_loopback


@pytest.mark.parametrize(
    ("host", "domains"),
    [
        ("shop.example", ["shop.example"]),
        ("www.shop.example", ["www.shop.example", "shop.example"]),
        ("WWW.Shop.Example", ["www.shop.example", "shop.example"]),
        ("a.b.c.shop.example", ["a.b.c.shop.example", "b.c.shop.example", "c.shop.example", "shop.example"]),
        ("my_host.x-y.example", ["my_host.x-y.example", "x-y.example"]),
        ("3com.example", ["3com.example"]),
    ],
)
def test_a_host_can_set_cookies_up_to_its_registrable_domain(host: str, domains: list[str]) -> None:
    assert list(cookie_domains(host)) == domains


@pytest.mark.parametrize(
    ("host", "domains"),
    [
        pytest.param("a.b.co.uk", ["a.b.co.uk", "b.co.uk"], id="suffix of two labels"),
        pytest.param("me.github.io", ["me.github.io"], id="suffix of a company"),
        pytest.param("www.city.kobe.jp", ["www.city.kobe.jp", "city.kobe.jp"], id="exception to a wildcard"),
        pytest.param("a.b.c.kobe.jp", ["a.b.c.kobe.jp", "b.c.kobe.jp"], id="wildcard"),
        pytest.param("shop.corp.lan", ["shop.corp.lan", "corp.lan"], id="a last label that is not listed"),
        pytest.param("a.b.xn--55qx5d.cn", ["a.b.xn--55qx5d.cn", "b.xn--55qx5d.cn"], id="suffix in xn-- form"),
        pytest.param("a.b.公司.cn", ["a.b.xn--55qx5d.cn", "b.xn--55qx5d.cn"], id="suffix beyond ASCII"),
        pytest.param("www.bücher.example", ["www.xn--bcher-kva.example", "xn--bcher-kva.example"], id="name"),
        pytest.param("www.shop.example.", ["www.shop.example.", "shop.example."], id="a last dot stays"),
    ],
)
def test_no_cookie_is_set_above_the_registrable_domain(host: str, domains: list[str]) -> None:
    assert list(cookie_domains(host)) == domains


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "com",
        "co.uk",
        "github.io",
        "127.0.0.1",
        "1.2.3.4.",
        "a.b.1",
        "::1",
        "2001:db8::1.2.3.4",
        "",
        ".",
        "a..b",
        ".shop.example",
        "a.b;Path=x",
        "a.b\r\nSet-Cookie: x",
        "a.b\n",
        "a.b c",
        "\xfc" * 80 + ".example",
        "\xfc..example",
        "a." * 124 + "example",
    ],
)
def test_an_address_a_suffix_or_what_is_no_name_has_none(host: str) -> None:
    assert cookie_domains(host) == ()


@given(st.text(max_size=20) | st.from_regex(r"[a-z0-9.-]{1,30}\.(co\.uk|com|kobe\.jp|1)\.?", fullmatch=True))
def test_every_domain_is_the_host_or_an_ending_of_it(host: str) -> None:
    for domain in cookie_domains(host):
        assert ("." + cookie_domains(host)[0]).endswith("." + domain)
        assert domain.isascii()
        assert not set(domain) & set("; \r\n\x00")


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("localhost", True),
        ("shop.LOCALHOST", True),
        ("localhost.", True),
        ("127.0.0.1", True),
        ("127.1.2.3", True),
        ("::1", True),
        ("localhost.example", False),
        ("mylocalhost", False),
        ("127.shop.example", False),
        ("127.0.0.1.example", False),
        ("10.0.0.1", False),
        ("::", False),
        ("", False),
    ],
)
def test_what_browsers_trust_without_https(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback


@pytest.mark.parametrize(
    ("value", "loopback"),
    [
        (b"localhost", True),
        (b"LocalHost:8000", True),
        (b"a.localhost.:80", True),
        (b"127.0.0.1:", True),
        (b"[::1]:8000", True),
        (b"localhost.example", False),
        (b"127.0.0.1.example:80", False),
        (b"[::2]:80", False),
        (b"\xff", False),
        (b"", False),
    ],
)
def test_whether_a_host_field_names_this_machine(value: bytes, loopback: bool) -> None:
    hosts = LoopbackHosts()
    assert [hosts[value], hosts[value]] == [loopback] * 2


def test_of_host_fields_only_so_many_and_so_long_ones_are_remembered() -> None:
    hosts = LoopbackHosts()
    assert not hosts[b"x" * 100_000]
    assert len(hosts) == 0
    for number in range(3 * HOSTS):
        assert not hosts[b"h%d.example" % number]
    assert len(hosts) <= HOSTS
