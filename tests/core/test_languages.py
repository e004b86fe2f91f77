"""Which language a page or a browser asks for."""

import pytest

from assent.core.languages import ALIASES, LONGEST, accepted, direction, fitting

OFFERED = ("en", "de", "pt-BR", "zh-Hant")
SHIPPED = ("en", "de", "he", "id", "nb", "pt", "pt-BR", "zh-CN", "zh-HK", "zh-TW")


@pytest.mark.parametrize(
    ("tag", "found"),
    [
        ("de", "de"),
        ("DE-at", "de"),
        ("pt-br", "pt-BR"),
        ("pt", "pt-BR"),
        ("zh-Hant-TW", "zh-Hant"),
        ("", None),
        (" de ", "de"),
        ("de_DE", "de"),
        ("den", None),
    ],
)
def test_a_tag_is_cut_until_it_fits(tag: str, found: str | None) -> None:
    assert fitting(tag, OFFERED) == found


@pytest.mark.parametrize(
    ("found", "tags"),
    [
        ("zh-CN", "zh zh-CN zh-cn zh-SG zh-MY zh-Hans zh-Hans-CN zh-Hans-HK cmn cmn-Hans-CN"),
        ("zh-TW", "zh-TW zh-Hant zh-Hant-TW zh-Hant-US"),
        ("zh-HK", "zh-HK zh-MO zh-Hant-HK zh-Hant-MO yue yue-Hant-HK"),
        ("nb", "nb no nn nb-NO no-NO nn-NO"),
        ("he", "he iw he-IL iw-IL"),
        ("id", "id in in-ID"),
        ("pt", "pt pt-PT pt-AO pt-MZ"),
        ("pt-BR", "pt-BR pt-br"),
        (None, "sr sr-Latn fy x n z"),
    ],
)
def test_a_tag_that_is_retired_or_wider_asks_for_what_its_readers_read(found: str | None, tags: str) -> None:
    assert {tag: fitting(tag, SHIPPED) for tag in tags.split()} == dict.fromkeys(tags.split(), found)


def test_a_language_on_offer_comes_before_another_that_its_tag_stands_for_as_well() -> None:
    assert fitting("nn-NO", ("nb", "nn")) == "nn"
    assert fitting("zh-Hant-HK", ("zh-CN", "zh-Hant", "zh-HK")) == "zh-HK"


def test_what_is_offered_under_the_wider_tag_is_found_by_the_narrower() -> None:
    assert fitting("zh-TW", ("zh-Hant",)) == "zh-Hant"
    assert fitting("nb-NO", ("no",)) == "no"


@pytest.mark.parametrize(
    ("tag", "offered", "found"),
    [
        ("zh-TW", ("en", "zh-HK"), "zh-HK"),
        ("zh-Hant-HK", ("en", "zh-TW"), "zh-TW"),
        ("pt-PT", ("en", "pt-BR"), "pt-BR"),
        ("zh-CN", ("en", "zh-TW"), None),
    ],
)
def test_where_a_language_is_not_offered_the_closest_is_read(
    tag: str, offered: tuple[str, ...], found: str | None
) -> None:
    assert fitting(tag, offered) == found
    assert accepted(f"{tag},en;q=0.5", offered) == (found or "en")


def test_no_alias_leads_to_another() -> None:
    assert not ALIASES.keys() & set(ALIASES.values())


@pytest.mark.parametrize(
    ("field", "found"),
    [
        pytest.param("fr, de;q=0.8, en;q=0.9", "en", id="by weight"),
        pytest.param("de, en", "de", id="by order"),
        pytest.param("de;Q=0.1, en;q=0.5", "en", id="a weight in capitals"),
        pytest.param("de-CH", "de", id="a region"),
        pytest.param("de;q=0, en;q=0.1", "en", id="one is refused"),
        pytest.param("fr;q=1.0, *;q=0.5", None, id="none of those offered"),
        pytest.param("de;q=high", None, id="a weight that is no number"),
        pytest.param("", None, id="nothing"),
        pytest.param("zz," * LONGEST + "de", None, id="behind more than anybody reads"),
        pytest.param(f"en;q=0.5,{'z' * (LONGEST - 14)},de;q=0.1", "en", id="cut between two languages"),
    ],
)
def test_what_a_browser_likes_best_is_taken(field: str, found: str | None) -> None:
    assert accepted(field, OFFERED) == found


@pytest.mark.parametrize(
    ("direction_of", "tags"),
    [("rtl", "ar ar-EG he he-IL iw fa ur-PK az-Arab ku-arab-IQ"), ("ltr", "de zh-Hant ar-Latn uz")],
)
def test_the_script_says_in_which_direction_a_language_is_written(direction_of: str, tags: str) -> None:
    told = {tag: direction(tag) for tag in tags.split()}
    assert set(told.values()) == {direction_of}
