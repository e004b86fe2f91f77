"""The phases: what the visitor chose, the way over all vectors, and the verdict on each."""

import asyncio
import contextlib
import tempfile
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.leaks.chromium import chromium
from tests.leaks.observe import Observer
from tests.leaks.stage import Stage
from tests.leaks.vector import CATEGORIES, ORIGIN, SITE, UNDECLARED, Effect, Vector
from tests.leaks.visits import Visitor

ALL = frozenset(CATEGORIES)
NECESSARY = frozenset({"necessary"})
GRANTED = {
    "before": NECESSARY,
    "rejected": NECESSARY,
    "analytics": NECESSARY | {"analytics"},
    "all": ALL,
    "left": NECESSARY,
    "withdrawn": NECESSARY,
    "gpc": NECESSARY,
    "none": ALL | {UNDECLARED},
}
"""Phases, and what may have an effect in each; ``none`` is the site without Assent."""

AGREED_TO_ALL = ("all", "left", "withdrawn")
"""Phases in which a key that nobody declared may be there: it passes with everything, and is not deleted."""

CHOICES = {
    "rejected": "reject()",
    "analytics": "save(['analytics'])",
    "all": "accept()",
}
RUNS = {
    "before": ("before",),
    "rejected": ("rejected",),
    "analytics": ("analytics",),
    # A withdrawal needs something to withdraw.
    "all": ("all", "left", "withdrawn"),
    "gpc": ("gpc",),
    "none": ("none",),
}
"""The phases that share a browser."""


GRACE = 1.5
"""Seconds that open pages have to hear of a withdrawal."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one vector did in one phase: ``ok``, ``LEAK`` or ``BROKEN``, and by what it was seen."""

    outcome: str
    seen: tuple[str, ...] = ()

    def __str__(self) -> str:
        momentary = self.outcome == "LEAK" and self.seen == ("glimpsed",)
        return "LEAK~" if momentary else self.outcome


Verdicts = dict[str, Verdict]
"""By the vector's id."""


@dataclass
class Run:
    """One browser's phases, one after the other."""

    stage: Stage
    vectors: Sequence[Vector]
    observer: Observer = field(default_factory=Observer)

    async def phases(self, name: str, phases: Sequence[str] = ()) -> dict[str, Verdicts]:
        """Go through the phases of a run, or the first of them, and return each one's verdicts."""
        found: dict[str, Verdicts] = {}
        self.stage.gpc = name == "gpc"
        async with self._visitor() as visitor:
            for phase in phases or RUNS[name]:
                self._forget()
                if phase == "left":
                    await self._withdraw(visitor)
                else:
                    if phase in CHOICES:
                        await visitor.choose(CHOICES[phase])
                        self._forget()
                    await self._plant()
                    await visitor.see(self.vectors)
                found[phase] = await self._judge(phase)
        return found

    @contextlib.asynccontextmanager
    async def _visitor(self) -> AsyncIterator[Visitor]:
        with tempfile.TemporaryDirectory(prefix="assent-leaks-", ignore_cleanup_errors=True) as folder:
            async with chromium(self.stage, Path(folder) / "profile") as browser:
                context = browser.contexts[0]
                page = context.pages[0] if context.pages else await context.new_page()
                await self.observer.begin(browser)
                await self.observer.watch(page)
                yield Visitor(context, page, self.observer)

    async def _withdraw(self, visitor: Visitor) -> None:
        """Withdraw with pages open and pages to go back to; what is there after a reload was left."""
        stories = [vector for vector in self.vectors if vector.family == "story"]
        back = [vector for vector in stories if vector.id.startswith("story.back")]
        ticking = [await visitor.open(vector) for vector in stories if vector not in back]
        for vector in back:
            await visitor.go(f"/v/{vector.id}")
        await visitor.choose("withdraw()")
        await asyncio.sleep(GRACE)
        # What a browser does with an idle worker within half a minute, save while developer tools watch it.
        await self.observer.stop_workers(visitor.page)
        self._forget()
        for _ in back:
            await visitor.back()
        for page in ticking:
            await page.close()
        await visitor.go("/plain")
        await asyncio.sleep(1)
        await self.observer.look()
        await self.observer.read_storage(visitor.page)

    async def _plant(self) -> None:
        for vector in self.vectors:
            if vector.seed is not None:
                cookie = {"name": vector.cookie, "value": "1", "url": ORIGIN + "/", **vector.seed}
                if "domain" not in cookie:
                    cookie["domain"] = SITE
                    if cookie["name"].startswith("__Host-"):
                        del cookie["domain"]
                await self.observer.plant(cookie)

    def _forget(self) -> None:
        self.observer.forget()
        self.stage.witness.forget()

    async def _judge(self, phase: str) -> Verdicts:
        jar = await self.observer.look()
        return {
            vector.id: self._verdict(vector, phase, jar)
            for vector in self.vectors
            if phase != "left" or self._may_stay(vector)
        }

    def _may_stay(self, vector: Vector) -> bool:
        """Tell whether a vector leaves something in the browser that a withdrawal has to remove."""
        kept = vector.effect in (Effect.COOKIE, Effect.STORAGE)
        return kept or vector.family == "story" or "serviceWorker" in vector.body

    def _verdict(self, vector: Vector, phase: str, jar: set[str]) -> Verdict:
        if phase == "left" and vector.family != "story":
            seen = self._stayed(vector, jar)
        else:
            seen = self._seen(vector, jar)
        if seen == ("stored",) and vector.category == UNDECLARED and phase in AGREED_TO_ALL:
            return Verdict("ok", seen)
        if {vector.category} | vector.needs <= GRANTED[phase]:
            # A connection alone is a leak, but not yet what was asked for. Nothing is asked for again between
            # a withdrawal and the look at what it left.
            works = "request" in seen if vector.effect is Effect.REQUEST else bool(seen)
            return Verdict("ok" if works or phase == "left" else "BROKEN", seen)
        return Verdict("LEAK", seen) if seen else Verdict("ok")

    def _stayed(self, vector: Vector, jar: set[str]) -> tuple[str, ...]:
        stored = self.observer.stored
        evidence = {
            "jar": vector.effect is Effect.COOKIE and vector.cookie in jar,
            "stored": vector.effect is Effect.STORAGE and vector.name in stored,
            "worker": f"worker {vector.id}" in stored,
        }
        return tuple(name for name, there in evidence.items() if there)

    def _seen(self, vector: Vector, jar: set[str]) -> tuple[str, ...]:
        witness, observer = self.stage.witness, self.observer
        cookie = vector.cookie
        if vector.effect is Effect.COOKIE:
            evidence = {
                # A seed was there from the start; it matters whether it still is.
                "jar": cookie in (jar if vector.seed else observer.kept),
                "sent": cookie in witness.sent,
                "glimpsed": cookie in observer.glimpsed | witness.offered and not vector.seed,
            }
        elif vector.effect is Effect.STORAGE:
            evidence = {"stored": vector.name in observer.stored}
        elif vector.effect is Effect.DATAGRAM:
            evidence = {"datagram": vector.id in witness.datagrams}
        elif vector.effect is Effect.TOLD:
            evidence = {"told": vector.id in witness.told}
        elif vector.effect is Effect.BANNER:
            evidence = {"banner": vector.id in observer.banner}
        else:
            evidence = self._reached(vector)
        return tuple(name for name, there in evidence.items() if there)

    def _reached(self, vector: Vector) -> dict[str, bool]:
        witness = self.stage.witness
        hosts = {vector.host, f"{vector.label.removeprefix('tp-')}.site.test"}
        evidence = {"request": not hosts.isdisjoint(witness.requests)}
        if vector.effect is not Effect.REQUEST or not evidence["request"]:
            evidence["connection"] = not hosts.isdisjoint(witness.connections)
        if vector.effect is Effect.LOOKUP:
            evidence["look-up"] = not hosts.isdisjoint(witness.lookups)
        return evidence
