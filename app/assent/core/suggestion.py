"""What something that nobody knows looks like, and why: a suggestion to a person, never a rule."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from assent.core.categories import Category
from assent.core.domains import cookie_domains
from assent.core.rules import Rules
from assent.core.sighting import Sighting, Trait
from assent.core.urls import Target

LONG = 180 * 86400
"""Seconds; what lives longer is seldom needed to show a page."""

SHAPES: tuple[tuple[Category, str, re.Pattern[str]], ...] = tuple(
    (category, what, re.compile(shape, re.IGNORECASE))
    for category, what, shape in (
        (Category.NECESSARY, "a token against forged requests", r"csrf|xsrf|antiforgery"),
        (
            Category.NECESSARY,
            "a choice about cookies",
            r"cookie.?(?:consent|notice|banner|choice|law)|consent|gdpr",
        ),
        (
            Category.ADVERTISEMENT,
            "advertising",
            r"(?:^|[_.-])(?:ads?|fbp|fbc|gclid|msclkid|campaign|retarget\w*|utm\w*)(?:$|[_.-])",
        ),
        (
            Category.ANALYTICS,
            "counting visitors",
            r"visitor|analytic|track|(?:^|[_.-])(?:uid|uuid|cid|client.?id|stats?|hit)(?:$|[_.-])|^_pk_|^_ga",
        ),
        (
            Category.PERFORMANCE,
            "measuring or comparing",
            r"(?:^|[_.-])(?:rum|perf|ab|abtest|exp|variant|experiment)(?:$|[_.-])|optimizely",
        ),
        (Category.FUNCTIONAL, "a setting", r"lang|locale|currency|theme|dark.?mode|timezone|font"),
        (
            Category.NECESSARY,
            "a session or a login",
            r"sess(?:ion)?(?:id)?(?:$|[_.-])|(?:^|[_.-])(?:sid|auth|login|jwt)(?:$|[_.-])|basket|cart",
        ),
    )
)

# A name's own beginning, before what is counted, hashed or drawn by lot.
_VARIES = re.compile(
    r"\A(.*?[A-Za-z]{3}[_.\-:]?|.{2,}?[_.\-:])(?:[0-9a-f-]{12,}|[0-9]{4,})[^_]*\Z", re.IGNORECASE
)
_WORD = re.compile(r"\A(_*[A-Za-z]{3,}[_.-])")


class Suggestion(NamedTuple):
    """The category that something may serve."""

    category: Category
    reason: str
    provider: str = ""


class Families:
    """The beginnings that several known names share, where all of them serve the same category."""

    def __init__(self, known: Iterable[tuple[str, Category]]) -> None:
        members: dict[str, list[Category]] = {}
        for name, category in known:
            if found := _WORD.match(name):
                members.setdefault(found[1], []).append(category)
        self._categories = {
            word: some[0] for word, some in members.items() if len(some) > 1 and len(set(some)) == 1
        }

    def of(self, name: str) -> Suggestion | None:
        """Return what the neighbours of a name suggest."""
        found = _WORD.match(name)
        category = self._categories.get(found[1]) if found else None
        if found is None or category is None:
            return None
        return Suggestion(category, f"all known names that begin with {found[1]} are for that")


class Suggestions:
    """What is suggested for what traffic revealed and no rule knows."""

    def __init__(self, rules: Rules) -> None:
        self._cookies = Families((rule.name, rule.category) for rule in rules.catalogue)
        self._storage = Families((rule.key, rule.category) for rule in rules.catalogue_storage)
        self._hosts: dict[str, set[Category]] = {}
        for rule in (*rules.catalogue_hosts, *rules.hosts):
            domain = _domain(rule.host.removeprefix("*."))
            self._hosts.setdefault(domain, set()).add(rule.category)

    def of(self, seen: Sighting) -> Suggestion | None:
        """Return what the neighbours, the name and the attributes of something suggest."""
        if seen.kind == "cookie":
            return self._cookies.of(seen.name) or by_shape(seen.name) or _by_traits(seen)
        if seen.kind == "storage":
            return self._storage.of(seen.name) or by_shape(seen.name)
        domain = _domain(Target.read(seen.name).host)
        found = self._hosts.get(domain, set())
        if len(found) != 1:
            return None
        return Suggestion(next(iter(found)), f"what is known of {domain} is for that")


def by_setter(host: str, category: Category, provider: str) -> Suggestion:
    """Return what is suggested by the known host that set something."""
    return Suggestion(category, f"{host} set it, which is known for that", provider)


def by_shape(name: str) -> Suggestion | None:
    """Return what a name sounds like."""
    for category, what, shape in SHAPES:
        if shape.search(name):
            return Suggestion(category, f"its name looks like {what}")
    return None


def by_attributes(*, lifetime: int | None, http_only: bool, by_header: bool) -> Suggestion | None:
    """Return what the attributes of a cookie suggest; a ``lifetime`` of None ends with the session."""
    if lifetime is not None and lifetime >= LONG and not http_only:
        return Suggestion(Category.ANALYTICS, "it lives long and scripts can read it")
    if lifetime is None and http_only and by_header:
        return Suggestion(Category.NECESSARY, "it ends with the session and scripts cannot read it")
    return None


def pattern(name: str) -> str:
    """Return a name as a rule would have it: without what differs from visitor to visitor."""
    found = _VARIES.match(name)
    return f"{found[1]}*" if found else name


def _by_traits(seen: Sighting) -> Suggestion | None:
    if not seen.traits & Trait.SET:
        return None
    http_only = bool(seen.traits & Trait.HTTP_ONLY) and not seen.traits & Trait.READABLE
    return by_attributes(lifetime=seen.lifetime or None, http_only=http_only, by_header=True)


def _domain(host: str) -> str:
    return (cookie_domains(host) or (host,))[-1]
