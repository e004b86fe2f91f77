"""A dashboard: ``python dash_app.py PORT``."""

import sys

import plotly.graph_objects as go
from dash import Dash, Input, Output, dash_table, dcc, html

app = Dash("dash_app", title="Remainders")
rows = [{"name": f"n{number}", "value": number * number % 17} for number in range(40)]
app.layout = html.Div(
    [
        html.H1("Remainders"),
        dcc.Dropdown(["line", "bar"], "line", id="kind", persistence=True),
        dcc.Slider(1, 9, 1, value=3, id="power"),
        dcc.Graph(id="graph"),
        dcc.Store(id="store", storage_type="local", data=1),
        dash_table.DataTable(rows, page_size=8, id="table", sort_action="native"),
        dcc.Markdown("Some **markdown** with `code`."),
    ]
)


@app.callback(Output("graph", "figure"), Input("kind", "value"), Input("power", "value"))  # type: ignore[untyped-decorator,unused-ignore]
def draw(kind: str, power: int) -> go.Figure:
    x = list(range(20))
    y = [number**power % 23 for number in x]
    return go.Figure(go.Bar(x=x, y=y) if kind == "bar" else go.Scatter(x=x, y=y))


if __name__ == "__main__":
    app.run(host="127.0.0.1", port=int(sys.argv[1]), debug=False)
