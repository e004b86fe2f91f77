"""Vendors that are told of a choice in their own way, and which of a site's declarations are theirs."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple


class Marks(NamedTuple):
    """What stands for a vendor: domains with all below them, and how names of its cookies begin."""

    domains: tuple[str, ...]
    cookies: tuple[str, ...]


MARKS: Mapping[str, Marks] = {
    "google": Marks(
        (
            "doubleclick.net",
            "google-analytics.com",
            "googleadservices.com",
            "googlesyndication.com",
            "googletagmanager.com",
        ),
        ("_ga", "_gid", "_gcl_", "_gac_", "__gads", "__gpi"),
    ),
    "microsoft": Marks(("bat.bing.com", "clarity.ms"), ("_uet", "_clck", "_clsk")),
    "meta": Marks(("connect.facebook.net", "facebook.com"), ("_fbp", "_fbc")),
    "matomo": Marks(("matomo.cloud",), ("_pk_", "MATOMO_SESSID")),
    "wordpress": Marks((), ("wp_consent_", "wordpress_", "wp-settings-")),
}
"""By the names that the settings use; the catalogue knows them all, so it shows nothing about a site."""


def declared(cookies: Iterable[str], hosts: Iterable[str]) -> frozenset[str]:
    """Return the vendors for which one of these cookie or host patterns stands."""
    names, patterns = tuple(cookies), tuple(hosts)
    return frozenset(
        vendor
        for vendor, marks in MARKS.items()
        if any(name.startswith(marks.cookies) for name in names)
        or any(_stands(pattern, known) for known in marks.domains for pattern in patterns)
    )


def _stands(pattern: str, known: str) -> bool:
    """Tell whether a host pattern is for a domain or what is below it, or for all of what that is in."""
    domain = "." + pattern.removeprefix("*.").partition(":")[0]
    return domain.endswith("." + known) or (pattern.startswith("*.") and f".{known}".endswith(domain))
