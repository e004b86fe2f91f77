"""What each template is given: one frozen dataclass a template; a page is a function of its context."""

from dataclasses import dataclass

from assent.core.categories import Category

LONG_LIST = 12
"""Cookies of one category that are shown unfolded; a longer list would push the next switch out of sight."""


@dataclass(frozen=True)
class Frame:
    """What every piece of Assent's markup needs."""

    base: str
    """Path under which Assent's own routes live: root path and prefix."""
    styles: tuple[str, ...] = ()
    """URL paths of the stylesheets of a page of Assent's own."""
    site_name: str | None = None
    """What the site calls itself."""
    privacy_policy: str | None = None
    """Where the privacy policy is."""
    legal_notice: str | None = None
    """Where it says whose site this is."""
    controller: str | None = None
    """Who is responsible, and how to reach them."""
    transfers: str | None = None
    """Where else data goes."""
    side: bool = False
    """Whether the dialog stands at the side."""
    lang: str = "en"
    """Language of the texts (BCP 47)."""
    dir: str = "ltr"
    """Direction in which they are written."""


@dataclass(frozen=True)
class CookieRow:
    """One line in the table of a category."""

    name: str
    """The cookie-name, or a prefix ending in ``*``."""
    provider: str
    """Who sets or reads it."""
    duration: str
    """How long it lives, in words."""
    description: str
    """What it is for."""
    learned: str = ""
    """How it is known that the site uses it."""
    catalogued: bool = False
    """Whether the description is the catalogue's, which is in English alone."""
    new: bool = False
    """Whether it came after the choice of the visitor who is asked again."""


@dataclass(frozen=True)
class Section:
    """One category in the dialog."""

    value: str
    """The category's value, as it is sent."""
    label: str
    """The name that the visitor sees, and the accessible name of the switch."""
    description: str
    """What such cookies do."""
    always: bool
    """Whether it is granted without being asked: then there is no switch."""
    checked: bool
    """Whether the switch is on."""
    cookies: tuple[CookieRow, ...]
    """Its cookies; may be empty, and the category is decidable all the same."""
    changed: bool = False
    """Whether it was granted and has changed since, so that it is asked for again."""
    new_parties: tuple[str, ...] = ()
    """Domains of the third parties in it that came after the choice."""

    @property
    def new_cookies(self) -> int:
        """How many of its cookies came after the choice."""
        return sum(cookie.new for cookie in self.cookies)

    @property
    def folded(self) -> bool:
        """Whether the list is too long to be open at first."""
        return len(self.cookies) > LONG_LIST


@dataclass(frozen=True)
class PartyRow:
    """One third party of one category."""

    domain: str
    """Its registrable domain."""
    category: str
    """The category's value."""
    label: str
    """The category's name."""
    learned: str
    """How it is known that the site uses it."""


@dataclass(frozen=True)
class ChoiceMade:
    """The choice that stands, in the visitor's words."""

    at: str
    """When, as ISO 8601."""
    when: str
    """When, in words."""
    labels: tuple[str, ...]
    """What was granted, by label."""
    consent_id: str
    """What the visitor can name to have the record found."""


@dataclass(frozen=True)
class Denied:
    """One thing that a page was kept from."""

    kind: str
    """What it is, to be translated."""
    name: str
    label: str
    """The category that is not allowed, to be translated; "" where nobody declared it."""


@dataclass(frozen=True)
class Preferences:
    """For preferences.html and _dialog.html."""

    frame: Frame
    sections: tuple[Section, ...]
    """All five categories in order."""
    made: ChoiceMade | None
    """The choice that stands, if there is one."""
    gpc: bool
    """Whether the browser sends Global Privacy Control."""
    return_to: str
    """Path and query of the page to go back to."""
    more: bool = False
    """Whether the second part of the introduction is shown."""
    notice: str = ""
    """The sealed hash of the notice."""
    parties: int = 0
    """Third parties that pages reach once everything is allowed."""
    opening: str = ""
    """The script, for a page of its own."""
    denied: tuple[Denied, ...] = ()
    """What the page beneath was kept from."""


@dataclass(frozen=True)
class Declaration:
    """For declaration.html."""

    frame: Frame
    sections: tuple[Section, ...]
    """All five categories in order."""
    third_parties: tuple[PartyRow, ...]
    """Those that pages reach once they are allowed."""
    parties: int
    """How many there are."""


@dataclass(frozen=True)
class Insertion:
    """For insertion.html; the texts are marks of slots that are filled for each page."""

    frame: Frame
    chosen: bool
    """Whether the visitor has made a choice that stands: the banner is hidden then, else the button."""
    changes: str
    """What has changed since the choice of a visitor who is asked again; empty for others."""
    gpc: bool
    """Whether the browser sends Global Privacy Control."""
    return_to: str
    """Path and query of the page that is being shown."""
    purposes: str
    """What cookies are used for and by how many, in words."""
    notice: str
    """The sealed hash of the notice that the dialog shows."""
    reasons: str
    """What visitors on this machine see of what was blocked; empty for others."""


@dataclass(frozen=True)
class Message:
    """For message.html."""

    frame: Frame
    title: str
    """What happened, in a few words."""
    text: str
    """What it means and what to do."""
    return_to: str
    """Path and query of the page to go back to."""


@dataclass(frozen=True)
class BlockedFrame:
    """For blocked.html."""

    frame: Frame
    host: str
    """The third party that is not shown."""
    category: Category | None
    """What it serves; None when no rule knows it."""
    categories: tuple[str, ...]
    """What would be granted once the visitor allowed it."""
    return_to: str
    """Path and query of the page around the frame."""


@dataclass(frozen=True)
class Leaving:
    """For leaving.html."""

    frame: Frame
    host: str
    """The third party that the page leads to."""
    category: Category | None
    """What it serves; None when no rule knows it."""
    url: str
    """Where the visitor would be sent."""
    return_to: str
    """Path and query of a page to come back to."""


@dataclass(frozen=True)
class BlockedThing:
    """One thing that is blocked, wherever that was."""

    kind: str
    """Cookie, host and so on, in a word."""
    name: str
    """Its name, printable and short."""
    category: str
    """The category's value, "unknown", or "all" for what waits until everything is granted."""
    rule: str
    """The rule that decided."""
    passes: str
    """Which choice of a visitor lets it pass, in words."""
    places: tuple[str, ...]
    """Layer, page and number, in words."""
    toml: str
    """The lines of assent.toml that would let it pass unasked; may be empty."""


@dataclass(frozen=True)
class Overlay:
    """For overlay.html."""

    frame: Frame
    css: str
    """URL path of its stylesheet."""
    js: str
    """URL path of its script."""
    title: str
    """What the list is of."""
    advice: str
    """What to do with the lines for assent.toml."""
    things: tuple[BlockedThing, ...]
    """The first things that were blocked."""
    number: int
    """How many things there are."""
    script_nonce: str
    """Empty, or the whole nonce attribute."""
    style_nonce: str
    """Empty, or the whole nonce attribute."""


@dataclass(frozen=True)
class Reasons:
    """For reasons.html."""

    frame: Frame
    css: str
    """URL path of its stylesheet."""
    title: str
    """What the list is of."""
    advice: str
    """What to do with the lines for assent.toml."""
    things: tuple[BlockedThing, ...]
    """All that was blocked."""
    unlisted: int
    """How often something was blocked that is not listed, for there is too much of it."""
    return_to: str
    """Path and query of the page to go back to."""
