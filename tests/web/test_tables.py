"""Which cookies are listed, under which category, and in which order."""

import pytest

from assent.core.categories import Category
from assent.core.rules import CookieRule, Rules
from assent.web.tables import CookieTables

GA = CookieRule("_ga*", Category.ANALYTICS, "Google", "2 years", "Tells visitors apart.")
FBP = CookieRule("_fbp", Category.ADVERTISEMENT, "Meta", "3 months", "Follows visitors.")


def listed(rules: Rules, names: list[str], category: Category) -> list[str]:
    return [
        row.name for row in CookieTables(rules, lifetime_days=30, names=lambda: names).current()[category]
    ]


@pytest.mark.parametrize(
    ("names", "shown"),
    [
        pytest.param([], [], id="nothing seen: the catalogue alone lists nothing"),
        pytest.param(["_ga_B", "_ga"], ["_ga", "_ga_B"], id="few names: each by name"),
        pytest.param(["_ga1", "_ga2", "_ga3", "_ga4"], ["_ga*"], id="many names: the prefix"),
        pytest.param(["_ga*"], ["_ga*"], id="only the prefix is known"),
        pytest.param(["_ga*", "_ga_B"], ["_ga_B"], id="prefix and a name: the name"),
        pytest.param(["nobody_knows"], [], id="unknown: listed nowhere"),
        pytest.param(["__Host-_ga"], ["__Host-_ga"], id="a prefixed name keeps its prefix"),
    ],
)
def test_names_seen_in_traffic_are_listed_by_the_catalogue(names: list[str], shown: list[str]) -> None:
    rules = Rules(catalogue=(GA, FBP))
    assert listed(rules, names, Category.ANALYTICS) == shown


def test_a_seen_name_carries_the_facts_of_its_rule() -> None:
    tables = CookieTables(Rules(catalogue=(GA,)), lifetime_days=30, names=lambda: ["_ga_X"])
    [row] = tables.current()[Category.ANALYTICS]
    assert (row.name, row.provider, row.duration) == ("_ga_X", "Google", "2 years")


def test_a_row_tells_whether_its_description_is_the_catalogue_s() -> None:
    declared = (FBP, CookieRule("_ga_mine", Category.ANALYTICS, "Google", "", "Counts our visitors."))
    rules = Rules(cookies=declared, catalogue=(GA, FBP))
    tables = CookieTables(rules, lifetime_days=30, names=lambda: ["_ga_X"]).current()
    told = {row.name: row.catalogued for rows in tables.values() for row in rows}
    assert told == {"assent": False, "_fbp": True, "_ga_mine": False, "_ga_X": True}


def test_a_declared_pattern_is_listed_once_whatever_was_seen() -> None:
    assert listed(Rules(cookies=(GA,), catalogue=(FBP,)), ["_ga", "_ga_X"], Category.ANALYTICS) == ["_ga*"]


def test_of_two_declarations_of_one_name_the_one_in_force_is_listed() -> None:
    rules = Rules(
        cookies=(CookieRule("a", Category.FUNCTIONAL, "first"), CookieRule("a", Category.ANALYTICS, "second"))
    )
    tables = CookieTables(rules, lifetime_days=30).current()
    assert [row.provider for row in tables[Category.FUNCTIONAL]] == ["first"]
    assert tables[Category.ANALYTICS] == ()


def test_assents_own_cookie_cannot_be_declared_away_and_tells_its_lifetime() -> None:
    rules = Rules(cookies=(CookieRule("assent", Category.ADVERTISEMENT),))
    tables = CookieTables(rules, lifetime_days=30).current()
    assert [(row.name, row.duration) for row in tables[Category.NECESSARY]] == [("assent", "30 days")]
    assert tables[Category.ADVERTISEMENT] == ()


def test_the_same_names_give_the_same_tables_and_a_new_one_gives_others() -> None:
    names = ["_ga"]
    tables = CookieTables(Rules(catalogue=(GA, FBP)), lifetime_days=30, names=lambda: tuple(names))
    first = tables.current()
    assert tables.current() is first
    names[:] = ["_fbp"]
    assert [row.name for row in tables.current()[Category.ADVERTISEMENT]] == ["_fbp"]
