"""A document that lives in a Bokeh server: what is clicked goes there and comes back over a WebSocket."""

from bokeh.io import curdoc
from bokeh.layouts import column
from bokeh.models import Button, ColumnDataSource, Div
from bokeh.plotting import figure

said = Div(text="0 clicks")
button = Button(label="Count")
source = ColumnDataSource({"x": [1, 2, 3], "y": [3, 1, 2]})
plot = figure(width=400, height=200, title="Clicks")
plot.line("x", "y", source=source)


def count() -> None:
    clicks = int(said.text.split()[0]) + 1
    said.text = f"{clicks} clicks"
    source.stream({"x": [3 + clicks], "y": [clicks]})


button.on_click(count)
curdoc().add_root(column(said, button, plot))
