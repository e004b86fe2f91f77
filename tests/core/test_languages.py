"""Which language a page or a browser asks for."""

import pytest

from assent.core.languages import accepted, direction, fitting

OFFERED = ("en", "de", "pt-BR", "zh-Hant")


@pytest.mark.parametrize(
    ("tag", "found"),
    [
        ("de", "de"),
        ("DE-at", "de"),
        ("pt-br", "pt-BR"),
        ("pt", None),
        ("zh-Hant-TW", "zh-Hant"),
        ("", None),
        (" de ", "de"),
        ("den", None),
    ],
)
def test_a_tag_is_cut_until_it_fits(tag: str, found: str | None) -> None:
    assert fitting(tag, OFFERED) == found


@pytest.mark.parametrize(
    ("field", "found"),
    [
        pytest.param("fr, de;q=0.8, en;q=0.9", "en", id="by weight"),
        pytest.param("de, en", "de", id="by order"),
        pytest.param("de-CH", "de", id="a region"),
        pytest.param("de;q=0, en;q=0.1", "en", id="one is refused"),
        pytest.param("fr;q=1.0, *;q=0.5", None, id="none of those offered"),
        pytest.param("de;q=high", None, id="a weight that is no number"),
        pytest.param("", None, id="nothing"),
    ],
)
def test_what_a_browser_likes_best_is_taken(field: str, found: str | None) -> None:
    assert accepted(field, OFFERED) == found


def test_arabic_is_written_from_right_to_left() -> None:
    assert [direction(name) for name in ("ar", "ar-EG", "de")] == ["rtl", "rtl", "ltr"]
