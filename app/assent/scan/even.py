"""Whether Assent's own layers, as an owner's files have them, leave the choice to the visitor. Pure."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby

from assent.core.contrast import TEXT, ratio
from assent.scan.layers import Button, Difference, Layer, Moving, Pair, Shipped, Switch, Words
from assent.scan.names import REJECT, role_of
from assent.scan.seen import Role

ROLES: dict[str, tuple[str, Role]] = {
    "accept_all": ("Accept", "accept"),
    "reject_all": ("Reject", "reject"),
    "save": ("Save", "save"),
    "withdraw": ("Withdraw", "withdraw"),
}

SIZED = frozenset(
    {"width", "height", "inline-size", "block-size", "transform-origin", "perspective-origin"}
    | {"top", "right", "bottom", "left"}
    | {f"inset-{axis}-{end}" for axis in ("block", "inline") for end in ("start", "end")}
)
"""Properties that follow from the length of words and from the place beside one another."""

SMALLEST = 12.0
"""CSS pixels of the least letters."""

WALL = 2 / 3
"""Share of the window."""

STANDS_OUT = 2.5
"""Contrast that some pixels of any legible text reach; its edges are smoothed."""

WEAKER = 0.7
"""Share of the other button's contrast."""

GROUNDS = 1.1
"""Contrast of two surfaces that the eye takes for one."""

SHARES = 0.3
RING = 0.6
"""Share of a button's outline that changes once it is focused."""

LONG = 5.0
"""Seconds that something may move by itself (WCAG 2.2, 2.2.2)."""


def uneven(layer: Layer, needed: Sequence[str], shipped: Shipped, language: str) -> Iterator[str]:
    """Return what is wrong in a layer that is to hold these actions, each once."""
    yield from _held(layer, needed)
    yield from _named(layer, shipped, language)
    if "save" in needed:
        yield from _switches(layer.switches, shipped, chosen="withdraw" in needed)
    elif layer.switches:
        yield "there are categories beside the buttons that do not ask about any"
    for one in layer.words:
        yield from _words(one)
    yield from _moves(layer.moving)


def silent(layer: Layer, shipped: Shipped) -> Iterator[str]:
    """Return what a banner does not say."""
    read = " ".join(one.text for one in layer.words if one.seen)
    if shipped.purposes not in read:
        yield f'the purposes are not told: "{shipped.purposes}"'


def wall(layer: Layer) -> Iterator[str]:
    """Return whether a banner hides the page at a usual window."""
    if max(layer.covers, layer.painted) > WALL:
        yield f"the banner covers {max(layer.covers, layer.painted):.0%} of the window"


def unlike(pair: Pair) -> Iterator[str]:
    """Return how Accept and Reject are drawn otherwise than each other."""
    told = (one for one in pair.differences if one.name not in SIZED)
    for state, some in groupby(told, key=lambda one: one.state):
        yield f"Accept and Reject differ, {state}: {_listed(list(some))}"
    for action, state in pair.covered:
        yield f"a press on {ROLES[action][0]}, {state}, reaches something else"
    yield from _moves(pair.moving)
    if pair.surfaces:
        accept, reject = pair.surfaces
        if ratio(accept.ground, reject.ground) > GROUNDS or abs(accept.share - reject.share) > SHARES:
            yield "Accept and Reject differ in the pixels of their surface"
        for name, one, other in (("Accept", accept, reject), ("Reject", reject, accept)):
            if one.contrast < max(STANDS_OUT, WEAKER * other.contrast):
                yield f"the letters of {name} stand out with {one.contrast:g} only"
    for name, ring in zip(("Accept", "Reject"), pair.rings or (), strict=False):
        if ring < RING:
            yield f"{name} does not show that it is focused (WCAG 2.2, 2.4.7)"


def _listed(some: list[Difference]) -> str:
    few = [
        f"{one.part and one.part + ' '}{one.name} {one.accept}, {one.reject}".strip(" ,") for one in some[:3]
    ]
    return "; ".join([*few, *(["and more"] if len(some) > len(few) else [])])


def _held(layer: Layer, needed: Sequence[str]) -> Iterator[str]:
    found = Counter(button.action for button in layer.buttons if button.action)
    for action, number in ((action, found.get(action, 0)) for action in sorted({*needed, *found})):
        name = ROLES[action][0] if action in ROLES else f'action "{action}"'
        if number != (wanted := int(action in needed)):
            yield f"there are {number} buttons for {name} rather than {wanted}"
    for button in layer.buttons:
        if button.shut:
            yield f'"{button.name}" cannot be used'
        elif not button.hit:
            yield f'a press on "{button.name}" reaches something else'
        if button.focused and button.action:
            yield f'"{button.name}" is focused before anybody turned to it'
        if button.tab:
            yield f'"{button.name}" is not where the keyboard expects it'


def _named(layer: Layer, shipped: Shipped, language: str) -> Iterator[str]:
    known = {"nb": "no", "nn": "no"}.get(language, language.partition("-")[0]) in REJECT
    for button in layer.buttons:
        for label in dict.fromkeys((button.words, button.name)):
            yield from _label(button, label, shipped, known=known)
    labels = {button.action: button.words.casefold() for button in layer.buttons}
    if "accept_all" in labels and labels["accept_all"] == labels.get("reject_all"):
        yield "Accept and Reject are called the same"


def _label(button: Button, label: str, shipped: Shipped, *, known: bool) -> Iterator[str]:
    what, role = ROLES.get(button.action, ("a button", ""))
    if sum(letter.isalpha() for letter in label) < 2:
        yield f'{what} is called "{label}", which is no word'
    elif button.action in ("accept_all", "reject_all"):
        other = "reject_all" if button.action == "accept_all" else "accept_all"
        said = role_of(label)[0]
        if label.casefold() == shipped.labels.get(other, "").casefold() or (known and said != role):
            meant = f"says {said}" if said else "says neither yes nor no"
            yield f'{what} is called "{label}", which {meant}'


def _switches(switches: tuple[Switch, ...], shipped: Shipped, *, chosen: bool) -> Iterator[str]:
    values = Counter(one.value for one in switches)
    for value in sorted({*values, *shipped.categories}):
        if (number := values.get(value, 0)) != (wanted := int(value in shipped.categories)):
            yield f'there are {number} switches for the category "{value}" rather than {wanted}'
    for one in switches:
        called = f'the switch for "{one.value}"'
        if one.checked and not chosen:
            yield f"{called} is on before anybody chose"
        if one.shut or not one.hit:
            yield f"{called} cannot be pressed"
        if one.value in shipped.categories and shipped.categories[one.value] not in one.name:
            yield f'{called} is called "{one.name}" rather than "{shipped.categories[one.value]}"'
        if _misleads(one):
            yield f"{called} does not look off while it is off"


def _misleads(switch: Switch) -> bool:
    off, on = switch.off, switch.on
    if not off.own:
        return off.picture
    stronger = ratio(off.fill if off.solid else switch.back, switch.back) > ratio(
        on.fill if on.solid else switch.back, switch.back
    )
    same = off == on
    return off.picture or off.knob > on.knob or stronger or same


def _words(words: Words) -> Iterator[str]:
    called = f'"{words.text[:40]}"'
    if not words.seen:
        yield f"{called} cannot be seen"
        return
    if words.size < SMALLEST:
        yield f"{called} is {words.size:.0f} pixels high and needs {SMALLEST:.0f}"
    contrast = round(ratio(words.colour, words.back), 2)
    if not words.picture and contrast < TEXT:
        yield f"{called} has a contrast of {contrast:g} and needs {TEXT:g} (WCAG 2.2, 1.4.3)"
    elif words.contrast is not None and words.contrast < STANDS_OUT:
        yield f"{called} stands out with {words.contrast:g} only"
    for effect in words.effects:
        yield f"{called} is seen through {effect}"


def _moves(moving: tuple[Moving, ...]) -> Iterator[str]:
    for one in dict.fromkeys(moving):
        if one.name and one.pressed:
            yield f'the animation "{one.name}" is on {one.what}, which is there to be pressed'
        elif one.seconds < 0 or one.seconds > LONG:
            yield f"{one.what} moves for more than {LONG:g} seconds (WCAG 2.2, 2.2.2)"
