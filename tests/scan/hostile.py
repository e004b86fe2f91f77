"""What an owner's files could do to a choice: each with what is said of it, and where that shows.

In the stylesheets ``.no`` and ``.yes`` are the two buttons; the templates are given these classes.
"""

from typing import NamedTuple

from playwright.async_api import ViewportSize

from assent.scan.drawn import USUAL
from assent.scan.presses import BANNER, Press

MIDDLE: ViewportSize = {"width": 768, "height": 1024}
Change = tuple[str, str, str]
"""Template, and what is replaced in it by what."""


class Hostile(NamedTuple):
    """One theme that is not to pass."""

    name: str
    said: str
    css: str = ""
    changes: tuple[Change, ...] = ()
    words: str = ""
    """What Reject is called, where it is not "Reject All"."""
    at: ViewportSize | Press = USUAL
    quick: bool = False


STYLES = (
    Hostile("opacity", "differ, at rest: button opacity 1, 0.15", ".no { opacity: .15 }", quick=True),
    Hostile("alpha", "color", ".no { color: rgb(255 255 255 / 8%) }"),
    Hostile("text fill", "has a contrast of 1 and", ".no { -webkit-text-fill-color: #1f2530 }"),
    Hostile("no pointer", "reaches something else", ".no { pointer-events: none }"),
    Hostile("order", "order", ".no { order: 5; margin-block-start: 30em }"),
    Hostile("blur", "filter", ".no { filter: blur(4px) }"),
    Hostile("clip", "clip-path", ".no { clip-path: inset(0 0 0 100%) }"),
    Hostile("indent", "cannot be seen", ".no { text-indent: -999px; overflow: hidden }"),
    Hostile("glow", "box-shadow", ".yes { box-shadow: 0 0 0 6px gold, 0 0 30px red }"),
    Hostile("gradient", "background-image", ".yes { background-image: linear-gradient(lime, green) }"),
    Hostile("outline", "outline", ".yes { outline: 6px solid lime }"),
    Hostile(
        "late",
        'animation "late"',
        "@keyframes late { from, to { visibility: hidden } } .no { animation: late 60s 2s }",
    ),
    Hostile(
        "fading",
        'animation "gone"',
        "@keyframes gone { to { opacity: 0 } } .no { animation: gone 20s forwards }",
        quick=True,
    ),
    Hostile(
        "fading both",
        'animation "gone"',
        "@keyframes gone { to { opacity: 0 } } .assent-button { animation: gone 20s forwards }",
    ),
    Hostile(
        "fading words",
        "moves for more than 5 seconds",
        "@keyframes gone { to { opacity: 0 } } .assent-words { animation: gone 20s forwards }",
    ),
    Hostile(
        "pulse",
        'animation "pulse"',
        "@keyframes pulse { 50% { scale: 1.15 } } .yes { animation: pulse 1s infinite }",
    ),
    Hostile(
        "some widths",
        "does not offer both",
        "@media (min-width: 400px) and (max-width: 1200px) { .no { display: none } }",
        at=MIDDLE,
    ),
    Hostile(
        "covered",
        "reaches something else",
        '.assent-ask .assent-actions::after { content: ""; position: absolute; inset: 0; background: #fff }',
        quick=True,
    ),
    Hostile(
        "scrolled away",
        "out of sight",
        ".assent-ask { max-block-size: 6em !important; overflow: auto } .assent-ask .no { margin-top: 20em }",
    ),
    Hostile(
        "font",
        "differ, at rest",
        '.no { font-family: "Webdings"; font-style: italic; text-decoration: line-through }',
    ),
    Hostile("first letter", "first-letter", ".no::first-letter { font-size: 1px }"),
    Hostile(
        "switches",
        "does not look off",
        ".assent-switch::before { left: 1.5em !important } .assent-switch { background: #0b62b8 }",
    ),
    Hostile(
        "switch in the colour of on",
        "does not look off",
        ".assent-switch { background: #0b62b8 } .assent-switch:checked { background: #fff }",
    ),
    Hostile("covered switch", "cannot be pressed", ".assent-switch { pointer-events: none }"),
    Hostile("hover", "pointed at", ".assent-ask:hover .no { visibility: hidden }", quick=True),
    Hostile("no words", "purposes are not told", ".assent-words { display: none }"),
    Hostile("tiny words", "3 pixels high", ".assent-words { font-size: 3px }"),
    Hostile("white words", "contrast of 1", ".assent-words, .assent-lead { color: #fff }"),
    Hostile(
        "words behind a picture",
        "stands out with",
        ".assent-words { background: linear-gradient(#1b1f27, #1b1f27) } .assent-words * { color: #222 }",
    ),
    Hostile("blurred headings", "seen through filter", ".assent-label { filter: blur(5px) }"),
    Hostile("no headings", "cannot be seen", ".assent-label { visibility: hidden }"),
    Hostile("no way to the dialog", "Customize opens no dialog", ".assent-open { display: none }"),
    Hostile(
        "no way back",
        "nothing leads back",
        ".assent-again { display: none !important }",
        at=Press(BANNER, "reject_all"),
        quick=True,
    ),
    Hostile("cursor", "cursor", ".no { cursor: not-allowed }"),
    Hostile(
        "no ring",
        "does not show that it is focused",
        ":focus-visible { outline: 0 !important; outline-color: transparent !important }",
    ),
    Hostile(
        "wall",
        "covers 100% of the window",
        ".assent-ask { inset: 0 !important; max-inline-size: none; max-block-size: none; block-size: 100vh }",
    ),
    Hostile("wall of shadow", "of the window", ".assent-ask { box-shadow: 0 0 0 200vmax #000 !important }"),
    Hostile("letters together", "letter-spacing", ".no { letter-spacing: -.6em }"),
    Hostile(
        "lain over",
        "differ in size",
        ".assent-ask .yes { position: relative; margin-inline-start: -100%; inline-size: 200% }",
    ),
    Hostile("blend", "mix-blend-mode", ".no { mix-blend-mode: screen }"),
    Hostile("both pale", "letters of Reject stand out", ".assent-ask .assent-actions { opacity: .1 }"),
    Hostile(
        "no withdrawal",
        "Withdraw in the dialog cannot be pressed",
        ".assent-note button { display: none }",
        at=Press(BANNER, "accept_all"),
    ),
    Hostile("scale", "differ in size", ".no { transform: scale(.4) }"),
)
WORDS = (
    Hostile("says accept", "which says accept", words="Accept and go on", quick=True),
    Hostile("says nothing", "which is no word", words="X"),
    Hostile("cannot be read", "which is no word", words="\u200b\u200b"),
    Hostile("says neither", "says neither yes nor no", words="Maybe later"),
)
FAIR = (
    "#assent .assent-button { letter-spacing: .1px }",
    "#assent .assent-button { border-radius: 2em; padding: .8em 2em; box-shadow: 0 2px 6px #0004 }",
    "#assent .assent-ask, #assent .assent-dialog { background: #fff8ec; font-family: Georgia, serif }",
    "button:hover { background: #333; transition: background 2s } button:focus { color: red }",
    "#assent .assent-button:hover { background: #000; transition: background-color 2s }",
    "@keyframes in { from { translate: 0 2em } } #assent .assent-ask { animation: in .3s; border: 0 }",
    "#assent .assent-switch { appearance: auto }  #assent .assent-switch::before { content: none }",
    "#assent .assent-switch:checked { background: #0a6b2d; border-color: #0a6b2d }",
    "#assent .assent-button:not(.assent-plain) { background: linear-gradient(#1d4d2b, #17602f) #17602f }",
)
"""Stylesheets that pass."""
