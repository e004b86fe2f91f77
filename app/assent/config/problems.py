"""How a mistake in the settings is told: where it stands, what is wrong and what would be right."""

import difflib
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from assent.config.settings import Settings
from assent.core.categories import Category

Place = tuple[str | int, ...]
Tree = Mapping[str, Any]

_TEXTS: Mapping[str, str] = {
    "missing": "is missing",
    "string_type": 'must be text, in quotes: "..."',
    "path_type": 'must be a path, in quotes: "..."',
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "tuple_type": 'must be a list, such as ["a", "b"]',
    "model_type": "must be a table of keys and values",
}


class Origin(NamedTuple):
    """The file, variable or argument that a setting came from; ``names_key`` when it tells the key too."""

    label: str
    names_key: bool


def explain(error: ValidationError, tree: Tree, origin: Callable[[Place], Origin]) -> list[str]:
    """Return one line for each mistake in the tree; ``origin`` tells where a place of it came from."""
    lines = []
    for detail in error.errors(include_url=False):
        label, names_key = origin(detail["loc"])
        spelled = _spell(detail["loc"], tree)
        where = label + "".join(spelled.partition(" no. ")[1:]) if names_key else f"{label}: {spelled}"
        lines.append(f"{where}: {_wrong(detail)}")
    return lines


def nearest(word: str, known: Sequence[str], likeness: float = 0.7) -> str | None:
    """Return the known word that was probably meant; ``likeness`` runs from 0 to 1, the same word."""
    found = difflib.get_close_matches(word, known, n=1, cutoff=likeness)
    return found[0] if found else None


def keys_of(place: Sequence[str | int]) -> list[str]:
    """Return the keys that a table of the configuration file may have; none when there is no such table."""
    table: Any = Settings
    for step in place:
        if isinstance(step, int):
            continue
        field = table.model_fields.get(step) if _is_table(table) else None
        if field is None:
            return []
        table = field.annotation
        if get_origin(table) is tuple:
            table = get_args(table)[0]
    return list(table.model_fields) if _is_table(table) else []


def _is_table(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _spell(place: Place, tree: Tree) -> str:
    spelled = ""
    here: Any = tree
    for step in place:
        if isinstance(step, int):
            here = here[step] if isinstance(here, list | tuple) and step < len(here) else None
            spelled += f" no. {step + 1}{_called(here)}"
        else:
            here = here.get(step) if isinstance(here, Mapping) else None
            spelled += f", {step}" if " no. " in spelled else f".{step}" if spelled else step
    return spelled


def _called(entry: object) -> str:
    if not isinstance(entry, Mapping):
        return ""
    names = (entry.get(key) for key in ("name", "key", "host", "path"))
    return next((f" ({name})" for name in names if isinstance(name, str)), "")


def _wrong(detail: ErrorDetails) -> str:
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == "value_error":
        return str(context["error"])
    if kind == "extra_forbidden":
        return _unknown(detail["loc"])
    if kind == "enum":
        return f"{_quoted(detail['input'])} is no category; write one of {', '.join(Category)}"
    if kind == "literal_error":
        return f"{_quoted(detail['input'])} is not known; write {context['expected']}"
    if kind in ("greater_than_equal", "less_than_equal"):
        return f"{detail['input']} is out of range; {detail['msg'].removeprefix('Input ')}"
    return _TEXTS.get(kind, detail["msg"])


def _unknown(place: Place) -> str:
    *table, key = place
    known = keys_of(table)
    meant = nearest(str(key), known)
    if meant:
        return f"unknown key; did you mean {meant}?"
    elsewhere = [f"{name}.{key}" for name in Settings.model_fields if key in keys_of((name,))]
    if elsewhere and not table:
        return f"unknown key; did you mean {' or '.join(elsewhere)}?"
    return f"unknown key; known here: {', '.join(known)}"


def _quoted(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else f"{value!r}"
