"""Categories of what was seen, and what is suggested where nobody knows."""

import pytest

from assent.core.categories import Category
from assent.core.rules import CookieRule, HostRule, Rules
from assent.core.suggestion import pattern
from assent.scan.judge import Judge, Known
from assent.scan.seen import Asked, Cookie, Stored

RULES = Rules(
    cookies=(CookieRule("basket", Category.NECESSARY, "Shop"),),
    catalogue=(
        CookieRule("_ga", Category.ANALYTICS, "Google Analytics"),
        CookieRule("hub_a", Category.FUNCTIONAL),
        CookieRule("hub_b", Category.FUNCTIONAL),
        CookieRule("mix_a", Category.FUNCTIONAL),
        CookieRule("mix_b", Category.ANALYTICS),
    ),
    catalogue_hosts=(HostRule("*.tracker.example", Category.ADVERTISEMENT, "Tracker"),),
)
JUDGE = Judge(
    RULES,
    [("uid", "ads.example", Category.ADVERTISEMENT, "Ads")],
    {"own": "necessary", "wp_*": "functional"},
    "https://www.shop.example/",
)


def cookie(name: str, domain: str = "www.shop.example", **more: object) -> Cookie:
    return Cookie(name, domain, "/", "https://www.shop.example/", 0.0, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("seen", "category", "how"),
    [
        (cookie("basket"), "necessary", "declared"),
        (cookie("assent"), "necessary", "declared"),
        (cookie("_ga", ".shop.example"), "analytics", "catalogue"),
        (cookie("__Secure-_ga"), "analytics", "catalogue"),
        (cookie("own"), "necessary", "site"),
        (cookie("wp_x"), "functional", "site"),
        (cookie("uid", ".ads.example"), "advertisement", "catalogue"),
        (cookie("uid", ".other.example"), "analytics", "suggested"),
        (cookie("x", ".tracker.example", setter="https://a.tracker.example/p"), "advertisement", "catalogue"),
        (cookie("x", setter="https://a.tracker.example/t.js"), "advertisement", "suggested"),
        (cookie("hub_new"), "functional", "suggested"),
        (cookie("mix_new"), None, "unknown"),
        (cookie("my_csrf_token"), "necessary", "suggested"),
        (cookie("PHPSESSID2", http_only=True, by="header"), "necessary", "suggested"),
        (cookie("zq", lifetime=366 * 86400), "analytics", "suggested"),
        (cookie("zq", lifetime=3600), None, "unknown"),
    ],
    ids=lambda value: getattr(value, "name", str(value)),
)
def test_who_knows_a_cookie_best_is_heard(seen: Cookie, category: str | None, how: str) -> None:
    known = JUDGE.cookie(seen)
    assert (known.category and known.category.value, known.how) == (category, how)
    assert bool(known.reason) == (how in ("suggested", "site"))


def test_a_suggestion_is_no_knowledge() -> None:
    known = JUDGE.cookie(cookie("my_ads_id"))
    assert known.category is Category.ADVERTISEMENT
    assert not known.certain
    assert not known.refusable


def test_hosts_of_the_site_s_own_domain_are_its_own() -> None:
    assert JUDGE.asked(Asked("cdn.shop.example", "image", "", 0, "answered")).category is Category.NECESSARY
    assert JUDGE.asked(Asked("a.tracker.example:8443", "image", "", 0, "answered")).refusable
    assert JUDGE.asked(Asked("else.example", "image", "", 0, "answered")) == Known(None, "unknown")


def test_storage_of_a_third_party_is_judged_by_its_host() -> None:
    there = Stored("localStorage", "x", "https://a.tracker.example", "", 0)
    assert JUDGE.stored(there).category is Category.ADVERTISEMENT


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("_hjSession_1234567", "_hjSession_*"),
        ("visit.0a1b2c3d4e5f6071", "visit.*"),
        ("shop_lang", "shop_lang"),
        ("a1234567", "a1234567"),
        ("v2", "v2"),
    ],
)
def test_what_differs_between_visitors_is_no_part_of_a_rule(name: str, rule: str) -> None:
    assert pattern(name) == rule
