"""What docs/catalogue.md says of the tables is so."""

import re
from collections import Counter
from pathlib import Path

import pytest

from assent.catalogue import cookies, elsewhere, hosts, storage
from assent.catalogue.importers import FORMATS
from assent.core.categories import Category

PAPER = Path(__file__).parents[2] / "docs" / "catalogue.md"

pytestmark = pytest.mark.skipif(not PAPER.exists(), reason="needs the checkout")


def row(first: str) -> list[int]:
    (found,) = re.findall(rf"^\| {re.escape(first)} \| (.*) \|$", PAPER.read_text("utf-8"), re.MULTILINE)
    return [int(cell.replace(",", "")) for cell in found.split(" | ") if cell.replace(",", "").isdigit()]


@pytest.mark.parametrize("category", list(Category))
def test_the_counts_of_a_category_are_right(category: Category) -> None:
    tables = (
        [rule.category for rule in cookies()],
        [known.rule.category for known in elsewhere()],
        [rule.category for rule in storage()],
        [rule.category for rule in hosts()],
    )
    assert row(category.value) == [Counter(table)[category] for table in tables]


def test_the_lines_of_the_tables_are_counted_right() -> None:
    lines = {"cookies": len(cookies()) + len(elsewhere()), "storage": len(storage()), "hosts": len(hosts())}
    for name, count in lines.items():
        assert row(f"[{name}.csv](../app/assent/catalogue/{name}.csv)") == [count]


def test_every_format_is_described() -> None:
    assert set(re.findall(r"^\| `([a-z-]+)` \|", PAPER.read_text("utf-8"), re.MULTILINE)) == set(FORMATS)
