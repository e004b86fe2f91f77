"""Verdicts on whether everybody can read and use what asks for consent, as far as that is measured. Pure."""

from assent.core.contrast import TEXT
from assent.scan.judge import Judge
from assent.scan.looks import names
from assent.scan.names import languages
from assent.scan.seen import Site
from assent.scan.verdicts import NO_BANNER, Check, Verdict, banner_of, failed, moot, passed, unclear

TARGET = 24
"""CSS pixels each way (WCAG 2.2, 2.5.8)."""


def accessible(site: Site, _: Judge) -> Verdict:
    """R35, as far as it can be measured."""
    banner, before = banner_of(site), site.step("before")
    if banner is None or before is None:
        return moot(NO_BANNER)
    buttons = [control for control in banner.controls if control.role or control.toggle]
    wrong = [
        *(f"a {one.tag} has no name" for one in banner.controls if not one.name),
        *(
            f'"{one.name}" is {one.width:g} x {one.height:g} pixels'
            for one in buttons
            if min(one.width, one.height) < TARGET
        ),
        *(
            f'"{one.name}" has a contrast of {one.contrast:g}'
            for one in buttons
            if not one.toggle and one.contrast < TEXT
        ),
    ]
    if before.narrow is False:
        wrong.append("it is wider than a window of 320 pixels")
    if wrong:
        return failed("names, sizes, contrast or width are not as they should be", wrong)
    return passed("names, sizes, contrast and width are fine; the rest of WCAG needs a person")


def language(site: Site, _: Judge) -> Verdict:
    """R36."""
    banner = banner_of(site)
    if banner is None:
        return moot(NO_BANNER)
    page = banner.page_lang.partition("-")[0].lower()
    spoken = languages([control.name for control in banner.controls if control.role])
    if not page or not spoken:
        return unclear("its language cannot be told")
    if page in spoken:
        return passed(f"page and buttons are in {page}")
    return failed(f"the page is in {page}, its buttons in {' or '.join(sorted(spoken))}", names(banner))


def by_keyboard(site: Site, _: Judge) -> Verdict:
    """R37."""
    banner = banner_of(site)
    if banner is None:
        return moot(NO_BANNER)
    lost = [f'"{one.name}", a {one.tag}' for one in banner.controls if one.role and not one.reachable]
    if lost:
        return failed("a keyboard does not reach these", lost)
    return passed("a keyboard reaches every button")


CHECKS: dict[int, Check] = {35: accessible, 36: language, 37: by_keyboard}
