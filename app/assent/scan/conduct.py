"""Verdicts on what a site does: before a choice, after it, and after taking it back. Pure."""

from assent.core.categories import Category
from assent.scan.judge import Judge
from assent.scan.seen import Cookie, Site
from assent.scan.verdicts import (
    Check,
    Verdict,
    asked,
    banner_of,
    chosen,
    clicks,
    failed,
    outside,
    passed,
    read,
    stored,
    unclear,
    worst,
)

TOLERANCE = 0.9
"""A refusal that is remembered this much of the time that consent is remembered is remembered as long."""


def before_stored(site: Site, judge: Judge) -> Verdict:
    """R1."""
    before = site.step("before")
    return stored(before, judge) if before else outside("this was not visited")


def before_asked(site: Site, judge: Judge) -> Verdict:
    """R2."""
    before = site.step("before")
    return asked(before, judge) if before else outside("this was not visited")


def scrolling(site: Site, judge: Judge) -> Verdict:
    """R3: each page was scrolled to its end."""
    verdict = worst(before_stored(site, judge), before_asked(site, judge))
    if verdict.status == "pass":
        return passed("every page was read to its end, and nothing followed from that")
    return unclear("pages were read to their end, and something was stored or asked: see R1 and R2")


def analytics(site: Site, judge: Judge) -> Verdict:
    """R6."""
    wrong = _called_necessary(site, judge, (Category.ANALYTICS, Category.PERFORMANCE))
    if wrong:
        return failed("the site calls counting necessary", wrong)
    return passed("the site calls no known counting necessary") if judge.speaks else _no_declaration()


def declared(site: Site, judge: Judge) -> Verdict:
    """R15 and R16: what was seen is named where the banner leads."""
    banner = banner_of(site)
    before = site.step("before")
    inside = before.preferences if before else None
    text = f"{site.policy_text} {banner.text if banner else ''} {inside.text if inside else ''}"
    cookies = _cookies(site)
    unnamed = [name for name in sorted(cookies) if name not in text and not judge.says(name)]
    if not cookies:
        return passed("the site sets no cookies")
    if unnamed:
        return failed(
            f"{len(unnamed)} of {len(cookies)} cookies are named nowhere",
            (f"cookie {name}" for name in unnamed),
        )
    return passed(f"all {len(cookies)} cookies are named")


def necessary(site: Site, judge: Judge) -> Verdict:
    """R17."""
    wrong = _called_necessary(site, judge, tuple(c for c in Category if c is not Category.NECESSARY))
    if wrong:
        return failed("the site calls necessary what is not", wrong)
    if not judge.speaks:
        return _no_declaration()
    mere = [
        name
        for name, cookie in _cookies(site).items()
        if judge.cookie(cookie).how == "site" and judge.said_necessary(name)
    ]
    if mere:
        return unclear("nobody but the site knows these", (f"cookie {name}" for name in mere))
    return passed("what it calls necessary is known as such")


def refused(site: Site, judge: Judge) -> Verdict:
    """R18."""
    step = site.step("reject")
    if (missing := chosen(step, "refuse")) or step is None:
        return missing or outside("this was not visited")
    return worst(stored(step, judge), asked(step, judge))


def asked_again(site: Site, _: Judge) -> Verdict:
    """R19."""
    step = site.step("reject")
    if (missing := chosen(step, "refuse")) or step is None:
        return missing or outside("this was not visited")
    if step.banner is not None:
        return failed("the banner is back on the next page", (step.banner.text[:200],))
    return passed("the banner stays away on reload")


def remembered(site: Site, _: Judge) -> Verdict:
    """R20: the cookies that both choices set live as long."""
    reject, accept = site.step("reject"), site.step("accept")
    if (missing := chosen(reject, "refuse") or chosen(accept, "agree")) or reject is None or accept is None:
        return missing or outside("this was not visited")
    by_refusal = {cookie.name: cookie for cookie in reject.cookies if cookie.new and cookie.kept}
    both = [(by_refusal[one.name], one) for one in accept.cookies if one.kept and one.name in by_refusal]
    before = site.step("before")
    without = {cookie.name for cookie in before.cookies} if before else set()
    pairs = [(no, yes) for no, yes in both if no.name not in without]
    told = [f"cookie {no.name}: {_days(no)} after refusing, {_days(yes)} after agreeing" for no, yes in pairs]
    if not pairs:
        return unclear("no cookie is set by both choices; how long each is remembered cannot be seen")
    shorter = [line for line, (no, yes) in zip(told, pairs, strict=True) if _age(no) < TOLERANCE * _age(yes)]
    if shorter:
        return failed("a refusal is forgotten sooner", shorter)
    return passed("both are remembered as long", told)


def way_back(site: Site, _: Judge) -> Verdict:
    """R22."""
    found = {step.step: step.again for step in site.steps if step.choice and step.choice.made}
    if not found:
        return unclear("no choice could be made")
    missing = [name for name, control in found.items() if control is None and name != "withdraw"]
    if missing:
        return failed(f"nothing opens the choice again after: {', '.join(missing)}")
    return passed(
        "a control opens the choice again", {f'"{control.name}"' for control in found.values() if control}
    )


def easy_withdrawal(site: Site, _: Judge) -> Verdict:
    """R23: opening the choice again is no step, since the banner opens by itself."""
    accept, withdraw = site.step("accept"), site.step("withdraw")
    if (missing := chosen(accept, "agree")) or accept is None or accept.choice is None:
        return missing or outside("this was not visited")
    if withdraw is None or withdraw.choice is None or not withdraw.choice.made:
        return failed("no way to withdraw was found")
    agreeing, withdrawing = len(accept.choice.clicks), len(withdraw.choice.clicks) - withdraw.choice.opened
    told = (f"agreeing: {clicks(accept.choice)}", f"withdrawing: {clicks(withdraw.choice)}")
    if withdrawing > agreeing:
        return failed(f"agreeing takes {agreeing}, withdrawing {withdrawing} after the choice is open", told)
    return passed(f"agreeing takes {agreeing}, withdrawing {withdrawing} once the choice is open", told)


def withdrawn(site: Site, judge: Judge) -> Verdict:
    """R24."""
    step = site.step("withdraw")
    if (missing := chosen(step, "withdraw")) or step is None:
        return missing or outside("this was not visited")
    return worst(stored(step, judge, new=False), asked(step, judge), read(step, site, judge))


def signal(site: Site, judge: Judge) -> Verdict:
    """R30."""
    step = site.step("gpc")
    return worst(stored(step, judge), asked(step, judge)) if step else outside("this was not visited")


def works(site: Site, judge: Judge) -> Verdict:
    """R32."""
    for name, what in (("reject", "refuse"), ("accept", "agree")):
        step = site.step("reject") if name == "reject" else site.step("accept")
        if missing := chosen(step, what):
            return failed(missing.reason) if missing.status == "unclear" and banner_of(site) else missing
    return refused(site, judge)


def signal_file(site: Site, _: Judge) -> Verdict:
    """R34."""
    if site.gpc_file:
        return passed("it is there")
    return unclear("it is not there; it is due where the signal is honoured by law")


def traceless(site: Site, judge: Judge) -> Verdict:
    """R28: the names of what a refusal sets do not tell; somebody has to look at one of them."""
    step = site.step("reject")
    if (missing := chosen(step, "refuse")) or step is None:
        return missing or outside("this was not visited")
    new = [cookie.name for cookie in step.cookies if cookie.new and cookie.kept]
    if not new:
        return passed("a refusal sets no cookie")
    return outside(f"whether {', '.join(sorted(set(new)))} tells visitors apart is for its maker to say")


def _called_necessary(site: Site, judge: Judge, categories: tuple[Category, ...]) -> list[str]:
    return [
        f"cookie {name}, known as {known.category}"
        for name, cookie in sorted(_cookies(site).items())
        if (known := judge.cookie(cookie)).how == "catalogue"
        and known.category in categories
        and judge.said_necessary(name)
    ]


def _cookies(site: Site) -> dict[str, Cookie]:
    return {cookie.name: cookie for step in site.steps for cookie in step.cookies if cookie.kept}


def _no_declaration() -> Verdict:
    return unclear("the site declares nothing in a form that machines read")


def _age(cookie: Cookie) -> int:
    return cookie.lifetime or 0


def _days(cookie: Cookie) -> str:
    return "this session" if cookie.lifetime is None else f"{cookie.lifetime / 86400:.0f} days"


CHECKS: dict[int, Check] = {
    1: before_stored,
    2: before_asked,
    3: scrolling,
    6: analytics,
    15: declared,
    16: declared,
    17: necessary,
    18: refused,
    19: asked_again,
    20: remembered,
    21: lambda site, judge: outside("what a new purpose brings can be seen only when one comes"),
    22: way_back,
    23: easy_withdrawal,
    24: withdrawn,
    26: lambda site, judge: outside("records are kept where no visitor sees them"),
    27: lambda site, judge: outside("records are kept where no visitor sees them"),
    28: traceless,
    30: signal,
    32: works,
    34: signal_file,
}
