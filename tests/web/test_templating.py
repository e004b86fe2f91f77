"""Where a link may lead, and what a mould makes of its slots."""

import pytest
from markupsafe import Markup

from assent.web.templating import LONGEST_PATH, Mould, environment, local_path, slot


@pytest.mark.parametrize(
    ("path", "led_to"),
    [
        pytest.param("/", "/", id="the root"),
        pytest.param("/a/b?c=%20&d#e", "/a/b?c=%20&d#e", id="an ordinary path and query stays as it is"),
        pytest.param("/?next=//x", "/?next=//x", id="slashes later on do no harm"),
        pytest.param("", "/", id="nothing"),
        pytest.param("//evil.example", "/", id="another host"),
        pytest.param("/\\evil.example", "/", id="another host, as browsers read a backslash"),
        pytest.param("\\\\evil.example", "/", id="backslashes alone"),
        pytest.param("https://evil.example", "/", id="a whole URL"),
        pytest.param("javascript:alert(1)", "/", id="a script"),
        pytest.param("/\t/evil.example", "/%09/evil.example", id="a tab, which browsers drop"),
        pytest.param("/\n/evil.example", "/%0A/evil.example", id="a newline, which browsers drop"),
        pytest.param("/tee\n", "/tee%0A", id="a newline at the end"),
        pytest.param("/grün tee", "/gr%C3%BCn%20tee", id="other characters are percent-encoded"),
        pytest.param("/\udc80", "/?", id="a lone surrogate"),
        pytest.param("/" + "a" * LONGEST_PATH, "/", id="too long to be echoed"),
    ],
)
def test_a_link_back_stays_on_this_origin(path: str, led_to: str) -> None:
    assert local_path(path) == led_to


def test_a_mould_fills_each_slot_and_drops_the_space_between_tags() -> None:
    mould = Mould(f"<p>\n  <b>{slot('a')} ö {slot('b')}</b>\n</p>{slot('a')}\n")
    assert mould.fill({"a": b"1", "b": b"&lt;"}) == b"<p><b>1 &#246; &lt;</b></p>1"
    assert mould.fill({"a": b"", "b": b"2"}) == b"<p><b> &#246; 2</b></p>"


def test_a_slot_nobody_fills_is_an_error() -> None:
    with pytest.raises(KeyError, match="b"):
        Mould(slot("b")).fill({"a": b""})


def test_templates_escape_what_they_are_given() -> None:
    assert environment().from_string("{{ a }}{{ b }}").render(a="<&'\"", b=Markup("<b>")) == (
        "&lt;&amp;&#39;&#34;<b>"
    )
