"""The shop's sessions, kept in memory by the id in the session cookie."""

import secrets
from collections import OrderedDict
from dataclasses import dataclass, field

from assent.demo.stock import TEAS, Tea, euros

MOST_OF_ONE_TEA = 9


@dataclass(slots=True)
class Session:
    """One visitor's basket, log-in and the notice that the next page shows."""

    id: str
    name: str = ""
    notice: str = ""
    basket: dict[str, int] = field(default_factory=dict)

    def add(self, tea: Tea) -> None:
        """Put one more of this tea into the basket, up to nine."""
        self.basket[tea.slug] = min(self.basket.get(tea.slug, 0) + 1, MOST_OF_ONE_TEA)

    def lines(self) -> list[tuple[Tea, int, str]]:
        """Return the basket as (tea, quantity, price of the line)."""
        return [(TEAS[slug], n, euros(TEAS[slug].cents * n)) for slug, n in self.basket.items()]

    def count(self) -> int:
        """Return how many tins are in the basket."""
        return sum(self.basket.values())

    def total(self) -> str:
        """Return the price of the whole basket."""
        return euros(sum(TEAS[slug].cents * n for slug, n in self.basket.items()))


class Sessions:
    """The sessions of all visitors; the one unused longest makes room when ``limit`` is reached."""

    def __init__(self, limit: int = 1000) -> None:
        self._limit = limit
        self._by_id: OrderedDict[str, Session] = OrderedDict()

    def find_or_open(self, session_id: str | None) -> Session:
        """Return the session of this id, or a new one under an id of our own.

        An id that we did not give out is never adopted: else somebody could plant one and wait for a log-in.
        """
        session = self._by_id.get(session_id or "")
        if session is None:
            return self._keep(Session(secrets.token_urlsafe(18)))
        self._by_id.move_to_end(session.id)
        return session

    def log_in(self, session: Session, name: str) -> Session:
        """Move the session to a fresh id, so that an id known before the log-in is worth nothing after it."""
        self.close(session)
        return self._keep(Session(secrets.token_urlsafe(18), name, session.notice, session.basket))

    def close(self, session: Session) -> None:
        """Forget the session."""
        self._by_id.pop(session.id, None)

    def _keep(self, session: Session) -> Session:
        self._by_id[session.id] = session
        if len(self._by_id) > self._limit:
            self._by_id.popitem(last=False)
        return session
