"""Verdicts on what asks for consent: its layers, its words, and how its buttons are drawn. Pure."""

import re

from assent.core.contrast import TEXT, ratio
from assent.scan.judge import Judge
from assent.scan.seen import Banner, Choice, Control, Site
from assent.scan.verdicts import NO_BANNER, Check, Verdict, banner_of, clicks, failed, moot, passed, unclear

SMALLER = 0.6
"""Share of the other button's area from which on a button is smaller in the eye."""

WALL = 0.95
"""Share of the window."""

LEGITIMATE = re.compile(
    r"legitimate interest|berechtigte[sn]? interesse|intérêt légitime|interés legítimo|interesse legittimo"
    r"|gerechtvaardigd belang|interesse legítimo",
    re.IGNORECASE,
)
TOLD = {
    "the word consent, or a choice": re.compile(
        r"consent|choice|choose|einwillig|zustimm|wahl|consentement|choix|consent\w*|elecci|scelt|toestemming|zgod"
        r"|samtyck|samtykke",
        re.IGNORECASE,
    ),
    "purposes": re.compile(
        r"analy|statist|advert|werb|market|publicit|personal|measur|perform|function|mess|mesur|medi|estad",
        re.IGNORECASE,
    ),
    "third parties": re.compile(
        r"third part|partner|provider|vendor|dritt|anbieter|tiers|terceros|terzi|derden", re.IGNORECASE
    ),
    "the right to withdraw": re.compile(
        r"withdraw|any time|revoke|change (?:your|this|it)|widerruf|jederzeit|retirer|tout moment|momento"
        r"|revoca|intrekken",
        re.IGNORECASE,
    ),
}
POLICY = re.compile(r"polic|privacy|learn more|datenschutz|mehr erfahren|savoir plus|más info", re.IGNORECASE)
PRIVACY_CHOICES = re.compile(r"your privacy choices|do not sell|opt-out", re.IGNORECASE)


def off(site: Site, _: Judge) -> Verdict:
    """R4."""
    toggles = _toggles(site)
    if not toggles:
        return unclear("no switches were found") if banner_of(site) else moot(NO_BANNER)
    on = [f'switch "{toggle.name}" is on' for toggle in toggles if toggle.checked and not toggle.disabled]
    return (
        failed("switches are on before they were chosen", on)
        if on
        else passed(f"{len(toggles)} switches are off")
    )


def no_wall(site: Site, _: Judge) -> Verdict:
    """R5."""
    banner = banner_of(site)
    if banner is None:
        return passed("nothing stands before the page")
    if banner.covers >= WALL:
        return failed("the banner covers the window", (f"{banner.covers:.0%} of it",))
    links = [control for control in banner.controls if control.href]
    if banner.covers >= 0.5 and not links:
        return unclear(f"the banner covers {banner.covers:.0%} of the window and links to nothing")
    return passed(f"the banner covers {banner.covers:.0%} of the window")


def same_layer(site: Site, _: Judge) -> Verdict:
    """R7."""
    banner = banner_of(site)
    if banner is None:
        return moot(NO_BANNER)
    accept, reject = banner.first("accept"), banner.first("reject")
    if reject is not None:
        return passed("refusing is on the first layer", (f'"{reject.name}"',))
    if accept is None:
        return unclear("neither agreeing nor refusing was found on the first layer", names(banner))
    return failed("agreeing is on the first layer, refusing is not", names(banner))


def same_look(site: Site, _: Judge) -> Verdict:
    """R8."""
    banner = banner_of(site)
    accept, reject = (banner.first("accept"), banner.first("reject")) if banner else (None, None)
    if accept is None or reject is None:
        return moot("there are no two buttons to compare")
    wrong = _weaker(reject, accept)
    if wrong:
        return failed("refusing is drawn weaker", wrong)
    if reject.fill != accept.fill:
        return unclear(
            "the colours differ", (f"{accept.name}: {accept.fill}", f"{reject.name}: {reject.fill}")
        )
    return passed("both look alike", (_drawn(accept), _drawn(reject)))


def same_clicks(site: Site, _: Judge) -> Verdict:
    """R9 and R31."""
    reject, accept = (step.choice if step else None for step in (site.step("reject"), site.step("accept")))
    if accept is None or not accept.made:
        return moot(NO_BANNER) if banner_of(site) is None else unclear("no way to agree was found")
    if reject is None or not reject.made:
        return failed("no way to refuse was found", (f"agreeing: {clicks(accept)}", *_tried(reject)))
    told = (f"agreeing: {clicks(accept)}", f"refusing: {clicks(reject)}")
    if len(reject.clicks) > len(accept.clicks):
        return failed(f"agreeing takes {len(accept.clicks)}, refusing {len(reject.clicks)}", told)
    return passed(f"agreeing takes {len(accept.clicks)}, refusing {len(reject.clicks)}", told)


def words(site: Site, _: Judge) -> Verdict:
    """R10."""
    banner = banner_of(site)
    if banner is None:
        return moot(NO_BANNER)
    missing = [what for what, pattern in TOLD.items() if not pattern.search(f"{banner.label} {banner.text}")]
    if missing:
        return unclear(f"not found in its words: {', '.join(missing)}", (banner.text[:300],))
    return passed("consent, purposes, third parties and withdrawal are spoken of", (banner.text[:300],))


def leads_on(site: Site, _: Judge) -> Verdict:
    """R11."""
    banner = banner_of(site)
    if banner is None:
        return moot(NO_BANNER)
    links = [f'"{control.name}" {control.href}' for control in banner.controls if control.href]
    if links:
        return passed("it links to more", links)
    named = [
        f'"{one.name}"' for one in banner.controls if one.role == "preferences" or POLICY.search(one.name)
    ]
    if named:
        return unclear("it links to nothing; the list may be behind these", named)
    return failed("it leads to no list")


def closing(site: Site, _: Judge) -> Verdict:
    """R12."""
    banner = banner_of(site)
    if banner is None:
        return moot(NO_BANNER)
    close = banner.first("close")
    if close is None:
        return passed("there is nothing to close it with")
    if re.search(r"accept|agree|akzept|zustimm", close.name, re.IGNORECASE):
        return failed("closing is said to agree", (f'"{close.name}"',))
    return unclear("it can be closed; what that means was not tried", (f'"{close.name}"',))


def legitimate(site: Site, _: Judge) -> Verdict:
    """R13."""
    found = [f'switch "{one.name}"' for one in _toggles(site) if LEGITIMATE.search(one.name)]
    return (
        failed("legitimate interest is offered as a reason to store", found)
        if found
        else passed("no such switch was found")
    )


def by_purpose(site: Site, _: Judge) -> Verdict:
    """R14."""
    toggles = _toggles(site)
    before = site.step("before")
    layer = before.preferences or before.banner if before else None
    if layer is None:
        return moot(NO_BANNER)
    if len([toggle for toggle in toggles if not toggle.disabled]) < 2:
        return failed("there are no switches for purposes") if banner_of(site) else moot(NO_BANNER)
    if not any(layer.first(role) for role in ("save", "accept")):
        return unclear("nothing that saves the switches was found")
    return passed(f"{len(toggles)} switches", (f'"{toggle.name}"' for toggle in toggles))


def visible_state(site: Site, _: Judge) -> Verdict:
    """R25."""
    step = site.step("withdraw")
    shown = step.preferences if step else None
    if shown is None:
        return unclear("the choice could not be opened again")
    if date := re.search(r"\b20\d\d\b", shown.text):
        around = shown.text[max(0, date.start() - 80) : date.end() + 200]
        return passed("it says when the choice was made", (around,))
    return unclear("no date was found where the choice is opened again")


def privacy_choices(site: Site, _: Judge) -> Verdict:
    """R29."""
    names = [step.again.name for step in site.steps if step.again]
    found = [name for name in names if PRIVACY_CHOICES.search(name)]
    return passed("it is there", found) if found else unclear("not found; it is due where those laws hold")


def no_identity(site: Site, _: Judge) -> Verdict:
    """R33."""
    step = site.step("reject")
    if step is None or step.choice is None or not step.choice.made:
        return moot("no refusal was made")
    return passed("a refusal takes clicks alone", (clicks(step.choice),))


def _weaker(reject: Control, accept: Control) -> list[str]:
    found = []
    if reject.tag != accept.tag:
        found.append(f"agreeing is a {accept.tag}, refusing a {reject.tag}")
    if accept.filled and not reject.filled:
        found.append("agreeing has a surface, refusing is bare text")
    if reject.font_size < 0.9 * accept.font_size:
        found.append(f"letters of {reject.font_size:g} pixels instead of {accept.font_size:g}")
    if reject.weight + 200 <= accept.weight:
        found.append(f"weight {reject.weight} instead of {accept.weight}")
    if reject.width * reject.height < SMALLER * accept.width * accept.height:
        found.append(f"{_drawn(reject)}; {_drawn(accept)}")
    if reject.contrast < TEXT <= accept.contrast:
        found.append(f"contrast {reject.contrast:g} instead of {accept.contrast:g}")
    if accept.fill and reject.fill and ratio(accept.fill, reject.fill) > 3:
        found.append(f"a surface of {reject.fill} instead of {accept.fill}")
    return found


def _drawn(one: Control) -> str:
    return f'"{one.name}" is {one.width:g} x {one.height:g} pixels'


def names(banner: Banner) -> list[str]:
    """Return what a banner offers, for evidence."""
    return [f'{control.tag} "{control.name}"' for control in banner.controls if control.name]


def _tried(choice: Choice | None) -> list[str]:
    return [f"tried: {clicks(choice)}"] if choice and choice.clicks else []


def _toggles(site: Site) -> tuple[Control, ...]:
    before = site.step("before")
    if before is None:
        return ()
    layers = (before.preferences, before.banner)
    return next((layer.toggles for layer in layers if layer and layer.toggles), ())


CHECKS: dict[int, Check] = {
    4: off,
    5: no_wall,
    7: same_layer,
    8: same_look,
    9: same_clicks,
    10: words,
    11: leads_on,
    12: closing,
    13: legitimate,
    14: by_purpose,
    25: visible_state,
    29: privacy_choices,
    31: same_clicks,
    33: no_identity,
}
