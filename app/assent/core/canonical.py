"""Canonical JSON (RFC 8785): one value, one form, so that hashes and signatures of it mean something."""

import json
from typing import Any

LARGEST = 2**53 - 1
"""The largest whole number that every reader takes exactly (RFC 8785 §3.2.2.3)."""

# Agrees with RFC 8785 for all that is written here: ASCII names, whole numbers up to LARGEST, and text
# without lone surrogates.
_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def text(value: object) -> str:
    """Return the canonical JSON of a value with ASCII names and no fractions."""
    return _ENCODER.encode(value)


def members(data: bytes, what: str) -> dict[str, Any]:
    """Return the members of a JSON object in UTF-8; anything else is a ValueError that calls it ``what``."""
    try:
        found = json.loads(data.decode())
    except (ValueError, RecursionError) as error:
        raise ValueError(f"not {what}: not JSON in UTF-8: {error}") from error
    if not isinstance(found, dict):
        raise ValueError(f"not {what}: a JSON {type(found).__name__}, not an object")
    return found
