"""The append-only store of consent records: what every store promises, and how to get one."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from assent.core.jws import Keys
from assent.core.personal import Personal
from assent.core.receipt import Proof
from assent.core.record import Record
from assent.core.sighting import Sighting
from assent.ledger.archive import View
from assent.ledger.publish import Publisher
from assent.ledger.store import SqlLedger
from assent.ledger.writer import Counts

__all__ = ["Ledger", "open_ledger"]


class Ledger(Protocol):
    """Keeps consent records for good; whatever keeps it from doing so is a LedgerUnavailable."""

    async def open(self) -> None:
        """Make ready to store, creating what is missing; harmless when already open."""

    async def append(self, record: Record, personal: Personal | None = None) -> None:
        """Return once the record is durable; the same record again is no error, another with its id is.

        ``personal`` is what the record holds a commitment to. A ledger that was never opened opens itself.
        """

    async def keep(self, notice: bytes) -> None:
        """Keep a notice by its SHA-256, so that the records that name it can be replayed; once is enough."""

    async def history(self, consent_id: str) -> list[Record]:
        """Return every record of one visitor, oldest first; none is an empty list."""

    async def last(self, consent_id: str) -> Record | None:
        """Return the visitor's newest record."""

    async def proof(self, consent_id: str) -> Proof | None:
        """Return the visitor's newest record, and the proof that it is in the log."""

    def view(self) -> AbstractAsyncContextManager[View]:
        """Give a view of the whole ledger as it is now."""

    async def add_sightings(self, sightings: Sequence[Sighting]) -> None:
        """Merge what traffic revealed with what is there."""

    async def sightings(self, since: int = 0) -> list[Sighting]:
        """Return what traffic revealed since a moment, in milliseconds since 1970."""

    @property
    def counts(self) -> Counts:
        """What was stored and what was not, and how many records wait."""

    async def probe(self) -> str | None:
        """Return why a record could not be stored now, or None when it could."""

    async def close(self) -> None:
        """Store what still waits, then let go of the database; ``open`` may follow."""


def open_ledger(url: str, keys: Keys | None = None, heads: str | None = None) -> Ledger:
    """Return the ledger at ``sqlite:///file`` or ``postgresql://...``, not yet opened: no I/O happens here.

    ``keys`` sign its heads; without them it can only be read. ``heads`` is the file or URL that signed heads
    are published to. Raises ConfigError for any other URL and for a driver that is not installed.
    """
    return SqlLedger(url, keys or Keys(), Publisher(heads) if heads else None)
