"""Where a choice may lead back to."""

import pytest

from assent.web.return_to import LONGEST, is_local, local_path


@pytest.mark.parametrize(
    ("path", "led_to"),
    [
        pytest.param("/", "/", id="the root"),
        pytest.param("/a/b?c=%20&d#e", "/a/b?c=%20&d#e", id="an ordinary path and query stays as it is"),
        pytest.param("/?next=//x", "/?next=//x", id="slashes later on do no harm"),
        pytest.param("", "/", id="nothing"),
        pytest.param("//evil.example/a", "/.//evil.example/a", id="a path that begins with two slashes"),
        pytest.param("/\\evil.example", "/", id="another host, as browsers read a backslash"),
        pytest.param("\\\\evil.example", "/", id="backslashes alone"),
        pytest.param("https://evil.example", "/", id="a whole URL"),
        pytest.param("javascript:alert(1)", "/", id="a script"),
        pytest.param("/\t/evil.example", "/%09/evil.example", id="a tab, which browsers drop"),
        pytest.param("/\n/evil.example", "/%0A/evil.example", id="a newline, which browsers drop"),
        pytest.param("/tee\n", "/tee%0A", id="a newline at the end"),
        pytest.param("/grün tee", "/gr%C3%BCn%20tee", id="other characters are percent-encoded"),
        pytest.param("/\udc80", "/?", id="a lone surrogate"),
        pytest.param("/" + "a" * LONGEST, "/", id="too long to be echoed"),
    ],
)
def test_a_link_back_stays_on_this_origin(path: str, led_to: str) -> None:
    assert local_path(path) == led_to


@pytest.mark.parametrize("path", ["/", "/a/b?c=d#e", "/%2F/evil", "/a//b"])
def test_paths_of_the_site_are_local(path: str) -> None:
    assert is_local(path)


@pytest.mark.parametrize(
    "path", ["", "a", "//evil", "/\\evil", "\\\\evil", "https://evil", "/\t/evil", "/a\r\nb", "/ü", "/\x00"]
)
def test_whatever_could_lead_away_is_not(path: str) -> None:
    assert not is_local(path)
