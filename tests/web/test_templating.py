"""What templates escape, and what a mould makes of its slots."""

from pathlib import Path

import pytest
from markupsafe import Markup

from assent.core.categories import Category
from assent.web.contexts import CookieRow
from assent.web.templating import Mould, environment, purpose, slot
from assent.web.translations import Translations, translations

GENERAL = """msgid "Lets %(provider)s count visits and see how this site is used."
msgstr "%(provider)s zählt."
"""
OWN = 'msgid "Tells visitors apart."\nmsgstr "Unterscheidet Besucher."\n'


def test_a_mould_fills_each_slot_and_drops_the_space_between_tags() -> None:
    mould = Mould(f"<p>\n  <b>{slot('a')} ö {slot('b')}</b>\n</p>{slot('a')}\n")
    assert mould.fill({"a": b"1", "b": b"&lt;"}) == b"<p><b>1 &#246; &lt;</b></p>1"
    assert mould.fill({"a": b"", "b": b"2"}) == b"<p><b> &#246; 2</b></p>"


def test_a_template_that_was_compiled_for_one_language_speaks_the_next(tmp_path: Path) -> None:
    (tmp_path / "own.html").write_text(
        '{{ "Close" | translated }}, {{ _("Close") }}, {{ "2 days" | lasting }}'
    )
    said = [
        environment(translations(language), tmp_path).get_template("own.html").render()
        for language in ("de", "fr", "de")
    ]
    assert said == ["Schließen, Schließen, 2 Tage", "Fermer, Fermer, 2 jours", "Schließen, Schließen, 2 Tage"]


def test_a_slot_nobody_fills_is_an_error() -> None:
    with pytest.raises(KeyError, match="b"):
        Mould(slot("b")).fill({"a": b""})


def test_templates_escape_what_they_are_given() -> None:
    assert environment().from_string("{{ a }}{{ b }}").render(a="<&'\"", b=Markup("<b>")) == (
        "&lt;&amp;&#39;&#34;<b>"
    )


@pytest.mark.parametrize(
    ("catalogued", "texts", "told"),
    [
        pytest.param(True, GENERAL, "Google zählt.", id="of the catalogue: in general"),
        pytest.param(True, GENERAL + OWN, "Unterscheidet Besucher.", id="of the catalogue, translated"),
        pytest.param(True, "", "Tells visitors apart.", id="of the catalogue, in English"),
        pytest.param(False, GENERAL, "Tells visitors apart.", id="yours: as you wrote it"),
        pytest.param(False, OWN, "Unterscheidet Besucher.", id="yours, translated by you"),
    ],
)
def test_what_a_cookie_is_for_is_told_in_the_language_of_the_page(
    catalogued: bool, texts: str, told: str
) -> None:
    cookie = CookieRow("_ga", "Google", "2 years", "Tells visitors apart.", catalogued=catalogued)
    assert purpose(Translations(texts), cookie, Category.ANALYTICS) == told
