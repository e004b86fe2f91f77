"""A theme that takes from one choice what it gives the other is refused for what it does."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Browser

from assent.config import Settings, load
from assent.resources import directory
from assent.scan.drawn import USUAL, drawn, judged, plain, shipped
from assent.scan.eye import Eye
from assent.scan.presses import PRESSES, Press, pressed
from assent.scan.stage import Stage, staged
from tests.browser.conftest import executable
from tests.scan.hostile import FAIR, STYLES, WORDS, Change, Hostile
from tests.scan.hostile_templates import ACCEPT, REJECT, TEMPLATES

pytestmark = pytest.mark.anyio

CLASSES = tuple(
    (name, f'<button class="assent-button" {which}', f'<button class="assent-button {added}" {which}')
    for name in ("insertion.html", "_dialog.html")
    for which, added in ((REJECT, "no"), (ACCEPT, "yes"))
)


def sheet(css: str) -> str:
    """Return rules as specific as those that ship; keyframes stand beside them."""
    frames = re.findall(r"@keyframes.*?} }", css)
    return f"{' '.join(frames)} #assent {{ {re.sub(r'@keyframes.*?} }', '', css)} }}"


def settings(
    where: Path, css: str = "", changes: tuple[Change, ...] = (), words: str = "", layout: str = "bar"
) -> Settings:
    """Return settings with an owner's files."""
    for name, old, new in (*CLASSES, *changes):
        file = where / "templates" / name
        text = (file if file.exists() else directory("templates") / name).read_text("utf-8")
        assert old in text, old
        file.parent.mkdir(exist_ok=True)
        file.write_text(text.replace(old, new), "utf-8")
    (where / "own.css").write_text(css)
    (where / "words").mkdir()
    if words:
        (where / "words" / "en.po").write_text(
            'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
            f'msgid "Reject All"\nmsgstr "{words}"\n',
            "utf-8",
        )
    return load(
        environ={},
        data_dir=where / "data",
        site={"languages": ["en"], "translations": where / "words"},
        theme={
            "scheme": "light",
            "layout": layout,
            "stylesheet": where / "own.css",
            "templates": where / "templates",
        },
    )


@asynccontextmanager
async def stages(made: Settings, browser: Browser) -> AsyncIterator[tuple[Stage, Stage]]:
    async with staged(made, browser) as stage, staged(plain(made), browser) as ours:
        yield stage, ours


@pytest.mark.parametrize(
    "hostile",
    [
        pytest.param(one, id=one.name, marks=() if one.quick else pytest.mark.long)
        for one in (*STYLES, *TEMPLATES, *WORDS)
    ],
)
async def test_a_theme_that_takes_a_choice_away_is_refused(
    hostile: Hostile, tmp_path: Path, browser: Browser
) -> None:
    made = settings(tmp_path, sheet(hostile.css), hostile.changes, hostile.words)
    async with stages(made, browser) as (stage, ours):
        if isinstance(hostile.at, Press):
            look = "en", "light", USUAL
            async with stage.page(look) as page:
                known = await shipped(ours, await Eye.on(page), "en")
            told = await pressed(stage, look, known, hostile.at)
        else:
            told = await judged(stage, ours, ("en", "light", hostile.at), deep=True)
    assert any(hostile.said in one for one in told), told


@pytest.mark.parametrize(
    "css", [pytest.param(one, marks=pytest.mark.long if at else ()) for at, one in enumerate(FAIR)]
)
async def test_a_theme_that_only_looks_otherwise_passes(css: str, tmp_path: Path, browser: Browser) -> None:
    async with stages(settings(tmp_path, css), browser) as (stage, ours):
        assert await judged(stage, ours, ("en", "light", USUAL), deep=True) == []


@pytest.mark.long
@pytest.mark.parametrize("layout", ["bar", "box", "centre"])
async def test_what_ships_passes_in_every_way(layout: str, tmp_path: Path) -> None:
    steps: list[int] = []
    made = settings(tmp_path, FAIR[0], layout=layout)
    assert await drawn(made, Path(executable()), steps.append) == []
    assert len(steps) == 6 + len(PRESSES)
