"""Finds in what stands on a page the banner, and what its buttons are for; by marks, then by names."""

from collections.abc import Iterable, Mapping
from typing import Any

from assent.core.contrast import ratio
from assent.scan.names import COOKIE_WORDS, role_of
from assent.scan.seen import Banner, Control, Role

MARKS: Mapping[str, Role] = {
    # Assent's own, then those of widespread banners.
    "action=reject_all": "reject",
    "action=accept_all": "accept",
    "action=save": "save",
    "action=withdraw": "withdraw",
    "assent-open": "preferences",
    "reject-button": "reject",
    "accept-button": "accept",
    "settings-button": "preferences",
    "detail-save-button": "save",
    "detail-accept-button": "accept",
    "detail-reject-button": "reject",
    "onetrust-reject-all-handler": "reject",
    "onetrust-accept-btn-handler": "accept",
    "onetrust-pc-btn-handler": "preferences",
    "CybotCookiebotDialogBodyButtonDecline": "reject",
    "CybotCookiebotDialogBodyLevelButtonLevelOptinAllowAll": "accept",
    "didomi-notice-agree-button": "accept",
    "didomi-notice-disagree-button": "reject",
}

NOTICE = 60
"""Characters; what says less and only leads to settings is the way back to the choice, not a banner."""

SHORT = 40
"""Characters of a name that is on a button rather than in a text."""

NAMED: frozenset[Role] = frozenset(("accept", "reject", "preferences", "save", "withdraw", "close"))


def read(facts: Mapping[str, Any]) -> tuple[Control, ...]:
    """Return what a frame showed as controls, in their order."""
    return tuple(_control(control) for control in facts["controls"])


def banner(facts: Mapping[str, Any], controls: tuple[Control, ...]) -> Banner | None:
    """Return what asks for consent or lets it be changed, or None when nothing does."""
    best: tuple[float, Banner] | None = None
    for place, panel in enumerate(facts["panels"]):
        inside = tuple(control for control in controls if control.panel == place)
        score = _score(panel, inside)
        if score and (best is None or score > best[0]):
            best = score, _banner(facts, panel, inside)
    return best[1] if best else None


def again(controls: Iterable[Control], shown: Banner | None) -> Control | None:
    """Return the control outside a banner that opens the choice again, or None."""
    inside = set(shown.controls) if shown else set()
    for control in controls:
        if control in inside or control.toggle:
            continue
        if control.hook == "preferences" or control.role == "withdraw":
            return control
        about = COOKIE_WORDS.search(control.name) and len(control.name) <= SHORT
        # What leads to another page is a policy to read, unless it says that it is for settings.
        if about and (control.role == "preferences" or not control.href):
            return control
    return None


def _control(raw: Mapping[str, Any]) -> Control:
    hook: Role = next((role for mark, role in MARKS.items() if mark in raw["marks"]), "")
    role: Role = hook or ("" if raw["toggle"] else role_of(raw["name"])[0])
    return Control(
        role=role,
        name=raw["name"],
        tag=raw["tag"],
        panel=raw["panel"],
        width=round(raw["width"], 1),
        height=round(raw["height"], 1),
        font_size=raw["font_size"],
        weight=raw["weight"],
        contrast=round(ratio(raw["colour"], raw["back"]), 2),
        filled=raw["filled"],
        fill=raw["fill"],
        in_view=raw["in_view"],
        reachable=raw["reachable"],
        toggle=raw["toggle"],
        checked=raw["checked"],
        disabled=raw["disabled"],
        hook=hook,
        href=raw["href"],
    )


def _score(panel: Mapping[str, Any], inside: tuple[Control, ...]) -> float:
    """Return how much a part of a page looks like one that asks for consent; 0 for not at all."""
    roles = {control.role for control in inside} & NAMED
    # What stands in Assent's own element needs no words that are known here.
    about = panel["own"] or bool(COOKIE_WORDS.search(f"{panel['text']} {panel['marks']}"))
    if not about or not roles & {"accept", "reject", "save", "withdraw"}:
        # A bar that only links to its settings, or says "OK", is a notice and still the banner.
        notice = panel["fixed"] and len(panel["text"]) >= NOTICE and roles & {"preferences", "close"}
        if not (about and notice):
            return 0
    hooked = any(control.hook for control in inside)
    score: float = (
        1 + len(roles) + 2 * bool(panel["fixed"]) + 3 * hooked + 5 * bool(panel["own"]) + panel["covers"]
    )
    return score


def _banner(facts: Mapping[str, Any], panel: Mapping[str, Any], inside: tuple[Control, ...]) -> Banner:
    hooked = any(control.hook for control in inside)
    return Banner(
        text=panel["text"],
        lang=panel["lang"],
        page_lang=facts["lang"],
        label=panel["label"],
        covers=round(panel["covers"], 3),
        controls=inside,
        found_by="Assent" if panel["own"] else "marks" if hooked else "names",
        overflows=panel["overflows"],
    )
