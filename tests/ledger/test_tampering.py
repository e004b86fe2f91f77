"""Whatever is done to the database behind the ledger's back is named, with published heads at hand."""

import asyncio
import contextlib
import json
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assent.core.jws import Keys, decoded
from assent.core.log import Head, leaf
from assent.core.merkle import Frontier
from assent.core.record import Record
from assent.errors import LedgerUnavailable
from assent.ledger.archive import Archive
from assent.ledger.erase import erase
from assent.ledger.verify import Verdict

from .checks import SIZE, TREES, checked, fill, published, told
from .samples import KEYS, a_record, open_ledger


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Record], list[str]]:
    """A sound ledger on SQLite, its records and its published heads; tests work on copies."""
    file = tmp_path_factory.mktemp("original") / "ledger.db"
    written = asyncio.run(fill(f"sqlite:///{file}"))
    heads = asyncio.run(published(f"sqlite:///{file}"))
    with contextlib.closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return file, written, heads


Tamper = Callable[[sqlite3.Connection, str, str, int], None]
"""Takes the ids of two records, and a number."""


def change(db: sqlite3.Connection, one: str, other: str, number: int) -> None:
    words = [
        ("true", "false"),
        ("false", "true"),
        ("https", "http"),
        ('"form"', '"script"'),
        ("2026", "2025"),
    ]
    old, new = words[number % 5]
    (before,) = db.execute("SELECT record FROM assent_records WHERE id = ?", (one,)).fetchone()
    after = before.replace(old, new) if old in before else before + " "
    db.execute("UPDATE assent_records SET record = ? WHERE id = ?", (after, one))


def change_with_its_hash(db: sqlite3.Connection, one: str, other: str, number: int) -> None:
    query = "SELECT tree, place, record FROM assent_records WHERE id = ?"
    tree, place, record = db.execute(query, (one,)).fetchone()
    record = record.replace('"language":"en"', '"language":"fr"')
    db.execute(
        "UPDATE assent_records SET record = ?, leaf = ? WHERE id = ?",
        (record, leaf(tree, place, record), one),
    )


def refile(db: sqlite3.Connection, one: str, other: str, number: int) -> None:
    column, value = [("consent_id", "nobody"), ("at", 1), ("action", "withdraw"), ("expires", 1)][number % 4]
    db.execute(f"UPDATE assent_records SET {column} = ? WHERE id = ?", (value, one))


def drop(db: sqlite3.Connection, one: str, other: str, number: int) -> None:
    db.execute("DELETE FROM assent_records WHERE id = ?", (one,))


def swap(db: sqlite3.Connection, one: str, other: str, number: int) -> None:
    place = "SELECT tree, place FROM assent_records WHERE id = ?"
    first, second = (db.execute(place, (record,)).fetchone() for record in (one, other))
    move = "UPDATE assent_records SET tree = ?, place = ? WHERE id = ?"
    db.execute(move, ("aside", 0, one))
    db.execute(move, (*first, other))
    db.execute(move, (*second, one))


def duplicate(db: sqlite3.Connection, one: str, other: str, number: int) -> None:
    db.execute(
        "INSERT INTO assent_records SELECT tree, (SELECT max(place) + 1 FROM assent_records x"
        " WHERE x.tree = r.tree), id, consent_id || '2', at, expires, action, record, leaf"
        " FROM assent_records r WHERE id = ?",
        (one,),
    )


def insert(db: sqlite3.Connection, one: str, other: str, number: int) -> None:
    """Put a forged record before one, moving up what follows."""
    tree, place = db.execute("SELECT tree, place FROM assent_records WHERE id = ?", (one,)).fetchone()
    db.execute("UPDATE assent_records SET place = -place - 1 WHERE tree = ? AND place >= ?", (tree, place))
    db.execute("UPDATE assent_records SET place = -place WHERE tree = ? AND place < 0", (tree,))
    forged = a_record("forged")
    text = db.execute("SELECT record FROM assent_records WHERE id = ?", (one,)).fetchone()[0]
    text = text.replace(one, forged.id)
    db.execute(
        "INSERT INTO assent_records SELECT tree, ?, ?, consent_id, at, expires, action, ?, ?"
        " FROM assent_records WHERE id = ?",
        (place, forged.id, text, leaf(tree, place, text), one),
    )


def cut(db: sqlite3.Connection, one: str, other: str, number: int) -> None:
    """Drop all from one record on, as if the tree had never been longer; the head stays."""
    tree, place = db.execute("SELECT tree, place FROM assent_records WHERE id = ?", (one,)).fetchone()
    db.execute("DELETE FROM assent_records WHERE tree = ? AND place >= ?", (tree, place))


def drop_tree(db: sqlite3.Connection, one: str, other: str, number: int) -> None:
    (tree,) = db.execute("SELECT tree FROM assent_records WHERE id = ?", (one,)).fetchone()
    for table in ("assent_records", "assent_heads", "assent_nodes"):
        db.execute(f"DELETE FROM {table} WHERE tree = ?", (tree,))


TAMPERS = [change, change_with_its_hash, refile, drop, swap, duplicate, insert, cut, drop_tree]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    tamper=st.sampled_from(TAMPERS),
    which=st.tuples(st.integers(0, TREES * 6 - 1), st.integers(0, TREES * 6 - 1)),
    number=st.integers(0, 9),
)
def test_whatever_is_tampered_with_is_named(
    original: tuple[Path, list[Record], list[str]], tmp_path: Path, tamper: Tamper, which: Any, number: int
) -> None:
    file, written, heads = original
    copy = tmp_path / "copy.db"
    shutil.copy(file, copy)
    one, other = which[0], which[1] if which[0] != which[1] else (which[1] + 1) % len(written)
    with contextlib.closing(sqlite3.connect(copy)) as db, db:
        tamper(db, written[one].id, written[other].id, number)
    verdict = asyncio.run(checked(f"sqlite:///{copy}", heads))
    for tree_file in (copy, copy.with_name("copy.db-wal"), copy.with_name("copy.db-shm")):
        tree_file.unlink(missing_ok=True)
    assert verdict.problems, tamper.__name__
    first = verdict.problems[0]
    trees = sorted({Head(**_payload(head)).tree for head in heads})
    tree, place = trees[one // 6], one % 6 + 1
    if tamper is swap:
        tree, place = min((tree, place), (trees[other // 6], other % 6 + 1))
    if tamper is duplicate:
        place = SIZE
    if tamper is drop_tree:
        place = 0
    assert first.tree == tree
    if tamper is change_with_its_hash or (tamper is insert and place == SIZE - 1):
        # Forged with its hash, and nothing after it moved: known to the stretch between two heads.
        assert first.place <= place
        assert "another root" in first.says
    else:
        assert first.place == place
    if tamper in (change, refile, swap):
        assert written[one].id in told(verdict)


def _payload(token: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(decoded(token.split(".")[1]))
    return found


def test_yesterdays_copy_is_found_out_by_todays_published_head(
    original: tuple[Path, list[Record], list[str]], tmp_path: Path
) -> None:
    file, _, _ = original
    today, yesterday = tmp_path / "ledger.db", tmp_path / "yesterday.db"
    shutil.copy(file, today)

    async def go_on() -> tuple[list[str], list[str]]:
        ledger = open_ledger(f"sqlite:///{today}")
        await ledger.append(a_record("one"))
        await ledger.close()
        with (
            contextlib.closing(sqlite3.connect(today)) as db,
            contextlib.closing(sqlite3.connect(yesterday)) as to,
        ):
            db.backup(to)
        before = await published(f"sqlite:///{today}")
        ledger = open_ledger(f"sqlite:///{today}")
        await ledger.append(a_record("two"))
        await ledger.close()
        return before, await published(f"sqlite:///{today}")

    before, after = asyncio.run(go_on())
    # Without a head from outside, yesterday's copy is a sound ledger; so it is with yesterday's head.
    assert asyncio.run(checked(f"sqlite:///{yesterday}", before)).problems == []
    problems = asyncio.run(checked(f"sqlite:///{yesterday}", after)).problems
    assert len(problems) == 1
    assert "all 2 of its entries are missing: the published head" in problems[0].says
    assert asyncio.run(checked(f"sqlite:///{today}", after)).problems == []


def test_a_tree_that_was_cut_with_its_heads_is_found_out_by_a_published_head(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/ledger.db"

    async def write() -> list[str]:
        await fill(url, trees=1)
        return await published(url)

    heads = asyncio.run(write())
    # The owner has the keys, and makes history shorter with a head that is rightly signed.
    with contextlib.closing(sqlite3.connect(tmp_path / "ledger.db")) as db, db:
        db.execute("DELETE FROM assent_records WHERE place >= 5")
        tree = db.execute("SELECT tree FROM assent_heads").fetchone()[0]
        frontier = Frontier()
        for (hashed,) in db.execute("SELECT leaf FROM assent_records ORDER BY place"):
            frontier.push(hashed)
        head = Head(tree, 5, frontier.root.hex(), 1)
        db.execute(
            "UPDATE assent_heads SET at = 1, size = 5, root = ?, signed = ?", (head.root, head.sign(KEYS))
        )
    assert asyncio.run(checked(url)).problems == []
    (problem,) = asyncio.run(checked(url, heads)).problems
    assert problem.place == 5
    assert "it was rolled back" in problem.says


def test_history_that_the_owner_rewrote_with_his_keys_is_found_out_by_a_published_head(
    tmp_path: Path,
) -> None:
    url = f"sqlite:///{tmp_path}/ledger.db"
    written = asyncio.run(fill(url, trees=1))
    heads = asyncio.run(published(url))
    with contextlib.closing(sqlite3.connect(tmp_path / "ledger.db")) as db, db:
        change_with_its_hash(db, written[2].id, "", 0)
        tree = db.execute("SELECT tree FROM assent_heads").fetchone()[0]
        frontier = Frontier()
        for (hashed,) in db.execute("SELECT leaf FROM assent_records ORDER BY place"):
            frontier.push(hashed)
        head = Head(tree, SIZE, frontier.root.hex(), 1)
        db.execute("UPDATE assent_heads SET at = 1, root = ?, signed = ?", (head.root, head.sign(KEYS)))
    assert asyncio.run(checked(url)).problems == []
    assert "the published head" in told(asyncio.run(checked(url, heads)))


def test_heads_of_an_unknown_key_are_not_believed(original: tuple[Path, list[Record], list[str]]) -> None:
    url = f"sqlite:///{original[0]}"
    verdict = asyncio.run(checked(url, keys=Keys(["another" * 6])))
    assert "not among those known" in verdict.problems[0].says
    rotated = Keys(["another" * 6], retired=[key.x for key in KEYS.public.values()])
    assert asyncio.run(checked(url, keys=rotated)).problems == []


def test_a_ledger_goes_on_under_a_new_key(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/ledger.db"
    rotated = Keys(["another" * 6], retired=[key.x for key in KEYS.public.values()])

    async def go_on() -> Verdict:
        await fill(url, trees=1)
        archive = Archive(url, rotated)
        await erase(archive, "visitor-3")
        await archive.close()
        return await checked(url, keys=rotated)

    verdict = asyncio.run(go_on())
    assert (verdict.problems, verdict.trees, verdict.erased) == ([], 2, 1)


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("UPDATE assent_records SET record = CAST(x'7bff7d' AS TEXT) WHERE place = 3", "(no. 3) is not what"),
        ("UPDATE assent_records SET record = x'7b7d' WHERE place = 3", "(no. 3) is not what was written"),
        ("UPDATE assent_records SET leaf = 'abc' WHERE place = 3", "(no. 3) is none"),
        ("UPDATE assent_records SET place = 'abc' WHERE place = 3", "no. 3 is missing"),
        ("UPDATE assent_records SET place = 3.5 WHERE place = 3", "no. 3 is missing"),
        ("UPDATE assent_records SET tree = CAST(x'ff' AS TEXT) WHERE place = 3", "no. 3 is missing"),
        (
            "UPDATE assent_records SET id = CAST(x'1b5b324aff' AS TEXT) WHERE place = 3",
            "record b'\\x1b[2J\\xff' (no. 3) is filed under something else",
        ),
        ("UPDATE assent_records SET id = char(27) || '[2J' WHERE place = 3", "record '\\x1b[2J' (no. 3) is"),
        (
            "UPDATE assent_records SET record = NULL WHERE place = 3",
            "has no text, and is filed under a visitor",
        ),
        ("UPDATE assent_heads SET signed = x'ff'", "a signed head cannot be believed"),
        ("UPDATE assent_heads SET size = 3", "head no. 0 is filed under something else than it says"),
        ("UPDATE assent_heads SET root = 'ab'", "head no. 0 is filed under something else than it says"),
        ("UPDATE assent_heads SET at = 5", "head no. 0 is filed under something else than it says"),
        ("UPDATE assent_heads SET no = 7", "head no. 7 is filed under something else than it says"),
        ("INSERT INTO assent_notices VALUES ('ab', 1, x'ff')", "the notice ab is not what was shown"),
        ("INSERT INTO assent_personal VALUES ('x', 'y', 'salt', x'ff')", "the personal data of record x are"),
    ],
)
def test_what_is_not_even_of_the_kind_that_a_ledger_writes_is_named(
    tmp_path: Path, statement: str, says: str
) -> None:
    url = f"sqlite:///{tmp_path}/ledger.db"
    asyncio.run(fill(url, trees=1))
    with contextlib.closing(sqlite3.connect(tmp_path / "ledger.db")) as db, db:
        db.execute(statement)
    assert says in told(asyncio.run(checked(url)))


def test_an_erasure_that_accounts_for_no_places_at_all_is_named(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/ledger.db"
    asyncio.run(fill(url, trees=1))
    text = '{"at":1,"id":"x","kind":"erasure","reason":"request","schema":2,"spans":[["tree","a",[]]]}'
    with contextlib.closing(sqlite3.connect(tmp_path / "ledger.db")) as db, db:
        (tree,) = db.execute("SELECT tree FROM assent_heads").fetchone()
        db.execute(
            "UPDATE assent_records SET record = ?, leaf = ? WHERE place = 3", (text, leaf(tree, 3, text))
        )
    assert "(no. 3) is no entry at all" in told(asyncio.run(checked(url)))


def test_a_record_that_is_no_text_any_more_is_passed_on_to_nobody(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/ledger.db"

    async def read() -> None:
        await fill(url, trees=1)
        ledger = open_ledger(url)
        try:
            with contextlib.closing(sqlite3.connect(tmp_path / "ledger.db")) as db, db:
                db.execute("UPDATE assent_records SET record = CAST(x'7bff7d' AS TEXT) WHERE place = 3")
            with pytest.raises(LedgerUnavailable, match="cannot be read: it is no text"):
                await ledger.history("visitor-2")
        finally:
            await ledger.close()

    asyncio.run(read())
