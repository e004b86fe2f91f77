"""Reads the cookies in which other consent tools keep a visitor's answer; no other file knows their forms.

Whoever can set a cookie for the site can write them, so they are bounded, and what has not the form that the
tool writes is no answer: each reader then raises KeyError, TypeError or ValueError.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, unquote

from assent.core.categories import NECESSARY_ONLY, OPTIONAL, Category
from assent.core.services import ADVERTISEMENT, FUNCTIONAL, STATISTICS, Names

MOST = 300
"""Services or categories that one answer may name."""

MIRRORED = "assent"
"""A word in what our own script writes in the form of CookieYes: such a value is no answer to that tool."""

_MILLISECONDS = re.compile(r"[0-9]{10,14}\Z", re.ASCII)
_TRUE_OR_FALSE = {"true": True, "false": False}
_YES_OR_NO = {"yes": True, "no": False}
_ALLOW_OR_DENY = {"allow": True, "deny": False}
_KINDS = {"preferences": FUNCTIONAL, "statistics": STATISTICS, "marketing": ADVERTISEMENT}
"""The optional categories of Cookiebot and Complianz."""
_GROUPS = {"C0002": STATISTICS, "C0003": FUNCTIONAL, "C0004": ADVERTISEMENT, "C0005": ADVERTISEMENT}

Decided = Iterable[tuple[frozenset[Category], bool | None]]
"""What was decided about each thing: the categories it speaks for, and yes, no, or nothing so far."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a visitor told a tool: the optional categories with a yes, whether there was a no, and when."""

    granted: frozenset[Category]
    refused: bool
    at: int | None = None
    """Unix seconds; None where the tool does not keep it."""


@dataclass(frozen=True, slots=True)
class Tool:
    """A consent tool: the names of its cookies, and what reads them, by name, as they came."""

    cookies: tuple[str, ...]
    read: Callable[[Mapping[str, str], Names], Answer | None]


def judged(decided: Decided, at: int | None = None) -> Answer | None:
    """Return the answer: a category is granted when all that speaks for it was; None when none was given."""
    yes: set[Category] = set()
    held: set[Category] = set()
    refused = False
    for categories, allowed in decided:
        (yes if allowed else held).update(categories)
        refused = refused or allowed is False
    granted = frozenset(yes - held - NECESSARY_ONLY)
    return Answer(granted, refused, at) if granted or refused else None


def cookieyes(cookies: Mapping[str, str], names: Names) -> Answer | None:
    """``consentid:...,consent:yes,action:yes,necessary:yes,functional:no,...``.

    A yes without the visitor's action is a default. Where ``consent`` contradicts the categories, the banner
    asked under a law by which use goes on until it is refused.
    """
    said = _pairs(_decoded(cookies["cookieyes-consent"]), ",", ":")
    if said["action"] != "yes" or MIRRORED in said:
        return None
    chosen = {c: _YES_OR_NO[said[c]] for c in OPTIONAL if c in said}
    if not _YES_OR_NO[said["consent"]] and any(chosen.values()):
        return None
    # Only the newer tool, known by "tax", dates the choice; the older one dates when the owner asked anew.
    at = _from_ms(said["lastRenewedDate"]) if "tax" in said else None
    return judged(((frozenset({c}), allowed) for c, allowed in chosen.items()), at)


def cookiebot(cookies: Mapping[str, str], names: Names) -> Answer | None:
    """``{stamp:'...',necessary:true,preferences:false,...,method:'explicit',ver:1,utc:...,region:'de'}``."""
    text = _decoded(cookies["CookieConsent"])
    said = _pairs(text.removeprefix("{").removesuffix("}"), ",", ":")
    if said["method"] != "'explicit'":
        return None
    decided = [(categories, _TRUE_OR_FALSE[said[name]]) for name, categories in _KINDS.items()]
    return judged(decided, _from_ms(said["utc"]))


def onetrust(cookies: Mapping[str, str], names: Names) -> Answer | None:
    """``...&groups=C0001%3A1%2CC0002%3A0``, and when the banner was closed: until then those are defaults."""
    at = _from_iso(cookies["OptanonAlertBoxClosed"])
    # Decoded only now: the address of a page stands in there, too, and anybody can write one.
    (told,) = parse_qs(cookies["OptanonConsent"], max_num_fields=64)["groups"]
    groups = _pairs(told, ",", ":")
    if "C0004" not in groups:
        # Whoever allows social media alone has not allowed advertising.
        groups.pop("C0005", None)
    return judged(((_GROUPS[name], value == "1") for name, value in groups.items() if name in _GROUPS), at)


def vanilla(cookies: Mapping[str, str], names: Names) -> Answer | None:
    """``{"categories":["necessary"],"services":{"necessary":[],"analytics":[]},"lastConsentTimestamp":...}``.

    The version before had no services and other names for the dates.
    """
    said = _object(_decoded(cookies["cc_cookie"]))
    accepted, offered = _names(said["categories"]), _names([*said.get("services", {})])
    dates = ("lastConsentTimestamp", "consentTimestamp", "last_consent_update", "consent_date")
    at = next((_from_iso(said[name]) for name in dates if name in said), None)
    if all(names(name) == NECESSARY_ONLY for name in accepted):
        return Answer(frozenset(), True, at)
    return judged(((names(name), name in accepted) for name in dict.fromkeys([*offered, *accepted])), at)


def klaro(cookies: Mapping[str, str], names: Names) -> Answer | None:
    """``{"matomo":true,"youtube":false}``; what is required is true, too, under whatever name."""
    said = _object(_decoded(cookies["klaro"]))
    if not all(isinstance(said[name], bool) for name in _names([*said])):
        return None
    return judged((names(name), value) for name, value in said.items())


def tarteaucitron(cookies: Mapping[str, str], names: Names) -> Answer | None:
    """``!gtag=true!youtube=false!vimeo=wait``; other values are no answers."""
    said = _pairs(_decoded(cookies["tarteaucitron"]).removeprefix("!"), "!", "=")
    known = {name: value for name, value in said.items() if value in ("true", "false", "wait")}
    return judged((names(name), _TRUE_OR_FALSE.get(known[name])) for name in _names([*known]))


def complianz(cookies: Mapping[str, str], names: Names) -> Answer | None:
    """``cmplz_marketing=deny`` and so on, one cookie each, once the banner was dismissed."""
    if cookies["cmplz_banner-status"] != "dismissed":
        return None
    told = {name: cookies[f"cmplz_{name}"] for name in _KINDS if f"cmplz_{name}" in cookies}
    return judged((_KINDS[name], _ALLOW_OR_DENY[word]) for name, word in told.items())


TOOLS: Mapping[str, Tool] = {
    "cookieyes": Tool(("cookieyes-consent",), cookieyes),
    "cookiebot": Tool(("CookieConsent",), cookiebot),
    "onetrust": Tool(("OptanonConsent", "OptanonAlertBoxClosed"), onetrust),
    "vanilla-cookieconsent": Tool(("cc_cookie",), vanilla),
    "klaro": Tool(("klaro",), klaro),
    "tarteaucitron": Tool(("tarteaucitron",), tarteaucitron),
    "complianz": Tool(("cmplz_banner-status", *(f"cmplz_{name}" for name in _KINDS)), complianz),
}
"""By the names that the settings use."""


def _decoded(value: str) -> str:
    return unquote(value, errors="strict")


def _pairs(text: str, between: str, within: str) -> dict[str, str]:
    parts = (part.partition(within) for part in text.split(between))
    return {name: value for name, _, value in parts}


def _object(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except RecursionError as error:
        raise ValueError("JSON that is too deep") from error
    if not isinstance(found, dict):
        raise ValueError("JSON that is no object")
    return found


def _names(value: Any) -> list[str]:
    if not isinstance(value, list) or len(value) > MOST or not all(isinstance(name, str) for name in value):
        raise ValueError("not a list of names")
    return value


def _from_ms(text: str) -> int:
    if not _MILLISECONDS.match(text):
        raise ValueError("not a time in milliseconds")
    return int(text) // 1000


def _from_iso(text: Any) -> int:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None or not 1970 < at.year < 9999:
        raise ValueError("not a time that a choice was made")
    return int(at.timestamp())
