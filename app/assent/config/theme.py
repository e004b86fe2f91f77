"""``[theme]``: how banner and dialog look. One that favours a button is refused."""

import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from assent.config import forms
from assent.config.table import Table, Text
from assent.core.contrast import SHAPES, TEXT, ratio

_PLACE = r":(?:first|last|only|nth|nth-last)-(?:child|of-type)"
_BUTTON = r"(?:button|plain|actions)"
_ONE_BUTTON = re.compile(
    # By value or name, in any namespace and however it is spelled, or by the mark beside them.
    r"accept_all|reject_all|cky-tag|\[\s*(?:[\w*-]*\|)?\s*(?:value|name|data-cky)\b|\[[^\]\"']*\\"
    # By place, where a button is named or nothing is.
    rf"|{_BUTTON}[^{{}},]*(?:{_PLACE}|[+~])|{_PLACE}[^{{}},]*{_BUTTON}"
    rf"|(?:^|[\s>+~*}}])(?::(?:not|is|where)\()?{_PLACE}",
    re.IGNORECASE,
)
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


def _both(value: object) -> object:
    # One colour is for light and dark alike.
    return [value, value] if isinstance(value, str) else value


def _stylesheet(value: Path) -> Path:
    try:
        text = value.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(
            f"{value} cannot be read as UTF-8: {getattr(error, 'strerror', None) or error}"
        ) from None
    if "</style" in text.lower():
        raise ValueError(f'{value} has "</style" in it, which would end the style element that it stands in')
    if found := _ONE_BUTTON.search(_COMMENT.sub(" ", text)):
        raise ValueError(
            f'{value} selects by "{found[0]}", which can tell Accept from Reject; both must look the same'
        )
    return value


Colour = Annotated[str, AfterValidator(forms.colour)]
Colours = Annotated[tuple[Colour, Colour], BeforeValidator(_both)]
"""In the light, and in the dark."""

SCHEMES = ("light", "dark")


class Theme(Table):
    """``[theme]``: layouts, colours for light and dark, and files of the owner's."""

    layout: Literal["bar", "box", "centre"] = "bar"
    """Of the banner."""
    dialog: Literal["centre", "side"] = "centre"
    scheme: Literal["auto", "light", "dark"] = "auto"
    surface: Colours = ("#ffffff", "#171a20")
    raised: Colours = ("#f5f6f8", "#20242c")
    text: Colours = ("#1b1f27", "#eceef2")
    muted: Colours = ("#555d6b", "#a9b1be")
    line: Colours = ("#d9dde4", "#353b46")
    control: Colours = ("#6c7484", "#8d96a5")
    button: Colours = ("#1f2530", "#e9ecf1")
    button_text: Colours = ("#ffffff", "#171a20")
    accent: Colours = ("#0b62b8", "#6cb2f7")
    danger: Colours = ("#a8201a", "#ff9d94")
    radius: Annotated[int, Field(ge=0, le=32)] = 14
    """CSS pixels."""
    font: Annotated[Text, AfterValidator(forms.font)] = (
        'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif'
    )
    stylesheet: Annotated[Path, AfterValidator(_stylesheet)] | None = None
    templates: Annotated[Path, AfterValidator(forms.folder)] | None = None

    @model_validator(mode="after")
    def _can_be_read(self) -> "Theme":
        wanted = [
            ("text", "surface", TEXT),
            ("text", "raised", TEXT),
            ("muted", "surface", TEXT),
            ("muted", "raised", TEXT),
            ("accent", "surface", TEXT),
            ("accent", "raised", TEXT),
            ("danger", "surface", TEXT),
            ("danger", "raised", TEXT),
            ("button_text", "button", TEXT),
            ("button", "surface", SHAPES),
            ("control", "surface", SHAPES),
        ]
        for front, back, least in wanted:
            for place, scheme in enumerate(SCHEMES):
                if self.scheme not in ("auto", scheme):
                    continue
                found = ratio(getattr(self, front)[place], getattr(self, back)[place])
                if found < least:
                    raise ValueError(
                        f"{front} on {back} has a contrast of {found:.1f} in the {scheme} scheme and needs "
                        f"{least:g} (WCAG 2.2)"
                    )
        return self
