"""What a scan writes: entries that can be pasted, and that let nothing pass that nobody knows."""

import tomllib

from assent import Settings
from assent.core.categories import Category
from assent.core.durations import lasting
from assent.core.rules import CookieRule, HostRule, Rules
from assent.scan.findings import findings, toml
from assent.scan.judge import Judge
from assent.scan.seen import Asked, Cookie, Observed, Site, Stored

PAGE = "https://shop.example/"
RULES = Rules(
    catalogue=(
        CookieRule("_ga", Category.ANALYTICS, "Google Analytics", "2 years", "Tells visitors apart."),
    ),
    catalogue_hosts=(HostRule("t.example", Category.ADVERTISEMENT, "T"),),
)


def seen(*cookies: Cookie, storage: tuple[Stored, ...] = (), hosts: tuple[Asked, ...] = ()) -> Site:
    steps = (
        Observed("before", 0.0, cookies=cookies, storage=storage, hosts=hosts),
        Observed("accept", 1.0, cookies=cookies),
    )
    return Site(PAGE, "Chromium", steps, {})


def cookie(name: str, **more: object) -> Cookie:
    return Cookie(name, "shop.example", "/", PAGE, 0.0, **more)  # type: ignore[arg-type]


def written(site: Site) -> str:
    return toml(findings(site, Judge(RULES, (), {}, PAGE)), site)


def test_what_is_known_is_an_entry_and_a_valid_one() -> None:
    hosts = (
        Asked("t.example", "script", PAGE, 0.0, "answered"),
        Asked("t.example", "image", PAGE, 0.0, "failed"),
    )
    tree = tomllib.loads(written(seen(cookie("_ga", lifetime=400 * 86400), hosts=hosts)))
    Settings.model_validate(tree)
    assert tree["cookies"][0]["name"] == "_ga"
    assert tree["cookies"][0]["category"] == "analytics"
    assert tree["cookies"][0]["duration"] == "13 months"
    assert tree["hosts"] == [{"host": "t.example", "category": "advertisement"}]


def test_what_nobody_knows_is_commented_out_and_valid_once_it_is_not() -> None:
    text = written(
        seen(
            cookie("shop_csrf"), cookie("zq"), storage=(Stored("localStorage", "theme", PAGE[:-1], PAGE, 0),)
        )
    )
    assert tomllib.loads(text) == {}
    assert "looks like necessary: its name looks like a token against forged requests" in text
    lines = [
        line.removeprefix("# ") for line in text.splitlines() if "like" not in line and "seen" not in line
    ]
    tree = tomllib.loads("\n".join(lines))
    assert [entry["name"] for entry in tree["cookies"]] == ["shop_csrf", "zq"]
    assert [entry["category"] for entry in tree["cookies"]] == ["necessary", ""]
    assert tree["storage"] == [{"key": "theme", "category": "functional"}]


def test_names_cannot_break_out_of_their_line() -> None:
    assert tomllib.loads(written(seen(cookie('x"\n[gateway]\nupstream = "http://evil')))) == {}


def test_what_was_blocked_refused_or_there_before_is_no_finding() -> None:
    hosts = (Asked("t.example", "script", PAGE, 0.0, "blocked"),)
    site = seen(cookie("a", kept=False), cookie("b", new=False), hosts=hosts)
    assert findings(site, Judge(RULES, (), {}, PAGE)) == ()


def test_a_thing_is_found_once_with_all_its_steps() -> None:
    (one,) = findings(seen(cookie("_ga")), Judge(RULES, (), {}, PAGE))
    assert one.steps == ("before", "accept")


def test_lifetimes_are_told_in_words() -> None:
    told = {
        None: "Session",
        365 * 86400: "1 year",
        90 * 86400 - 2: "3 months",
        7 * 86400: "7 days",
        1800: "30 minutes",
    }
    assert {seconds: lasting(seconds) for seconds in told} == told
