"""Finds the templates and static files, in an installed package as in a checkout."""

from pathlib import Path
from typing import Literal

from assent.errors import ConfigError

Name = Literal["templates", "static"]


def directory(name: Name) -> Path:
    """Return the folder that holds the templates or the static files; ConfigError when it is missing."""
    package = Path(__file__).parent
    # A wheel carries the folders inside the package; in a checkout they stand beside app/.
    for place in (package / name, package.parents[1] / name):
        if place.is_dir():
            return place
    raise ConfigError(
        f"{name}/ is missing, both in {package} and in {package.parents[1]}: the installation is incomplete. "
        "Install Assent anew."
    )
