"""Many writers at once, each waiting for its own: how many a second, and how long they wait."""

import asyncio
import time
from collections.abc import Awaitable, Callable

WRITERS = 64

Put = Callable[[], Awaitable[object]]
Rate = tuple[float, float, float]
"""Per second, and the median and the 99th percentile of the waiting time in milliseconds."""


async def drive(put: Put, seconds: float, writers: int = WRITERS) -> Rate:
    """Have many writers put one after the other, each waiting until its own is durable."""
    waited: list[float] = []
    begin = time.perf_counter()
    end = begin + seconds

    async def write() -> None:
        while (before := time.perf_counter()) < end:
            await put()
            waited.append(time.perf_counter() - before)

    await asyncio.gather(*(write() for _ in range(writers)))
    took = time.perf_counter() - begin
    waited.sort()
    return len(waited) / took, waited[len(waited) // 2] * 1e3, waited[int(len(waited) * 0.99)] * 1e3


def told(name: str, rate: Rate) -> None:
    print(f"{name:<58}{rate[0]:>9,.0f}/s   p50 {rate[1]:7.2f} ms   p99 {rate[2]:7.2f} ms", flush=True)
