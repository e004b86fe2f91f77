"""Pages that come out of data science: plots, dashboards and notebooks."""

from importlib.util import find_spec
from pathlib import Path

from tests.pages.workshop import Workshop


def bokeh(workshop: Workshop, folder: Path) -> str:
    """Bokeh: a page of megabytes that holds all of its scripts, and one that has them from a CDN."""
    package = find_spec("bokeh")
    assert package is not None
    assert package.origin is not None
    workshop.mirror.folders["/bokeh/release/"] = Path(package.origin).parent / "server/static/js"
    workshop.python("bokeh_page.py", cwd=folder)
    return workshop.serve_files({"": folder})


def bokeh_server(workshop: Workshop, folder: Path) -> str:
    """The same as an application: scripts of its own server, and a WebSocket."""
    app = str(Path(__file__).with_name("bokeh_server.py"))
    serve = ("-m", "bokeh", "serve", app, "--allow-websocket-origin=*", "--log-level=error", "--port")
    return workshop.serve(*serve, cwd=folder)


def dash(workshop: Workshop, folder: Path) -> str:
    """Dash: React, Plotly, and callbacks to the server."""
    return workshop.serve("dash_app.py", cwd=folder)


def notebook(workshop: Workshop, folder: Path) -> str:
    """A notebook as nbconvert prints it, with maps of folium, each in a frame by srcdoc."""
    workshop.node_modules()
    workshop.python("notebook_page.py", cwd=folder)
    return workshop.serve_files({"": folder})


def jupyterlite(workshop: Workshop, folder: Path) -> str:
    """JupyterLite: JupyterLab with a service worker in place of a server."""
    build = ("--lite-dir", str(folder), "--output-dir", str(folder / "out"))
    workshop.python("-m", "jupyter", "lite", "build", *build, cwd=folder)
    return workshop.serve_files({"": folder / "out"})
