"""The verdicts on all rules together. Pure."""

from collections import Counter
from collections.abc import Mapping

from assent.scan import access, conduct, looks
from assent.scan.judge import Judge
from assent.scan.law import DEMANDS
from assent.scan.seen import Site
from assent.scan.verdicts import NO_BANNER, Status, Verdict, banner_of, failed, unclear

CHECKS = {**conduct.CHECKS, **looks.CHECKS, **access.CHECKS}

FREE = frozenset((1, 2, 3, 5, 6, 16, 17, 26, 27, 30, 34))
"""Rules that say something of a site that asks for no consent."""

STATUSES: tuple[Status, ...] = ("fail", "unclear", "pass", "outside", "moot")


def verdicts(site: Site, judge: Judge) -> dict[int, Verdict]:
    """Return the verdict on each rule, in the order of their numbers."""
    found = {number: CHECKS[number](site, judge) for number in sorted(DEMANDS)}
    if banner_of(site) is not None:
        return found
    first = (found[1].status, found[2].status)
    told = {number: one if number in FREE else Verdict("moot", NO_BANNER) for number, one in found.items()}
    # Without a banner there is no consent, and what would need it has none.
    if "fail" in first:
        told[7] = failed("nothing asks for consent, and something waits for it: see R1 and R2")
    elif "unclear" in first:
        told[7] = unclear("nothing asks for consent; whether something needs it: see R1 and R2")
    return told


def counts(found: Mapping[int, Verdict]) -> dict[Status, int]:
    """Return how many rules came out how."""
    counted = Counter(verdict.status for verdict in found.values())
    return {status: counted[status] for status in STATUSES}
