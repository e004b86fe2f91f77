"""Seals the hash of a notice into the forms it is shown with, and sees to it that the notice itself is kept.

The dialog lists what traffic has revealed so far, so another worker, or this one a minute later, may show
another; the seal needs no memory of what was shown.
"""

import asyncio
import hashlib
import logging
from collections.abc import Sequence

from itsdangerous import BadSignature, Signer

from assent.errors import LedgerUnavailable
from assent.ledger import Ledger

log = logging.getLogger("assent")

REMEMBERED = 64
"""Notices of this process whose text is at hand; what traffic reveals changes them some dozens of times."""


class Shown:
    """The notices that this process has shown; while the server runs, each goes to the ledger at once.

    Not only with the choice: that may arrive at another process, which never saw the text.
    """

    def __init__(self) -> None:
        self._texts: dict[str, bytes] = {}
        self._ledger: Ledger | None = None
        self._keeping: set[asyncio.Task[None]] = set()

    def add(self, sha256: str, notice: bytes) -> None:
        """Take note of a notice that is shown from now on."""
        if len(self._texts) >= REMEMBERED:
            del self._texts[next(iter(self._texts))]
        self._texts[sha256] = notice
        if self._ledger is not None:
            self._keep(self._ledger, notice)

    def text(self, sha256: str) -> bytes | None:
        """Return a notice by its hash, if this process has shown it."""
        return self._texts.get(sha256)

    def start(self, ledger: Ledger) -> None:
        """Keep in this ledger what was shown and what will be."""
        self._ledger = ledger
        for notice in self._texts.values():
            self._keep(ledger, notice)

    async def stop(self) -> None:
        """Return once nothing is being kept any more."""
        self._ledger = None
        await asyncio.gather(*self._keeping)

    def _keep(self, ledger: Ledger, notice: bytes) -> None:
        task = asyncio.create_task(_kept(ledger, notice), name="assent notice")
        self._keeping.add(task)
        task.add_done_callback(self._keeping.discard)


async def _kept(ledger: Ledger, notice: bytes) -> None:
    try:
        await ledger.keep(notice)
    except LedgerUnavailable as error:
        # The next choice that names it tries again.
        log.warning("the notice could not be kept: %s", error)


class Seal:
    """Signs and checks hashes of notices; the first key signs, all verify."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._signer = Signer(
            list(reversed(keys)),
            salt="assent.notice",
            sep=".",
            key_derivation="hmac",
            digest_method=hashlib.sha256,
        )

    def close(self, sha256: str) -> str:
        """Return the hash as a form carries it."""
        return self._signer.sign(sha256).decode("ascii")

    def open(self, sealed: str) -> str | None:
        """Return the hash that this deployment sealed, or None when it did not."""
        try:
            return self._signer.unsign(sealed.encode("utf-8", "replace")).decode("ascii")
        except (BadSignature, UnicodeDecodeError):
            return None
