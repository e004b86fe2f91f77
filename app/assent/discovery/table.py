"""A table of names that no number of names can grow, and that hostile ones cannot win."""

from collections.abc import Callable, Iterator
from zlib import crc32

from assent.core.expiry import Scope
from assent.core.folding import folded_path
from assent.core.sighting import SOURCES, Kind, Sighting

PLACES = 8
"""Kept of one name."""

FRESH = 4
"""Places taken note of between two rounds: to fold a path takes longer than to count."""

Place = tuple[str, str]
"""How, and the pattern of a path."""


class Entry:
    """One name; ``times`` counts since the last round, and whoever holds the entry counts there."""

    __slots__ = (
        "_table",
        "first",
        "fresh",
        "lifetime",
        "name",
        "places",
        "scopes",
        "shown",
        "sources",
        "times",
        "total",
        "traits",
    )

    def __init__(self, table: "Table", name: bytes, shown: str, first: int) -> None:
        self._table = table
        self.name = name
        self.shown = shown
        self.first = first
        self.times = 0
        self.total = 0
        self.traits = 0
        self.lifetime = 0
        self.sources = 0
        self.places: dict[Place, int] = {}
        self.fresh: set[Place] = set()
        self.scopes: dict[Scope, None] = {}

    @property
    def rank(self) -> tuple[int, int, int]:
        """As that of ``Sighting``."""
        return self.sources.bit_count(), self.total + self.times, -self.first

    def met(self, page: bytes, how: str = "header") -> None:
        """Take note of where it was seen; called for the first of a round, the rest may be left out."""
        self._table.admit(self)
        if len(self.fresh) >= FRESH:
            return
        place = (how, folded_path(page))
        if how == "header":
            # Of the site's own answers, each kind of page is a source.
            self.said_by(place[1].encode())
        if place not in self.places and len(self.places) >= PLACES and not self._make_room():
            return
        if place not in self.fresh:
            self.places[place] = self.places.get(place, 0) + 1
            self.fresh.add(place)

    def said_by(self, source: bytes) -> None:
        """Take note of a source; "" is none."""
        if source:
            self.sources |= 1 << crc32(source) % SOURCES

    def _make_room(self) -> bool:
        once = next((place for place, rounds in self.places.items() if rounds == 1), None)
        if once is not None:
            del self.places[once]
        return once is not None


class Table:
    """The entries of one kind, ``most`` of them at most.

    When it is full, newcomers are on trial. From time to time those stay, of all, on which most sources agree
    and which were seen most often: names that somebody makes up, each once, are the first to go.
    """

    def __init__(self, kind: Kind, most: int, clock: Callable[[], int]) -> None:
        self._kind = kind
        self._most = most
        self._clock = clock
        self._kept: dict[bytes, Entry] = {}
        self._trial: dict[bytes, Entry] = {}
        self.changes = 0
        """Goes up when other names are in it than before."""

    def __len__(self) -> int:
        return len(self._kept)

    def __iter__(self) -> Iterator[Entry]:
        # At a reload another thread looks while this one adds.
        return iter([*self._kept.values()])

    def find(self, name: bytes) -> Entry | None:
        """Return the entry of a name that is kept."""
        return self._kept.get(name)

    def entry(self, name: bytes, shown: str) -> Entry:
        """Return the entry of a name, which may be on trial; ``shown`` is the name as people read it."""
        entry = self._kept.get(name) or self._trial.get(name)
        if entry is None:
            entry = Entry(self, name, shown, self._clock())
            self.admit(entry)
        return entry

    def admit(self, entry: Entry) -> None:
        """Take an entry in; one that was dropped and is still in somebody's hands comes back by this."""
        if entry.name in self._kept or entry.name in self._trial:
            return
        if len(self._kept) < self._most:
            self._kept[entry.name] = entry
            self.changes += 1
            return
        self._trial[entry.name] = entry
        if len(self._trial) * 4 >= self._most:
            self._settle()

    def learn(self, sighting: Sighting) -> None:
        """Take over what other processes saw, or this one before it was started anew."""
        entry = self.entry(sighting.name.encode("utf-8", "surrogateescape"), sighting.name)
        entry.first = min(entry.first, sighting.first)
        entry.total = max(entry.total, sighting.times)
        entry.traits |= sighting.traits
        entry.lifetime = max(entry.lifetime, sighting.lifetime)
        entry.sources |= sighting.sources

    def drain(self) -> Iterator[Sighting]:
        """Yield what was seen since the last round, and begin the next."""
        self._settle()
        now = self._clock()
        for entry in self._kept.values():
            if entry.times and entry.shown:
                yield Sighting(
                    self._kind,
                    entry.shown,
                    "",
                    "",
                    entry.first,
                    now,
                    entry.times,
                    entry.traits,
                    entry.lifetime,
                    entry.sources,
                )
                for how, place in entry.fresh:
                    yield Sighting(self._kind, entry.shown, how, place, now, now, 1)
            entry.total += entry.times
            entry.times = 0
            entry.fresh.clear()

    def _settle(self) -> None:
        if not self._trial:
            return
        every = [*self._kept.values(), *self._trial.values()]
        self._trial.clear()
        staying = set(map(id, sorted(every, key=_rank, reverse=True)[: self._most]))
        leaving = [entry for entry in every if id(entry) not in staying]
        for entry in leaving:
            # At zero its holder calls ``met`` again, which brings it back if it goes on to be seen.
            entry.total += entry.times
            entry.times = 0
        if any(entry.name in self._kept for entry in leaving):
            self._kept = {entry.name: entry for entry in every if id(entry) in staying}
            self.changes += 1


def _rank(entry: Entry) -> tuple[int, int, int]:
    return entry.rank
