"""The guard's tables: looked through as its script does, they say what the rules say."""

from collections.abc import Iterator
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assent import catalogue
from assent.core.categories import ALL, NECESSARY_ONLY, OPTIONAL, Category
from assent.core.guard import Table, patterns
from assent.core.rules import CookieRule, HostRule, Rules, StorageRule, Unknown, without_prefix
from assent.core.urls import Target

CATEGORIES = st.sampled_from(list(Category))
GRANTED = st.sets(CATEGORIES).map(lambda chosen: NECESSARY_ONLY | chosen)
UNKNOWN: st.SearchStrategy[Unknown] = st.sampled_from(("block", "allow"))
STEMS = st.text("ab_", max_size=4).flatmap(
    lambda stem: st.sampled_from(("", "", "__Host-", "__host-", "__S")).map(lambda head: head + stem)
)
COOKIES = st.builds(
    CookieRule, st.tuples(STEMS.filter(bool), st.sampled_from(("", "*"))).map("".join), CATEGORIES
)
LABELS = st.lists(st.sampled_from("abc"), min_size=1, max_size=4).map(".".join)
HOSTS = st.builds(
    HostRule,
    st.tuples(st.sampled_from(("", "*.")), LABELS, st.sampled_from(("", ":81"))).map("".join),
    CATEGORIES,
)


def verdict(tables: list[Table], candidates: list[str]) -> int:
    """Find the first rule that fits, table by table, as static/guard.js does."""
    for table in tables:
        for candidate in candidates:
            if candidate in table:
                return table[candidate]
    raise AssertionError("the last table must speak for all")


def fitting(name: str) -> list[str]:
    return [name, *(name[:length] + "*" for length in range(len(name), -1, -1))]


def parents(name: str) -> Iterator[str]:
    while name:
        yield f"*.{name}"
        name = name.partition(".")[2]


def cookie(rules: Rules, granted: frozenset[Category], name: str) -> int:
    tables = patterns(rules, granted)["cookie"]
    return verdict(tables, fitting(name) + fitting(without_prefix(name.encode()).decode()))


@given(st.lists(COOKIES), st.lists(COOKIES), GRANTED, UNKNOWN, STEMS)
def test_a_cookie_is_judged_as_by_the_rules(
    declared: list[CookieRule],
    builtin: list[CookieRule],
    granted: frozenset[Category],
    unknown: Unknown,
    name: str,
) -> None:
    rules = Rules(cookies=tuple(declared), catalogue=tuple(builtin), unknown_cookies=unknown)
    assert cookie(rules, granted, name) == rules.permits(name.encode(), granted)


@given(st.lists(HOSTS), st.lists(HOSTS), GRANTED, UNKNOWN, LABELS, st.sampled_from((None, 81, 82)))
def test_a_host_is_judged_as_by_the_rules(
    declared: list[HostRule],
    builtin: list[HostRule],
    granted: frozenset[Category],
    unknown: Unknown,
    host: str,
    port: int | None,
) -> None:
    rules = Rules(hosts=tuple(declared), catalogue_hosts=tuple(builtin), unknown_hosts=unknown)
    target = Target(host, port)
    tables = patterns(rules, granted)["host"]
    candidates = [str(target), host, *parents(str(target)), *parents(host), "*"]
    category = rules.host(target)
    expected = unknown == "allow" if category is None else category in granted
    assert verdict(tables, candidates) == expected


@pytest.mark.parametrize("unknown", ["block", "allow"])
def test_every_name_of_the_catalogue_is_judged_as_by_the_rules(unknown: Unknown) -> None:
    rules = Rules(catalogue=catalogue.cookies(), unknown_cookies=unknown)
    for size in range(len(OPTIONAL) + 1):
        for chosen in combinations(OPTIONAL, size):
            granted = NECESSARY_ONLY | frozenset(chosen)
            tables = patterns(rules, granted)["cookie"]
            for rule in rules.catalogue:
                for name in (rule.name.rstrip("*"), rule.name.replace("*", "X1"), "__Host-" + rule.name):
                    found = verdict(tables, fitting(name) + fitting(without_prefix(name.encode()).decode()))
                    assert found == rules.permits(name.encode(), granted), name


def test_the_choice_itself_is_refused_whatever_is_granted_or_declared() -> None:
    rules = Rules(cookies=(CookieRule("assent*", Category.NECESSARY),), unknown_cookies="allow")
    assert not cookie(rules, ALL, "assent")
    assert cookie(rules, ALL, "assent2")


def test_the_storage_table_is_left_out_when_no_key_is_refused() -> None:
    rules = Rules(storage=(StorageRule("an_*", Category.ANALYTICS), StorageRule("a", Category.NECESSARY)))
    assert patterns(rules, NECESSARY_ONLY)["storage"] == [{"an_*": 0, "a": 1}, {"*": 0}]
    assert patterns(rules, ALL)["storage"] == [{"*": 1}]


def test_a_key_that_nobody_declared_waits_for_the_grant_of_everything() -> None:
    nearly = ALL - {Category.PERFORMANCE}
    assert patterns(Rules(), nearly)["storage"] == [{"*": 0}]
    assert patterns(Rules(unknown_storage="allow"), NECESSARY_ONLY)["storage"] == [{"*": 1}]


def test_a_key_that_is_known_and_refused_is_named_where_it_can_be_deleted() -> None:
    rules = Rules(
        catalogue_storage=(StorageRule("_hj*", Category.ANALYTICS), StorageRule("cart", Category.NECESSARY))
    )
    assert patterns(rules, NECESSARY_ONLY)["storage"] == [{"cart": 1}, {"*": 0}]
    assert patterns(rules, NECESSARY_ONLY, naming=True)["storage"] == [{"_hj*": 0, "cart": 1}, {"*": 0}]
    assert patterns(rules, ALL, naming=True)["storage"] == [{"*": 1}]


def test_what_the_default_says_as_well_is_not_sent() -> None:
    builtin = (
        CookieRule("_ga*", Category.ANALYTICS),
        CookieRule("shop_*", Category.NECESSARY),
        CookieRule("shop_ads", Category.ADVERTISEMENT),
    )
    tables = patterns(Rules(catalogue=builtin), NECESSARY_ONLY)["cookie"]
    assert tables == [{"assent": 0}, {"shop_*": 1, "shop_ads": 0}, {"*": 0}]


def test_a_pattern_that_a_shorter_one_speaks_for_is_not_sent() -> None:
    builtin = (
        StorageRule("shop*", Category.NECESSARY),
        StorageRule("shop_cart", Category.NECESSARY),
        StorageRule("shop_ads*", Category.ADVERTISEMENT),
        StorageRule("shop_ads_off", Category.NECESSARY),
    )
    tables = patterns(Rules(catalogue_storage=builtin), NECESSARY_ONLY)["storage"]
    assert tables == [{"shop*": 1, "shop_ads*": 0, "shop_ads_off": 1}, {"*": 0}]
