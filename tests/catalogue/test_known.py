"""What was imported stands below what is built in, and of contradicting lists the stricter counts."""

import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from assent import catalogue
from assent.catalogue import imported
from assent.catalogue.imported import Source
from assent.catalogue.importers import Fact
from assent.catalogue.known import _covers, _hosts_covered, _is_bare, in_force
from assent.core.categories import Category
from assent.core.hosts import HostPatterns
from assent.core.rules import CookieRule, HostRule, Rules
from assent.core.urls import Target
from assent.errors import ConfigError

N, F, A, P, D = Category

CATEGORIES = st.sampled_from(list(Category))
NAMES = st.text("ab_", min_size=1, max_size=4)
PATTERNS = st.tuples(st.sampled_from(("", "", "__Host-")), NAMES, st.sampled_from(("", "*"))).map("".join)
LABELS = st.lists(st.sampled_from("abc"), min_size=1, max_size=4).map(".".join)
HOSTS = st.tuples(st.sampled_from(("", "*.")), LABELS).map("".join)


def put(folder: Path, title: str, *facts: Fact) -> None:
    put_all(folder, title, facts)


def put_all(folder: Path, title: str, facts: Iterable[Fact]) -> None:
    with imported.replacing(folder) as table:
        for fact in facts:
            table.add(fact)
        table.finish(Source(title, "1", "CC0", "list.txt", 0))


def rules(folder: Path) -> Rules:
    known = in_force(folder)
    return Rules(catalogue=known.cookies, catalogue_storage=known.storage, catalogue_hosts=known.hosts)


def test_without_anything_imported_the_built_in_tables_are_in_force(tmp_path: Path) -> None:
    assert in_force(tmp_path) == (catalogue.cookies(), catalogue.storage(), catalogue.hosts())
    assert list(tmp_path.iterdir()) == []


def test_what_is_built_in_counts_before_what_was_imported(tmp_path: Path) -> None:
    put(
        tmp_path,
        "Ape",
        Fact("cookies", "_ga", N),
        Fact("cookies", "_ga_special", N),
        Fact("cookies", "__Host-PHPSESSID", D),
        Fact("storage", "_hjOther", N),
        Fact("hosts", "www.google-analytics.com", F),
        Fact("hosts", "*.region1.google-analytics.com", F),
        Fact("cookies", "ape", A),
        Fact("hosts", "*.ape.example", A, "Ape Ltd"),
    )
    found = rules(tmp_path)
    for name, category in ((b"_ga", A), (b"_ga_special", A), (b"__Host-PHPSESSID", N), (b"ape", A)):
        rule = found.cookie(name)
        assert rule is not None
        assert rule.category is category
    assert found.host(Target("x.region1.google-analytics.com")) is A
    assert found.host_rule(Target("x.ape.example")) == HostRule("*.ape.example", A, "Ape Ltd")
    key = found.storage_rule(b"_hjOther")
    assert key is not None
    assert key.category is A


def test_the_operator_counts_before_both(tmp_path: Path) -> None:
    put(tmp_path, "Ape", Fact("cookies", "ape", D))
    found = Rules(cookies=(CookieRule("ape", N),), catalogue=in_force(tmp_path).cookies)
    rule = found.cookie(b"ape")
    assert rule is not None
    assert rule.category is N


@pytest.mark.parametrize("order", [(F, D), (D, F)])
def test_of_contradicting_lists_the_stricter_counts(tmp_path: Path, order: tuple[Category, Category]) -> None:
    for number, category in enumerate(order):
        put(tmp_path, f"List {number}", Fact("hosts", "*.ape.example", category))
    assert rules(tmp_path).host(Target("ape.example")) is D


@pytest.mark.parametrize("order", [(P, A), (A, P)])
def test_of_contradicting_lines_of_one_list_the_stricter_counts(
    tmp_path: Path, order: tuple[Category, Category]
) -> None:
    put(tmp_path, "Ape", *(Fact("cookies", "ape", category) for category in order))
    rule = rules(tmp_path).cookie(b"ape")
    assert rule is not None
    assert rule.category is A


def test_a_newer_version_takes_the_place_of_the_older_one(tmp_path: Path) -> None:
    put(tmp_path, "Ape", Fact("cookies", "ape", D), Fact("cookies", "gone", D))
    put(tmp_path, "Bee", Fact("cookies", "bee", D))
    put(tmp_path, "Ape", Fact("cookies", "ape", F))
    assert [(one.fact.pattern, one.fact.category, one.source) for one in imported.facts(tmp_path)] == [
        ("ape", F, "Ape"),
        ("bee", D, "Bee"),
    ]
    assert [source.title for source in imported.sources(tmp_path)] == ["Ape", "Bee"]
    assert imported.counts(tmp_path, "Ape") == {("cookies", F): 1}


def test_what_fails_half_way_changes_nothing(tmp_path: Path) -> None:
    put(tmp_path, "Ape", Fact("cookies", "ape", D))

    def half() -> Iterator[Fact]:
        yield from (Fact("cookies", f"bee{number}", D) for number in range(imported.AT_ONCE + 1))
        raise RuntimeError("the file ended")

    with pytest.raises(RuntimeError):
        put_all(tmp_path, "Ape", half())
    assert [one.fact.pattern for one in imported.facts(tmp_path)] == ["ape"]


def test_a_damaged_table_is_named_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / imported.FILE).write_bytes(b"no database at all, but long enough to be looked at" * 20)
    with pytest.raises(ConfigError, match=r"imported\.db.*import the lists anew"):
        in_force(tmp_path)


def test_a_table_of_a_newer_version_is_not_guessed_at(tmp_path: Path) -> None:
    put(tmp_path, "Ape", Fact("cookies", "ape", D))
    with sqlite3.connect(tmp_path / imported.FILE) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(ConfigError, match="newer Assent"):
        in_force(tmp_path)


@given(st.lists(st.tuples(PATTERNS, CATEGORIES)), st.lists(st.tuples(PATTERNS, CATEGORIES)), PATTERNS)
@example([("_", Category.FUNCTIONAL)], [("_*", Category.NECESSARY)], "__Host-_")
@example([("ab", Category.FUNCTIONAL)], [("__Host-a*", Category.NECESSARY)], "__Host-ab")
def test_one_table_of_both_finds_what_two_would(
    builtin: list[tuple[str, Category]], theirs: list[tuple[str, Category]], name: str
) -> None:
    first = tuple(CookieRule(*pair) for pair in builtin)
    covered = _covers([(rule.name, rule) for rule in first])
    then = tuple(CookieRule(name, of) for name, of in theirs if _is_bare(Fact("cookies", name, of)))
    merged = Rules(catalogue=(*first, *(rule for rule in then if not covered(rule.name))))
    expected = Rules(catalogue=first).cookie(name.encode()) or Rules(catalogue=then).cookie(name.encode())
    found = merged.cookie(name.encode())
    assert (found and found.category) == (expected and expected.category)


@given(st.lists(st.tuples(HOSTS, CATEGORIES)), st.lists(st.tuples(HOSTS, CATEGORIES)), LABELS)
def test_one_table_of_both_finds_the_host_that_two_would(
    builtin: list[tuple[str, Category]], theirs: list[tuple[str, Category]], name: str
) -> None:
    first = tuple(HostRule(*pair) for pair in builtin)
    covered = _hosts_covered(first)
    then = tuple(HostRule(*pair) for pair in theirs)
    merged = HostPatterns((rule.host, rule) for rule in (*first, *(r for r in then if not covered(r.host))))
    expected = HostPatterns((r.host, r) for r in first).find(Target(name))
    expected = expected or HostPatterns((r.host, r) for r in then).find(Target(name))
    found = merged.find(Target(name))
    assert (found and found.category) == (expected and expected.category)
