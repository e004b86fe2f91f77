"""The log: what stands at the places of a tree, and the signed head that says how far and with what root.

An entry names its tree and its place, so that moving or copying one shows at once, without any proof.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from assent.core import canonical, merkle
from assent.core.jws import Keys
from assent.core.moments import END
from assent.core.record import SCHEMA, Record, is_hash
from assent.core.record import parse as parse_record

HEAD_TYPE = "assent-head"

Made = TypeVar("Made")

Reason = Literal["request", "retention"]
"""Why entries were erased: the visitor asked (GDPR Art. 17), or their time was over (Art. 5(1)(e))."""

Span = tuple[str, int, int]
"""Entries of one tree: its id, the first place and the last."""


def framed(tree: str, place: int, text: str) -> bytes:
    """Return the entry that is hashed into a tree: the stored text with its tree and place (RFC 8785)."""
    return f'{{"place":{place},"record":{text},"tree":"{tree}"}}'.encode()


def leaf(tree: str, place: int, text: str) -> bytes:
    """Return the leaf hash of the entry."""
    return merkle.leaf(framed(tree, place, text))


@dataclass(frozen=True, slots=True)
class Head:
    """A tree at one moment, ``at`` in milliseconds since 1970; what is signed and published."""

    tree: str
    size: int
    root: str
    """The root hash in lower-case hexadecimal."""
    at: int

    def sign(self, keys: Keys) -> str:
        """Return the head as a compact JWS."""
        return keys.sign(canonical.text(_members(self)).encode(), HEAD_TYPE)


def read_head(token: str, keys: Keys) -> Head:
    """Return a signed head; raises ValueError when its signature or its form is wrong."""
    found = canonical.members(keys.verify(token, HEAD_TYPE), "a head")
    return _built(Head, found, "a head")


@dataclass(frozen=True, slots=True)
class Start:
    """The first entry of a tree: names the heads of trees before it, so that none can vanish unseen."""

    id: str
    at: int
    before: tuple[Head, ...]


@dataclass(frozen=True, slots=True)
class Erasure:
    """Says which entries have lost their text; their leaf hashes stay, so the tree can still be checked."""

    id: str
    at: int
    reason: Reason
    spans: tuple[Span, ...]


Entry = Record | Start | Erasure


def start_text(start: Start) -> str:
    """Return the stored text of a tree's first entry."""
    before = [_members(head) for head in start.before]
    return canonical.text(
        {"at": start.at, "before": before, "id": start.id, "kind": "start", "schema": SCHEMA}
    )


def erasure_text(erasure: Erasure) -> str:
    """Return the stored text of an erasure."""
    return canonical.text(
        {
            "at": erasure.at,
            "id": erasure.id,
            "kind": "erasure",
            "reason": erasure.reason,
            "schema": SCHEMA,
            "spans": erasure.spans,
        }
    )


def parse(text: str) -> Entry:
    """Return the entry of a stored text; anything else is a ValueError."""
    if '"kind":' not in text:
        return parse_record(text.encode())
    found = canonical.members(text.encode(), "an entry")
    if "kind" not in found:
        return parse_record(text.encode())
    kind = found.pop("kind")
    if found.pop("schema", None) != SCHEMA or kind not in _KINDS:
        raise ValueError(f"not an entry that this version can read: {kind!r}")
    return _KINDS[kind](found)


def spans(places: Sequence[tuple[str, int]]) -> tuple[Span, ...]:
    """Return places, ordered by tree and number, as the fewest spans."""
    found: list[Span] = []
    for tree, place in places:
        if found and found[-1][0] == tree and found[-1][2] == place - 1:
            found[-1] = (tree, found[-1][1], place)
        else:
            found.append((tree, place, place))
    return tuple(found)


def _members(head: Head) -> dict[str, object]:
    return {"at": head.at, "root": head.root, "size": head.size, "tree": head.tree}


def _start(found: dict[str, Any]) -> Start:
    before = found.pop("before", ())
    return _built(
        Start, found | {"before": tuple(_built(Head, head, "a head") for head in before)}, "a start"
    )


def _erasure(found: dict[str, Any]) -> Erasure:
    try:
        told = tuple((tree, first, last) for tree, first, last in found.pop("spans", ()))
    except (TypeError, ValueError):
        raise ValueError("not an erasure: its spans are not lists of a tree and two places") from None
    return _built(Erasure, found | {"spans": told}, "an erasure")


_KINDS: dict[object, Callable[[dict[str, Any]], Start | Erasure]] = {"start": _start, "erasure": _erasure}


def _built(kind: Callable[..., Made], found: dict[str, Any], what: str) -> Made:
    for name, fits in _FORMS.items():
        if name in found and not fits(found[name]):
            raise ValueError(f"not {what}: its {name} is {found[name]!r}")
    try:
        return kind(**found)
    except TypeError as error:
        raise ValueError(f"not {what}: {error}") from None


_FORMS: dict[str, Callable[[Any], bool]] = {
    "id": lambda value: isinstance(value, str),
    "tree": lambda value: isinstance(value, str),
    "at": lambda value: type(value) is int and 0 <= value < END,
    "size": lambda value: type(value) is int and value >= 0,
    "root": lambda value: isinstance(value, str) and is_hash(value),
}
