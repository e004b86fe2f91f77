"""Documentation sites, built from this project's own pages and docstrings."""

from pathlib import Path

from tests.pages.workshop import Workshop

DOCS = Path(__file__).parents[3] / "docs"

MKDOCS = """
site_name: Assent
docs_dir: {docs}
site_dir: {out}
use_directory_urls: false
nav: [architecture.md, configuration.md, deployment.md, measurements.md, middleware.md]
extra_javascript: ["https://chat.example/widget.js"]
theme:
  name: material
  features: [navigation.instant, navigation.tabs, search.highlight, search.suggest, content.code.copy]
  palette:
    - {{scheme: default, toggle: {{icon: material/weather-sunny, name: Dark}}}}
    - {{scheme: slate, toggle: {{icon: material/weather-night, name: Light}}}}
plugins: [search]
markdown_extensions: [admonition, attr_list, tables, toc, pymdownx.highlight, pymdownx.superfences]
"""

SPHINX = """
project = "Assent"
extensions = ["sphinx.ext.autodoc", "sphinx.ext.viewcode", "sphinx.ext.mathjax"]
html_theme = "{theme}"
"""
INDEX = """
Assent
======

.. toctree::
   :maxdepth: 2

   core
   asgi

The guard tries :math:`n + 1` patterns for a name of :math:`n` characters.
"""
MODULES = {
    "core": ("markup", "parking", "rules", "choice", "cookies"),
    "asgi": ("middleware", "visit", "document"),
}


def material(workshop: Workshop, folder: Path) -> str:
    """MkDocs with Material: navigation by fetch, search in a worker, fonts and a chat from elsewhere."""
    out = folder / "out"
    (folder / "mkdocs.yml").write_text(MKDOCS.format(docs=DOCS, out=out))
    workshop.python("-m", "mkdocs", "build", "--quiet", cwd=folder)
    return workshop.serve_files({"": out})


def furo(workshop: Workshop, folder: Path) -> str:
    """Sphinx with Furo: a theme that a script sets before the first paint, mathematics from a CDN."""
    return _sphinx(workshop, folder, "furo")


def read_the_docs(workshop: Workshop, folder: Path) -> str:
    """Sphinx with the theme of Read the Docs: jQuery, and a search index that is a script."""
    return _sphinx(workshop, folder, "sphinx_rtd_theme")


def _sphinx(workshop: Workshop, folder: Path, theme: str) -> str:
    (folder / "conf.py").write_text(SPHINX.format(theme=theme))
    (folder / "index.rst").write_text(INDEX)
    for room, modules in MODULES.items():
        parts = [f".. automodule:: assent.{room}.{module}\n   :members:\n" for module in modules]
        (folder / f"{room}.rst").write_text("\n".join([room, "=" * len(room), "", *parts]))
    workshop.python("-m", "sphinx", "-q", "-b", "html", ".", "out", cwd=folder)
    return workshop.serve_files({"": folder / "out"})
