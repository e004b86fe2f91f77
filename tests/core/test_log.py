import hashlib
import json
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assent.core import log, merkle
from assent.core.jws import BadSignature, Keys
from assent.core.record import canonical, uuid7

from .test_record import made

KEYS = Keys(["secret" * 8])
TREE = uuid7(1_790_000_000_000, bytes(10))
HEAD = log.Head(TREE, 3, "ab" * 32, 1_790_000_000_000)
START = log.Start(TREE, 1_790_000_000_000, (HEAD, replace(HEAD, size=9)))
ERASURE = log.Erasure(TREE, 1_790_000_000_000, "request", ((TREE, 1, 3), (TREE, 5, 5)))


def test_a_leaf_is_the_rfc_9162_hash_of_the_record_with_its_tree_and_place() -> None:
    text = canonical(made()).decode()
    entry = {"place": 7, "record": json.loads(text), "tree": TREE}
    told = json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    assert log.leaf(TREE, 7, text) == hashlib.sha256(b"\0" + told).digest() == merkle.leaf(told)


def test_a_signed_head_is_read_back_and_a_forged_one_is_not() -> None:
    token = HEAD.sign(KEYS)
    assert log.read_head(token, KEYS) == HEAD
    with pytest.raises(BadSignature):
        log.read_head(replace(HEAD, size=4).sign(Keys(["other" * 8])), KEYS)
    with pytest.raises(BadSignature, match="type"):
        log.read_head(KEYS.sign(b"{}", "receipt"), KEYS)


@pytest.mark.parametrize(
    "wrong",
    [
        {"at": "today"},
        {"at": True},
        {"at": 1 << 60},
        {"size": -1},
        {"size": 1.5},
        {"tree": 7},
        {"root": "AB" * 32},
    ],
    ids=str,
)
def test_a_signed_head_has_to_have_the_form_of_one(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=f"not a head: its {next(iter(wrong))} is"):
        log.read_head(replace(HEAD, **wrong).sign(KEYS), KEYS)


@pytest.mark.parametrize(
    ("entry", "text"),
    [
        (START, log.start_text(START)),
        (ERASURE, log.erasure_text(ERASURE)),
        (made(), canonical(made()).decode()),
    ],
    ids=["start", "erasure", "record"],
)
def test_an_entry_is_read_back(entry: log.Entry, text: str) -> None:
    assert log.parse(text) == entry


@pytest.mark.parametrize(
    "text",
    [
        "",
        '{"kind":"start","schema":2}',
        '{"kind":"start","schema":3,"at":1,"id":"x","before":[]}',
        '{"kind":"end","schema":2}',
        '{"kind":"start","schema":2,"at":1,"id":"x","before":[{"at":1}]}',
        '{"kind":"erasure","schema":2,"at":1,"id":"x","reason":"request","spans":[["t",1]]}',
    ],
)
def test_anything_else_is_no_entry(text: str) -> None:
    with pytest.raises(ValueError, match=r"not an? "):
        log.parse(text)


@given(st.sets(st.tuples(st.sampled_from("ab"), st.integers(0, 12))))
def test_spans_hold_just_the_places_they_are_made_of(places: set[tuple[str, int]]) -> None:
    found = log.spans(sorted(places))
    told = [(tree, place) for tree, first, last in found for place in range(first, last + 1)]
    assert told == sorted(places)
    assert all(not (one[0] == other[0] and one[2] + 1 == other[1]) for one, other in pairwise(found))
