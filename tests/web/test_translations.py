"""The languages that ship: complete, with the right plurals, and chosen by page, then by visitor."""

import re
from collections.abc import AsyncIterator, Callable
from gettext import c2py
from pathlib import Path
from typing import Any

import httpx2
import pytest
from babel import Locale
from babel.messages.catalog import Message
from babel.messages.frontend import CommandLineInterface
from babel.messages.pofile import read_po
from starlette.responses import HTMLResponse

from assent import ConsentMiddleware, Settings
from assent.config import LANGUAGES
from assent.core.languages import ALIASES, fitting
from assent.resources import directory
from assent.web.translations import translations
from tests.web.test_choice import Visitor
from tests.web.test_words import FOR_OPERATORS, ROOT

TRANSLATED = [name for name in LANGUAGES if name != "en"]
REGIONS = {"pt": "pt_PT"}
"""What CLDR calls a language that it takes for that of another country."""

PLACES = re.compile(r"%\(\w+\)s|</?\w+")
SAME = {",", ":", "()", "Cookie", "cookie", "Description", "Performance", "Session", "Site", "minute", "week"}
"""Words that some languages share with English."""


@pytest.fixture(scope="module")
def texts(tmp_path_factory: pytest.TempPathFactory) -> list[Message]:
    """All that a visitor reads, as it is written."""
    if not (ROOT / "pyproject.toml").exists():
        pytest.skip("needs the checkout")
    collected = tmp_path_factory.mktemp("texts") / "messages.pot"
    left_out = [part for name in sorted(FOR_OPERATORS) for part in ("--ignore-dirs", name)]
    arguments = ["extract", "-F", ROOT / "pyproject.toml", "-k", "N_", "-k", "NN_:1,2", "-o", collected]
    folders = [ROOT / "app", ROOT / "templates"]
    CommandLineInterface().run(["pybabel", *map(str, [*arguments, *left_out, *folders])])  # type: ignore[no-untyped-call]
    with collected.open("rb") as file:
        found = [message for message in read_po(file) if message.id]
    return [each for each in found if not all(Path(at).name in FOR_OPERATORS for at, _ in each.locations)]


def test_english_comes_first_and_each_file_is_named_by_the_tag_that_its_language_is_asked_by() -> None:
    assert LANGUAGES[0] == "en"
    for name in TRANSLATED:
        assert re.fullmatch("[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?", name)
        assert Locale.parse(name, sep="-")
        assert fitting(name, LANGUAGES) == name
    assert not {name.lower() for name in TRANSLATED} & ALIASES.keys()


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_text_is_missing_and_none_is_left_over(language: str, texts: list[Message]) -> None:
    written = {each.id if isinstance(each.id, str) else each.id[0] for each in texts}
    translated = translations(language).texts
    assert written ^ translated.keys() == set()
    assert {PLACES.sub("", text).strip() for text, forms in translated.items() if text in forms} <= SAME


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_form_has_the_places_that_are_filled(language: str, texts: list[Message]) -> None:
    translated = translations(language).texts
    for each in texts:
        one, many = (each.id, each.id) if isinstance(each.id, str) else each.id
        for form in translated[one]:
            assert sorted(PLACES.findall(form)) == sorted(PLACES.findall(many))


@pytest.mark.parametrize("language", TRANSLATED)
def test_there_are_as_many_forms_as_the_language_has(language: str) -> None:
    with (directory("locales") / f"{language}.po").open("rb") as file:
        catalog = read_po(file)
    assert str(catalog.locale_identifier).replace("_", "-") == language
    numbers = {len(each.string or ()) for each in catalog if isinstance(each.id, tuple)}
    assert numbers == {catalog.num_plurals}
    assert not [error for _, errors in catalog.check() for error in errors]


@pytest.mark.parametrize("language", TRANSLATED)
def test_numbers_share_a_form_where_the_language_says_so(language: str) -> None:
    with (directory("locales") / f"{language}.po").open("rb") as file:
        catalog = read_po(file)
    form = c2py(catalog.plural_expr)
    category = Locale.parse(REGIONS.get(language, language.replace("-", "_"))).plural_form
    pairs = {(category(number), form(number)) for number in range(1001)}
    assert len(pairs) == len(dict(pairs)) == len({each for _, each in pairs}) == catalog.num_plurals


@pytest.mark.parametrize(
    ("language", "number", "told"),
    [
        ("de", 1, "1 Tag"),
        ("de", 2, "2 Tage"),
        ("fr", 0, "0 jour"),
        ("pl", 1, "1 dzień"),
        ("pl", 22, "22 dni"),
        ("ja", 5, "5日"),
        ("ar", 3, "3 أيام"),
        ("ar", 11, "11 يومًا"),
        ("ar", 100, "100 يوم"),
    ],
)
def test_the_form_goes_with_the_number(language: str, number: int, told: str) -> None:
    said = translations(language).ngettext("%(number)s day", "%(number)s days", number)
    assert said % {"number": number} == told


Site = Callable[..., httpx2.AsyncClient]


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    made: list[tuple[ConsentMiddleware, httpx2.AsyncClient]] = []

    def make(
        html: str = "<html><body>", fields: dict[str, str] | None = None, **settings: Any
    ) -> httpx2.AsyncClient:
        values = Settings.model_validate({"data_dir": tmp_path, "site": settings})
        app = ConsentMiddleware(HTMLResponse("<!doctype html>" + html, headers=fields), settings=values)
        transport = httpx2.ASGITransport(app)
        made.append((app, httpx2.AsyncClient(transport=transport, base_url="https://shop.example")))
        return made[-1][1]

    yield make
    for app, http in made:
        await http.aclose()
        await app.close()


def language_of(page: str) -> tuple[str, str]:
    """Return the language and direction of what Assent put into a page."""
    found = re.search(r'<div id="assent"[^>]* lang="([^"]*)" dir="([^"]*)"', page)
    assert found
    return found[1], found[2]


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("html", "fields", "accept", "expected"),
    [
        pytest.param('<html lang="de-AT"><body>', {}, "fr", "de", id="the page says it"),
        pytest.param("<html LANG=fr><head></head><body>", {}, "de", "fr", id="the page, in capitals"),
        pytest.param("<html><body>", {"content-language": "nl"}, "de", "nl", id="its field says it"),
        pytest.param("<html><body>", {}, "xx, pl;q=0.5", "pl", id="the visitor says it"),
        pytest.param('<html lang="eo"><body>', {}, "it", "it", id="the page's is not there"),
        pytest.param("<p>", {}, "", "en", id="nobody says it"),
    ],
)
async def test_a_page_is_asked_in_its_own_language(
    site: Site, html: str, fields: dict[str, str], accept: str, expected: str
) -> None:
    page = (await site(html, fields).get("/", headers={"accept-language": accept})).text
    assert language_of(page) == (expected, "ltr")


@pytest.mark.anyio
async def test_arabic_runs_from_right_to_left_on_every_page(site: Site) -> None:
    http = site('<html lang="ar"><body>')
    assert language_of((await http.get("/")).text) == ("ar", "rtl")
    for path in ("/_assent/preferences", "/_assent/cookies"):
        page = (await http.get(path + "?language=ar")).text
        assert language_of(page) == ("ar", "rtl")
        assert '<html class="assent-host" lang="ar" dir="rtl">' in page


@pytest.mark.anyio
async def test_only_what_the_operator_offers_is_spoken(site: Site) -> None:
    http = site("<html lang=fr><body>", languages=["de", "nl"])
    assert language_of((await http.get("/", headers={"accept-language": "fr"})).text)[0] == "de"
    assert language_of((await http.get("/", headers={"accept-language": "nl"})).text)[0] == "nl"


@pytest.mark.anyio
async def test_the_operator_s_words_come_first_and_add_languages(site: Site, tmp_path: Path) -> None:
    own = tmp_path / "words"
    own.mkdir()
    lead = 'msgid "Cookie consent"\nmsgstr "%s"\n'
    (own / "de.po").write_text(lead % r"Ein Wort zu \"Cookies\"")
    (own / "eo.po").write_text(lead % "Via elekto")
    http = site("<html lang=de><body>", languages=["en", "de", "eo"], translations=own)
    page = (await http.get("/")).text
    assert 'aria-label="Ein Wort zu &#34;Cookies&#34;"' in page
    assert "Alle ablehnen" in page
    other = site("<html lang=eo><body>", languages=["en", "eo"], translations=own)
    assert "Via elekto" in (await other.get("/")).text


def test_a_language_that_nobody_has_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="does not ship"):
        Settings.model_validate({"site": {"languages": ["xx"], "translations": tmp_path}})


@pytest.mark.anyio
async def test_a_choice_is_recorded_with_the_language_of_its_notice(tmp_path: Path) -> None:
    visitor = Visitor(tmp_path)
    await visitor.choose("save", "analytics", language="fr")
    (record,) = await visitor.records()
    await visitor.close()
    assert record.language == "fr"
