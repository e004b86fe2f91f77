"""Verdicts as a function of what was seen; the browser's part is tested elsewhere."""

from dataclasses import replace

import pytest

from assent.core.categories import Category
from assent.core.rules import CookieRule, HostRule, Rules
from assent.scan.audit import CHECKS, counts, verdicts
from assent.scan.judge import Judge
from assent.scan.law import DEMANDS
from assent.scan.seen import Asked, Banner, Choice, Control, Cookie, Observed, Role, Sent, Site

PAGE = "https://shop.example/"
RULES = Rules(
    catalogue=(CookieRule("_ga", Category.ANALYTICS), CookieRule("sid", Category.NECESSARY)),
    catalogue_hosts=(HostRule("t.example", Category.ADVERTISEMENT),),
)


def control(role: Role, name: str, **more: object) -> Control:
    look = {"width": 120.0, "height": 40.0, "font_size": 16.0, "filled": True, "fill": "#222244"}
    return Control(role, name, "button", 0, **{**look, **more})  # type: ignore[arg-type]


def cookie(name: str, **more: object) -> Cookie:
    return Cookie(name, "shop.example", "/", PAGE, 1.0, "header", PAGE, **more)  # type: ignore[arg-type]


ACCEPT, REJECT = control("accept", "Accept all"), control("reject", "Reject all")
BANNER = Banner("We ask for your consent", "en", "en", "Cookies", 0.2, (ACCEPT, REJECT), "names")
ONE = Choice(True, ("a",))
GOOD = {
    "before": Observed("before", 0, banner=BANNER, narrow=True),
    "reject": Observed("reject", 0, choice=ONE, again=control("preferences", "Cookie settings")),
    "accept": Observed("accept", 0, choice=ONE, again=control("preferences", "Cookie settings")),
    "withdraw": Observed("withdraw", 0, choice=Choice(True, ("b", "a"), opened=1)),
    "gpc": Observed("gpc", 0),
}


def verdict(number: int, steps: dict[str, dict[str, object]], declared: dict[str, str]) -> str:
    """Return the verdict on a site that is as it should be but for what is said of its steps."""
    made = tuple(replace(one, **steps.get(name, {})) for name, one in GOOD.items())  # type: ignore[arg-type]
    site = Site(PAGE, "Chromium", made, declared)
    return verdicts(site, Judge(RULES, (), site.declared, PAGE))[number].status


def buttons(*controls: Control, **more: object) -> dict[str, object]:
    return {"banner": replace(BANNER, controls=controls, **more)}  # type: ignore[arg-type]


TRACKED = {"cookies": (cookie("_ga"),)}
ASKED = {"hosts": (Asked("t.example", "script", PAGE, 1.0, "answered"),)}
STOPPED = {"hosts": (Asked("t.example", "script", PAGE, 1.0, "blocked"),)}


def test_every_rule_has_its_check_and_every_check_its_rule() -> None:
    assert set(CHECKS) == set(DEMANDS) == set(range(1, 38))


@pytest.mark.parametrize(
    ("number", "steps", "told"),
    [
        (1, {}, "pass"),
        (1, {"before": TRACKED}, "fail"),
        (1, {"before": {"cookies": (cookie("sid"),)}}, "pass"),
        (1, {"before": {"cookies": (cookie("zq"),)}}, "unclear"),
        (1, {"before": {"cookies": (cookie("_ga", kept=False),)}}, "pass"),
        (2, {"before": ASKED}, "fail"),
        (2, {"before": STOPPED}, "pass"),
        (3, {"before": TRACKED}, "unclear"),
        (5, {"before": buttons(ACCEPT, covers=1.0)}, "fail"),
        (7, {"before": buttons(ACCEPT)}, "fail"),
        (7, {"before": {"banner": None}}, "moot"),
        (7, {"before": {"banner": None, **TRACKED}}, "fail"),
        (8, {}, "pass"),
        (8, {"before": buttons(ACCEPT, replace(REJECT, tag="a"))}, "fail"),
        (8, {"before": buttons(ACCEPT, replace(REJECT, filled=False, fill=""))}, "fail"),
        (8, {"before": buttons(ACCEPT, replace(REJECT, font_size=12.0))}, "fail"),
        (8, {"before": buttons(ACCEPT, replace(REJECT, width=60.0))}, "fail"),
        (8, {"before": buttons(ACCEPT, replace(REJECT, fill="#eeeeee"))}, "fail"),
        (8, {"before": buttons(ACCEPT, replace(REJECT, fill="#222255"))}, "unclear"),
        (9, {"reject": {"choice": Choice(True, ("a", "b"))}}, "fail"),
        (9, {"reject": {"choice": Choice(False)}}, "fail"),
        (12, {"before": buttons(control("close", "Accept and close"))}, "fail"),
        (12, {"before": buttons(control("close", "Close"))}, "unclear"),
        (18, {"reject": TRACKED}, "fail"),
        (18, {"reject": ASKED}, "fail"),
        (18, {"reject": {"cookies": (cookie("_ga", new=False),)}}, "pass"),
        (19, {"reject": {"banner": BANNER}}, "fail"),
        (20, {s: {"cookies": (cookie("c", lifetime=9),)} for s in ("reject", "accept")}, "pass"),
        (20, {s: {"cookies": (cookie("c", lifetime=n),)} for s, n in (("reject", 1), ("accept", 9))}, "fail"),
        (22, {"reject": {"again": None}}, "fail"),
        (23, {"withdraw": {"choice": Choice(True, ("o", "p", "q"), opened=1)}}, "fail"),
        (24, {"withdraw": {"cookies": (cookie("_ga", new=False),)}}, "fail"),
        (24, {"accept": TRACKED, "withdraw": {"sent": (Sent("_ga", "shop.example", PAGE, 1.0),)}}, "fail"),
        (30, {"gpc": TRACKED}, "fail"),
        (35, {"before": {"narrow": False}}, "fail"),
        (35, {"before": buttons(replace(ACCEPT, height=20.0))}, "fail"),
        (35, {"before": buttons(replace(ACCEPT, contrast=3.0))}, "fail"),
        (36, {}, "pass"),
        (36, {"before": {"banner": replace(BANNER, page_lang="de-AT")}}, "fail"),
        (37, {"before": buttons(ACCEPT, replace(REJECT, reachable=False))}, "fail"),
    ],
)
def test_what_is_seen_decides(number: int, steps: dict[str, dict[str, object]], told: str) -> None:
    assert verdict(number, steps, {}) == told


@pytest.mark.parametrize(
    ("number", "declared", "told"),
    [
        (6, {"_ga": "necessary"}, "fail"),
        (17, {"_ga": "necessary"}, "fail"),
        (17, {"_ga": "analytics"}, "pass"),
        (17, {"_ga": "analytics", "zq": "necessary"}, "unclear"),
        (17, {}, "unclear"),
        (16, {"_ga": "analytics", "zq": "necessary"}, "pass"),
        (16, {"_ga": "analytics"}, "fail"),
    ],
)
def test_what_a_site_says_of_its_cookies_is_held_against_them(
    number: int, declared: dict[str, str], told: str
) -> None:
    steps: dict[str, dict[str, object]] = {"accept": {"cookies": (cookie("_ga"), cookie("zq"))}}
    assert verdict(number, steps, declared) == told


def test_verdicts_are_counted() -> None:
    site = Site(PAGE, "Chromium", tuple(GOOD.values()), {})
    assert sum(counts(verdicts(site, Judge(RULES, (), {}, PAGE))).values()) == len(DEMANDS)
