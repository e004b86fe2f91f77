"""The table of what was seen to work is the shops that are tested, in the versions that are installed."""

import json
import re
from pathlib import Path

import pytest

from tests.sites.shops.shops import MORE, QUICK

ROOT = Path(__file__).parents[3]
PAPER = ROOT / "docs" / "catalogue.md"
ROW = re.compile(r"^\| ([^|]+) \| (\d[\d.]*)(?:, Debian 12)? \| ([^|]+) \|$", re.MULTILINE)

pytestmark = pytest.mark.skipif(not PAPER.exists(), reason="needs the checkout")


def rows() -> dict[str, tuple[str, list[str]]]:
    section = PAPER.read_text("utf-8").partition("## Seen to work")[2].partition("## ")[0]
    found = ROW.findall(section)
    return {title: (version, re.findall("`([^`]+)`", names)) for title, version, names in found}


def pinned() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    python = dict(line.lower().split("==") for line in lines if "==" in line)
    npm = json.loads(Path(__file__).with_name("package.json").read_text("utf-8"))["dependencies"]
    return python | {name.rpartition("/")[2]: version for name, version in npm.items()}


def test_the_paper_names_each_shop_with_its_cookies() -> None:
    told = {title: names for title, (_, names) in rows().items()}
    assert told == {shop.title: sorted(shop.cookies) for shop in (*QUICK, *MORE)}


def test_the_paper_tells_the_versions_that_are_installed() -> None:
    versions = {shop.name: rows()[shop.title][0] for shop in (*QUICK, *MORE)}
    installed = {name: version for name, version in pinned().items() if name in versions}
    assert len(installed) >= 10
    assert {name: versions[name] for name in installed} == installed
