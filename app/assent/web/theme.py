"""What a theme makes of the stylesheets: custom properties, a layout, and rules of the owner's."""

import re

from assent.config import Theme
from assent.web.assets import Assets

PROPERTIES = (
    "surface",
    "raised",
    "text",
    "muted",
    "line",
    "control",
    "button",
    "button_text",
    "accent",
    "danger",
)
"""The colours; each is a custom property by this name."""

FIRST_VIEW = "first.css"
"""What every page gets."""

DIALOG = "dialog.css"
"""What the dialog and Assent's own pages need besides."""

_DIALOG_PARTS = ("assent-dialog.css", "assent-category.css", "assent-page.css")


def dress(assets: Assets, theme: Theme) -> None:
    """Add the stylesheet of the first view, as the theme has it, and that of the dialog."""
    layout = assets.body(f"assent-{theme.layout}.css")
    own = _ascii(theme.stylesheet.read_text("utf-8")) if theme.stylesheet else b""
    first = properties(theme).encode("ascii"), assets.body("assent.css"), layout, own
    assets.add(FIRST_VIEW, b"\n".join(piece.strip() for piece in first if piece))
    # Once more, as what comes later in the page outdoes what is as specific.
    second = *map(assets.body, _DIALOG_PARTS), own
    assets.add(DIALOG, b"\n".join(piece.strip() for piece in second if piece))


def properties(theme: Theme) -> str:
    """Return the custom properties as a rule; a site that sets one on ``:root`` overrules it."""
    dark = int(theme.scheme == "dark")
    shape = f"--assent-radius:{theme.radius}px;--assent-font:{theme.font}"
    scheme = "light dark" if theme.scheme == "auto" else theme.scheme
    rule = f":where(:root){{{_colours(theme, dark)};{shape};--assent-scheme:{scheme}}}"
    if theme.scheme == "auto":
        rule += f"@media (prefers-color-scheme:dark){{:where(:root){{{_colours(theme, 1)}}}}}"
    return rule


def _colours(theme: Theme, place: int) -> str:
    return ";".join(
        f"--assent-{name.replace('_', '-')}:{_short(getattr(theme, name)[place])}" for name in PROPERTIES
    )


def _short(colour: str) -> str:
    """Return ``#fff`` for ``#ffffff``."""
    doubled = len(colour) == 7 and colour[1::2] == colour[2::2]
    return f"#{colour[1::2]}" if doubled else colour


def _ascii(css: str) -> bytes:
    """Return a stylesheet that reads the same whatever encoding the page around it has."""
    return re.sub(r"[^\0-\x7f]", lambda found: f"\\{ord(found[0]):x} ", css).encode("ascii")
