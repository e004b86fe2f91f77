"""Compares consent tools by what a first view costs: bytes, the main thread, and how soon a visitor sees.

All are put into the same page of a shop, each with five categories. Rounds are interleaved and medians count.
What a tool costs is the difference from the page without any. Times of the main thread are those that the
thread itself ran, so other work on the machine moves them less than the clock's.
"""

import argparse
import os
import statistics
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from playwright.sync_api import Browser, Error, sync_playwright

from assent.demo.run import running
from bench.first_view.chromium import Cost, Sight, cost, executable, press, sight
from bench.first_view.tools import ASSENT, NONE, TOOLS, VANILLA, Tool

Place = tuple[Tool, str]

COLUMNS = (
    "weight, B",
    "requests",
    "script",
    "longest",
    "total",
    "paint",
    "banner",
    "of paint",
    "shift",
    "Accept",
)


class Figures:
    """What was seen of every tool."""

    def __init__(self) -> None:
        self.costs: dict[str, list[Cost]] = defaultdict(list)
        self.sights: dict[str, list[Sight]] = defaultdict(list)
        self.presses: dict[str, list[float]] = defaultdict(list)

    def added(self, name: str, of: Callable[[Cost], float]) -> float:
        """Return what a tool adds to the page without any."""
        return self._median(name, of) - self._median(NONE, of)

    def longest(self, name: str) -> float:
        """Return how much longer the longest task is with a tool."""
        return self.added(name, lambda each: each.longest)

    def seen(self, name: str, of: Callable[[Sight], float]) -> float:
        """Return the median of what a visitor sees."""
        return statistics.median(map(of, self.sights[name]))

    def pressed(self, name: str) -> float:
        """Return the median of how long a press on Accept took."""
        return statistics.median(self.presses[name])

    def is_whole(self, name: str) -> bool:
        """Tell whether everything about a tool was seen at least once."""
        return bool(self.costs[name] and self.sights[name] and self.presses[name])

    def _median(self, name: str, of: Callable[[Cost], float]) -> float:
        return statistics.median(map(of, self.costs[name]))


def main() -> None:
    """Measure, print the table, and say which goals are met."""
    options = _options()
    browser_path = executable()
    if browser_path is None:
        sys.exit("No Chromium was found: install one, or name it in ASSENT_BROWSER.")
    tools = [tool for tool in TOOLS if tool.name in (NONE, ASSENT) or _wanted(tool, options.only)]
    figures = Figures()
    with ExitStack() as stack:
        places: list[Place] = []
        for tool in tools:
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="assent-bench-"))
            places.append((tool, stack.enter_context(running(tool.serve(Path(folder))))))
        playwright = stack.enter_context(sync_playwright())
        # As root, as in many containers, Chromium does not start with its sandbox.
        browser = playwright.chromium.launch(
            executable_path=browser_path, chromium_sandbox=os.geteuid() != 0, args=["--disable-gpu"]
        )
        print(f"Chromium {browser.version}; load {os.getloadavg()[0]:.1f}", flush=True)
        for number in range(options.rounds):
            print(f"  round {number + 1} of {options.rounds}", flush=True)
            for tool, origin in places:
                _measure(browser, tool, origin, figures)
        assent = next(place for place in places if place[0].name == ASSENT)
        while len(figures.sights[ASSENT]) < options.loads:
            figures.sights[ASSENT].append(sight(browser, *assent))
        print(f"load {os.getloadavg()[0]:.1f} at the end")
    _table([tool.name for tool in tools if tool.banner and figures.is_whole(tool.name)], figures)
    _goals(figures)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.first_view", description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--loads", type=int, default=100, help="loads of Assent's page that may not shift")
    parser.add_argument("--only", action="append", help="measure this peer; may be repeated")
    return parser.parse_args()


def _wanted(tool: Tool, only: list[str] | None) -> bool:
    if only and tool.name not in only:
        return False
    if not tool.is_here():
        print(f"LEFT OUT: {tool.name} is not installed. Run scripts/bench-tools first-view, which needs npm.")
    return tool.is_here()


def _measure(browser: Browser, tool: Tool, origin: str, figures: Figures) -> None:
    try:
        figures.costs[tool.name].append(cost(browser, tool, origin))
        figures.sights[tool.name].append(sight(browser, tool, origin))
        if tool.accept:
            figures.presses[tool.name].append(press(browser, tool, origin))
    except (RuntimeError, Error) as failure:
        print(f"FAILED: {tool.name}: {failure}")


def _table(names: list[str], figures: Figures) -> None:
    print("\nWhat each adds to the page; milliseconds, at a quarter of the processor's speed")
    print(f"{'':22} {''.join(f'{column:>10}' for column in COLUMNS)}")
    for name in names:
        paint, banner = (figures.seen(name, of) for of in (_paint, _banner))
        cells = (
            f"{figures.added(name, lambda each: each.octets):10.0f}",
            f"{figures.added(name, lambda each: each.requests):10.0f}",
            f"{figures.added(name, lambda each: each.script):10.1f}",
            f"{figures.longest(name):10.1f}",
            f"{figures.added(name, lambda each: each.total):10.1f}",
            f"{paint:10.0f}",
            f"{banner:10.0f}",
            f"{figures.seen(name, _of_paint):10.2f}",
            f"{max(each.shift for each in figures.sights[name]):10.4f}",
            f"{figures.pressed(name):10.0f}",
        )
        print(f"{name:22} {''.join(cells)}")
    print(f"The page without any has its first paint at {figures.seen(NONE, _paint):.0f} ms.")


def _goals(figures: Figures) -> None:
    print("\nGoals")
    if not figures.is_whole(ASSENT):
        return
    if figures.is_whole(VANILLA):
        parts: dict[str, tuple[Callable[[str], float], float]] = {
            "weight": (lambda name: figures.added(name, lambda each: each.octets), 0.3),
            "script": (lambda name: figures.added(name, lambda each: each.script), 0.2),
            "longest task": (figures.longest, 0.4),
        }
        for what, (part, limit) in parts.items():
            ours, theirs = part(ASSENT), part(VANILLA)
            if theirs > 0:
                _goal(f"{what} of {VANILLA}'s", max(ours, 0) / theirs, limit)
            else:
                print(f"  {what}: {VANILLA} adds none, Assent {ours:.1f}")
    else:
        print(f"  nothing to compare with: {VANILLA} was not measured")
    _goal("requests", figures.added(ASSENT, lambda each: each.requests), 0)
    _goal("banner of the page's first paint", figures.seen(ASSENT, _of_paint), 1.05)
    _goal("banner of the bare page's", figures.seen(ASSENT, _banner) / figures.seen(NONE, _paint), 1.05)
    moved = sum(each.shift > 0 for each in figures.sights[ASSENT])
    _goal(f"loads that shift, of {len(figures.sights[ASSENT])}", moved, 0)
    _goal("Accept, ms", figures.pressed(ASSENT), 50)


def _goal(what: str, figure: float, limit: float) -> None:
    print(f"  {what:38} {figure:8.3f}   {'met' if figure <= limit else 'MISSED'}, goal {limit:.3g}")


def _paint(seen: Sight) -> float:
    return seen.first_paint


def _banner(seen: Sight) -> float:
    return seen.banner


def _of_paint(seen: Sight) -> float:
    return seen.banner / seen.first_paint


if __name__ == "__main__":
    main()
