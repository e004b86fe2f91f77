"""What templates escape, and what a mould makes of its slots."""

import pytest
from markupsafe import Markup

from assent.web.templating import Mould, environment, slot


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
