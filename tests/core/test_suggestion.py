"""What a name, its neighbours and its attributes suggest."""

import pytest

from assent.core.categories import Category
from assent.core.suggestion import LONG, Families, by_attributes, by_setter, by_shape, pattern


def test_neighbours_that_agree_suggest_their_category() -> None:
    families = Families(
        [("hub_a", Category.FUNCTIONAL), ("hub_b", Category.FUNCTIONAL), ("one_a", Category.ANALYTICS)]
    )
    found = families.of("hub_new")
    assert found is not None
    assert (found.category, found.reason) == (
        Category.FUNCTIONAL,
        "all known names that begin with hub_ are for that",
    )
    assert families.of("one_b") is None, "one name is no family"
    assert families.of("hub") is None


def test_neighbours_that_disagree_suggest_nothing() -> None:
    assert Families([("mix_a", Category.FUNCTIONAL), ("mix_b", Category.ANALYTICS)]).of("mix_c") is None


@pytest.mark.parametrize(
    ("name", "category"),
    [
        ("my_csrf_token", Category.NECESSARY),
        ("shop_sid", Category.NECESSARY),
        ("my_ads_id", Category.ADVERTISEMENT),
        ("visitorKey", Category.ANALYTICS),
        ("ab_home", Category.PERFORMANCE),
        ("user_lang", Category.FUNCTIONAL),
        ("zq", None),
    ],
)
def test_names_have_shapes(name: str, category: Category | None) -> None:
    found = by_shape(name)
    assert (found.category if found else None) == category


@pytest.mark.parametrize(
    ("lifetime", "http_only", "by_header", "category"),
    [
        (LONG, False, True, Category.ANALYTICS),
        (LONG, True, True, None),
        (LONG - 1, False, True, None),
        (None, True, True, Category.NECESSARY),
        (None, False, True, None),
        (None, True, False, None),
    ],
)
def test_attributes_suggest(
    lifetime: int | None, http_only: bool, by_header: bool, category: Category | None
) -> None:
    found = by_attributes(lifetime=lifetime, http_only=http_only, by_header=by_header)
    assert (found.category if found else None) == category


def test_a_known_setter_suggests_what_it_is_known_for() -> None:
    found = by_setter("cdn.tracker.example", Category.ADVERTISEMENT, "Tracker")
    assert found == (Category.ADVERTISEMENT, "cdn.tracker.example set it, which is known for that", "Tracker")


def test_a_pattern_has_a_names_own_beginning() -> None:
    assert pattern("_hjSession_1234567") == "_hjSession_*"
