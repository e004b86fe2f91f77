"""Templates of an operator's that cannot be rendered are refused at start, with their place."""

from pathlib import Path

import pytest
from starlette.responses import HTMLResponse

from assent import ConsentMiddleware, Settings
from assent.errors import ConfigError
from assent.resources import directory


def mounted(tmp_path: Path, **templates: str) -> ConsentMiddleware:
    own = tmp_path / "own"
    own.mkdir()
    for name, text in templates.items():
        (own / f"{name}.html").write_text(text)
    values = {"data_dir": tmp_path / "data", "theme": {"templates": own}}
    return ConsentMiddleware(HTMLResponse("<p>"), settings=Settings.model_validate(values))


@pytest.mark.parametrize(
    ("name", "text", "line", "why"),
    [
        ("insertion", "<p>\n{% if %}", 2, "Expected an expression"),
        ("insertion", "<p>\n\n{{ nothing.there }}", 3, "'nothing' is undefined"),
        ("insertion", "{{ frame.nothing }}", 1, "has no attribute 'nothing'"),
        ("_dialog", "\n{{ nothing }}", 2, "'nothing' is undefined"),
        ("declaration", "{{ frame.nothing }}", 1, "has no attribute 'nothing'"),
        ("message", "{% include 'nowhere.html' %}", 1, "nowhere.html"),
        ("receipt", "{% block %}", 1, "expected"),
    ],
)
def test_a_template_that_is_wrong_is_named_with_its_line(
    tmp_path: Path, name: str, text: str, line: int, why: str
) -> None:
    with pytest.raises(ConfigError) as told:
        mounted(tmp_path, **{name: text})
    (problem,) = told.value.problems
    assert problem.startswith(f"theme.templates: {tmp_path / 'own' / name}.html, line {line}: ")
    assert why.lower() in problem.lower()


@pytest.mark.anyio
async def test_templates_that_are_copies_are_right(tmp_path: Path) -> None:
    copies = {path.stem: path.read_text() for path in directory("templates").glob("*.html")}
    await mounted(tmp_path, **copies).close()
