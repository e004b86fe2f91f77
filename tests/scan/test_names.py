"""What buttons are called: in many languages, and what is easily mistaken for something else."""

import pytest

from assent.config import LANGUAGES
from assent.scan.names import COOKIE_WORDS, REJECT, languages, role_of
from assent.scan.seen import Role
from assent.web.translations import translations

CALLED: tuple[tuple[str, Role], ...] = (
    ("Accept All", "accept"),
    ("I agree", "accept"),
    ("OK", "accept"),
    ("Reject All", "reject"),
    ("Do not accept", "reject"),
    ("I do not agree, disagree", "reject"),
    ("Only necessary cookies", "reject"),
    ("Continue without accepting", "reject"),
    ("Accept only essential cookies", "reject"),
    ("Save My Preferences", "save"),
    ("Allow selection", "save"),
    ("Customize", "preferences"),
    ("Cookie settings", "preferences"),
    ("Withdraw consent", "withdraw"),
    ("Alle akzeptieren", "accept"),
    ("Nicht zustimmen", "reject"),
    ("Nur notwendige Cookies", "reject"),
    ("Auswahl speichern", "save"),
    ("Einwilligung widerrufen", "withdraw"),
    ("Tout accepter", "accept"),
    ("Continuer sans accepter", "reject"),
    ("J'accepte", "accept"),
    ("Rechazar todo", "reject"),
    ("Aceptar selección", "save"),
    ("Accetta tutto", "accept"),
    ("Alles weigeren", "reject"),
    ("Odrzuć wszystkie", "reject"),
    ("Avvisa alla", "reject"),
    ("Hyväksy kaikki", "accept"),
    ("Απόρριψη όλων", "reject"),
    ("すべて同意する", "accept"),
    ("すべて拒否", "reject"),
    ("\u00d7", "close"),
    ("Close", "close"),
    ("Imprint", ""),
    ("Look at our books", ""),
    ("The seven settings that every owner of a large tea kettle should know about", ""),
)


@pytest.mark.parametrize(("name", "role"), CALLED, ids=[name[:30] for name, _ in CALLED])
def test_a_name_tells_what_a_button_is_for(name: str, role: Role) -> None:
    assert role_of(name)[0] == role


def test_the_language_is_what_all_buttons_share() -> None:
    assert languages(["Alle akzeptieren", "Ablehnen"]) == {"de"}
    assert "en" in languages(["Accept All", "Reject All"])
    assert languages(["Zzz"]) == set()


@pytest.mark.parametrize(
    "text", ["We use cookies", "Wir bitten um Ihre Einwilligung", "クッキーを使います", "Používáme soubory"]
)
def test_texts_about_consent_are_known(text: str) -> None:
    assert COOKIE_WORDS.search(text)


def test_what_ships_is_called_so_that_it_is_known() -> None:
    for language in LANGUAGES:
        if {"nb": "no"}.get(language, language) in REJECT:
            told = translations(language)
            found = [role_of(told.gettext(name))[0] for name in ("Reject All", "Accept All")]
            assert found == ["reject", "accept"], language
