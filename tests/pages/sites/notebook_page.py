"""Writes notebook.html into the current folder: words, mathematics, code, an SVG and two maps."""

from pathlib import Path

import folium
import nbformat.v4 as notebooks
from nbconvert import HTMLExporter

SVG = '<svg xmlns="http://www.w3.org/2000/svg"><circle cx="20" cy="20" r="15" fill="teal"/></svg>'


def drawn(place: tuple[float, float]) -> str:
    world = folium.Map(location=place, zoom_start=5, tiles=None)
    folium.Marker(place, tooltip="Here").add_to(world)
    return str(world._repr_html_())


def cell(source: str, **data: str) -> object:
    kinds = {"html": "text/html", "svg": "image/svg+xml"}
    shown = {kinds[kind]: text for kind, text in data.items()}
    return notebooks.new_code_cell(source, outputs=[notebooks.new_output("display_data", data=shown)])


book = notebooks.new_notebook(
    cells=[
        notebooks.new_markdown_cell("# Teas\n\nWhere they grow, and $a^2 + b^2 = c^2$."),
        cell("assam", html=drawn((26.2, 92.9))),
        cell("drawing", svg=SVG),
        cell("uji", html=drawn((34.9, 135.8))),
        notebooks.new_markdown_cell("| tea | price |\n|---|---|\n| Assam | 7 |"),
    ]
)
Path("notebook.html").write_text(HTMLExporter().from_notebook_node(book)[0])
