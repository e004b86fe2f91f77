"""THE rule: from what a visitor chose and what the browser signals to what is granted now."""

from collections.abc import Mapping
from dataclasses import dataclass

from assent.core.categories import NECESSARY_ONLY, Category
from assent.core.choice import Choice


@dataclass(frozen=True, slots=True)
class Decision:
    """What is granted now, and why; the site reads it as ``scope["assent"]``."""

    granted: frozenset[Category]
    choice: Choice | None
    gpc: bool

    @property
    def field(self) -> bytes:
        """The value of the ``Assent-Consent`` request field."""
        return ", ".join(category for category in Category if category in self.granted).encode()


CHOSEN, NECESSARY = "what was chosen", "necessary only"

RULE: Mapping[tuple[bool, bool], str] = {
    # (has a choice, sends Sec-GPC: 1) -> what is granted. Prior opt-in: silence is a refusal
    # (ePrivacy Directive 5(3), GDPR recital 32), so GPC can only agree with it; it grants nothing,
    # and a choice that the visitor made on this very site is more specific than a browser-wide signal.
    (False, False): NECESSARY,
    (False, True): NECESSARY,
    (True, False): CHOSEN,
    (True, True): CHOSEN,
}


def decide(choice: Choice | None, *, gpc: bool) -> Decision:
    """Return the decision; a choice that could not be read counts as none."""
    outcome = RULE[choice is not None, gpc]
    granted = choice.granted if choice is not None and outcome == CHOSEN else NECESSARY_ONLY
    return Decision(granted, choice, gpc)
