"""What was seen of a cookie, a storage key or a host, in the one form that is kept and merged.

Many processes see the same; each adds what it saw, in whatever order. Merging takes the earliest and the
latest moment, joins traits and sources, and adds the counts up.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

Kind = Literal["cookie", "storage", "host", "rule"]
"""``rule`` is what the operator declares: since when."""


class Trait:
    """What is true of some of the sightings: bits of one number."""

    SET = 1
    """The site itself set it, or a page of the site names it."""
    SENT = 2
    """A browser sent it."""
    REPORTED = 4
    """A browser says that a script of a page, or the page, wanted it."""
    HTTP_ONLY = 8
    READABLE = 16
    """Scripts can read it."""
    SECURE = 32
    PARTITIONED = 64
    LAX = 128
    STRICT = 256
    NONE = 512
    DOMAIN = 1024
    """It is for a whole domain."""
    SESSION = 2048
    """It ends with the session."""
    KNOWN = 4096
    """A rule knew it."""


class Said(NamedTuple):
    """One thing that a browser says a page wanted."""

    kind: Kind
    name: str
    how: str
    """The directive that a host fell under, or ``script``."""
    known: bool
    """Whether a rule knows it."""


ATTRIBUTES = (
    (Trait.HTTP_ONLY, "HttpOnly"),
    (Trait.SECURE, "Secure"),
    (Trait.LAX, "SameSite=Lax"),
    (Trait.STRICT, "SameSite=Strict"),
    (Trait.NONE, "SameSite=None"),
    (Trait.PARTITIONED, "Partitioned"),
    (Trait.DOMAIN, "Domain"),
)

SOURCES = 16
"""Groups of sources that are told from each other: enough to know one who says much from many who agree."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """One name, or with ``place`` one name at one place; moments are milliseconds since 1970."""

    kind: Kind
    name: str
    how: str
    """With a place: ``header``, ``script``, or the directive or element that asked for a host."""
    place: str
    """The pattern of a path; "" for the name as such."""
    first: int
    last: int
    times: int
    traits: int = 0
    lifetime: int = 0
    """Seconds, the longest that was seen; 0 ends with the session."""
    sources: int = 0
    """A bit for each group of sources that it came from."""

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What tells it from others, and the order in which they are stored."""
        return self.kind, self.name, self.how, self.place

    @property
    def rank(self) -> tuple[bool, int, int, int]:
        """Which of two stays when there is room for one: what more sources agree on, and then more often.

        What the site itself says comes before what browsers say, and the older before the newer.
        """
        return bool(self.traits & Trait.SET), self.sources.bit_count(), self.times, -self.first

    def merged(self, other: "Sighting") -> "Sighting":
        """Return both as one; the order does not matter."""
        return replace(
            self,
            first=min(self.first, other.first),
            last=max(self.last, other.last),
            times=self.times + other.times,
            traits=self.traits | other.traits,
            lifetime=max(self.lifetime, other.lifetime),
            sources=self.sources | other.sources,
        )


def merged(sightings: Iterable[Sighting]) -> list[Sighting]:
    """Return one sighting for each key, by key."""
    found: dict[tuple[str, str, str, str], Sighting] = {}
    for one in sightings:
        earlier = found.get(one.key)
        found[one.key] = earlier.merged(one) if earlier else one
    return [found[key] for key in sorted(found)]


def surplus(sightings: Iterable[Sighting], most: int) -> list[Sighting]:
    """Return those that have to go for ``most`` to be left."""
    return sorted(sightings, key=lambda one: one.rank, reverse=True)[most:]


def attributes(traits: int) -> str:
    """Return the attributes of a cookie in words."""
    return ", ".join(word for trait, word in ATTRIBUTES if traits & trait)
