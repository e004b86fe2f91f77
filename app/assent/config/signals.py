"""``[signals]``: vendors that are told in their own way what a visitor allows."""

from typing import Literal

from assent.config.table import Table

Signal = bool | Literal["auto"]
"""``auto``: where the site declares a cookie or host of that vendor, for without its tags nobody listens."""


class Signals(Table):
    """``[signals]``: each says whether a vendor is told."""

    google: Signal = "auto"
    """Consent Mode v2."""
    microsoft: Signal = "auto"
    """UET and Clarity."""
    meta: Signal = "auto"
    matomo: Signal = "auto"
    wordpress: Signal = "auto"
    """WP Consent API."""

    def told(self, declared: frozenset[str]) -> tuple[str, ...]:
        """Return the vendors that are told, of which the site declares these."""
        return tuple(
            name for name, told in dict(self).items() if told is True or (told == "auto" and name in declared)
        )
