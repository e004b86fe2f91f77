"""Where URLs lead, by the examples that browsers agree on (WHATWG URL)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assent.core.urls import LONGEST_KEY, LONGEST_NAME, Target, origin_target, third_party

ORIGIN = "https://shop.example:8443"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        pytest.param("https://ads.example/x", "ads.example", id="absolute"),
        pytest.param("//ads.example/x", "ads.example", id="without a scheme"),
        pytest.param("HTTPS://ADS.Example/", "ads.example", id="upper case"),
        pytest.param("http://ads.example", "ads.example", id="other scheme"),
        pytest.param("wss://ads.example/", "ads.example", id="web socket"),
        pytest.param("https://ads.example:443/", "ads.example", id="default port"),
        pytest.param("http://ads.example:443/", "ads.example:443", id="default port of another scheme"),
        pytest.param("https://ads.example:00008444/", "ads.example:8444", id="port with noughts"),
        pytest.param("https://ads.example:/", "ads.example", id="empty port"),
        pytest.param("https://ads.example./x", "ads.example", id="last dot"),
        pytest.param("https://ads.example。/x", "ads.example", id="last dot of another script"),
        pytest.param("https://ads.example?x@shop.example", "ads.example", id="query without a path"),
        pytest.param("https://ads.example#@shop.example", "ads.example", id="fragment without a path"),
        pytest.param("https://shop.example@ads.example/", "ads.example", id="user name"),
        pytest.param("https://a@b:c@ads.example/", "ads.example", id="two at signs"),
        pytest.param("https://ads.example\\@shop.example:8443/", "ads.example", id="backslash ends the host"),
        pytest.param("\\\\ads.example/x", "ads.example", id="two backslashes"),
        pytest.param("/\\ads.example/x", "ads.example", id="slash and backslash"),
        pytest.param("////ads.example/x", "ads.example", id="many slashes"),
        pytest.param("https:\\\\ads.example", "ads.example", id="scheme and backslashes"),
        pytest.param("http:ads.example", "ads.example", id="no slash, another scheme"),
        pytest.param("http:/ads.example", "ads.example", id="one slash, another scheme"),
        pytest.param(" \t\x00\n//ads.example ", "ads.example", id="space and controls around it"),
        pytest.param("ht\ntp\t://ads\r.example/", "ads.example", id="line ends within"),
        pytest.param("//%61ds.example/", "ads.example", id="escaped letter"),
        pytest.param("//\uff41ds.example/", "ads.example", id="wide letter"),
        pytest.param("//b\u00fccher.example/", "xn--bcher-kva.example", id="umlaut"),
        pytest.param("//b%C3%BCcher.example/", "xn--bcher-kva.example", id="escaped umlaut"),
        pytest.param("//[::1]:80/", "[::1]:80", id="IPv6 address"),
        pytest.param("//127.0.0.1/", "127.0.0.1", id="IPv4 address"),
        pytest.param("//shop.example/", "shop.example", id="own host, another port"),
        pytest.param("//www.shop.example:8443/", "www.shop.example:8443", id="sibling"),
        pytest.param(" " * 9000 + "//ads.example", "ads.example", id="after many spaces"),
        pytest.param("https:" + "\n" * 9000 + "//ads.example", "ads.example", id="after many line ends"),
        pytest.param("https://" + "a" * 9000 + "@ads.example", "ads.example", id="after a long user name"),
    ],
)
def test_a_url_that_leads_away(url: str, expected: str) -> None:
    assert str(third_party(url, ORIGIN)) == expected


@pytest.mark.parametrize(
    "url",
    [
        *("", "#x", "?x", "x", "/x", "./x:y", "/x//y", "https:x", "https:/x", "https:ads.example"),
        *(
            "https://shop.example:8443/",
            "//SHOP.example:8443",
            "//shop.example.:08443/x",
            "//u@shop.example:8443",
        ),
        *(
            "data:text/html,//ads.example",
            "blob:https://ads.example/1",
            "javascript:x",
            "about:blank",
            "mailto:a@b",
        ),
        *("tel:1", "//", "https://", "https:///", "//:80", "data:," + "x" * 100_000),
    ],
    ids=lambda url: url[:40] or "empty",
)
def test_a_url_that_stays_or_needs_no_network(url: str) -> None:
    assert third_party(url, ORIGIN) is None


def test_a_name_longer_than_any_is_read_as_it_stands() -> None:
    name = "é." * LONGEST_NAME + "example"
    assert third_party(f"//{name}/", ORIGIN) == Target(name)


def test_the_scheme_of_the_page_decides_what_is_relative() -> None:
    assert third_party("http:ads.example", "http://shop.example") is None
    assert third_party("https:ads.example", "http://shop.example") == Target("ads.example")


def test_the_secure_side_of_the_same_host_is_no_third_party() -> None:
    assert third_party("https://shop.example/", "http://shop.example") is None


def test_an_origin_is_read_as_its_urls_are() -> None:
    assert origin_target("https://Shop.example:443") == ("https", Target("shop.example"))
    assert origin_target(ORIGIN) == ("https", Target("shop.example", 8443))


@given(st.text("htps:/\\.@?#% \t\nab1[]:é。", max_size=40))
def test_space_around_and_line_ends_within_change_nothing(url: str) -> None:
    longer = " " * LONGEST_KEY + "\n".join(url) + " "
    assert third_party(longer, ORIGIN) == third_party(url, ORIGIN)


@given(st.text(max_size=60))
def test_any_text_is_read(url: str) -> None:
    target = third_party("//" + url, ORIGIN)
    assert target is None or target.host
