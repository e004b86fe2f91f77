"""Where settings come from: arguments before environment before file, merged key by key."""

import os
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from assent.config.environment import FILE_VARIABLE, Environment
from assent.config.problems import Origin, Place, explain
from assent.config.settings import Settings
from assent.errors import ConfigError

FILE = "assent.toml"
"""Read from the working directory when no other file is named."""


def load(
    config: str | Path | None = None, environ: Mapping[str, str] = os.environ, **overrides: Any
) -> Settings:
    """Return the settings in force: ``overrides``, then ``environ``, then the file, then the defaults.

    ``config`` names the file, else ``ASSENT_CONFIG`` does, else ``assent.toml`` is read if it is there.
    Overrides of one table are given as a mapping: ``load(gateway={"upstream": "http://127.0.0.1:9000"})``.
    Raises ConfigError with every mistake of all sources at once.
    """
    problems: list[str] = []
    path = file_in_force(config, environ)
    from_file = _read(path, problems) if path else {}
    environment = Environment(environ)
    problems += environment.problems
    origins = environment.origins | {place: f"argument {'.'.join(place)}" for place in _leaves(overrides)}

    tree = _merged(_merged(from_file, environment.tree), overrides)
    try:
        settings = Settings.model_validate(tree)
    except ValidationError as error:
        problems += explain(error, tree, lambda place: _origin(place, origins, path))
        raise ConfigError(*problems) from None
    if problems:
        raise ConfigError(*problems)
    return settings


def file_in_force(config: str | Path | None, environ: Mapping[str, str] = os.environ) -> Path | None:
    """Return the file that ``load`` reads when given the same; None when there is none to read."""
    named = config or environ.get(FILE_VARIABLE)
    if named:
        return Path(named)
    return Path(FILE) if Path(FILE).exists() else None


def _read(path: Path, problems: list[str]) -> dict[str, Any]:
    try:
        # Some editors put a byte order mark first, which TOML does not allow.
        return tomllib.loads(path.read_text("utf-8-sig"))
    except tomllib.TOMLDecodeError as error:
        problems.append(f"{path}: no valid TOML: {error}")
    except UnicodeDecodeError as error:
        problems.append(f"{path}: not UTF-8 at byte {error.start + 1}; save the file as UTF-8")
    except OSError as error:
        problems.append(f"{path}: cannot be read: {error.strerror}; name a file that exists and is readable")
    return {}


def _merged(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Merge tables key by key; a list replaces a list."""
    result = dict(under)
    for key, value in over.items():
        below = result.get(key)
        if isinstance(below, Mapping) and isinstance(value, Mapping):
            value = _merged(below, value)
        result[key] = value
    return result


def _leaves(tree: Mapping[str, Any], place: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for key, value in tree.items():
        if isinstance(value, Mapping):
            yield from _leaves(value, (*place, key))
        else:
            yield (*place, key)


def _origin(place: Place, origins: Mapping[Place, str], path: Path | None) -> Origin:
    for length in range(len(place), 0, -1):
        if place[:length] in origins:
            return Origin(origins[place[:length]], names_key=True)
    # A mistake between two keys is told of their table; what overrides the file is the likelier culprit.
    below = [name for other, name in origins.items() if other[: len(place)] == place]
    if below:
        return Origin(" and ".join(below), names_key=True)
    return Origin(str(path or "settings"), names_key=False)
