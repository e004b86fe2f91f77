"""Checks a whole ledger: every tree, every signature, what trees say of each other, notices and side data."""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

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
        signed = await self._view.heads_of(tree)
        size = max((self._claim(token, "the signed head of {}", tree) for token in signed), default=0)
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
        self._erased += audit.erased
        self._accounted += audit.accounted

    def _claim(self, token: str, source: str, tree: str) -> int:
        """Note what a signed head says; return the size that it covers, 0 when it is no head of the tree.

        A published head is taken for whatever tree it names.
        """
        try:
            head = log.read_head(token, self._keys)
        except ValueError as error:
            self._note(tree, 0, f"a {'signed' if tree else 'published'} head cannot be believed: {error}")
            return 0
        if tree not in ("", head.tree):
            self._note(tree, 0, f"the head of another tree, {head.tree}, was put in place of its own")
            return 0
        claim = Claim(head.size, head.root, source.format(iso(head.at)))
        self._claims.setdefault(head.tree, []).append(claim)
        self._verdict.heads += 1
        return head.size

    async def _check_notices(self) -> None:
        async for sha256, notice in self._view.all_notices():
            if hashlib.sha256(notice.encode()).hexdigest() != sha256:
                self._note("", 0, f"the notice {sha256} is not what was shown: its hash differs")

    async def _check_personal(self) -> None:
        async for row, text in self._view.all_personal():
            # A record that is not what was written is named already.
            committed = f'"personal":"{hashlib.sha256(row.salt + row.data.encode()).hexdigest()}"'
            if committed not in (text or ""):
                says = f"the personal data of record {row.record_id} are not those that it was made with"
                self._note("", 0, says)

    def _note(self, tree: str, place: int, says: str) -> None:
        self._verdict.problems.append(Problem(tree, place, says))
