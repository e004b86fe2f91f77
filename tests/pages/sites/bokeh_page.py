"""Writes inline.html and cdn.html into the current folder: tabs with a plot, a slider and a table."""

from pathlib import Path

from bokeh.embed import file_html
from bokeh.layouts import column
from bokeh.models import ColumnDataSource, CustomJS, DataTable, Slider, TableColumn, TabPanel, Tabs
from bokeh.plotting import figure
from bokeh.resources import CDN, INLINE

source = ColumnDataSource({"x": list(range(60)), "y": [number * number % 37 for number in range(60)]})
plot = figure(width=600, height=300, title="Remainders")
plot.line("x", "y", source=source)
plot.scatter("x", "y", size=8, source=source)
slider = Slider(start=1, end=9, value=3, title="Power")
code = "plot.title.text = 'Power ' + cb_obj.value; source.change.emit()"
slider.js_on_change("value", CustomJS(args={"source": source, "plot": plot}, code=code))
columns = [TableColumn(field=name, title=name) for name in ("x", "y")]
table = DataTable(source=source, columns=columns, width=500, height=280)
tabs = Tabs(tabs=[TabPanel(child=column(slider, plot), title="Plot"), TabPanel(child=table, title="Table")])
for name, resources in {"inline": INLINE, "cdn": CDN}.items():
    Path(f"{name}.html").write_text(file_html(tabs, resources, "Bokeh"))
