"""Where a site has browsers send reports (Reporting API, CSP ``report-uri``): endpoints at blocked hosts go.

Each function takes the value of one field and returns what is left of it, None for nothing; ``blocked``
judges a URL.
"""

import re
from collections.abc import Callable
from json import JSONDecoder

from assent.core import structured

_QUOTED = re.compile(rb'"((?:[^"\\]|\\.)*+)', re.DOTALL)
_REPORT_URI = re.compile(rb"[ \t\r\n\f]*+report-uri(?![^ \t\r\n\f])", re.IGNORECASE)
_JSON = JSONDecoder()
_JSON_BLANK = re.compile(r"[ \t\n\r]*+")


def quoted(value: bytes) -> list[bytes]:
    """Return the texts between quotation marks, also of a value that is cut short or malformed."""
    return _QUOTED.findall(value)


def reporting_endpoints(value: bytes, blocked: Callable[[bytes], bool]) -> bytes | None:
    """Judge a Reporting-Endpoints field, a dictionary of URLs, member by member."""
    members = structured.members(value)
    if members is None:
        return None if any(map(blocked, quoted(value))) else value
    kept = [member for member in members if not any(map(blocked, quoted(member)))]
    return value if len(kept) == len(members) else b", ".join(kept) or None


def report_to(value: bytes, blocked: Callable[[bytes], bool]) -> bytes | None:
    """Judge a Report-To field, JSON objects with commas between, group by group."""
    groups = _groups(value.decode("utf-8", "surrogateescape"))
    if groups is None:
        # Not as JSON has it, but somebody may be more lenient; what an escape hides is not guessed at.
        suspect = b"\\" in value or any(map(blocked, quoted(value)))
        return None if suspect else value
    kept = [
        written
        for written, group in groups
        if not any(blocked(text.encode("utf-8", "replace")) for text in _texts(group))
    ]
    return value if len(kept) == len(groups) else ", ".join(kept).encode("utf-8", "surrogateescape") or None


def security_policy(value: bytes, blocked: Callable[[bytes], bool]) -> bytes | None:
    """Judge the report-uri directives of a Content-Security-Policy field; nothing else of it changes."""
    policies = value.split(b",")
    left = [_without_endpoints(policy, blocked) for policy in policies]
    if left == policies:
        return value
    return b",".join(policy for policy in left if policy.strip(b" \t;")).strip(b" \t") or None


def _without_endpoints(policy: bytes, blocked: Callable[[bytes], bool]) -> bytes:
    kept: list[bytes] = []
    for directive in policy.split(b";"):
        name = _REPORT_URI.match(directive)
        endpoints = directive[name.end() :].split() if name else []
        staying = [url for url in endpoints if not blocked(url)]
        if name is None or len(staying) == len(endpoints):
            kept.append(directive)
        elif staying:
            kept.append(b" ".join((name[0], *staying)))
    return b";".join(kept)


def _groups(text: str) -> list[tuple[str, object]] | None:
    """Return each group as written and as read, or None for what is no list of JSON values."""
    found: list[tuple[str, object]] = []
    place = 0
    try:
        while True:
            start = _after_blank(text, place)
            group, end = _JSON.raw_decode(text, start)
            found.append((text[start:end], group))
            place = _after_blank(text, end)
            if place == len(text):
                return found
            if text[place] != ",":
                return None
            place += 1
    except (ValueError, RecursionError):
        return None


def _after_blank(text: str, place: int) -> int:
    blank = _JSON_BLANK.match(text, place)
    return blank.end() if blank else place


def _texts(value: object) -> list[str]:
    """Return every text in a JSON value; a group's endpoints are among them, however it nests them."""
    found: list[str] = []
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            found.append(one)
        elif isinstance(one, list):
            waiting += one
        elif isinstance(one, dict):
            waiting += one.values()
    return found
