"""Whether an operator's own templates can be rendered, told at start rather than to a visitor."""

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from jinja2 import TemplateError, TemplateSyntaxError

from assent.errors import ConfigError
from assent.web.dialog import UNASKED, Dialog


def prove(dialog: Dialog, own: Path) -> None:
    """Compile the templates in the folder ``own``, and render the dialog's pages once; raises ConfigError."""
    with blamed(own):
        for file in sorted(own.glob("*.html")):
            dialog.environment.get_template(file.name)
        dialog.page(UNASKED, return_to="/")
        dialog.fragment(UNASKED, return_to="/")
        dialog.message("", "", return_to="/")
        dialog.declaration_page()


@contextmanager
def blamed(own: Path | None) -> Iterator[None]:
    """Turn an error of a template of the operator's into a ConfigError that names its file and line."""
    try:
        yield
    except TemplateError as error:
        file, line = _place(error)
        if own is None or Path(file).parent != own:
            raise
        raise ConfigError(f"theme.templates: {file}, line {line}: {error.message}") from error


def _place(error: TemplateError) -> tuple[str, int]:
    if isinstance(error, TemplateSyntaxError):
        return error.filename or "", error.lineno
    # Jinja puts the lines of templates where those of its own code were; what it calls itself stands below.
    frames = [each for each in traceback.extract_tb(error.__traceback__) if each.filename.endswith(".html")]
    return (frames[-1].filename, frames[-1].lineno or 0) if frames else ("", 0)
