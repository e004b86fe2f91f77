"""The one table, its totals, and the same as JSON."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from tests.leaks.catalogue import INERT, KNOWN
from tests.leaks.phases import Verdicts
from tests.leaks.vector import Vector


def table(vectors: Sequence[Vector], phases: dict[str, Verdicts]) -> str:
    """Return a line for each vector and a cell for each phase, then the totals."""
    width = max(len(vector.id) for vector in vectors) + 2
    lines = [_row("vector", width, "category", phases)]
    for vector in vectors:
        cells = [str(found[vector.id]) if vector.id in found else "-" for found in phases.values()]
        mark = "  (inert)" if vector.id in INERT else ""
        lines.append(_row(vector.id, width, vector.category, cells) + mark)
    return "\n".join([*lines, "", *totals(vectors, phases)])


def totals(vectors: Sequence[Vector], phases: dict[str, Verdicts]) -> list[str]:
    """Return what leaked and broke in each family and phase, of how many; inert vectors are left out."""
    counted = [vector for vector in vectors if vector.id not in INERT]
    families = sorted({vector.family for vector in counted})
    lines = [_row("family", 12, "vectors", phases, cell=24)]
    for family in [*families, "all"]:
        members = [vector for vector in counted if family in (vector.family, "all")]
        cells = [_total(members, found) for found in phases.values()]
        lines.append(_row(family, 12, str(len(members)), cells, cell=24))
    left_out = [vector.id for vector in vectors if vector.id in INERT]
    if left_out:
        lines += ["", "Inert in this browser, left out: " + " ".join(left_out)]
    lines += [f"Known: {vector.id}: {KNOWN[vector.id]}" for vector in vectors if vector.id in KNOWN]
    return lines


def failures(vectors: Sequence[Vector], phases: dict[str, Verdicts]) -> int:
    """Return how many cells are leaks or broken that are not known to be."""
    counted = {vector.id for vector in vectors} - INERT - KNOWN.keys()
    return sum(
        verdict.outcome != "ok"
        for found in phases.values()
        for name, verdict in found.items()
        if name in counted
    )


def save(path: Path, vectors: Sequence[Vector], phases: dict[str, Verdicts]) -> None:
    """Write every verdict with its evidence."""
    path.write_text(
        json.dumps(
            {
                phase: {
                    vector.id: [str(found[vector.id]), *found[vector.id].seen]
                    for vector in vectors
                    if vector.id in found
                }
                for phase, found in phases.items()
            },
            indent=1,
        )
        + "\n"
    )


def _total(members: Iterable[Vector], found: Verdicts) -> str:
    verdicts = [found[vector.id] for vector in members if vector.id in found]
    count = Counter(verdict.outcome for verdict in verdicts)
    momentary = sum(str(verdict) == "LEAK~" for verdict in verdicts)
    note = f" ({momentary}~)" if momentary else ""
    return f"{count['LEAK']} leak{note}, {count['BROKEN']} broken"


def _row(name: str, width: int, second: str, cells: Iterable[str], cell: int = 11) -> str:
    return f"{name:<{width}}{second:<15}" + "".join(f"{text:<{cell}}" for text in cells).rstrip()
