"""Checks one tree of the log, entry by entry, against its leaves, nodes and heads; names what is wrong.

What a change of the database alone can do is named to the entry. What was changed together with its leaf hash
shows in the next head, and is named as one of the entries between two heads.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from assent.core import log, merkle

MOST = 100
"""Problems that are told of one tree; after them it needs another remedy than a list."""


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """Something that is not as it was written; the first of several is the least."""

    tree: str
    place: int
    """The first entry that it concerns."""
    says: str


@dataclass(frozen=True, slots=True)
class Claim:
    """That a tree had this root at this size, and who says so."""

    size: int
    root: str
    source: str


@dataclass(frozen=True, slots=True)
class Stored:
    """An entry as the database holds it."""

    place: int
    id: str
    consent_id: str | None
    at: int
    expires: int | None
    action: str
    text: str | None
    """None once it was erased."""
    leaf: bytes


class TreeAudit:
    """Takes the entries of one tree in their order; ``problems`` then holds what was found.

    ``size`` is how many entries the newest signed head covers; ``nodes`` are the inner nodes as stored.
    """

    def __init__(
        self, tree: str, claims: Iterable[Claim], size: int, nodes: Mapping[tuple[int, int], bytes]
    ) -> None:
        self.problems: list[Problem] = []
        self.records = 0
        self.erased: list[log.Span] = []
        self.accounted: list[log.Span] = []
        """What erasures in this tree say was erased, here or in other trees."""
        self.notices: set[str] = set()
        """Those that its records name, by their hashes."""
        self._tree = tree
        self._size = size
        self._claims = sorted(claims, key=lambda claim: claim.size)
        self._nodes = nodes
        self._frontier = merkle.Frontier()
        self._unproved: list[str] = []
        """The first and the last id since the newest claim that was met."""
        self._proved = 0
        self._before = ""
        self._lost = False
        """Whether no later root can be right any more."""

    def take(self, entry: Stored) -> None:
        """Check the next entry."""
        due = self._frontier.size
        # SQLite keeps whatever it is given, of any kind.
        if not isinstance(entry.place, int):
            self._note(due, f"{_named(entry)} stands at no place of the tree")
            return
        if entry.place != due and not self._lost:
            gap = f"no. {due} is" if entry.place == due + 1 else f"nos. {due} to {entry.place - 1} are"
            self._note(due, f"{gap} missing, before {_named(entry)}")
            self._lost = True
        if entry.place >= self._size:
            self._note(entry.place, f"{_named(entry)} was added: the newest signed head ends before it")
            self._lost = True
        if entry.text is None:
            self._erase(entry)
        else:
            self._read(entry, entry.text)
        if not isinstance(entry.leaf, bytes) or len(entry.leaf) != merkle.HASH_BYTES:
            self._note(entry.place, f"the hash of {_named(entry)} is none")
            self._lost = True
        if not self._lost:
            self._join(entry)
        self._before = entry.id

    def finish(self) -> None:
        """Check what only the end can tell."""
        if self._lost:
            return
        size = self._frontier.size
        after = f", after record {self._unproved[-1]}" if self._unproved else ""
        if size < self._size:
            self._note(size, f"all from no. {size} on{after} is missing: a signed head covers {self._size}")
        elif self._claims:
            told = self._claims[-1]
            self._note(
                size,
                f"it was rolled back: it ends{after} before no. {size}, but {told.source} covers {told.size}",
            )

    def _erase(self, entry: Stored) -> None:
        place = entry.place
        if entry.consent_id is not None:
            self._note(place, f"{_named(entry)} has no text, and is filed under a visitor")
        if self.erased and self.erased[-1][2] == place - 1:
            self.erased[-1] = (self._tree, self.erased[-1][1], place)
        else:
            self.erased.append((self._tree, place, place))

    def _read(self, entry: Stored, text: str) -> None:
        if log.leaf(self._tree, entry.place, text) != entry.leaf:
            if not self._moved(entry, text):
                self._note(entry.place, f"{_named(entry)} is not what was written: its hash differs")
            return
        try:
            told = json.loads(text)
            kind = told.get("kind")
            filed = (*(told.get(name) for name in FILED), told.get("action", kind))
            if kind == "erasure":
                self.accounted += [(str(tree), int(first), int(last)) for tree, first, last in told["spans"]]
        except (ValueError, LookupError, AttributeError, TypeError):
            self._note(entry.place, f"{_named(entry)} is no entry at all")
            return
        if filed != (entry.id, entry.consent_id, entry.at, entry.expires, entry.action):
            self._note(entry.place, f"{_named(entry)} is filed under something else than it says")
        if kind is None:
            self.records += 1
            self.notices.add(str(told.get("notice")))

    def _moved(self, entry: Stored, text: str) -> bool:
        """Tell whether this is the entry of a place beside it, and name what was put in or taken out."""
        place = entry.place
        if self._before != entry.id and log.leaf(self._tree, place - 1, text) == entry.leaf:
            says = f"record {self._before} (no. {place - 1}) stands where record {entry.id} was written"
            self._note(place - 1, says)
        elif log.leaf(self._tree, place + 1, text) == entry.leaf:
            self._note(place, f"{_named(entry)} was written as no. {place + 1}")
        else:
            return False
        return True

    def _join(self, entry: Stored) -> None:
        for level, number, node in self._frontier.push(entry.leaf):
            if self._nodes.get((level, number)) != node:
                self._note(entry.place, f"inner node {number} of level {level} is not what the leaves give")
        self._unproved = [*self._unproved[:1], entry.id]
        size = self._frontier.size
        root = ""
        while self._claims and self._claims[0].size <= size and not self._lost:
            claim = self._claims.pop(0)
            root = root or self._frontier.root.hex()
            if root == claim.root:
                self._unproved, self._proved = self._unproved[-1:], size
            else:
                self._differ(claim)

    def _differ(self, claim: Claim) -> None:
        """Name what made a root wrong, unless an entry of the stretch is named already."""
        self._lost = True
        if any(self._proved <= problem.place < claim.size for problem in self.problems):
            return
        first, last = self._unproved[0], self._unproved[-1]
        which = (
            f"no. {self._proved}, record {last},"
            if claim.size == self._proved + 1
            else (f"one of nos. {self._proved} to {claim.size - 1}, records {first} to {last},")
        )
        self._note(self._proved, f"{which} is not what was written: {claim.source} has another root")

    def _note(self, place: int, says: str) -> None:
        if len(self.problems) < MOST:
            self.problems.append(Problem(self._tree, place, says))


FILED = ("id", "consent_id", "at", "expires")


def unexplained(erased: Sequence[log.Span], accounted: Iterable[log.Span]) -> list[Problem]:
    """Return a problem for each stretch whose text is gone without an erasure in the log that says so."""
    problems = []
    told = iter(sorted(accounted))
    covered = ("", 0, -1)
    for tree, first, last in sorted(erased):
        due = first
        while due <= last:
            while covered[0] < tree or (covered[0] == tree and covered[2] < due):
                covered = next(told, ("\U0010ffff", 0, 0))
            if covered[0] != tree or covered[1] > due:
                says = f"the text of no. {due} is gone, and no erasure in the log accounts for it"
                problems.append(Problem(tree, due, says))
                break
            due = covered[2] + 1
    return problems


def _named(entry: Stored) -> str:
    # What another hand wrote there must not reach a terminal as it is.
    record = entry.id if str(entry.id).isascii() and str(entry.id).isprintable() else ascii(entry.id)
    return f"record {record} (no. {entry.place})"
