"""The Jinja environment, and moulds: markup rendered at start whose open places are filled per request."""

import html
import re

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from assent.resources import directory
from assent.web.return_to import local_path

_BETWEEN_TAGS = re.compile(r">\s*\n\s*<")
_SLOT = re.compile(r"\0(\w+)\0")


def environment() -> Environment:
    """Return the environment of Assent's own templates: everything is escaped, nothing may be undefined."""
    env = Environment(
        loader=FileSystemLoader(directory("templates")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    env.filters["local"] = local_path
    return env


def ascii_html(text: str) -> bytes:
    """Return escaped text as ASCII, which reads the same whatever encoding the page around it has."""
    return html.escape(text).encode("ascii", "xmlcharrefreplace")


def slot(name: str) -> Markup:
    """Return the mark that leaves a place open for Mould.fill."""
    return Markup(f"\0{name}\0")  # noqa: S704 - the names are literals of this package


class Mould:
    """A rendered piece of markup in ASCII; filling its slots costs a copy and a join."""

    def __init__(self, rendered: str) -> None:
        pieces = _SLOT.split(_BETWEEN_TAGS.sub("><", rendered.strip()))
        self._pieces = [piece.encode("ascii", "xmlcharrefreplace") for piece in pieces]
        # re.split puts what the group caught at the odd places.
        self._slots = [(place, pieces[place]) for place in range(1, len(pieces), 2)]

    def fill(self, values: dict[str, bytes]) -> bytes:
        """Return the markup with every slot filled; the values are escaped already."""
        pieces = self._pieces.copy()
        for place, name in self._slots:
            pieces[place] = values[name]
        return b"".join(pieces)
