"""Whether banner and dialog treat agreeing and refusing alike, from how they are drawn. Pure."""

from collections.abc import Iterator

from assent.core.contrast import TEXT
from assent.scan.seen import Banner, Control

TARGET = 24
"""CSS pixels of the least width and height of what is pressed (WCAG 2.2, 2.5.8)."""

UNEVEN = 0.75
"""Share of the wider button's width; words differ in length, weight in the eye must not."""

PIXEL = 1.0


def unfair(banner: Banner | None, dialog: Banner | None) -> list[str]:
    """Return what is wrong with the first layer and the second, in words; nothing, when all is well."""
    if banner is None:
        return ["no banner is shown"]
    if dialog is None:
        return [*_banner(banner), "Customize opens no dialog"]
    return [*_banner(banner), *_dialog(dialog)]


def _banner(banner: Banner) -> Iterator[str]:
    accept, reject = banner.first("accept"), banner.first("reject")
    if accept is None or reject is None:
        yield "the banner does not offer both Accept and Reject"
    else:
        yield from _compared(accept, reject)
    if close := banner.first("close"):
        yield f'the banner has "{close.name}", which leaves open what it means'
    if banner.overflows:
        yield "the banner is wider than the window"
    yield from _each(banner.controls)


def _dialog(dialog: Banner) -> Iterator[str]:
    accept, reject = dialog.first("accept"), dialog.first("reject")
    if accept is not None and reject is None:
        yield "the dialog offers to accept all, not to reject all"
    elif accept is not None and reject is not None:
        yield from (f"in the dialog {one}" for one in _compared(accept, reject))
    for toggle in dialog.toggles:
        if toggle.checked and not toggle.disabled:
            yield f'the switch "{toggle.name}" is on before anybody chose'
    if dialog.overflows:
        yield "the dialog is wider than the window"
    yield from _each(dialog.controls)


def _compared(accept: Control, reject: Control) -> Iterator[str]:
    for what, one, other in (
        ("element", accept.tag, reject.tag),
        ("size of letters", accept.font_size, reject.font_size),
        ("weight of letters", accept.weight, reject.weight),
        ("surface", accept.fill or accept.filled, reject.fill or reject.filled),
        ("contrast", accept.contrast, reject.contrast),
    ):
        if one != other:
            yield f'"{accept.name}" and "{reject.name}" differ in {what}'
    narrow, wide = sorted((accept.width, reject.width))
    if abs(accept.height - reject.height) > PIXEL or narrow < UNEVEN * wide:
        yield (
            f'"{accept.name}" and "{reject.name}" differ in size: {accept.width:g} x {accept.height:g} and '
            f"{reject.width:g} x {reject.height:g} pixels"
        )
    for button in (accept, reject):
        if not button.in_view:
            yield f'"{button.name}" is out of sight'


def _each(controls: tuple[Control, ...]) -> Iterator[str]:
    for one in controls:
        if one.contrast < TEXT and not one.toggle:
            yield f'"{one.name}" has a contrast of {one.contrast:g} and needs {TEXT:g} (WCAG 2.2, 1.4.3)'
        # A link in a sentence is as high as its line.
        if not one.href and min(one.width, one.height) < TARGET - PIXEL / 2:
            size = f"{one.width:g} x {one.height:g}"
            yield f'"{one.name}" is {size} pixels and needs {TARGET} (WCAG 2.2, 2.5.8)'
        if not one.reachable and not one.disabled:
            yield f'"{one.name}" cannot be reached by keyboard'
