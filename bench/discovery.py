"""What discovery costs the middleware, and what a million hostile names do to it.

In process, as in bench.middleware. Without discovery the same middleware tells what it sees to something that
keeps none of it. Rounds are interleaved and the fastest of each case counts.

usage: python -m bench.discovery [--names N]
"""

import argparse
import asyncio
import gc
import os
import tempfile
import time
from pathlib import Path
from typing import Any

from assent import Settings
from assent.core.sighting import Said
from assent.discovery import Sightings
from assent.discovery.sightings import MAX_HEARD, MAX_NAMES
from assent.web.parts import Parts
from assent.web.process import Process
from bench.middleware import ANSWERS, COOKIES, App, choose, receive, scope, send, site

CALLS = 4000
ROUNDS = 25
CHUNK = 100_000
TRUE = (b"basket", b"theme", b"session")


class Nothing(Sightings):
    """Sightings that are not kept."""

    class Sink:
        times = 1

        def met(self, page: bytes) -> None:
            pass

    _sink = Sink()

    def set_cookie(self, line: bytes, name: bytes, page: bytes | None = None) -> Any:
        return self._sink

    def declared(self, name: str, source: str = "") -> None:
        pass

    def sent(self, name: bytes, source: str = "") -> None:
        pass

    def host(self, host: str) -> None:
        pass


def resident() -> float:
    """Return the memory of this process, in MB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def middleware(settings: Settings, sightings: Sightings, app: App) -> App:
    return Parts(settings, Process(sightings=sightings)).enforcement(app).serve


async def cost(settings: Settings, consent: bytes) -> None:
    asked = scope(consent)
    for answer, fields in ANSWERS.items():
        seen = Sightings()
        cases: dict[str, App] = {
            "without": middleware(settings, Nothing(), site(fields)),
            "with": middleware(settings, seen, site(fields)),
            "bare": site(fields),
        }
        best: dict[str, float] = {}
        for _ in range(ROUNDS):
            for name, app in cases.items():
                # The keeper comes once a minute; here, once in some thousand requests.
                list(seen.drain())
                gc.collect()
                start = time.perf_counter_ns()
                for _ in range(CALLS):
                    await app(asked.copy(), receive, send)
                took = (time.perf_counter_ns() - start) / CALLS
                best[name] = min(took, best.get(name, took))
        whole = best["with"] / best["without"]
        added = (best["with"] - best["bare"]) / (best["without"] - best["bare"])
        print(
            f"{answer:28} {best['without'] / 1000:6.2f} us without, {best['with'] / 1000:6.2f} with: "
            f"{whole:.3f} of the whole, {added:.3f} of what the middleware adds"
        )


async def flood(settings: Settings, names: int) -> None:
    """Have a site set ever new names among a few true ones, and browsers tell of as many."""
    seen = Sightings()
    number = 0

    async def hostile(scope: Any, receive: Any, send: Any) -> None:
        true = TRUE[number % len(TRUE)]
        lines = [b"evil-%x-z=1; Path=/" % number, b"%s=1; Path=/; HttpOnly" % true]
        fields = [(b"content-type", b"text/plain"), *((b"set-cookie", line) for line in lines)]
        await send({"type": "http.response.start", "status": 200, "headers": fields})
        await send({"type": "http.response.body", "body": b"x"})

    app = middleware(settings, seen, hostile)
    asked, begin, first = scope(b""), time.perf_counter(), 0.0
    for number in range(1, names + 1):
        request = asked.copy()
        # No cookies: what it takes to expire refused ones is not the question.
        request["headers"] = asked["headers"][:5]
        request["path"], request["raw_path"] = "/p", b"/p%x" % number
        await app(request, receive, send)
        name, source = f"said-{number:x}-z", f"192.0.{number % 256}.0"
        seen.sent(name.encode(), source)
        seen.host(f"{name}.example")
        seen.reported(Said("storage", name, "script", False), b"/", source)
        seen.reported(Said("host", f"{name}.example", "img-src", True), b"/", source)
        if number % CHUNK == 0:
            gc.collect()
            now = resident()
            first = first or now
            took = (time.perf_counter() - begin) / number * 1e6
            rows = len(list(seen.drain()))
            print(
                f"{number:>9,} names: {now:6.1f} MB, {now - first:+.1f}; {took:.0f} us each; {rows:,} to keep"
            )
    left = set(seen.known())
    print(f"kept: {len(seen):,} of {MAX_NAMES + MAX_HEARD:,}; the true ones are there: {left >= set(TRUE)}")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--names", type=int, default=200_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings.model_validate({"data_dir": Path(folder), "cookies": COOKIES})

        async def run() -> None:
            await cost(settings, await choose(settings))
            await flood(settings, options.names)

        asyncio.run(run())


if __name__ == "__main__":
    main()
