"""Takes values of cookies, wherever they stand, and what forms sent out of a HAR (HTTP Archive 1.2). Pure."""

from collections.abc import Iterator
from typing import Any

HIDDEN = "(not kept)"
FIELDS = frozenset(("cookie", "set-cookie", "authorization", "proxy-authorization"))
SHORTEST = 6
"""Characters; shorter values are words and numbers that mean other things, too."""


def without_values(har: dict[str, Any]) -> dict[str, Any]:
    """Return the archive without values of cookies and bodies of requests: names and all else stay."""
    values = sorted({value for value in _values(har) if len(value) >= SHORTEST}, key=len, reverse=True)
    cleaned = _cleaned(har, values)
    return cleaned if isinstance(cleaned, dict) else {}


def _values(har: dict[str, Any]) -> Iterator[str]:
    for entry in har["log"]["entries"]:
        for side in ("request", "response"):
            for cookie in entry[side].get("cookies", ()):
                yield cookie["value"]


def _cleaned(part: Any, values: list[str], *, secret: bool = False) -> Any:
    if isinstance(part, dict):
        hides = (
            str(part.get("name", "")).lower() in FIELDS or {"name", "value", "path", "expires"} <= part.keys()
        )
        cleaned = {
            name: _cleaned(inner, values, secret=name == "value" and hides) for name, inner in part.items()
        }
        if "cookies" in part:
            cleaned["cookies"] = [_cookie(cookie, values) for cookie in part["cookies"]]
        if "postData" in part:
            # What a login sends is in it.
            cleaned["postData"] = {"mimeType": part["postData"].get("mimeType", ""), "text": HIDDEN}
        return cleaned
    if isinstance(part, list):
        return [_cleaned(inner, values) for inner in part]
    if not isinstance(part, str):
        return part
    if secret:
        return _names_only(part)
    for value in values:
        part = part.replace(value, HIDDEN)
    return part


def _cookie(cookie: dict[str, Any], values: list[str]) -> dict[str, Any]:
    return {
        **_cleaned({name: inner for name, inner in cookie.items() if name != "value"}, values),
        "value": HIDDEN,
    }


def _names_only(field: str) -> str:
    """Return a Cookie or Set-Cookie field without values, its attributes kept."""
    attributes = ("path", "domain", "expires", "max-age", "samesite")
    kept = []
    for part in field.split(";"):
        name, equals, _ = part.partition("=")
        known = name.strip().lower() in attributes
        kept.append(part if known or not equals else f"{name}={HIDDEN}")
    return ";".join(kept) if "=" in field else HIDDEN
