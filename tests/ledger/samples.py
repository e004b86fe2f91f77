"""Records to store, and ledgers to store them in."""

import os
import time
from typing import Any

from assent.core.categories import ALL
from assent.core.jws import Keys
from assent.core.record import Action, Record, build
from assent.ledger import Ledger
from assent.ledger import open_ledger as open_with_keys

KEYS = Keys(["a secret of the tests " * 2])


def open_ledger(url: str) -> Ledger:
    return open_with_keys(url, KEYS)


def a_record(consent_id: str = "c0ffee", **changes: Any) -> Record:
    words: dict[str, Any] = {
        "at": time.time_ns() // 1_000_000,
        "entropy": os.urandom(10),
        "consent_id": consent_id,
        "site": "https://shop.example",
        "action": Action.ACCEPT_ALL,
        "granted": ALL,
        "gpc": False,
        "language": "en",
        "policy_version": "2026-11",
        "notice": "ab" * 32,
        "method": "form",
        "expires": 1_805_552_000,
    }
    return build(**{**words, **changes})
