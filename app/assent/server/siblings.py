"""How worker processes show their figures to each other: whichever is asked for metrics answers for all."""

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from assent.web.process import Snapshot

PATIENCE = 1.0
"""Seconds that another worker has to answer; one that starts or ends is left out."""


class Siblings:
    """One worker among others: each listens on a Unix socket in a folder that is theirs alone."""

    def __init__(self, folder: Path, number: int, snapshot: Callable[[], Snapshot]) -> None:
        self._folder = folder
        self._number = str(number)
        self._snapshot = snapshot
        self._server: asyncio.Server | None = None

    async def open(self) -> None:
        """Begin to answer the others."""
        path = self._folder / self._number
        # One that died leaves its name behind.
        path.unlink(missing_ok=True)
        self._server = await asyncio.start_unix_server(self._answer, path)

    def close(self) -> None:
        """Answer no more."""
        if self._server is not None:
            self._server.close()

    async def all(self) -> dict[str, Snapshot]:
        """Return the figures of each worker that answers, by its number."""
        others = [path for path in self._folder.iterdir() if path.name != self._number]
        told = await asyncio.gather(*map(_ask, others))
        found = {path.name: snapshot for path, snapshot in zip(others, told, strict=True) if snapshot}
        return found | {self._number: self._snapshot()}

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            writer.write(json.dumps(self._snapshot()).encode())
            await writer.drain()
        writer.close()


async def _ask(path: Path) -> Snapshot | None:
    writer = None
    try:
        async with asyncio.timeout(PATIENCE):
            reader, writer = await asyncio.open_unix_connection(path)
            snapshot: Snapshot = json.loads(await reader.read())
            return snapshot
    except (OSError, TimeoutError, ValueError):
        return None
    finally:
        if writer is not None:
            writer.close()
