"""The rules that an audit asks about, by number: what each demands, and where it is from."""

from typing import NamedTuple


class Demand(NamedTuple):
    """One rule in a sentence, and its source."""

    number: int
    text: str
    source: str

    @property
    def id(self) -> str:
        """How reports call it."""
        return f"R{self.number}"


TASKFORCE = "EDPB Cookie Banner Taskforce, 2023"
CNIL = "CNIL 2020-092"
HANNOVER = "VG Hannover 10 A 5385/22"
CCPA = "CCPA regulations, 11 CCR"
WCAG = "WCAG 2.2 AA"

GROUPS: tuple[tuple[str, tuple[Demand, ...]], ...] = (
    (
        "Before a choice",
        (
            Demand(
                1,
                "Nothing but what is necessary is stored before a choice.",
                "ePrivacy Art. 5(3); CNIL SAN-2025-005",
            ),
            Demand(
                2,
                "No third party is asked for anything that is not necessary.",
                f"ePrivacy Art. 5(3); {HANNOVER}",
            ),
            Demand(3, "Reading and scrolling is not consent.", "GDPR rec. 32"),
            Demand(4, "Switches are off until chosen.", f"CJEU C-673/17; {TASKFORCE}, type B"),
            Demand(5, "No wall: the page can be used, its policy can be read.", "EDPB Guidelines 05/2020"),
            Demand(6, "Analytics is not called necessary as a whole.", f"{TASKFORCE}, type I"),
        ),
    ),
    (
        "First layer",
        (
            Demand(7, "Refusing stands where agreeing stands.", f"{TASKFORCE}, type A; {CNIL}"),
            Demand(
                8, "Refusing looks like agreeing: kind, size, weight, contrast.", f"{TASKFORCE}, types C to F"
            ),
            Demand(9, "Refusing takes no more clicks than agreeing.", "CNIL SAN-2025-004"),
            Demand(10, "It says consent, purposes, third parties and the right to withdraw.", HANNOVER),
            Demand(11, "It leads to the whole list.", CNIL),
            Demand(12, "Closing it does not agree.", f"{CNIL}; {HANNOVER}"),
            Demand(13, "No legitimate interest for storing.", f"{TASKFORCE}, type H"),
        ),
    ),
    (
        "Second layer",
        (
            Demand(14, "A choice for each purpose, which can be saved.", "GDPR rec. 43; CNIL 2020-092"),
            Demand(15, "Each cookie is named, with provider, purpose and lifetime.", "CJEU C-673/17"),
            Demand(16, "What is declared is what is there.", "GDPR Art. 13"),
            Demand(17, "What is called necessary is necessary.", f"{TASKFORCE}, type I"),
        ),
    ),
    (
        "After a choice",
        (
            Demand(18, "After a refusal nothing new is stored and no tracker is asked.", "CNIL SAN-2025-005"),
            Demand(19, "After a refusal nobody is asked again.", CNIL),
            Demand(20, "A refusal is remembered as long as consent.", CNIL),
            Demand(21, "New purposes ask again.", "GDPR Art. 6(1)(a)"),
        ),
    ),
    (
        "Withdrawal",
        (
            Demand(22, "Every page has a way back to the choice.", f"{TASKFORCE}, type K"),
            Demand(23, "Withdrawing is as easy as agreeing.", "GDPR Art. 7(3)"),
            Demand(24, "After a withdrawal cookies are deleted and read no more.", "CNIL SAN-2025-005"),
            Demand(25, "The visitor can see what was chosen and when.", "GDPR Art. 7(1)"),
        ),
    ),
    (
        "Proof",
        (
            Demand(26, "Each decision is recorded.", "GDPR Art. 7(1)"),
            Demand(27, "Records are kept for a limited time.", "GDPR Art. 5(1)(e)"),
            Demand(28, "A refusal makes nobody trackable.", "GDPR Art. 5(1)(c)"),
        ),
    ),
    (
        "Opt-out in the United States",
        (
            Demand(29, "A link to privacy choices.", f"{CCPA} 7015"),
            Demand(30, "Global Privacy Control counts as an opt-out.", f"{CCPA} 7025"),
            Demand(31, "Opting out takes no more steps than opting in.", f"{CCPA} 7004"),
            Demand(32, "The controls work.", "CPPA, Todd Snyder, 2025"),
            Demand(33, "Nobody has to identify themselves.", f"{CCPA} 7060"),
            Demand(34, "/.well-known/gpc.json says that the signal is honoured.", "W3C GPC"),
        ),
    ),
    (
        "Accessibility and language",
        (
            Demand(35, "Controls have names, sizes and contrast; it fits 320 pixels.", WCAG),
            Demand(36, "It speaks the language of the page.", "GDPR Art. 12(1)"),
            Demand(37, "It works by keyboard.", WCAG),
        ),
    ),
)

DEMANDS = {demand.number: demand for _, demands in GROUPS for demand in demands}
