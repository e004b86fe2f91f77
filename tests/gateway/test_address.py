"""What an operator may write for the upstream, what comes of it, and how a mistake is told."""

import pytest

from assent.errors import ConfigError
from assent.gateway.address import parse


@pytest.mark.parametrize(
    ("url", "authority", "base"),
    [
        ("http://127.0.0.1:9000", b"127.0.0.1:9000", b""),
        ("https://shop.example/base/", b"shop.example", b"/base"),
        ("https://shop.example:443", b"shop.example", b""),
        ("https://shop.example:80", b"shop.example:80", b""),
        ("http://[::1]:9000/a%2Fb", b"[::1]:9000", b"/a%2Fb"),
        ("HTTP://Shop.Example:80/", b"shop.example", b""),
        ("unix:/run/app.sock", b"localhost", b""),
        ("unix:///run/app.sock", b"localhost", b""),
    ],
)
def test_upstream_gives_host_and_base_path(url: str, authority: bytes, base: bytes) -> None:
    address = parse(url)
    assert (address.authority, address.base_path) == (authority, base)


@pytest.mark.parametrize("url", ["unix:/run/app.sock", "unix:///run/app.sock"])
def test_path_after_unix_is_that_of_the_socket(url: str) -> None:
    assert parse(url).socket == "/run/app.sock"
    assert parse("http://a").socket is None


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("ftp://shop.example", "http://"),
        ("shop.example:80", "http://"),
        ("//shop.example", "http://"),
        ("", "http://"),
        ("unix:", "unix:/"),
        ("unix:app.sock", "unix:/"),
        ("unix://app.sock", "unix:/"),
        ("http://", "no host"),
        ("http:///path", "no host"),
        ("http://user:secret@shop.example", "password"),
        ("http://user@shop.example", "password"),
        ("http://shop.example/?a=1", "query"),
        ("http://shop.example/?", "query"),
        ("http://shop.example/#top", "fragment"),
        ("http://shop.example:99999", "not a URL"),
        ("http://shop.example:0", "65535"),
        ("http://[::1", "not a URL"),
        ("http://sh op", "neither a name"),
        ("http://caf\xe9.example", "neither a name"),
        ("http://shop.example/caf\xe9", "percent-encoded"),
    ],
)
def test_wrong_upstream_is_refused_with_its_cure(url: str, said: str) -> None:
    with pytest.raises(ConfigError, match=r"gateway\.upstream") as caught:
        parse(url)
    assert said in str(caught.value)
    assert "secret" not in str(caught.value)
