"""A gateway's ledger by itself: writers that go on, and tell of each record once it is stored.

usage: python -m tests.ledger.appends URL NAME WRITERS RECORDS; RECORDS 0 goes on for ever
"""

import asyncio
import os
import sys
from itertools import count

from assent.errors import LedgerUnavailable

from .samples import a_record, open_ledger


async def main(url: str, name: str, writers: int, records: int) -> None:
    ledger = open_ledger(url)
    numbers = iter(range(records)) if records else count()

    async def write() -> None:
        for number in numbers:
            record = a_record(f"{name}-{number}")
            try:
                await ledger.append(record)
            except LedgerUnavailable:
                await asyncio.sleep(0.05)
                continue
            # In one system call: what a signal cuts is never half a line.
            os.write(1, f"{record.consent_id} {record.id}\n".encode())

    await asyncio.gather(*(write() for _ in range(writers)))
    await ledger.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])))
