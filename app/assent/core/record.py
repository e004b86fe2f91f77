"""The consent record: who was shown what and answered how, in the one form that is stored and hashed."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal, get_args
from uuid import UUID

from assent.core import canonical as jcs
from assent.core.categories import OPTIONAL, Category
from assent.core.moments import END

SCHEMA = 2
"""The version of the stored form: fields that come or go need the next number."""

Method = Literal["form", "script", "automatic"]
"""By what the choice arrived: a plain HTML form, the page's script, or without anybody pressing a button."""

Law = Literal["opt-in", "opt-out", "notice"]
"""The model of law that was applied: ask first, use until refused, or tell only."""

_UUID7 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_TOKEN = re.compile(r"[!-~]{1,128}")


class Action(StrEnum):
    """What made the choice: a button in the banner or the dialog, or something that nobody pressed."""

    ACCEPT_ALL = "accept_all"
    REJECT_ALL = "reject_all"
    SAVE = "save"
    WITHDRAW = "withdraw"
    GPC = "gpc"
    IMPORT = "import"
    EXPIRE = "expire"


BUTTONS = (Action.ACCEPT_ALL, Action.REJECT_ALL, Action.SAVE, Action.WITHDRAW)
"""The actions that a visitor can take."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One choice as evidence (GDPR Art. 7(1)); a field out of bounds is a ValueError that names it.

    ``given``, ``refused`` and ``withdrawn`` hold optional categories only, in category order: what is
    necessary is never asked for. ``withdrawn`` is the part of ``refused`` that was given before.
    A record of schema 1 has ``law`` and ``personal`` at their defaults, and not in its stored form.
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
    """SHA-256, in lower-case hexadecimal, of the dialog exactly as it was shown; it is kept by this hash."""
    method: Method
    expires: int
    """Seconds since 1970, UTC; until then the choice lasts, unless another takes its place."""
    previous: str | None
    """The id of the visitor's record before this one."""
    law: Law = "opt-in"
    personal: str | None = None
    """The commitment to what else is known of the visitor, which is kept apart and can be erased."""
    schema: int = SCHEMA

    def __post_init__(self) -> None:
        wrong = [f"{name} must be {says}" for name, holds, says in _RULES if not holds(getattr(self, name))]
        if set(self.given) & set(self.refused):
            wrong.append("given and refused must not share a category")
        if not set(self.withdrawn) <= set(self.refused):
            wrong.append("withdrawn must be part of refused")
        if self.schema == 1 and (self.law, self.personal) != ("opt-in", None):
            wrong.append("schema must be 2 or later where law or personal is told")
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
    law: Law = "opt-in",
    personal: str | None = None,
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
        law=law,
        personal=personal,
    )


def canonical(record: Record) -> bytes:
    """Return the record as canonical JSON (RFC 8785): the bytes that are stored, hashed and signed."""
    return jcs.text({name: getattr(record, name) for name in _STORED[record.schema]}).encode()


def parse(data: bytes) -> Record:
    """Return the record whose canonical form is ``data``; anything else is a ValueError that says why."""
    found = jcs.members(data, "a consent record")
    schema = found.get("schema")
    # By identity, for in Python True equals 1.
    if type(schema) is not int or schema not in _STORED:
        raise ValueError(
            f"not a consent record this version can read: schema is {schema!r}, not 1 to {SCHEMA}"
        )
    if odd := found.keys() ^ _STORED[schema]:
        raise ValueError(f"not a consent record: missing or unknown: {', '.join(sorted(odd))}")
    values: dict[str, Any] = {}
    for name, value in found.items():
        try:
            values[name] = _READERS[name](value)
        except ValueError as error:
            raise ValueError(f"not a consent record: {name}: {error}") from error
    record = Record(**values)
    # One record, one form: else two different byte strings, and so two hashes, would tell the same story.
    if canonical(record) != data:
        raise ValueError("not a consent record: its JSON is not in canonical form (RFC 8785)")
    return record


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
    "law": _exactly(str),
    "personal": _text_or_none,
    "schema": _exactly(int),
}

_STORED: Mapping[int, frozenset[str]] = {
    1: frozenset(_READERS) - {"law", "personal"},
    2: frozenset(_READERS),
}


def _is_id(value: str) -> bool:
    return _UUID7.fullmatch(value) is not None


def is_hash(value: str) -> bool:
    """Tell whether this is a SHA-256 in lower-case hexadecimal."""
    return _SHA256.fullmatch(value) is not None


def _is_text(value: str) -> bool:
    return 0 < len(value) <= 1024 and value.isprintable()


def _in_order(value: tuple[Category, ...]) -> bool:
    return value == tuple(c for c in OPTIONAL if c in value)


_RULES: tuple[tuple[str, Callable[[Any], bool], str], ...] = (
    ("id", _is_id, "a UUIDv7 in lower case"),
    ("consent_id", lambda value: _TOKEN.fullmatch(value) is not None, "1 to 128 visible ASCII characters"),
    ("site", _is_text, "1 to 1,024 printable characters"),
    ("at", lambda value: 0 <= value < END, "milliseconds since 1970, before the year 10000"),
    ("given", _in_order, "optional categories in their order"),
    ("refused", _in_order, "optional categories in their order"),
    ("withdrawn", _in_order, "optional categories in their order"),
    ("language", _is_text, "1 to 1,024 printable characters"),
    ("policy_version", _is_text, "1 to 1,024 printable characters"),
    ("notice", is_hash, "a SHA-256 in lower-case hexadecimal"),
    ("method", lambda value: value in get_args(Method), f"one of {', '.join(get_args(Method))}"),
    ("expires", lambda value: 0 <= value <= jcs.LARGEST, "seconds since 1970"),
    ("previous", lambda value: value is None or _is_id(value), "a UUIDv7 in lower case, or None"),
    ("law", lambda value: value in get_args(Law), f"one of {', '.join(get_args(Law))}"),
    (
        "personal",
        lambda value: value is None or is_hash(value),
        "a SHA-256 in lower-case hexadecimal, or None",
    ),
    ("schema", lambda value: value in _STORED, f"1 to {SCHEMA}"),
)
