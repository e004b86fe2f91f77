"""Which answer to another consent tool stands here, too: the law of moving in."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod

from assent.core.categories import NECESSARY_ONLY, Category
from assent.core.choice import CLOCK_SKEW
from assent.core.record import Law
from assent.core.services import Names
from assent.core.tools import TOOLS, Answer, Tool

Pair = tuple[bytes, bytes]

LONGEST = 4096
"""Octets of one value; no browser keeps a longer one (RFC 6265bis 5.6)."""

VARIANTS = 16
"""Readings of one tool's cookies that are compared: a browser may send several of one name."""


@dataclass(frozen=True, slots=True)
class Carried:
    """An answer that stands, with what proves it; ``granted`` holds necessary always."""

    tool: str
    granted: frozenset[Category]
    at: int | None
    """When it was given, in unix seconds, where the tool tells."""
    sha256: str
    """Of the tool's cookie-pairs as they came, in hexadecimal."""


class Carrier:
    """Reads what is carried over from the tools that are listed; ``law`` is that by which they asked."""

    def __init__(self, tools: Sequence[str], *, law: Law, lifetime: int, names: Names) -> None:
        self._tools = [(name, TOOLS[name]) for name in tools]
        self._law = law
        self._lifetime = lifetime
        self._names = names
        self.cookies = frozenset(name.encode() for _, tool in self._tools for name in tool.cookies)
        """The names of all their cookies."""

    def read(self, pairs: Iterable[Pair], now: int, *, gpc: bool) -> Carried | None:
        """Return the answer that stands: a refusal before any grant, else the first tool's; never raises."""
        sent = [pair for pair in pairs if pair[0] in self.cookies and len(pair[1]) <= LONGEST]
        found = [carried for name, tool in self._tools if (carried := self._from(name, tool, sent, now))]
        refusal = next((carried for carried in found if carried.granted == NECESSARY_ONLY), None)
        if refusal or not found:
            return refusal
        # The signal may be newer than the grant, so this visitor is asked.
        return None if gpc else found[0]

    def _from(self, name: str, tool: Tool, sent: Sequence[Pair], now: int) -> Carried | None:
        own = [pair for pair in sent if pair[0].decode("latin-1") in tool.cookies]
        answers = set(_answers(tool, own, self._names)) if own else set()
        granted = {self._granted(answer, now) for answer in answers}
        # Where two cookies of one name disagree, only a refusal can be believed.
        if len(granted) > 1:
            granted &= {NECESSARY_ONLY}
        if len(granted) != 1 or (categories := granted.pop()) is None:
            return None
        dates = [answer.at for answer in answers if answer and answer.at is not None]
        digest = hashlib.sha256(b"; ".join(b"=".join(pair) for pair in own)).hexdigest()
        return Carried(name, categories, min(dates, default=None), digest)

    def _granted(self, answer: Answer | None, now: int) -> frozenset[Category] | None:
        """Return what an answer grants here, or None when it is none. This is the line that decides."""
        if answer is None:
            return None
        if self._law == "opt-out" or not answer.granted:
            # Not to have refused what is used anyway was no consent.
            return NECESSARY_ONLY if answer.refused else None
        # The date is by the visitor's own clock: a refusal stands whatever that says, a grant does not.
        if answer.at is not None and not answer.at - CLOCK_SKEW <= now < answer.at + self._lifetime:
            return None
        return NECESSARY_ONLY | answer.granted


def _answers(tool: Tool, sent: Sequence[Pair], names: Names) -> Iterator[Answer | None]:
    """Yield what each combination of the values that were sent says."""
    values = [[*dict.fromkeys(value for name, value in sent if name == c.encode())] for c in tool.cookies]
    if prod(len(found) or 1 for found in values) > VARIANTS:
        return
    names_sent = [name for name, found in zip(tool.cookies, values, strict=True) if found]
    for variant in product(*filter(None, values)):
        try:
            texts = [value.decode() for value in variant]
            yield tool.read(dict(zip(names_sent, texts, strict=True)), names)
        except (KeyError, TypeError, ValueError):
            yield None
