"""Runs: each with its own servers, browser and process, and two of them at a time."""

import asyncio
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from tests.leaks.catalogue import VECTORS
from tests.leaks.phases import GRANTED, RUNS, Run, Verdicts
from tests.leaks.stage import staged

AT_ONCE = 2
"""Runs at the same time: each has its own browser, servers and process, so none disturbs another."""


def one_run(ids: Sequence[str], name: str, phases: Sequence[str] = ()) -> dict[str, Verdicts]:
    """Return the verdicts of the phases of one run, on a stage of its own."""
    vectors = [vector for vector in VECTORS if vector.id in ids]
    with (
        tempfile.TemporaryDirectory(prefix="assent-leaks-", ignore_cleanup_errors=True) as folder,
        staged(vectors, Path(folder), bare=name == "none") as stage,
    ):
        began = time.monotonic()
        found = asyncio.run(Run(stage, vectors).phases(name, phases))
        print(f"{name}: {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    return found


def runs_of(ids: Sequence[str], names: Sequence[str]) -> dict[str, Verdicts]:
    """Return the verdicts of several runs, in the order of the phases."""
    # The longest first, so that it does not end alone.
    order = sorted(names, key=lambda name: -len(RUNS[name]))
    with ProcessPoolExecutor(AT_ONCE, mp_context=get_context("spawn")) as pool:
        results = pool.map(partial(one_run, ids), order)
        found = {phase: verdicts for result in results for phase, verdicts in result.items()}
    return {phase: found[phase] for phase in GRANTED if phase in found}
