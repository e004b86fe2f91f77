"""Moments as people and other programs write them."""

from datetime import UTC, datetime


def iso(ms: int) -> str:
    """Return milliseconds since 1970 as ISO 8601 in UTC, to the second: ``2026-11-23T05:39:00Z``."""
    return f"{datetime.fromtimestamp(ms // 1000, UTC):%Y-%m-%dT%H:%M:%SZ}"
