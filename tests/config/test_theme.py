"""A theme that cannot be read, or that favours a button, is refused."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from pydantic import ValidationError

from assent.cli import main
from assent.config import Theme
from assent.core.contrast import ratio


def test_the_theme_that_ships_is_none_of_those() -> None:
    assert Theme().layout == "bar"


@pytest.mark.parametrize(
    ("values", "why"),
    [
        pytest.param({"text": "#999"}, "text on surface has a contrast of 2.8 in the light", id="text"),
        pytest.param(
            {"muted": ["#555d6b", "#444"]}, "muted on surface .* in the dark scheme", id="in the dark"
        ),
        pytest.param({"button_text": "#777"}, "button_text on button", id="what a button says"),
        pytest.param(
            {"button": ["#eeeeee", "#ffffff"], "button_text": "#000"}, "button on surface", id="a pale button"
        ),
        pytest.param({"control": "#ccc"}, "control on surface .* needs 3", id="a pale switch"),
        pytest.param({"text": "black"}, '"black" is no colour', id="a name"),
        pytest.param({"font": "x; } body { display: none"}, "no list of font families", id="more than fonts"),
        pytest.param({"layout": "wall"}, "layout", id="a layout that is not there"),
        pytest.param({"radius": 90}, "radius", id="too round"),
        pytest.param({"templates": "nowhere"}, "no folder", id="no templates"),
    ],
)
def test_what_is_refused_says_why(values: dict[str, object], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        Theme.model_validate(values)


def test_colours_of_a_scheme_that_is_never_shown_do_not_count() -> None:
    assert Theme.model_validate({"scheme": "light", "text": ["#000000", "#000000"]})


@pytest.mark.parametrize(
    ("css", "refused"),
    [
        ("#assent .assent-ask { box-shadow: none }", False),
        ("#assent .assent-button { letter-spacing: 0.02em }", False),
        ('#assent [value="accept_all"] { background: green }', True),
        ("#assent [value=reject_all] { font-size: 9px }", True),
        ("#assent [data-cky-tag] { font-size: 9px }", True),
        ("#assent .assent-button:last-child { background: green }", True),
        ("#assent .assent-actions > :nth-of-type(2) { display: none }", True),
        ("#assent .assent-plain + .assent-button + .assent-button { background: green }", True),
        ("#assent button[value^=rej] { display: none }", True),
        ("#assent button[ VALUE $= all ] { display: none }", True),
        ("#assent button[*|value*=rej] { display: none }", True),
        (r"#assent button[\76 alue^=rej] { display: none }", True),
        ("#assent [name=action] { display: none }", True),
        ("#assent .assent-form > div > :nth-child(2) { display: none }", True),
        ("#assent form *:not(:first-child) { display: none }", True),
        ("#assent div:last-child button { display: none }", True),
        ("#assent .assent-words p:not(:first-child), #assent td:nth-child(2) { color: #333 }", False),
        ("#assent .assent-category:first-of-type { border: 0 } a[href] { color: #00f }", False),
        ("/* not by accept_all */ #assent .assent-button { border-radius: 9px }", False),
        ("#assent .assent-ask { color: red }</style><script>", True),
    ],
)
def test_a_stylesheet_may_not_tell_accept_from_reject(tmp_path: Path, css: str, refused: bool) -> None:
    file = tmp_path / "own.css"
    file.write_text(css)
    if refused:
        with pytest.raises(ValidationError, match=r"own\.css"):
            Theme.model_validate({"stylesheet": file})
    else:
        assert Theme.model_validate({"stylesheet": file}).stylesheet == file


def test_assent_check_prints_it_with_its_place(tmp_path: Path) -> None:
    file = tmp_path / "assent.toml"
    file.write_text('[theme]\nbutton = ["#f0f0f0", "#101010"]\n')
    done = CliRunner().invoke(main, ["check", "--config", str(file)])
    assert done.exit_code == 2
    assert "theme" in done.output
    assert "contrast" in done.output


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [("#fff", "#000", 21.0), ("#ffffff", "#ffffff", 1.0), ("#777777", "#fff", 4.48), ("#fff", "#777", 4.48)],
)
def test_contrast_is_that_of_wcag(one: str, other: str, expected: float) -> None:
    assert ratio(one, other) == pytest.approx(expected, abs=0.01)
