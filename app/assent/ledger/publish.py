"""Gives signed heads away, to a file or a URL, so that nobody can rewrite the history that they cover."""

import asyncio
import logging
import os
from pathlib import Path

_log = logging.getLogger("assent.ledger")

EVERY = 60.0
"""Seconds; what was recorded longer ago is covered by a head that is published."""

_PATIENCE = 10.0


class Publisher:
    """Publishes the newest head soon after it was made, and then at most one in ``every`` seconds.

    ``where`` is a path, to which lines are added, or a URL, to which each head is posted.
    """

    def __init__(self, where: str, *, every: float = EVERY) -> None:
        self._where = where
        self._every = every
        self._newest = ""
        self._published = ""
        self._last = -every
        self._failing = False
        self._task: asyncio.Task[None] | None = None

    def note(self, head: str) -> None:
        """Take note of a new head; returns at once."""
        self._newest = head
        # The task lives only until it has published: a server that never stops it leaves nothing running.
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._wait(), name="assent heads")

    async def finish(self) -> None:
        """Publish what is not published yet, without waiting for its time."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})
        await self._publish()

    async def _wait(self) -> None:
        now = asyncio.get_running_loop().time
        # A head may have come while another was on its way, or found nobody who took it; on a quiet site
        # none may follow that would see to it.
        while self._published != self._newest:
            await asyncio.sleep(self._last + self._every - now())
            self._last = now()
            await self._publish()

    async def _publish(self) -> None:
        head = self._newest
        if head == self._published:
            return
        try:
            async with asyncio.timeout(_PATIENCE):
                await (self._post(head) if "://" in self._where else asyncio.to_thread(self._write, head))
        except Exception as error:  # noqa: BLE001 - choices go on, and this is tried again
            if not self._failing:
                _log.warning("a head could not be published to %s: %s", self._where, error or type(error))
            self._failing = True
            return
        self._published, self._failing = head, False

    def _write(self, head: str) -> None:
        file = Path(self._where)
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("a") as out:
            # One write of a line: other processes add to the same file.
            out.write(f"{head}\n")
            out.flush()
            os.fsync(out.fileno())

    async def _post(self, head: str) -> None:
        import httpx

        async with httpx.AsyncClient(timeout=_PATIENCE) as client:
            fields = {"content-type": "application/jose"}
            answer = await client.post(self._where, content=head, headers=fields)
            answer.raise_for_status()
