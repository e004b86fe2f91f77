"""What was observed at a site, as facts: names, places and moments, never the value of a cookie or a key."""

from dataclasses import dataclass
from typing import Literal

Step = Literal["before", "reject", "accept", "withdraw", "gpc"]
"""What the visitor had done when something was observed; ``gpc``: nothing, with an opt-out signal."""

Outcome = Literal["answered", "failed", "blocked"]
"""``blocked``: the browser stopped it, for a policy of the page; it was never sent."""

Role = Literal["accept", "reject", "preferences", "save", "withdraw", "close", ""]


@dataclass(frozen=True, slots=True)
class Cookie:
    """One cookie that was set, or was in the browser, during a step."""

    name: str
    domain: str
    """The host, or with a leading dot the domain and all below it."""
    path: str
    page: str
    """The address on which the visitor was."""
    at: float
    """When it was first seen in this step, in unix seconds."""
    by: Literal["header", "script", ""] = ""
    """"" where only the browser's jar showed it."""
    setter: str = ""
    """The response that carried it, or the script that wrote it."""
    lifetime: int | None = None
    """Seconds; None ends with the session."""
    http_only: bool = False
    secure: bool = False
    same_site: str = ""
    partitioned: bool = False
    kept: bool = True
    """Whether the browser took it."""
    new: bool = True
    """Whether it was set in this step, rather than there from before."""


@dataclass(frozen=True, slots=True)
class Stored:
    """One key of localStorage, sessionStorage, IndexedDB or Cache Storage."""

    kind: str
    key: str
    origin: str
    page: str
    at: float
    setter: str = ""
    new: bool = True


@dataclass(frozen=True, slots=True)
class Asked:
    """One host that pages asked for something of one kind."""

    host: str
    """With its port, where that is not the scheme's own."""
    kind: str
    page: str
    at: float
    outcome: Outcome
    count: int = 1


@dataclass(frozen=True, slots=True)
class Sent:
    """A cookie that went to a host with a request."""

    name: str
    host: str
    page: str
    at: float


@dataclass(frozen=True, slots=True)
class Control:
    """A button, link or switch, as it looks."""

    role: Role
    name: str
    tag: str
    panel: int
    width: float = 0
    height: float = 0
    font_size: float = 0
    weight: int = 400
    contrast: float = 21
    """Of its text against what is behind it."""
    filled: bool = False
    """Whether it has a surface or an outline of its own."""
    fill: str = ""
    in_view: bool = True
    reachable: bool = True
    """By keyboard."""
    toggle: bool = False
    checked: bool = False
    disabled: bool = False
    hook: str = ""
    """A mark that says what it is for without its words."""
    href: str = ""


@dataclass(frozen=True, slots=True)
class Banner:
    """What asks for consent, or lets it be changed."""

    text: str
    lang: str
    page_lang: str
    label: str
    covers: float
    """Share of the window."""
    controls: tuple[Control, ...]
    found_by: str
    overflows: bool = False

    def first(self, role: Role) -> Control | None:
        """Return the first control of this role."""
        return next((control for control in self.controls if control.role == role), None)

    @property
    def toggles(self) -> tuple[Control, ...]:
        """The switches."""
        return tuple(control for control in self.controls if control.toggle)


@dataclass(frozen=True, slots=True)
class Choice:
    """How a choice was made, or that it could not be."""

    made: bool
    clicks: tuple[str, ...] = ()
    """The accessible names of what was clicked, in order."""
    opened: int = 0
    """How many of the clicks only opened the dialog again."""
    by: str = ""


@dataclass(frozen=True, slots=True)
class Observed:
    """All that was observed in one step."""

    step: Step
    began: float
    pages: tuple[tuple[str, int], ...] = ()
    """Each address with the status it was answered with; 0 for none."""
    cookies: tuple[Cookie, ...] = ()
    storage: tuple[Stored, ...] = ()
    hosts: tuple[Asked, ...] = ()
    sent: tuple[Sent, ...] = ()
    console: tuple[str, ...] = ()
    choice: Choice | None = None
    banner: Banner | None = None
    """What asked at the beginning of the step; in the steps after a choice, what asks again."""
    preferences: Banner | None = None
    """The second layer, where it was opened."""
    again: Control | None = None
    """The control that opens the choice again."""
    narrow: bool | None = None
    """Whether the first page fits a window of 320 pixels."""


@dataclass(frozen=True, slots=True)
class Site:
    """What was visited."""

    url: str
    browser: str
    steps: tuple[Observed, ...]
    declared: dict[str, str]
    """What the site itself declares for machines: names of cookies with their categories."""
    policy_text: str = ""
    """The words of what the banner links to."""
    gpc_file: bool | None = None
    """Whether ``/.well-known/gpc.json`` is there; None when nobody looked."""

    def step(self, step: Step) -> Observed | None:
        """Return what was observed in this step, if it was taken."""
        return next((one for one in self.steps if one.step == step), None)
