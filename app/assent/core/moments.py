"""Moments as people and other programs write them."""

from datetime import UTC, datetime

END = 253_402_300_800_000
"""Milliseconds since 1970 at the end of the year 9999, after which ISO 8601 has no year of four digits."""


def iso(ms: int) -> str:
    """Return milliseconds since 1970 as ISO 8601 in UTC, to the second: ``2026-11-23T05:39:00Z``."""
    return f"{datetime.fromtimestamp(ms // 1000, UTC):%Y-%m-%dT%H:%M:%SZ}"
