"""The one answer about third parties: by rule, by what is granted, and by what is done with the unknown."""

import pytest

from assent.core.boundary import Blocked, Boundary
from assent.core.categories import ALL, NECESSARY_ONLY, Category
from assent.core.rules import HostRule, Rules, Unknown

ORIGIN = "https://shop.example"
HOSTS = (
    HostRule("pay.example", Category.NECESSARY),
    HostRule("*.stats.example", Category.ANALYTICS),
)
CATALOGUE = (HostRule("ads.example", Category.ADVERTISEMENT), HostRule("pay.example", Category.ANALYTICS))


def boundary(
    granted: frozenset[Category], unknown: Unknown = "block", told: list[str] | None = None
) -> Boundary:
    rules = Rules(hosts=HOSTS, catalogue_hosts=CATALOGUE, unknown_hosts=unknown)
    return Boundary(rules, granted, ORIGIN, (told if told is not None else list[str]()).append)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        pytest.param("/own", None, id="own"),
        pytest.param("https://pay.example/", None, id="necessary: the operator outranks the catalogue"),
        pytest.param(
            "//a.stats.example:8443/x", Blocked("a.stats.example:8443", Category.ANALYTICS), id="not granted"
        ),
        pytest.param("//ads.example", Blocked("ads.example", Category.ADVERTISEMENT), id="by the catalogue"),
        pytest.param("//who.example", Blocked("who.example", None), id="unknown"),
        pytest.param("//sub.shop.example", Blocked("sub.shop.example", None), id="sibling"),
        pytest.param("data:,x", None, id="no network"),
    ],
)
def test_before_a_choice(url: str, expected: Blocked | None) -> None:
    assert boundary(NECESSARY_ONLY).blocked(url) == expected


def test_a_grant_opens_its_hosts_and_no_others() -> None:
    analytics = boundary(NECESSARY_ONLY | {Category.ANALYTICS})
    assert analytics.blocked("//stats.example") is None
    assert analytics.blocked("//ads.example") == Blocked("ads.example", Category.ADVERTISEMENT)


def test_the_unknown_stays_blocked_though_everything_is_granted() -> None:
    assert boundary(ALL).blocked("//ads.example") is None
    assert boundary(ALL).blocked("//who.example") == Blocked("who.example", None)


def test_where_the_unknown_is_allowed_the_refused_is_still_blocked() -> None:
    lenient = boundary(NECESSARY_ONLY, "allow")
    assert lenient.blocked("//who.example") is None
    assert lenient.blocked("//ads.example") == Blocked("ads.example", Category.ADVERTISEMENT)


def test_every_third_party_is_sighted_blocked_or_not_and_nothing_else_is() -> None:
    told: list[str] = []
    judge = boundary(NECESSARY_ONLY, told=told)
    for url in ("//pay.example/x", "//who.example:81/", "/own", "data:,", "https://shop.example/"):
        judge.blocked(url)
    assert told == ["pay.example", "who.example:81"]
