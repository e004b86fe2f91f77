"""Which choices are a reason to load a page anew."""

import pytest

from assent.core.categories import ALL, NECESSARY_ONLY, Category
from assent.core.freed import frees
from assent.core.rules import CookieRule, HostRule, Rules, StorageRule

RULES = Rules(
    cookies=(CookieRule("stats*", Category.ANALYTICS),),
    hosts=(HostRule("*.video.example", Category.FUNCTIONAL),),
    storage=(StorageRule("theme", Category.FUNCTIONAL),),
)
ANALYTICS = NECESSARY_ONLY | {Category.ANALYTICS}
FUNCTIONAL = NECESSARY_ONLY | {Category.FUNCTIONAL}


@pytest.mark.parametrize(
    ("denied", "now", "expected"),
    [
        pytest.param("cookie stats_id", ANALYTICS, True, id="a cookie of the category"),
        pytest.param("cookie stats_id", FUNCTIONAL, False, id="a cookie of another"),
        pytest.param("host a.video.example", FUNCTIONAL, True, id="a host of the category"),
        pytest.param("host a.video.example:8443", FUNCTIONAL, True, id="a host of the category, on a port"),
        pytest.param("host a.video.example", ANALYTICS, False, id="a host of another"),
        pytest.param("storage theme", FUNCTIONAL, True, id="a storage key"),
        pytest.param("storage nobodys", FUNCTIONAL, False, id="a key that nobody declared"),
        pytest.param("storage nobodys", ALL, True, id="everything granted"),
        pytest.param("parked", FUNCTIONAL, False, id="what has no host"),
        pytest.param("", FUNCTIONAL, False, id="no name"),
        pytest.param("host [", FUNCTIONAL, False, id="no host"),
    ],
)
def test_what_may_pass_now_and_might_not_before_is_freed(
    denied: str, now: frozenset[Category], expected: bool
) -> None:
    assert frees(RULES, [denied], NECESSARY_ONLY, now) is expected


def test_what_could_pass_before_is_no_reason() -> None:
    assert not frees(RULES, ["cookie stats_id"], ANALYTICS, ANALYTICS | FUNCTIONAL)


def test_a_page_that_was_denied_nothing_needs_nothing() -> None:
    assert not frees(RULES, [], NECESSARY_ONLY, ALL)


def test_a_withdrawal_frees_nothing() -> None:
    assert not frees(RULES, ["cookie stats_id"], ALL, NECESSARY_ONLY)
