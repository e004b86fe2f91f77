"""`make leaks`: run the vectors through the phases, print the table, fail when anything leaks or breaks."""

import argparse
import sys
import tempfile
from pathlib import Path

from tests.leaks import report
from tests.leaks.catalogue import INERT, chosen
from tests.leaks.phases import RUNS, Verdicts
from tests.leaks.runs import runs_of
from tests.leaks.vector import Effect, Vector


def main() -> int:
    """Return 1 when something leaks or is broken, else 0."""
    parser = argparse.ArgumentParser(prog="make leaks", description=__doc__)
    parser.add_argument("part", nargs="?", default="", help="beginnings of vectors' ids, as in js.,tp.image")
    parser.add_argument("--base", action="store_true", help="without Assent: which vectors work at all")
    parser.add_argument("--phase", action="append", help="one run of phases; may be given again")
    parser.add_argument("--json", type=Path, default=Path(tempfile.gettempdir()) / "assent-leaks.json")
    options = parser.parse_args()
    vectors = chosen(options.part)
    if not vectors:
        parser.error(f"no vector's id begins with {options.part!r}")
    unknown = set(options.phase or ()) - set(RUNS)
    if unknown:
        parser.error(f"there is no run named {', '.join(unknown)}; there are {', '.join(RUNS)}")
    runs = ["none"] if options.base else options.phase or [name for name in RUNS if name != "none"]
    found = runs_of([vector.id for vector in vectors], runs)
    print(report.table(vectors, found))
    report.save(options.json, vectors, found)
    print(f"\nEvidence: {options.json}")
    if options.base:
        return _base(vectors, found["none"])
    return 1 if report.failures(vectors, found) else 0


def _base(vectors: list[Vector], found: Verdicts) -> int:
    """Compare what had no effect without Assent with the list of those known for it."""
    inert = {vector.id for vector in vectors if found[vector.id].outcome == "BROKEN"}
    inert -= {vector.id for vector in vectors if vector.effect is Effect.BANNER}
    listed = {vector.id for vector in vectors} & INERT
    print("\nWithout effect, but not listed as inert:", " ".join(sorted(inert - listed)) or "none")
    print("Listed as inert, but with effect:", " ".join(sorted(listed - inert)) or "none")
    return 1 if inert != listed else 0


if __name__ == "__main__":
    sys.exit(main())
