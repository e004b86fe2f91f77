"""The built-in storage keys: well-formed, without contradiction, and in the rules and the guard."""

import csv
from importlib.resources import files
from itertools import combinations

import pytest

import assent.catalogue
from assent.catalogue import storage
from assent.catalogue.tables import STORAGE_COLUMNS, read_storage
from assent.core.categories import ALL, NECESSARY_ONLY, OPTIONAL, Category
from assent.core.guard import patterns, refuses_storage
from assent.core.rules import Rules, StorageRule, Unknown
from assent.errors import ConfigError

BUILT_IN = Rules(catalogue_storage=storage())
EVERY_SET = [NECESSARY_ONLY | frozenset(c) for size in range(5) for c in combinations(OPTIONAL, size)]


def rows() -> list[dict[str, str]]:
    text = (files(assent.catalogue) / "storage.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def test_the_file_is_sorted_by_the_bytes_of_the_keys_and_names_none_twice() -> None:
    keys = [row["key"].encode() for row in rows()]
    assert keys == sorted(set(keys))
    assert len(keys) > 450


def test_no_field_has_space_around_it_and_each_key_has_its_own_sentence() -> None:
    assert [row for row in rows() if any(field != field.strip() for field in row.values())] == []
    assert [row["key"] for row in rows() if not row["description"].endswith(".")] == []


def test_a_prefix_is_long_enough_to_mean_one_provider() -> None:
    assert [rule.key for rule in storage() if rule.key.endswith("*") and len(rule.key) < len("abc*")] == []


def test_no_key_is_listed_that_a_prefix_already_covers_in_the_same_words() -> None:
    for rule in storage():
        prefixes = [
            other
            for other in storage()
            if other is not rule and other.key.endswith("*") and rule.key.startswith(other.key[:-1])
        ]
        nearest = max(prefixes, key=lambda other: len(other.key), default=None)
        assert nearest is None or (nearest.category, nearest.description) != (rule.category, rule.description)


def test_every_category_has_keys() -> None:
    assert {rule.category for rule in storage()} == set(Category)


@pytest.mark.parametrize("unknown", ["block", "allow"])
def test_the_guard_finds_what_the_rules_say(unknown: Unknown) -> None:
    rules = Rules(catalogue_storage=storage(), unknown_storage=unknown)
    for granted in EVERY_SET:
        tables = patterns(rules, granted)["storage"]
        default = unknown == "allow" or granted >= ALL
        for known in storage():
            for key in (known.key.rstrip("*"), known.key.replace("*", "X1"), f"{known.key}!"):
                fits = [key, *(key[:length] + "*" for length in range(len(key), -1, -1))]
                found = next(table[fit] for table in tables for fit in fits if fit in table)
                rule = rules.storage_rule(key.encode())
                assert found == (default if rule is None else rule.category in granted), key


def test_the_operator_counts_before_the_catalogue() -> None:
    rules = Rules(storage=(StorageRule("_hj*", Category.NECESSARY),), catalogue_storage=storage())
    found = rules.storage_rule(b"_hjSession")
    assert found is not None
    assert found.category is Category.NECESSARY
    assert patterns(rules, NECESSARY_ONLY)["storage"][0] == {"_hj*": 1}


def test_with_unknown_keys_allowed_known_trackers_are_still_refused() -> None:
    tables = patterns(Rules(catalogue_storage=storage(), unknown_storage="allow"), NECESSARY_ONLY)
    assert refuses_storage(tables)
    assert tables["storage"][0]["_hj*"] == 0


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("a,functional,X", "3 fields where 5 belong"),
        ("*,functional,X,It.,own", "'*' is no pattern"),
        ("a,functional,X,It.,me", "'me' is no source"),
    ],
)
def test_a_malformed_line_is_named_with_its_number(line: str, words: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read_storage([",".join(STORAGE_COLUMNS) + "\n", line + "\n"], "keys.csv")
    assert caught.value.problems[0].startswith("keys.csv, line 2: ")
    assert words in caught.value.problems[0]
