"""The consent record: who was shown what and answered how, in the one form that is stored and hashed."""

import json
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal, get_args
from uuid import UUID

from assent.core.categories import OPTIONAL, Category

SCHEMA = 1
"""The version of the stored form: fields that come or go need the next number."""

Method = Literal["form", "script"]
"""By what the choice arrived: a plain HTML form, or the page's script."""

# RFC 8785 §3.2.2.3 leaves larger whole numbers to readers that may round them.
_LARGEST = 2**53 - 1
_UUID7 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_TOKEN = re.compile(r"[!-~]{1,128}")

# Agrees with RFC 8785 for all that a record can hold: ASCII names, whole numbers below 2**53, and text
# without lone surrogates.
_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)


class Action(StrEnum):
    """What the visitor did in the banner or the dialog."""

    ACCEPT_ALL = "accept_all"
    REJECT_ALL = "reject_all"
    SAVE = "save"
    WITHDRAW = "withdraw"


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One choice as evidence (GDPR Art. 7(1)); a field out of bounds is a ValueError that names it.

    ``given``, ``refused`` and ``withdrawn`` hold optional categories only, in category order: what is
    necessary is never asked for. ``withdrawn`` is the part of ``refused`` that was given before.
    """

    id: str
    """UUIDv7 (RFC 9562 §5.7) in lower case; ids sort in the order of a visitor's choices."""
    consent_id: str
    site: str
    """The origin on which the choice was made."""
    at: int
    """Milliseconds since 1970, UTC, by the clock of the machine that recorded."""
    action: Action
    given: tuple[Category, ...]
    refused: tuple[Category, ...]
    withdrawn: tuple[Category, ...]
    gpc: bool
    language: str
    policy_version: str
    notice: str
    """SHA-256, in lower-case hexadecimal, of the dialog exactly as it was shown."""
    method: Method
    expires: int
    """Seconds since 1970, UTC."""
    previous: str | None
    """The id of the visitor's record before this one."""

    def __post_init__(self) -> None:
        wrong = [f"{name} must be {says}" for name, holds, says in _RULES if not holds(getattr(self, name))]
        if set(self.given) & set(self.refused):
            wrong.append("given and refused must not share a category")
        if not set(self.withdrawn) <= set(self.refused):
            wrong.append("withdrawn must be part of refused")
        if wrong:
            raise ValueError(f"not a consent record: {'; '.join(wrong)}")


def uuid7(ms: int, entropy: bytes) -> str:
    """Return a UUIDv7 (RFC 9562 §5.7) for ``ms`` (Unix milliseconds) from ten random bytes.

    Raises ValueError when ``ms`` does not fit 48 bits or ``entropy`` is not ten bytes long.
    """
    if not 0 <= ms < 1 << 48:
        raise ValueError(f"a UUIDv7 holds 48 bits of milliseconds since 1970, not {ms}")
    if len(entropy) != 10:
        raise ValueError(f"a UUIDv7 is made from 10 random bytes, not {len(entropy)}")
    rand_a = int.from_bytes(entropy[:2]) & 0xFFF
    rand_b = int.from_bytes(entropy[2:]) & (1 << 62) - 1
    return str(UUID(int=ms << 80 | 0x7 << 76 | rand_a << 64 | 0b10 << 62 | rand_b))


def build(
    *,
    at: int,
    entropy: bytes,
    consent_id: str,
    site: str,
    action: Action,
    granted: Collection[Category],
    before: Collection[Category] = (),
    previous: str | None = None,
    gpc: bool,
    language: str,
    policy_version: str,
    notice: str,
    method: Method,
    expires: int,
) -> Record:
    """Return the record of a choice that leaves ``granted`` where ``before`` was granted.

    ``entropy`` is ten random bytes for the id. Raises ValueError as ``Record`` and ``uuid7`` do.
    """
    # A clock set back, or two choices in one millisecond, must not put a visitor's history out of order:
    # the id moves past the previous one, while ``at`` stays what the clock said.
    ms = at if previous is None else max(at, (UUID(previous).int >> 80) + 1)
    return Record(
        id=uuid7(ms, entropy),
        consent_id=consent_id,
        site=site,
        at=at,
        action=action,
        given=tuple(c for c in OPTIONAL if c in granted),
        refused=tuple(c for c in OPTIONAL if c not in granted),
        withdrawn=tuple(c for c in OPTIONAL if c in before and c not in granted),
        gpc=gpc,
        language=language,
        policy_version=policy_version,
        notice=notice,
        method=method,
        expires=expires,
        previous=previous,
    )


def canonical(record: Record) -> bytes:
    """Return the record as canonical JSON (RFC 8785): the bytes that are stored, hashed and signed."""
    values: dict[str, object] = {name: getattr(record, name) for name in _READERS}
    values["schema"] = SCHEMA
    return _ENCODER.encode(values).encode()


def parse(data: bytes) -> Record:
    """Return the record whose canonical form is ``data``; anything else is a ValueError that says why."""
    found = _members(data)
    schema = found.pop("schema", None)
    if schema != SCHEMA:
        raise ValueError(f"not a consent record this version can read: schema is {schema!r}, not {SCHEMA}")
    if odd := found.keys() ^ _READERS.keys():
        raise ValueError(f"not a consent record: missing or unknown: {', '.join(sorted(odd))}")
    values: dict[str, Any] = {}
    for name, read in _READERS.items():
        try:
            values[name] = read(found[name])
        except ValueError as error:
            raise ValueError(f"not a consent record: {name}: {error}") from error
    record = Record(**values)
    # One record, one form: else two different byte strings, and so two hashes, would tell the same story.
    if canonical(record) != data:
        raise ValueError("not a consent record: its JSON is not in canonical form (RFC 8785)")
    return record


def _members(data: bytes) -> dict[str, Any]:
    try:
        found = json.loads(data.decode())
    except (ValueError, RecursionError) as error:
        raise ValueError(f"not a consent record: not JSON in UTF-8: {error}") from error
    if not isinstance(found, dict):
        raise ValueError(f"not a consent record: a JSON {type(found).__name__}, not an object")
    return found


def _exactly(kind: type) -> Callable[[Any], Any]:
    # By identity, for in Python a bool is an int.
    def read(value: Any) -> Any:
        if type(value) is not kind:
            raise ValueError(f"{value!r} is not {kind.__name__}")
        return value

    return read


def _categories(value: Any) -> tuple[Category, ...]:
    if not isinstance(value, list):
        raise ValueError(f"{value!r} is not a list")
    return tuple(Category(item) for item in value)


def _text_or_none(value: Any) -> Any:
    return value if value is None else _exactly(str)(value)


_READERS: Mapping[str, Callable[[Any], Any]] = {
    "id": _exactly(str),
    "consent_id": _exactly(str),
    "site": _exactly(str),
    "at": _exactly(int),
    "action": Action,
    "given": _categories,
    "refused": _categories,
    "withdrawn": _categories,
    "gpc": _exactly(bool),
    "language": _exactly(str),
    "policy_version": _exactly(str),
    "notice": _exactly(str),
    "method": _exactly(str),
    "expires": _exactly(int),
    "previous": _text_or_none,
}


def _is_id(value: str) -> bool:
    return _UUID7.fullmatch(value) is not None


def _is_text(value: str) -> bool:
    return 0 < len(value) <= 1024 and value.isprintable()


def _in_order(value: tuple[Category, ...]) -> bool:
    return value == tuple(c for c in OPTIONAL if c in value)


_RULES: tuple[tuple[str, Callable[[Any], bool], str], ...] = (
    ("id", _is_id, "a UUIDv7 in lower case"),
    ("consent_id", lambda value: _TOKEN.fullmatch(value) is not None, "1 to 128 visible ASCII characters"),
    ("site", _is_text, "1 to 1,024 printable characters"),
    ("at", lambda value: 0 <= value < 1 << 48, "milliseconds since 1970"),
    ("given", _in_order, "optional categories in their order"),
    ("refused", _in_order, "optional categories in their order"),
    ("withdrawn", _in_order, "optional categories in their order"),
    ("language", _is_text, "1 to 1,024 printable characters"),
    ("policy_version", _is_text, "1 to 1,024 printable characters"),
    ("notice", lambda value: _SHA256.fullmatch(value) is not None, "a SHA-256 in lower-case hexadecimal"),
    ("method", lambda value: value in get_args(Method), "form or script"),
    ("expires", lambda value: 0 <= value <= _LARGEST, "seconds since 1970"),
    ("previous", lambda value: value is None or _is_id(value), "a UUIDv7 in lower case, or None"),
)
