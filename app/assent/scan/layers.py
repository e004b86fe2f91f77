"""What Assent's own layers hold and how they are drawn: banner, dialog, page, and the way back."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Button:
    """What makes or opens a choice; without an ``action`` it makes none."""

    action: str
    name: str
    """For ears."""
    words: str
    """For eyes."""
    hit: bool = True
    """Whether a press anywhere in it reaches it."""
    shut: bool = False
    focused: bool = False
    """Before anybody did anything."""
    tab: int = 0


@dataclass(frozen=True, slots=True)
class Drawn:
    """A switch, as it looks on or off."""

    own: bool
    """Whether stylesheets draw it rather than the browser."""
    knob: float
    """CSS pixels from where reading begins."""
    fill: str
    solid: bool
    picture: bool


@dataclass(frozen=True, slots=True)
class Switch:
    """What grants one category; anything that is sent as one."""

    value: str
    kind: str
    name: str
    checked: bool
    hit: bool
    shut: bool
    off: Drawn
    on: Drawn
    back: str


@dataclass(frozen=True, slots=True)
class Words:
    """One piece of text."""

    text: str
    size: float
    colour: str
    """With all that makes it transparent."""
    back: str
    picture: bool
    """Whether there may be more behind it than a colour."""
    effects: tuple[str, ...]
    seen: bool
    """Whether it is there to be read, or to be scrolled to."""
    contrast: float | None = None
    """Of its pixels, where they were looked at."""


@dataclass(frozen=True, slots=True)
class Moving:
    """An animation or transition."""

    what: str
    name: str
    """Of an animation; transitions have none."""
    pressed: bool
    """Whether it is on something to press."""
    seconds: float
    """Until it ends; less than 0 for never."""


@dataclass(frozen=True, slots=True)
class Layer:
    """What asks for a choice, or leads back to it."""

    buttons: tuple[Button, ...]
    switches: tuple[Switch, ...]
    words: tuple[Words, ...]
    moving: tuple[Moving, ...]
    covers: float
    """Share of the window in which a press reaches Assent."""
    painted: float = 0
    """Share of a white page's window that is white no longer."""


@dataclass(frozen=True, slots=True)
class Surface:
    """The pixels of a button."""

    ground: str
    share: float
    contrast: float


@dataclass(frozen=True, slots=True)
class Difference:
    """A property that Accept and Reject do not share, in one state."""

    state: str
    part: str
    name: str
    accept: str
    reject: str


@dataclass(frozen=True, slots=True)
class Pair:
    """How Accept and Reject are drawn beside each other."""

    differences: tuple[Difference, ...]
    covered: tuple[tuple[str, str], ...] = ()
    """Action and state in which something lies above the button."""
    surfaces: tuple[Surface, Surface] | None = None
    rings: tuple[float, float] | None = None
    """Share of the outline's pixels that focus changes, of each."""
    moving: tuple[Moving, ...] = ()


@dataclass(frozen=True, slots=True)
class Shipped:
    """What the texts say that an owner's templates are to keep."""

    purposes: str
    labels: Mapping[str, str]
    categories: Mapping[str, str]


def read(facts: Mapping[str, Any], seen: list[float | None], painted: float) -> Layer:
    """Return a layer from what the browser told, with the contrast that the pixels of each text have."""
    return Layer(
        tuple(Button(**one) for one in facts["buttons"]),
        tuple(
            Switch(**{**one, "off": Drawn(**one["off"]), "on": Drawn(**one["on"])})
            for one in facts["switches"]
        ),
        tuple(_words(one, contrast) for one, contrast in zip(facts["words"], seen, strict=True)),
        moves(facts["moving"]),
        facts["covers"],
        painted,
    )


def moves(facts: list[dict[str, Any]]) -> tuple[Moving, ...]:
    """Return what moves."""
    return tuple(Moving(**one) for one in facts)


def _words(facts: dict[str, Any], contrast: float | None) -> Words:
    told = {name: value for name, value in facts.items() if name != "rect"}
    return Words(**{**told, "effects": tuple(told["effects"]), "contrast": contrast})
