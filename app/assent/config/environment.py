"""Settings from environment variables: ``ASSENT_`` and the path of the key, joined by two underscores."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, get_origin

from assent.config.problems import Place, keys_of, nearest
from assent.config.settings import Settings

PREFIX = "ASSENT_"
FILE_VARIABLE = "ASSENT_CONFIG"
SHORT: Mapping[str, str] = {"ASSENT_UPSTREAM": "ASSENT_GATEWAY__UPSTREAM"}
NOT_SETTINGS = (FILE_VARIABLE, "ASSENT_BROWSER", "ASSENT_TEST_")
"""Variables, or beginnings of them, that are read for other purposes."""


class Environment:
    """The settings of the environment as a tree, the variable that each came from, and the mistakes found."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.tree: dict[str, Any] = {}
        self.origins: dict[Place, str] = {}
        self.problems: list[str] = []
        known = variables()
        for name, value in sorted(environ.items()):
            # An empty variable is how compose files and shells write "not set".
            if not _is_ours(name) or not value:
                continue
            full = SHORT.get(name, name)
            if full in known:
                self._put(name, full, value, environ)
            elif _is_meant(full):
                self.problems.append(f"{name}: {_no_variable(full, known)}")

    def _put(self, name: str, full: str, value: str, environ: Mapping[str, str]) -> None:
        if name != full and environ.get(full) not in (None, "", value):
            self.problems.append(f"{name}: differs from {full}, which sets the same; keep one of them")
            return
        place = place_of(full)
        table = self.tree
        for step in place[:-1]:
            table = table.setdefault(step, {})
        table[place[-1]] = self._decoded(name, place, value) if _is_list(place) else value
        self.origins[place] = name

    def _decoded(self, name: str, place: tuple[str, ...], value: str) -> list[Any]:
        try:
            decoded = json.loads(value)
        except ValueError:
            decoded = None
        if isinstance(decoded, list):
            return decoded
        example = '[{"...": "..."}]' if keys_of(place) else '["a", "b"]'
        self.problems.append(f"{name}: must be a JSON list, such as {example}")
        return []


def variables() -> list[str]:
    """Return the environment variable of each setting; a list of tables is one variable."""
    names = []
    for key in Settings.model_fields:
        inner = [] if _is_list((key,)) else keys_of((key,))
        names += [f"{PREFIX}{key}__{name}".upper() for name in inner] or [f"{PREFIX}{key}".upper()]
    return names


def strangers(environ: Mapping[str, str]) -> Iterator[tuple[str, str | None]]:
    """Yield each ASSENT_ variable that is no setting, with the setting that was probably meant.

    They are no mistakes: a container platform that runs a service called "assent" makes up such names.
    """
    known = [*SHORT, *variables()]
    for name in sorted(environ):
        if _is_ours(name) and name not in SHORT and not _is_meant(name):
            yield name, nearest(name, known, likeness=0.9)


def place_of(variable: str) -> tuple[str, ...]:
    """Return the path of keys that a variable spells."""
    return tuple(variable.removeprefix(PREFIX).lower().split("__"))


def _is_ours(name: str) -> bool:
    return name.startswith(PREFIX) and not name.startswith(NOT_SETTINGS)


def _is_meant(name: str) -> bool:
    """Tell whether a variable can only be a setting: platforms make up no names with two underscores."""
    return "__" in name.removeprefix(PREFIX) or place_of(name)[0] in Settings.model_fields


def _no_variable(name: str, known: list[str]) -> str:
    section = place_of(name)[0]
    if section in Settings.model_fields and _is_list((section,)):
        return f"unknown setting; write the whole list as JSON in {PREFIX}{section.upper()}"
    inside = [variable for variable in known if place_of(variable)[0] == section] or known
    meant = nearest(name, inside)
    return (
        f"unknown setting; did you mean {meant}?" if meant else f"unknown setting; known: {', '.join(inside)}"
    )


def _is_list(place: tuple[str, ...]) -> bool:
    table: Any = Settings
    for step in place:
        table = table.model_fields[step].annotation
    return get_origin(table) is tuple
