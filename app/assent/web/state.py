"""Writes a decision as the JSON object that scripts read: from the page, from /state and from /choice."""

import time
from collections.abc import Iterable

from assent.core.categories import Category
from assent.core.decision import Decision


def state(decision: Decision, policy_version: str) -> dict[str, object]:
    """Return the state; times are ISO 8601 in UTC, categories come in the order of the dialog."""
    choice = decision.choice
    said: dict[str, object] | None = None
    if choice is not None:
        said = {"categories": in_order(choice.granted), "at": iso(choice.at)}
        if choice.changed:
            said["changed"] = in_order(choice.changed)
    return {
        "choice": said,
        "granted": in_order(decision.granted),
        "gpc": decision.gpc,
        "policy_version": policy_version,
        "expires": choice and iso(choice.expires),
        "consent_id": choice and choice.consent_id,
    }


def in_order(categories: Iterable[Category]) -> list[str]:
    """Return the values of categories in the order of the dialog."""
    held = frozenset(categories)
    return [category.value for category in Category if category in held]


def iso(seconds: int) -> str:
    """Return unix seconds as ISO 8601, such as ``2026-11-23T05:39:00Z``."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))
