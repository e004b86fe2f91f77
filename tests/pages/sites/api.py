"""The pages by which FastAPI shows an API."""

from pathlib import Path

from tests.pages.workshop import Workshop


def fastapi_docs(workshop: Workshop, folder: Path) -> str:
    """Swagger UI, a React app, and ReDoc, which searches in a worker made from a blob."""
    return workshop.serve("fastapi_app.py", cwd=folder)
