"""The tree of one writer: what a batch of rows becomes when it joins, and the head that goes with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assent.core import log
from assent.core.jws import Keys
from assent.core.merkle import Frontier

HEAD_EVERY = 60_000
"""Milliseconds; of the heads that go with the commits, one of each such time is kept."""

Row = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Grown:
    """A batch as it is to be stored, all of it in one transaction, and the tree as it is then."""

    rows: list[dict[str, object]]
    nodes: list[dict[str, object]]
    head: dict[str, object]
    replaces: bool
    """Whether the head takes the place of the tree's newest, rather than standing beside it."""
    tree: "Tree"


@dataclass(frozen=True, slots=True)
class Tree:
    """A tree that one writer alone adds to; a failed commit leaves it as it was."""

    id: str
    frontier: Frontier
    no: int = -1
    """The number of the newest head; -1 before the first."""
    since: int = 0
    """When the newest head was first written, in milliseconds since 1970."""
    signed: str = ""
    """The newest head, as a compact JWS."""

    def grow(self, rows: Sequence[Row], now: int, keys: Keys) -> Grown:
        """Return what is to be stored so that these rows join; each has the entry's text as ``record``."""
        frontier = self.frontier.copy()
        placed: list[dict[str, object]] = []
        nodes: list[dict[str, object]] = []
        for row in rows:
            hashed = log.leaf(self.id, frontier.size, str(row["record"]))
            placed.append({**row, "tree": self.id, "place": frontier.size, "leaf": hashed})
            for level, number, node in frontier.push(hashed):
                nodes.append({"tree": self.id, "level": level, "place": number, "hash": node})
        replaces = self.no >= 0 and 0 <= now - self.since < HEAD_EVERY
        no, since = (self.no, self.since) if replaces else (self.no + 1, now)
        head = log.Head(self.id, frontier.size, frontier.root.hex(), now)
        signed = head.sign(keys)
        stored = {"tree": self.id, "no": no, "size": head.size, "root": head.root, "at": now}
        return Grown(
            placed,
            nodes,
            {**stored, "signed": signed},
            replaces,
            Tree(self.id, frontier, no, since, signed),
        )
