"""What is unfair about a banner: judged from what was drawn, and drawn from an owner's files."""

from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from assent.cli import main
from assent.scan.fair import unfair
from assent.scan.seen import Banner, Control
from tests.browser.conftest import executable

REJECT = Control(
    "reject", "No", "button", 0, width=120, height=44, font_size=16, weight=600, filled=True, fill="#111111"
)
ACCEPT = replace(REJECT, role="accept", name="Yes")
MORE = replace(REJECT, role="preferences", name="More", filled=False, fill="")
SWITCH = replace(MORE, role="", name="Analytics", toggle=True)
SAVE = replace(MORE, role="save", name="Save")


def banner(*controls: Control, overflows: bool = False) -> Banner:
    return Banner("About cookies", "en", "en", "", 0.2, controls, "Assent", overflows)


FIRST = banner(REJECT, ACCEPT, MORE)
SECOND = banner(SWITCH, REJECT, SAVE, ACCEPT)


def test_alike_is_fair() -> None:
    assert unfair(FIRST, SECOND) == []
    assert unfair(FIRST, banner(SWITCH, SAVE)) == []


@pytest.mark.parametrize(
    ("other", "said"),
    [
        (replace(REJECT, tag="a"), "differ in element"),
        (replace(REJECT, font_size=12), "differ in size of letters"),
        (replace(REJECT, weight=400), "differ in weight"),
        (replace(REJECT, fill="#eeeeee"), "differ in surface"),
        (replace(REJECT, fill="", filled=False), "differ in surface"),
        (replace(REJECT, contrast=7), "differ in contrast"),
        (replace(REJECT, width=80), "differ in size"),
        (replace(REJECT, height=40), "differ in size"),
        (replace(REJECT, in_view=False), '"No" is out of sight'),
        (replace(REJECT, reachable=False), '"No" cannot be reached'),
        (replace(REJECT, contrast=3), "needs 4.5"),
        (replace(REJECT, role=""), "does not offer both"),
    ],
)
def test_a_refusal_that_is_drawn_otherwise_is_not(other: Control, said: str) -> None:
    assert any(said in one for one in unfair(banner(other, ACCEPT, MORE), SECOND))


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        (None, None, "no banner is shown"),
        (FIRST, None, "Customize opens no dialog"),
        (FIRST, banner(SWITCH, SAVE, ACCEPT), "offers to accept all, not to reject"),
        (FIRST, banner(replace(SWITCH, checked=True), SAVE), 'the switch "Analytics" is on'),
        (FIRST, banner(SWITCH, REJECT, replace(ACCEPT, weight=900)), "in the dialog"),
        (FIRST, banner(replace(SWITCH, height=18), SAVE), "needs 24"),
        (FIRST, banner(SWITCH, SAVE, overflows=True), "the dialog is wider"),
        (banner(REJECT, ACCEPT, overflows=True), SECOND, "the banner is wider"),
        (banner(REJECT, ACCEPT, replace(MORE, role="close", name="x")), SECOND, 'the banner has "x"'),
    ],
)
def test_each_layer_is_looked_at(first: Banner | None, second: Banner | None, said: str) -> None:
    assert any(said in one for one in unfair(first, second))


def test_a_link_in_a_sentence_may_be_as_low_as_its_line() -> None:
    assert (
        unfair(banner(REJECT, ACCEPT, replace(MORE, height=17, href="https://shop.example/")), SECOND) == []
    )


@pytest.mark.parametrize(
    ("css", "language", "status", "said"),
    [
        # Of Arabic the scanner knows no word.
        pytest.param(
            "#assent .assent-button { letter-spacing: 1px }",
            "ar",
            0,
            "drawn; Accept and Reject are alike",
            marks=pytest.mark.long,
        ),
        (
            "#assent form > div > * + * + * { background: #0a0 !important }",
            "en",
            1,
            "differ in surface (en, light, 1280 pixels; en, light, 320 pixels; en, light, 480 pixels;",
        ),
        pytest.param(
            "#assent:lang(nl) form > div > * + * + * { background: #0a0 !important }",
            'en", "nl',
            1,
            "differ in surface (nl, light, 320 pixels)",
            marks=pytest.mark.long,
        ),
        pytest.param("#assent { display: none }", "en", 1, "no banner is shown", marks=pytest.mark.long),
    ],
)
def test_a_stylesheet_is_judged_by_what_it_draws(
    tmp_path: Path, css: str, language: str, status: int, said: str
) -> None:
    (tmp_path / "own.css").write_text(css)
    settings = tmp_path / "assent.toml"
    settings.write_text(
        f'data_dir = "{tmp_path}/data"\n[site]\nlanguages = ["{language}"]\n'
        f'[theme]\nscheme = "light"\nstylesheet = "{tmp_path}/own.css"\n'
    )
    browser = executable()
    chosen = ["--browser", browser] if browser else []
    told = CliRunner().invoke(main, ["check", "--config", str(settings), *chosen])
    assert told.exit_code == status, told.output
    assert said in told.output
    assert not (tmp_path / "data").exists()
