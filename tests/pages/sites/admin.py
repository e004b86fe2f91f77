"""Admin sites of Django, in different dress; the database is filled before the server starts."""

from pathlib import Path

from tests.pages.workshop import Workshop

SCRIPT = "django_admin.py"


def plain_admin(workshop: Workshop, folder: Path) -> str:
    """Django's own admin under a strict Content-Security-Policy."""
    return _serve(workshop, folder, "plain")


def unfold(workshop: Workshop, folder: Path) -> str:
    """django-unfold: Alpine.js and htmx."""
    return _serve(workshop, folder, "unfold")


def jazzmin(workshop: Workshop, folder: Path) -> str:
    """django-jazzmin: AdminLTE, Bootstrap, jQuery and select2."""
    return _serve(workshop, folder, "jazzmin")


def wagtail(workshop: Workshop, folder: Path) -> str:
    """Wagtail's editor: React, Stimulus, an SVG sprite that is fetched, a preview in a frame."""
    return _serve(workshop, folder, "wagtail")


def _serve(workshop: Workshop, folder: Path, dress: str) -> str:
    workshop.python(SCRIPT, dress, "prepare", cwd=folder)
    return workshop.serve(SCRIPT, dress, cwd=folder)
