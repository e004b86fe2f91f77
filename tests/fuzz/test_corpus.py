"""Every input of the corpus, and so every crash that was mended, keeps its target's promises."""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import pytest

from tests.fuzz.__main__ import CORPUS, TARGETS


@pytest.mark.parametrize(
    "path", sorted(path for path in CORPUS.glob("*/*")), ids=lambda path: f"{path.parent.name}-{path.name}"
)
def test_an_input_of_the_corpus_breaks_no_promise(path: Path) -> None:
    target: Callable[[bytes], None] = import_module(f"tests.fuzz.{path.parent.name}").target
    target(path.read_bytes())


@pytest.mark.parametrize("name", TARGETS)
def test_each_target_has_a_small_corpus(name: str) -> None:
    found = list((CORPUS / name).iterdir())
    assert 5 < len(found) < 60
    assert all(path.stat().st_size <= 4096 for path in found)
