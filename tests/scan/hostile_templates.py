"""Templates of an owner that take from a choice, each with what is said of it, and where that shows."""

from playwright.async_api import ViewportSize

from assent.scan.drawn import USUAL
from assent.scan.presses import BANNER, DIALOG, OWN_PAGE, Press
from tests.scan.hostile import Change, Hostile

REJECT = 'type="submit" name="action" value="reject_all"'
ACCEPT = 'type="submit" name="action" value="accept_all"'
SWITCH = '<input class="assent-switch" type="checkbox"'
CHECKED = "{% if section.checked %} checked{% endif %}"
SAVE = '<button class="assent-button assent-plain" type="submit" name="action" value="save">'
ACTIONS = "{% macro actions() %}"
OTHER_ACCEPT = f'<button class="assent-button yes" {ACCEPT}>OK</button>'
HIDDEN_TICK = (
    f'{ACTIONS}<input type="checkbox" name="category" value="advertisement" checked style="display: none">'
)


def _template(
    name: str, said: str, *changes: Change, at: ViewportSize | Press = USUAL, quick: bool = False
) -> Hostile:
    return Hostile(name, said, changes=changes, at=at, quick=quick)


def _reject(
    name: str, said: str, attribute: str, *, at: ViewportSize | Press = USUAL, quick: bool = False
) -> Hostile:
    return _template(name, said, ("insertion.html", REJECT, f"{REJECT} {attribute}"), at=at, quick=quick)


TEMPLATES = (
    _template("no reject", "0 buttons for Reject", ("insertion.html", REJECT, 'type="reset"')),
    _template(
        "link",
        "0 buttons for Reject",
        (
            "insertion.html",
            f'<button class="assent-button no" {REJECT}',
            '<a href="/_assent/preferences">Reject All</a><button hidden="hidden"',
        ),
    ),
    _template(
        "two accepts",
        "2 buttons for Accept",
        (
            "insertion.html",
            f'<button class="assent-button no" {REJECT}',
            f'{OTHER_ACCEPT}<button class="assent-button no" {REJECT}',
        ),
        quick=True,
    ),
    _template(
        "wrong value",
        "0 buttons for Reject",
        ("insertion.html", REJECT, REJECT.replace("reject_all", "accept_all")),
    ),
    _reject(
        "disabled",
        "Reject in the banner cannot be pressed",
        'disabled="disabled"',
        at=Press(BANNER, "reject_all"),
    ),
    _reject("disabled to the eye", "cannot be used", 'disabled="disabled"'),
    _template(
        "no submit",
        "makes no choice",
        ("insertion.html", REJECT, REJECT.replace("submit", "button")),
        at=Press(BANNER, "reject_all"),
        quick=True,
    ),
    _reject("hidden from ears", "cannot be used", 'aria-hidden="true"'),
    _template(
        "inert",
        "cannot be used",
        (
            "insertion.html",
            f'<button class="assent-button no" {REJECT}',
            f'<button class="assent-button no" inert="inert" {REJECT}',
        ),
    ),
    _reject("pale", "opacity", 'style="opacity: .2"'),
    _reject("no form", "makes no choice", 'form="nowhere"', at=Press(BANNER, "reject_all")),
    _template("focused", "is focused before", ("insertion.html", ACCEPT, f'{ACCEPT} autofocus="autofocus"')),
    _template(
        "first by keyboard", "not where the keyboard", ("insertion.html", ACCEPT, f'{ACCEPT} tabindex="1"')
    ),
    _template("ticked", "is on before anybody chose", ("_dialog.html", CHECKED, " checked")),
    _template(
        "ticked for ears", "is on before anybody chose", ("_dialog.html", CHECKED, ' aria-checked="true"')
    ),
    _template(
        "hidden field",
        "2 switches for the category",
        ("_dialog.html", ACTIONS, f'{ACTIONS}<input type="hidden" name="category" value="advertisement">'),
    ),
    _template(
        "hidden tick",
        "2 switches for the category",
        (
            "_dialog.html",
            ACTIONS,
            HIDDEN_TICK,
        ),
    ),
    _template(
        "saved unasked",
        "Save in the dialog grants advertisement",
        (
            "_dialog.html",
            ACTIONS,
            HIDDEN_TICK,
        ),
        at=Press(DIALOG, "save"),
    ),
    _template(
        "no switches",
        "cannot be pressed",
        ("_dialog.html", SWITCH, SWITCH.replace("<input", "<input hidden")),
    ),
    _template(
        "no reject in the dialog",
        "0 buttons for Reject",
        ("_dialog.html", f'<button class="assent-button no" {REJECT}>', "<button hidden>"),
    ),
    _template("no save", "0 buttons for Save", ("_dialog.html", SAVE, "<button hidden>")),
    _template(
        "three categories",
        '0 switches for the category "advertisement"',
        (
            "_dialog.html",
            "{{ category(section, level) }}",
            '{% if section.value != "advertisement" %}{{ category(section, level) }}{% endif %}',
        ),
    ),
    _template(
        "another category",
        'is called "Necessary"',
        (
            "_dialog.html",
            '<label for="assent-{{ section.value }}">{{ section.label | translated }}',
            '<label for="assent-{{ section.value }}">Necessary',
        ),
    ),
    _template(
        "no way to withdraw",
        "0 buttons for Withdraw",
        ("_dialog.html", 'name="action" value="withdraw"', "hidden"),
        at=Press(BANNER, "accept_all"),
    ),
    _template(
        "nothing to come back to",
        "nothing leads back",
        ("insertion.html", '<form class="assent-again"', '<form class="again"'),
        at=Press(BANNER, "reject_all"),
    ),
    _template(
        "ticked on the page",
        "Save in the page of preferences grants advertisement",
        (
            "preferences.html",
            '<div class="assent-body">',
            '<input type="hidden" name="category" value="advertisement"><div class="assent-body">',
        ),
        at=Press(OWN_PAGE, "save"),
    ),
    _template(
        "only accept on the page",
        "in the page of preferences: there are 0 buttons for Reject",
        ("preferences.html", "{{ actions() }}", f'<div class="assent-actions">{OTHER_ACCEPT}</div>'),
    ),
    _template(
        "swapped",
        'Accept is called "Reject All"',
        ("insertion.html", '{{ _("Accept All") }}', "@@"),
        ("insertion.html", '{{ _("Reject All") }}', '{{ _("Accept All") }}'),
        ("insertion.html", "@@", '{{ _("Reject All") }}'),
    ),
    _template(
        "other purposes", "purposes are not told", ("insertion.html", "{{ purposes }}", "We like you.")
    ),
)
