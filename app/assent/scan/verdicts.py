"""From what was observed to a verdict on each rule, with the evidence. Pure."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from assent.core.moments import iso
from assent.scan.judge import OWN_HOST, Judge, Known
from assent.scan.seen import Asked, Banner, Choice, Cookie, Observed, Sent, Site, Stored

Status = Literal["pass", "fail", "unclear", "outside", "moot"]
"""``unclear``: a person has to look. ``outside``: no visit can show it. ``moot``: nothing to judge."""

NO_BANNER = "nothing asks for consent"

MOST = 40
"""Pieces of evidence that are told of one verdict."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came out for one rule."""

    status: Status
    reason: str
    evidence: tuple[str, ...] = ()


Check = Callable[[Site, Judge], Verdict]


def passed(reason: str, evidence: Iterable[str] = ()) -> Verdict:
    """Say that a rule is kept."""
    return _said("pass", reason, evidence)


def failed(reason: str, evidence: Iterable[str] = ()) -> Verdict:
    """Say that a rule is broken."""
    return _said("fail", reason, evidence)


def unclear(reason: str, evidence: Iterable[str] = ()) -> Verdict:
    """Say that a person has to look."""
    return _said("unclear", reason, evidence)


def outside(reason: str) -> Verdict:
    """Say that this cannot be seen by visiting."""
    return Verdict("outside", reason)


def moot(reason: str) -> Verdict:
    """Say that there is nothing to judge."""
    return Verdict("moot", reason)


def stored(step: Observed, judge: Judge, *, new: bool = True) -> Verdict:
    """Judge what a step stored: what is known to wait for consent fails, the unknown is unclear."""
    known = [
        *((_cookie(one), judge.cookie(one)) for one in step.cookies if one.kept and (one.new or not new)),
        *((_key(one), judge.stored(one)) for one in step.storage if one.new or not new),
    ]
    return _judged(known, "stored")


def asked(step: Observed, judge: Judge) -> Verdict:
    """Judge whom the pages of a step asked."""
    return _judged(
        [(_host(one), judge.asked(one)) for one in step.hosts if one.outcome != "blocked"], "asked"
    )


def read(step: Observed, site: Site, judge: Judge) -> Verdict:
    """Judge which cookies browsers went on to send."""
    there = {cookie.name: cookie for one in site.steps for cookie in one.cookies}
    return _judged(
        [(_sent(sent), judge.cookie(there[sent.name])) for sent in step.sent if sent.name in there], "sent"
    )


def worst(*verdicts: Verdict) -> Verdict:
    """Return the worst of several, with the reasons and the evidence of all that are as bad."""
    order: tuple[Status, ...] = ("fail", "unclear", "outside", "pass", "moot")
    status = min((verdict.status for verdict in verdicts), key=order.index)
    told = [verdict for verdict in verdicts if verdict.status == status]
    return Verdict(
        status,
        "; ".join(dict.fromkeys(verdict.reason for verdict in told)),
        tuple(line for verdict in told for line in verdict.evidence)[:MOST],
    )


def chosen(step: Observed | None, what: str) -> Verdict | None:
    """Return why nothing can be said of a step after a choice, or None when the choice was made."""
    if step is None:
        return outside("this was not visited")
    if step.choice is None or not step.choice.made:
        how = f" after {_clicks(step.choice)}" if step.choice and step.choice.clicks else ""
        return unclear(f"no way to {what} was found{how}")
    return None


def clicks(choice: Choice) -> str:
    """Return the clicks of a choice in words."""
    return _clicks(choice)


def banner_of(site: Site) -> Banner | None:
    """Return what asked before a choice."""
    before = site.step("before")
    return before.banner if before else None


def _judged(known: list[tuple[str, Known]], verb: str) -> Verdict:
    wrong = [f"{what}: {_why(one)}" for what, one in known if one.refusable]
    if wrong:
        return failed(f"{verb} without consent: {len(wrong)}", wrong)
    odd = [f"{what}: {_why(one)}" for what, one in known if not one.certain and one.reason != OWN_HOST]
    if odd:
        return unclear(f"{verb}, and nobody knows what for: {len(odd)}", odd)
    told = (f"{what}: {_why(one)}" for what, one in known)
    return passed(f"{verb}, and necessary: {len(known)}" if known else f"nothing is {verb}", told)


def _why(known: Known) -> str:
    parts = [known.label]
    parts += [known.provider] if known.provider else []
    parts += [known.reason] if known.reason else []
    return ", ".join(parts)


def _cookie(cookie: Cookie) -> str:
    by = f"{cookie.by} of {cookie.setter}" if cookie.by else "set unseen"
    return f"cookie {cookie.name} for {cookie.domain}, {by}, on {cookie.page}, {iso(int(cookie.at * 1000))}"


def _key(one: Stored) -> str:
    by = f", by {one.setter}" if one.setter else ""
    return f"{one.kind} {one.key} of {one.origin}{by}, on {one.page}, {iso(int(one.at * 1000))}"


def _host(one: Asked) -> str:
    times = f" {one.count} times" if one.count > 1 else ""
    return f"{one.host} asked for {one.kind}{times}, first on {one.page}, {iso(int(one.at * 1000))}"


def _sent(one: Sent) -> str:
    return f"cookie {one.name} sent to {one.host}, first on {one.page}, {iso(int(one.at * 1000))}"


def _clicks(choice: Choice) -> str:
    return " > ".join(f'"{name}"' for name in choice.clicks) or "no click"


def _said(status: Status, reason: str, evidence: Iterable[str]) -> Verdict:
    return Verdict(status, reason, tuple(evidence)[:MOST])
