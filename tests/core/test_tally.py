"""What was blocked is counted by layer and category, and listed as far as the bounds go."""

from assent.core.categories import Category
from assent.core.rules import CookieRule, HostRule, PathRule, Rules
from assent.core.tally import MOST, STRANGERS, Tally

RULES = Rules(
    cookies=(CookieRule("_ga*", Category.ANALYTICS),),
    hosts=(HostRule("ads.example", Category.ADVERTISEMENT),),
    paths=(PathRule("/collect*", Category.ANALYTICS),),
)


def test_one_thing_is_counted_in_one_place_with_the_page_of_its_first_time() -> None:
    tally = Tally(RULES)
    for page in (b"/first", b"/second", b"/third"):
        tally.cookie("set-cookie", b"_ga_1").add(page)
    tally.cookie("request-cookie", b"_ga_1").add(b"/")

    assert [(c.reason.layer, c.reason.name, c.page, c.times) for c in tally.listed()] == [
        ("set-cookie", "_ga_1", b"/first", 3),
        ("request-cookie", "_ga_1", b"/", 1),
    ]


def test_totals_are_by_layer_and_category() -> None:
    tally = Tally(RULES)
    tally.cookie("set-cookie", b"_ga_1").add(b"/")
    tally.cookie("set-cookie", b"_ga_2").add(b"/")
    tally.cookie("set-cookie", b"mystery").add(b"/")
    tally.host("markup", "img src", "ads.example").add(b"/")
    tally.host("field", "nel", "").add(b"/")
    tally.path("/collect/1").add(b"/collect/1")

    assert tally.totals() == {
        ("set-cookie", "analytics"): 2,
        ("set-cookie", "unknown"): 1,
        ("markup", "advertisement"): 1,
        ("field", "all"): 1,
        ("path", "analytics"): 1,
    }


def test_what_was_only_looked_up_is_not_listed() -> None:
    tally = Tally(RULES)
    tally.cookie("set-cookie", b"_ga")
    assert tally.listed() == []
    assert set(tally.totals().values()) == {0}


def test_the_list_of_a_layer_is_bounded_and_the_totals_go_on() -> None:
    tally = Tally(RULES)
    for number in range(MOST + 50):
        tally.cookie("set-cookie", b"name%d" % number).add(b"/")
    tally.host("policy", "img-src", "ads.example").add(b"/")

    assert len(tally.listed()) == MOST + 1
    assert tally.unlisted() == 50
    assert tally.totals() == {("set-cookie", "unknown"): MOST + 50, ("policy", "advertisement"): 1}


def test_strangers_cannot_crowd_out_what_others_meet() -> None:
    tally = Tally(RULES)
    for number in range(MOST):
        tally.cookie("request-cookie", b"made-up%d" % number, strange=True).add(b"/")
    found = tally.cookie("request-cookie", b"mine").add(b"/")

    assert len(tally.listed()) == STRANGERS + 1
    assert found in tally.listed()


def test_a_path_is_counted_by_its_rule_whatever_a_visitor_adds() -> None:
    tally = Tally(RULES)
    for number in range(5):
        tally.path(f"/collect/{number}").add(b"/collect")

    assert [(c.reason.name, c.times) for c in tally.listed()] == [("/collect/0", 5)]


def test_long_names_and_pages_are_cut() -> None:
    tally = Tally(RULES)
    for end in (b"a", b"b"):
        tally.cookie("set-cookie", b"n" * 100_000 + end).add(b"/" * 100_000)

    (count,) = tally.listed()
    assert count.times == 2
    assert len(count.page) < 1000
    assert len(count.reason.name) < 200
