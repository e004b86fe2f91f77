"""What to visit, and how."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from playwright.async_api import Page

from assent.core.domains import is_loopback
from assent.scan.autoconsent import Autoconsent

Login = Callable[[Page], Awaitable[None]]


@dataclass(frozen=True)
class Plan:
    """What to visit, and how."""

    url: str
    pages: int = 10
    delay: float = 1.0
    """Seconds between pages of a site on another machine."""
    settle: float = 1.0
    """Seconds for a page to become calm."""
    patience: float = 3.0
    """Seconds in which a banner may come."""
    own: bool = False
    """Whether robots.txt is no limit."""
    login: Login | None = None
    evidence: Path | None = None
    autoconsent: Autoconsent | None = None
    base: str = "/_assent"
    """Where Assent's own routes would be."""

    @property
    def near(self) -> bool:
        """Whether the site is on this machine."""
        return is_loopback(urlsplit(self.url).hostname or "")
