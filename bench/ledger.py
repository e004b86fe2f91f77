"""The ledger: group commit beside commit-each, growth, and durable choices through HTTP.

usage: python -m bench.ledger [--rows N] [--seconds S] [--postgres URL] [sqlite] [postgres] [growth] [http]
"""

import argparse
import asyncio
import os
import tempfile
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

from sqlalchemy import event, insert, text
from sqlalchemy.ext.asyncio import create_async_engine

from assent.core.categories import ALL
from assent.core.jws import Keys
from assent.core.record import Action, Record, build, canonical, uuid7
from assent.ledger.schema import records
from assent.ledger.store import SqlLedger
from bench import choices
from bench.drive import Rate, drive, told

ROUNDS = 3
KEYS = Keys(["a secret of the benchmark " * 2])


def a_record() -> Record:
    at = time.time_ns() // 1_000_000
    return build(
        at=at,
        entropy=os.urandom(10),
        consent_id=uuid7(at, os.urandom(10)),
        site="https://shop.example",
        action=Action.ACCEPT_ALL,
        granted=ALL,
        gpc=False,
        language="en",
        policy_version="2026-11",
        notice="ab" * 32,
        method="form",
        expires=at // 1000 + 15_552_000,
    )


def middle(rates: list[Rate]) -> Rate:
    return sorted(rates)[len(rates) // 2]


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[SqlLedger]:
    ledger = SqlLedger(url, KEYS)
    await ledger.open()
    try:
        yield ledger
    finally:
        await ledger.close()


def supply(seconds: float) -> Iterator[Record]:
    """Yield records that were made before anything is timed, and more when they run out."""
    made = [a_record() for _ in range(int(20_000 * seconds))]
    yield from made
    while True:
        yield a_record()


async def grouped(url: str, seconds: float) -> Rate:
    async with opened(url) as ledger:
        return await appended(ledger, seconds)


async def appended(ledger: SqlLedger, seconds: float) -> Rate:
    records = supply(seconds * 1.25)
    await drive(lambda: ledger.append(next(records)), seconds / 4)
    return await drive(lambda: ledger.append(next(records)), seconds)


def row(record: Record) -> dict[str, object]:
    return {
        "tree": record.id,
        "place": 0,
        "id": record.id,
        "consent_id": record.consent_id,
        "at": record.at,
        "expires": record.expires,
        "action": record.action.value,
        "record": canonical(record).decode(),
        "leaf": bytes(32),
    }


async def sqlite_each(file: Path, seconds: float) -> Rate:
    """A transaction for each record, through the same library, on one connection: they cannot overlap."""
    async with opened(f"sqlite:///{file}"):
        pass
    engine = create_async_engine(f"sqlite+aiosqlite:///{file}", pool_size=1, max_overflow=0, pool_timeout=60)

    @event.listens_for(engine.sync_engine, "connect")
    def durable(connection: Any, _: object) -> None:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")

    made = supply(seconds)

    async def put() -> None:
        async with engine.begin() as connection:
            await connection.execute(insert(records).values(row(next(made))))

    await drive(put, seconds / 4)
    rate = await drive(put, seconds)
    await engine.dispose()
    return rate


async def postgres_each(url: str, seconds: float) -> Rate:
    """A transaction for each record, by asyncpg, the fastest driver, over 16 connections."""
    import asyncpg

    async with opened(url):
        pass
    names = ", ".join(row(a_record()))
    statement = f"INSERT INTO assent_records ({names}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
    pool = await asyncpg.create_pool(url, min_size=16, max_size=16)

    made = supply(seconds)

    async def put() -> None:
        async with pool.acquire() as connection:
            await connection.execute(statement, *row(next(made)).values())

    await drive(put, seconds / 4)
    rate = await drive(put, seconds)
    await pool.close()
    return rate


def compare(name: str, each: Callable[[], Rate], group: Callable[[], Rate], peer: str) -> None:
    found: dict[str, list[Rate]] = defaultdict(list)
    for _ in range(ROUNDS):
        found["each"].append(each())
        found["group"].append(group())
    one, many = middle(found["each"]), middle(found["group"])
    told(f"{name}: {peer}, commit each", one)
    told(f"{name}: group commit", many)
    print(f"{'':<58}{many[0] / one[0]:>9.1f} times, p50 {many[1] / one[1]:.2f}, p99 {many[2] / one[2]:.2f}")


def sqlite(seconds: float) -> None:
    with scratch() as folder:
        names = iter(range(1000))
        compare(
            "SQLite",
            lambda: asyncio.run(sqlite_each(folder / f"{next(names)}.db", seconds)),
            lambda: asyncio.run(grouped(f"sqlite:///{folder}/{next(names)}.db", seconds)),
            "SQLAlchemy Core",
        )


def postgres(url: str, seconds: float) -> None:
    compare(
        "PostgreSQL",
        lambda: asyncio.run(postgres_each(url, seconds)),
        lambda: asyncio.run(grouped(url, seconds)),
        "asyncpg",
    )


FILL = """
WITH RECURSIVE n(i) AS (SELECT :begin UNION ALL SELECT i + 1 FROM n WHERE i + 1 < :end)
INSERT INTO assent_records (tree, place, id, consent_id, at, expires, action, record, leaf)
SELECT 'filler', i, printf('01%010x-7fff-7000-8000-%012x', i, i),
 printf('01%010x-7fff-7000-8000-%012x', i, i), 1790000000000 + i, 1805552000,
 'accept_all', :record, randomblob(32) FROM n
"""


async def fill(ledger: SqlLedger, url: str, begin: int, end: int) -> None:
    """Put in rows as large as real ones, with ids in the order of time."""
    engine = create_async_engine(url.replace("sqlite:", "sqlite+aiosqlite:"))
    filler = canonical(a_record()).decode()
    async with engine.begin() as connection:
        await connection.execute(text("PRAGMA synchronous = OFF"))
    for at in range(begin, end, 250_000):
        async with engine.begin() as connection:
            to = min(at + 250_000, end)
            await connection.execute(text(FILL), {"begin": at, "end": to, "record": filler})
    await engine.dispose()


async def looked_up(ledger: SqlLedger, rows: int) -> tuple[float, float]:
    """Return median and 99th percentile of a visitor's history, in milliseconds, when read again."""
    for _ in range(2):
        waited = []
        for number in range(2000):
            place = number * 7919 % rows
            before = time.perf_counter()
            await ledger.history(f"01{place:010x}-7fff-7000-8000-{place:012x}")
            waited.append(time.perf_counter() - before)
    waited.sort()
    return waited[1000] * 1e3, waited[1980] * 1e3


async def grow(url: str, sizes: list[int], seconds: float) -> None:
    rates, lookups, have = [], [], 0
    async with opened(url) as ledger:
        await ledger.append(a_record())
        for size in sizes:
            await fill(ledger, url, have, size)
            have = size
            rate = middle([await appended(ledger, seconds) for _ in range(ROUNDS)])
            lookup = await looked_up(ledger, size)
            rates.append(rate)
            lookups.append(lookup)
            told(f"SQLite with {size:,} rows: group commit", rate)
            print(f"{'':<58} look-up   p50 {lookup[0]:7.2f} ms   p99 {lookup[1]:7.2f} ms", flush=True)
    first, last = rates[0][0], rates[-1][0]
    print(f"{'':<58}{last / first:>9.2f} of the rate, look-up p99 {lookups[-1][1] / lookups[0][1]:.2f} times")


def growth(rows: int, seconds: float) -> None:
    with scratch() as folder:
        asyncio.run(grow(f"sqlite:///{folder}/growth.db", [10_000, rows], seconds))


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder on the disk that the checkout is on, for /tmp may be memory."""
    with tempfile.TemporaryDirectory(prefix="bench-", dir=Path(__file__).parent) as folder:
        yield Path(folder)


@contextmanager
def own_postgres() -> Iterator[str]:
    from tests.ledger.conftest import binaries, cluster

    found = binaries()
    if found is None:
        raise SystemExit("no PostgreSQL server here; name one by --postgres")
    with cluster(found, fsync=True) as server:
        yield server.url


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("parts", nargs="*", default=["sqlite", "postgres", "growth", "http"])
    parser.add_argument("--rows", type=int, default=1_000_000, help="to which SQLite grows")
    parser.add_argument("--seconds", type=float, default=2.0, help="of each sample")
    parser.add_argument("--postgres", metavar="URL", help="of a server; else one is started")
    chosen = parser.parse_args()
    if "sqlite" in chosen.parts:
        sqlite(chosen.seconds)
    if "postgres" in chosen.parts:
        with own_postgres() if chosen.postgres is None else nullcontext(chosen.postgres) as url:
            postgres(url, chosen.seconds)
    if "growth" in chosen.parts:
        growth(chosen.rows, chosen.seconds)
    if "http" in chosen.parts:
        with scratch() as folder:
            choices.measure(folder, chosen.seconds)


if __name__ == "__main__":
    main()
