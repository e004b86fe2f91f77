"""The docs say what the code does: every setting, command, option and make verb is there, and no other."""

import asyncio
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import click
import httpx
import pytest
from pydantic import BaseModel

from assent.cli import main
from assent.config import CookieEntry, HostEntry, PathEntry, ServiceEntry, Settings, StorageEntry, load
from assent.core.categories import Category

ROOT = Path(__file__).parents[1]
PAPERS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])
CONFIGURATION = (ROOT / "docs" / "configuration.md").read_text("utf-8")
SHORT = {"gateway.upstream": "ASSENT_UPSTREAM"}
TOLD = {"ledger.url": "a file in `data_dir`", "site.languages": "all that ship"}
CONFIGURING = ("configuration", "deployment", "moving-in")

pytestmark = pytest.mark.skipif(not (ROOT / "docs").exists(), reason="needs the checkout")


def keys() -> Iterator[tuple[str, Any]]:
    """Yield each key with its default."""
    for name, field in Settings.model_fields.items():
        value = getattr(Settings(), name)
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from ((f"{name}.{key}", getattr(value, key)) for key in field.annotation.model_fields)
        else:
            yield name, value


KEYS = list(keys())


def rows() -> dict[str, tuple[list[str], str]]:
    """Return what the tables document: key, its variables, its default."""
    found = re.findall(r"^\| `([a-z_.]+)` \| ([^|]*ASSENT_[^|]*) \| ([^|]*) \|", CONFIGURATION, re.MULTILINE)
    return {key: (re.findall(r"`(ASSENT_\w+)`", names), default.strip()) for key, names, default in found}


def written(default: Any) -> str:
    if default is None:
        return "none"
    plain = str(default) if isinstance(default, Path) else default
    return f"`{json.dumps(plain)}`"


def test_every_key_is_documented_and_every_documented_key_exists() -> None:
    assert set(rows()) == {key for key, _ in KEYS}


@pytest.mark.parametrize(("key", "default"), KEYS, ids=[key for key, _ in KEYS])
def test_documented_variable_and_default_are_the_real_ones(key: str, default: Any) -> None:
    names, told = rows()[key]
    short = [SHORT[key]] if key in SHORT else []
    assert names == ["ASSENT_" + key.replace(".", "__").upper(), *short]
    assert told == TOLD.get(key, written(default))


@pytest.mark.parametrize(
    ("table", "entry"),
    [
        ("cookies", CookieEntry),
        ("storage", StorageEntry),
        ("hosts", HostEntry),
        ("paths", PathEntry),
        ("services", ServiceEntry),
    ],
)
def test_every_key_of_an_entry_is_documented(table: str, entry: type[BaseModel]) -> None:
    (row,) = re.findall(rf"^\| `{table}` \|.*$", CONFIGURATION, re.MULTILINE)
    assert set(entry.model_fields) <= set(re.findall(r"`(\w+)`", row))


def test_categories_are_documented() -> None:
    assert [name for name in Category if f"`{name}`" not in CONFIGURATION] == []


@pytest.mark.parametrize("paper", ["README.md", *(f"docs/{name}.md" for name in CONFIGURING)])
def test_every_toml_example_is_a_valid_configuration(paper: str, tmp_path: Path) -> None:
    examples = re.findall(r"```toml\n(.*?)```", (ROOT / paper).read_text("utf-8"), re.DOTALL)
    assert examples
    for example in examples:
        (tmp_path / "assent.toml").write_text(example, "utf-8")
        load(tmp_path / "assent.toml", environ={})


def leaves(group: click.Group = main, path: str = "assent") -> Iterator[tuple[str, click.Command]]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from leaves(command, f"{path} {name}")
        else:
            yield f"{path} {name}", command


COMMANDS = dict(leaves())
GROUPS = {path.rpartition(" ")[0] for path in COMMANDS} - {"assent"}


def section(title: str) -> str:
    found = re.search(rf"^### `{title}`\n(.*?)(?=^##|\Z)", CONFIGURATION, re.MULTILINE | re.DOTALL)
    assert found, f"docs/configuration.md has no section on {title}"
    return found[1]


def test_every_command_has_a_section_and_every_section_is_a_command() -> None:
    assert set(re.findall(r"^### `(assent [^`]+)`", CONFIGURATION, re.MULTILINE)) == set(COMMANDS)


@pytest.mark.parametrize(("path", "command"), COMMANDS.items(), ids=COMMANDS.keys())
def test_every_option_is_documented_with_its_command_and_no_other(path: str, command: click.Command) -> None:
    spelled = [name for parameter in command.params for name in parameter.opts if name.startswith("--")]
    real = set(spelled) - {"--help"}
    assert set(re.findall(r"`(--[\w-]+)", section(path))) == real


def test_every_command_line_in_the_papers_exists() -> None:
    spoken = re.compile(r"(?:^|`|\$ |&& )(assent [a-z]+(?: [a-z]+)?)", re.MULTILINE)
    for paper in PAPERS:
        for line in spoken.findall(paper.read_text("utf-8")):
            assert {line, line.rpartition(" ")[0]} & set(COMMANDS) or line in GROUPS, f"{paper.name}: {line}"


def verbs() -> set[str]:
    return set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))


def test_every_make_verb_is_documented_and_every_documented_one_exists() -> None:
    told = {
        verb
        for paper in PAPERS
        for verb in re.findall(r"(?:^|`)make ([a-z-]+)", paper.read_text("utf-8"), re.MULTILINE)
    }
    assert told == verbs()


def anchors(paper: Path) -> set[str]:
    """Return the fragments of a paper's headings, as the usual renderers make them."""
    headings = re.findall(r"^#+ (.*)$", paper.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def links() -> list[tuple[Path, str]]:
    return [
        (paper, link)
        for paper in PAPERS
        for link in re.findall(r"\]\(([^)\s]+)\)", paper.read_text("utf-8"))
        if not urlsplit(link).scheme
    ]


@pytest.mark.parametrize(("paper", "link"), links(), ids=lambda value: getattr(value, "name", value))
def test_links_between_papers_resolve(paper: Path, link: str) -> None:
    url = urlsplit(link)
    target = (paper.parent / unquote(url.path)).resolve() if url.path else paper
    assert target.exists()
    if url.fragment:
        assert url.fragment in anchors(target)


def test_the_app_on_the_readme_s_first_screen_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (example,) = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
    made: dict[str, Any] = {}
    exec(example, made)

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(made["app"])
        async with httpx.AsyncClient(transport=transport, base_url="http://shop.example") as client:
            return await client.get("/")

    assert asyncio.run(ask()).text == "granted: necessary"
