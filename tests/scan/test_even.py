"""What is uneven about a layer: judged from what was seen of it."""

from dataclasses import replace

import pytest

from assent.scan.even import silent, uneven, unlike, wall
from assent.scan.layers import Button, Difference, Drawn, Layer, Moving, Pair, Shipped, Surface, Switch, Words

SHIPPED = Shipped(
    "We measure.",
    {"accept_all": "Accept All", "reject_all": "Reject All"},
    {"analytics": "Analytics"},
)
REJECT = Button("reject_all", "Reject All", "Reject All")
ACCEPT = Button("accept_all", "Accept All", "Accept All")
SAVE = Button("save", "Save", "Save")
OFF = Drawn(own=True, knob=3, fill="#ffffff", solid=True, picture=False)
ON = replace(OFF, knob=20, fill="#0b62b8")
SWITCH = Switch("analytics", "checkbox", "Analytics", False, True, False, OFF, ON, "#ffffff")
TOLD = Words("We measure.", 15, "#555d6b", "#ffffff", False, (), True)
BANNER = Layer((REJECT, ACCEPT), (), (TOLD,), (), 0.2)
DIALOG = Layer((REJECT, SAVE, ACCEPT), (SWITCH,), (TOLD,), (), 0.8)
FIRST, SECOND = ("reject_all", "accept_all"), ("reject_all", "accept_all", "save")
PLAIN = Surface("#1f2530", 0.8, 15)


def test_what_is_even_passes() -> None:
    assert [*uneven(BANNER, FIRST, SHIPPED, "en"), *silent(BANNER, SHIPPED), *wall(BANNER)] == []
    assert list(uneven(DIALOG, SECOND, SHIPPED, "en")) == []
    sized = Difference("at rest", "button", "width", "120px", "118px")
    assert list(unlike(Pair((sized,), (), (PLAIN, PLAIN), (1.0, 1.1)))) == []


@pytest.mark.parametrize(
    ("other", "language", "said"),
    [
        (None, "en", "0 buttons for Reject"),
        (replace(REJECT, action="erase"), "en", 'buttons for action "erase"'),
        (replace(REJECT, shut=True), "en", "cannot be used"),
        (replace(REJECT, hit=False), "en", "reaches something else"),
        (replace(REJECT, focused=True), "en", "is focused before"),
        (replace(REJECT, tab=-1), "en", "keyboard"),
        (replace(REJECT, words="\u200b"), "en", "no word"),
        (replace(REJECT, name="Accept everything"), "en", "says accept"),
        (replace(REJECT, words="Later"), "en", "neither yes nor no"),
        # Words of a language that the scanner does not know can only be compared with those that ship.
        (replace(REJECT, words="Accept All"), "ar", "called the same"),
    ],
)
def test_a_button_is_what_it_says(other: Button | None, language: str, said: str) -> None:
    layer = replace(BANNER, buttons=(other, ACCEPT) if other else (ACCEPT,))
    assert any(said in one for one in uneven(layer, FIRST, SHIPPED, language))


def test_words_of_an_unknown_language_are_not_judged() -> None:
    layer = replace(BANNER, buttons=(replace(REJECT, words="رفض", name="رفض"), ACCEPT))
    assert list(uneven(layer, FIRST, SHIPPED, "ar")) == []


@pytest.mark.parametrize(
    ("other", "said"),
    [
        (replace(SWITCH, checked=True), "on before anybody chose"),
        (replace(SWITCH, value="everything"), '0 switches for the category "analytics"'),
        (replace(SWITCH, name="Necessary"), 'called "Necessary"'),
        (replace(SWITCH, hit=False), "cannot be pressed"),
        (replace(SWITCH, on=OFF), "does not look off"),
        (replace(SWITCH, off=ON, on=OFF), "does not look off"),
        (replace(SWITCH, off=replace(OFF, picture=True)), "does not look off"),
    ],
)
def test_a_switch_is_off_and_looks_it(other: Switch, said: str) -> None:
    assert any(said in one for one in uneven(replace(DIALOG, switches=(other,)), SECOND, SHIPPED, "en"))


def test_after_a_choice_a_switch_may_be_on() -> None:
    made = replace(
        DIALOG,
        buttons=(*DIALOG.buttons, Button("withdraw", "Withdraw", "Withdraw")),
        switches=(replace(SWITCH, checked=True),),
    )
    assert list(uneven(made, (*SECOND, "withdraw"), SHIPPED, "en")) == []


@pytest.mark.parametrize(
    ("other", "said"),
    [
        (replace(TOLD, seen=False), "cannot be seen"),
        (replace(TOLD, size=9), "9 pixels high"),
        (replace(TOLD, colour="#cccccc"), "has a contrast of"),
        (replace(TOLD, contrast=1.2), "stands out with 1.2"),
        (replace(TOLD, picture=True, contrast=1.2), "stands out with 1.2"),
        (replace(TOLD, effects=("filter: blur(3px)",)), "seen through filter"),
    ],
)
def test_words_can_be_read(other: Words, said: str) -> None:
    assert any(said in one for one in uneven(replace(BANNER, words=(other,)), FIRST, SHIPPED, "en"))


@pytest.mark.parametrize(
    ("pair", "said"),
    [
        (Pair((Difference("focused", "button", "opacity", "1", "0.2"),)), "focused: button opacity 1, 0.2"),
        (Pair((), (("reject_all", "pointed at"),)), "a press on Reject, pointed at"),
        (Pair((), (), (PLAIN, replace(PLAIN, contrast=2))), "letters of Reject stand out with 2"),
        (Pair((), (), (PLAIN, replace(PLAIN, ground="#5a6270"))), "pixels of their surface"),
        (Pair((), (), (PLAIN, PLAIN), (1.0, 0.1)), "Reject does not show"),
        (Pair((), moving=(Moving("button.no", "gone", True, 1),)), 'animation "gone"'),
        (Pair((), moving=(Moving("div", "", False, -1),)), "moves for more than 5"),
    ],
)
def test_two_buttons_are_drawn_alike(pair: Pair, said: str) -> None:
    assert any(said in one for one in unlike(pair))


def test_a_banner_leaves_the_page_in_sight_and_tells_its_purposes() -> None:
    assert list(wall(replace(BANNER, covers=0.7))) == ["the banner covers 70% of the window"]
    assert list(wall(replace(BANNER, painted=1))) == ["the banner covers 100% of the window"]
    assert list(silent(replace(BANNER, words=()), SHIPPED)) == ['the purposes are not told: "We measure."']
