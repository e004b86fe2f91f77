"""Since when each declaration is in force: what is younger than a visitor's choice is new to them."""

from collections.abc import Iterable, Iterator
from time import time

from assent.core.sighting import Sighting


class Declared:
    """Remembers each declaration by its key, with the moment of its first day in milliseconds since 1970."""

    def __init__(self) -> None:
        self._first: dict[str, int] = {}
        self._since = int(time() * 1000)
        self._unkept: set[str] = set()

    def declare(self, keys: Iterable[str]) -> None:
        """Take note of what is declared now."""
        now = int(time() * 1000)
        for key in keys:
            self._first.setdefault(key, now)
            self._unkept.add(key)

    def newer(self, key: str, moment: int) -> bool:
        """Tell whether this came after a moment; False where nobody was watching yet at that moment."""
        first = self._first.get(key)
        return first is not None and first > moment and self.watched(moment)

    def watched(self, moment: int) -> bool:
        """Tell whether anybody was watching at a moment."""
        return moment >= self._since

    def drain(self) -> Iterator[Sighting]:
        """Yield what is to be kept."""
        now = int(time() * 1000)
        for key in sorted(self._unkept):
            yield Sighting("rule", key, "", "", self._first[key], now, 1)
        self._unkept.clear()

    def learn(self, sighting: Sighting) -> None:
        """Take over what other processes, or earlier ones, declared."""
        first = self._first.get(sighting.name, sighting.first)
        self._first[sighting.name] = min(first, sighting.first)
        self._since = min(self._since, sighting.first)
