"""What ``assent inventory set`` declared: a file in ``data_dir``, in the form of the configuration file."""

import json
import tomllib
from pathlib import Path
from typing import Any, Literal

from pydantic import ValidationError

from assent.config.problems import Origin, explain
from assent.config.settings import CookieEntry, HostEntry, PathEntry, Settings, StorageEntry
from assent.config.table import Table
from assent.errors import ConfigError

FILE = "inventory.toml"
"""Its name in ``data_dir``."""

Name = Literal["cookies", "storage", "hosts", "paths"]

KEYS: dict[Name, str] = {"cookies": "name", "storage": "key", "hosts": "host", "paths": "path"}
"""Under which key the entries of each list have what they are about."""

_FIRST = "# Written by `assent inventory set`; what assent.toml declares counts before it.\n"


class Inventory(Table):
    """The lists of what an operator declares."""

    cookies: tuple[CookieEntry, ...] = ()
    storage: tuple[StorageEntry, ...] = ()
    hosts: tuple[HostEntry, ...] = ()
    paths: tuple[PathEntry, ...] = ()


def declared(settings: Settings) -> Inventory:
    """Return all that the operator declared: the settings' own first, then what was set; ConfigError."""
    was_set = read(settings.data_dir)
    return was_set.model_copy(
        update={
            name: _joined(getattr(settings, name), getattr(was_set, name), key) for name, key in KEYS.items()
        }
    )


def read(folder: Path) -> Inventory:
    """Return what was set in this ``data_dir``; ConfigError names every mistake."""
    path = folder / FILE
    try:
        tree = tomllib.loads(path.read_text("utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return Inventory()
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read: {error}") from error
    return _valid(tree, str(path))


def put(folder: Path, name: Name, entry: dict[str, str]) -> Inventory:
    """Declare one entry, in the place of an earlier one about the same; ConfigError when it is none."""
    key = KEYS[name]
    found = _valid({name: [entry]}, "assent inventory set")
    was_set = read(folder)
    others = tuple(one for one in getattr(was_set, name) if getattr(one, key) != entry[key])
    now = was_set.model_copy(update={name: (*others, *getattr(found, name))})
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / FILE
    new = path.with_suffix(".new")
    new.write_text(_FIRST + text(now), "utf-8")
    # A server that starts meanwhile reads the one or the other.
    new.replace(path)
    return now


def text(inventory: Inventory) -> str:
    """Return the lists as TOML, ready to paste into a configuration file."""
    return "".join(
        f"\n[[{name}]]\n"
        + "".join(f"{key} = {quoted(value)}\n" for key, value in dict(entry).items() if value)
        for name in KEYS
        for entry in getattr(inventory, name)
    )


def _joined(first: tuple[Any, ...], then: tuple[Any, ...], key: str) -> tuple[Any, ...]:
    there = {getattr(entry, key) for entry in first}
    return (*first, *(entry for entry in then if getattr(entry, key) not in there))


def _valid(tree: dict[str, Any], where: str) -> Inventory:
    try:
        return Inventory.model_validate(tree)
    except ValidationError as error:
        raise ConfigError(*explain(error, tree, lambda _: Origin(where, names_key=False))) from None


def quoted(value: str) -> str:
    """Return a text as a string of TOML."""
    # A string of JSON is a basic string of TOML; control characters are in no entry.
    return json.dumps(value, ensure_ascii=False)
