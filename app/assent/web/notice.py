"""Seals the hash of a notice into the forms it is shown with, so that a record names what was really shown.

The dialog lists what traffic has revealed so far, so another worker, or this one a minute later, may show
another; the seal needs no memory of what was shown.
"""

import hashlib
from collections.abc import Sequence

from itsdangerous import BadSignature, Signer


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
