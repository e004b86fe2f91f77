"""Finds templates, static files and translations, in an installed package as in a checkout."""

from pathlib import Path
from typing import Literal

from assent.errors import ConfigError

Name = Literal["templates", "static", "locales"]


def directory(name: Name) -> Path:
    """Return one of the folders that come with the package; ConfigError when it is missing."""
    package = Path(__file__).parent
    # A wheel carries the folders inside the package; in a checkout they stand beside app/.
    for place in (package / name, package.parents[1] / name):
        if place.is_dir():
            return place
    raise ConfigError(
        f"{name}/ is missing, both in {package} and in {package.parents[1]}: the installation is incomplete. "
        "Install Assent anew."
    )
