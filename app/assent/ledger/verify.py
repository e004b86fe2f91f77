"""Checks a whole ledger: every tree, every signature, what trees say of each other, notices and side data."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row

from assent.core import log
from assent.core.audit import Claim, Problem, TreeAudit, unexplained
from assent.core.jws import Keys
from assent.core.moments import iso
from assent.ledger.archive import View

EVERY = 1000
"""Entries after which progress is told."""


@dataclass
class Verdict:
    """What a check of the ledger found."""

    records: int = 0
    trees: int = 0
    heads: int = 0
    erased: int = 0
    unkept: int = 0
    """Notices that records name and that are not there to be replayed; they may never have been."""
    problems: list[Problem] = field(default_factory=list)
    """The first bad entry first; a problem of no tree has an empty one."""


async def verify(
    view: View, keys: Keys, published: Iterable[str] = (), progress: Callable[[int], None] = lambda done: None
) -> Verdict:
    """Check everything; ``published`` are heads, as they were signed, from outside of the database."""
    return await _Check(view, keys, progress).run(published)


class _Check:
    def __init__(self, view: View, keys: Keys, progress: Callable[[int], None]) -> None:
        self._view = view
        self._keys = keys
        self._progress = progress
        self._verdict = Verdict()
        self._claims: dict[str, list[Claim]] = {}
        self._notices: set[str] = set()
        self._erased: list[log.Span] = []
        self._accounted: list[log.Span] = []
        self._done = 0

    async def run(self, published: Iterable[str]) -> Verdict:
        trees = await self._view.trees()
        for token in published:
            self._claim(token, "the published head of {}", "")
        for tree in trees:
            await self._hear(tree)
        for tree in trees:
            await self._check(tree)
        for tree in sorted(self._claims.keys() - set(trees)):
            claim = max(self._claims[tree], key=lambda claim: claim.size)
            self._note(tree, 0, f"all {claim.size} of its entries are missing: {claim.source} covers them")
        self._verdict.problems += unexplained(self._erased, self._accounted)
        await self._check_notices()
        await self._check_personal()
        self._verdict.problems.sort(key=lambda problem: (not problem.tree, problem))
        return self._verdict

    async def _hear(self, tree: str) -> None:
        """Collect what a tree's first entry says of other trees."""
        async for entry in self._view.entries(tree, limit=1):
            try:
                start = log.parse(entry.text or "")
            except ValueError:
                start = None
            if entry.place or not isinstance(start, log.Start):
                self._note(tree, 0, "its first entry, which names the trees before it, is missing")
                return
            for head in start.before:
                claim = Claim(head.size, head.root, f"the start of tree {tree}")
                self._claims.setdefault(head.tree, []).append(claim)

    async def _check(self, tree: str) -> None:
        size = self._covered(tree, await self._view.heads_of(tree))
        audit = TreeAudit(tree, self._claims.get(tree, ()), size, await self._view.nodes_of(tree))
        async for entry in self._view.entries(tree):
            audit.take(entry)
            self._done += 1
            if self._done % EVERY == 0:
                self._progress(self._done)
        audit.finish()
        self._verdict.trees += 1
        self._verdict.records += audit.records
        self._verdict.erased += sum(last - first + 1 for _, first, last in audit.erased)
        self._verdict.problems += audit.problems
        self._notices |= audit.notices
        self._erased += audit.erased
        self._accounted += audit.accounted

    def _covered(self, tree: str, kept: Sequence[Row[Any]]) -> int:
        """Hear the heads of a tree, oldest first; return the size that they cover."""
        size = 0
        for number, row in enumerate(kept):
            head = self._claim(row.signed, "the signed head of {}", tree)
            if head is None:
                continue
            told = (number, head.size, head.root, head.at)
            if (row.no, row.size, row.root, row.at) != told or head.size < size:
                self._note(tree, size, f"head no. {row.no} is filed under something else than it says")
            size = max(size, head.size)
        return size

    def _claim(self, token: str, source: str, tree: str) -> log.Head | None:
        """Note what a signed head says, and return it; None when it is no head of the tree.

        A published head is taken for whatever tree it names.
        """
        try:
            head = log.read_head(str(token), self._keys)
        except ValueError as error:
            self._note(tree, 0, f"a {'signed' if tree else 'published'} head cannot be believed: {error}")
            return None
        if tree not in ("", head.tree):
            self._note(tree, 0, f"the head of another tree, {head.tree}, was put in place of its own")
            return None
        claim = Claim(head.size, head.root, source.format(iso(head.at)))
        self._claims.setdefault(head.tree, []).append(claim)
        self._verdict.heads += 1
        return head

    async def _check_notices(self) -> None:
        async for sha256, notice in self._view.all_notices():
            self._notices.discard(sha256)
            if hashlib.sha256(_octets(notice)).hexdigest() != sha256 or not isinstance(notice, str):
                self._note("", 0, f"the notice {sha256!s} is not what was shown: its hash differs")
        self._verdict.unkept = len(self._notices)

    async def _check_personal(self) -> None:
        async for row, text in self._view.all_personal():
            # A record that is not what was written is named already.
            commitment = hashlib.sha256(_octets(row.salt) + _octets(row.data)).hexdigest()
            if f'"personal":"{commitment}"' not in str(text):
                says = f"the personal data of record {row.record_id} are not those that it was made with"
                self._note("", 0, says)

    def _note(self, tree: str, place: int, says: str) -> None:
        self._verdict.problems.append(Problem(tree, place, says))


def _octets(held: str | bytes) -> bytes:
    """Return what a column holds, which in SQLite need not be what it is meant to."""
    return held if isinstance(held, bytes) else str(held).encode()
