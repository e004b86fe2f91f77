"""The append-only store of consent records: what every store promises, and how to get one."""

from typing import Protocol

from assent.core.record import Record
from assent.ledger.store import SqlLedger

__all__ = ["Ledger", "open_ledger"]


class Ledger(Protocol):
    """Keeps consent records for good; whatever keeps it from doing so is a LedgerUnavailable."""

    async def open(self) -> None:
        """Make ready to store, creating what is missing; harmless when already open."""

    async def append(self, record: Record) -> None:
        """Return once the record is durable; the same record again is no error, another with its id is.

        A ledger that was never opened opens itself first.
        """

    async def history(self, consent_id: str) -> list[Record]:
        """Return every record of one visitor, oldest first; none is an empty list."""

    async def last(self, consent_id: str) -> Record | None:
        """Return the visitor's newest record."""

    async def probe(self) -> str | None:
        """Return why a record could not be stored now, or None when it could."""

    async def close(self) -> None:
        """Store what still waits, then let go of the database; ``open`` may follow."""


def open_ledger(url: str) -> Ledger:
    """Return the ledger at ``sqlite:///file`` or ``postgresql://...``, not yet opened: no I/O happens here.

    Raises ConfigError for any other URL and for a driver that is not installed.
    """
    return SqlLedger(url)
