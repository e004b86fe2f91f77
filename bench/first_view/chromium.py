"""One load of a page in Chromium, in a fresh profile, on a slow processor and a middling line."""

import json
import os
import shutil
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import brotli
from playwright.sync_api import Browser, CDPSession, Page, Response, Route, ViewportSize

from bench.first_view.tools import Tool

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge")
SCREEN: ViewportSize = {"width": 412, "height": 823}
SLOWER = 4
LINE = {"offline": False, "latency": 60, "downloadThroughput": 1.25e6, "uploadThroughput": 0.5e6}
"""60 ms to the server and back, 10 Mbit/s down and 4 up."""
SETTLE = 1200
"""Milliseconds after the load event; the slowest of the tools has drawn its banner by then."""
PATIENCE = 20_000

# Runs in the page ahead of all else. The browser tells when it drew what was marked before. What
# is faded in is drawn unseen, so there the frame counts in which half of it shows through.
EYE = """(selector) => {
  const eye = (window.eye = { paint: 0, drawn: 0, shown: 0, shift: 0, pressed: 0 });
  const see = (type, take, more) =>
    new PerformanceObserver((list) => list.getEntries().forEach(take))
      .observe({ type, buffered: true, ...more });
  see("paint", ({ name, startTime }) => { if (name === "first-paint") eye.paint = startTime; });
  see("layout-shift", ({ value }) => { eye.shift += value; });
  see("element", ({ renderTime }) => { eye.drawn ||= renderTime; });
  see("event", (entry) => { if (entry.interactionId) eye.pressed = Math.max(eye.pressed, entry.duration); },
    { durationThreshold: 16 });
  if (!selector) return;
  new MutationObserver((_, observer) => {
    const words = document.querySelectorAll(`${selector} :is(p, span, h1, h2, div, button)`);
    for (const element of words) element.setAttribute("elementtiming", "banner");
    if (words.length) observer.disconnect();
  }).observe(document, { childList: true, subtree: true });
  requestAnimationFrame(function look() {
    const banner = document.querySelector(selector);
    const box = banner?.getBoundingClientRect();
    let clear = box && box.height > 20 && box.top < innerHeight && box.bottom > 0 ? 1 : 0;
    for (let at = banner; clear && at instanceof Element; at = at.parentElement ?? at.getRootNode().host) {
      const { visibility, opacity } = getComputedStyle(at);
      clear *= visibility === "hidden" ? 0 : opacity;
    }
    if (clear > 0.5) eye.shown = performance.now();
    else requestAnimationFrame(look);
  });
}"""


@dataclass(frozen=True)
class Cost:
    """What one load took of the main thread, in milliseconds of its own time, and what came over the line."""

    script: float
    longest: float
    total: float
    octets: int
    requests: int


@dataclass(frozen=True)
class Sight:
    """What a visitor saw of one load: milliseconds from its start, and how much of the page moved."""

    first_paint: float
    banner: float
    shift: float


def executable() -> str | None:
    """Return the path of the browser, if there is one."""
    return os.environ.get("ASSENT_BROWSER") or next(filter(None, map(shutil.which, NAMES)), None)


def cost(browser: Browser, tool: Tool, origin: str) -> Cost:
    """Load the page with nothing else looking on."""
    answers: list[Response] = []
    with _page(browser) as (page, session):
        page.on("response", lambda answer: answers.append(answer))
        session.send("Performance.enable", {"timeDomain": "threadTicks"})
        browser.start_tracing(page=page, categories=["toplevel"])
        page.goto(origin, wait_until="load")
        page.wait_for_timeout(SETTLE)
        metrics = session.send("Performance.getMetrics")["metrics"]
        tasks = _main_thread(json.loads(browser.stop_tracing())["traceEvents"])
        if tool.banner and not page.locator(tool.banner).is_visible():
            raise RuntimeError(f"{tool.name} showed no banner")
        octets = sum(len(brotli.compress(answer.body())) for answer in answers)
    script = next(each["value"] for each in metrics if each["name"] == "ScriptDuration")
    return Cost(script * 1e3, max(tasks) / 1e3, sum(tasks) / 1e3, octets, len(answers))


def sight(browser: Browser, tool: Tool, origin: str) -> Sight:
    """Load the page and watch it."""
    with _page(browser, tool) as (page, _):
        page.goto(origin, wait_until="load")
        if tool.banner:
            page.wait_for_function("eye.shown > 0", timeout=PATIENCE)
        page.wait_for_timeout(SETTLE / 3)
        eye = page.evaluate("eye")
    drawn = eye["drawn"] if eye["drawn"] >= eye["shown"] else 0
    return Sight(eye["paint"], drawn or eye["shown"], eye["shift"])


def press(browser: Browser, tool: Tool, origin: str) -> float:
    """Return how long the page took to show what followed a press on Accept, in milliseconds."""
    with _page(browser, tool) as (page, _):
        page.goto(origin, wait_until="load")
        page.wait_for_timeout(SETTLE)
        page.route("**", lambda route: _stay(page, route))
        button = page.locator(tool.accept).first.bounding_box()
        if button is None:
            raise RuntimeError(f"{tool.name} has no Accept")
        x, y = button["x"] + button["width"] / 2, button["y"] + button["height"] / 2
        # A hand takes a moment from there to the press, and to let go.
        page.mouse.move(x, y + 2)
        page.wait_for_timeout(150)
        page.mouse.click(x, y, delay=60)
        page.wait_for_timeout(SETTLE / 2)
        if page.locator(tool.banner).first.is_visible():
            raise RuntimeError(f"{tool.name} kept its banner after Accept")
        took: float = page.evaluate("eye.pressed")
    return took


def _stay(page: Page, route: Route) -> None:
    # A page that loads itself again would take its figures along.
    if route.request.is_navigation_request() and route.request.frame == page.main_frame:
        route.abort()
    else:
        route.continue_()


@contextmanager
def _page(browser: Browser, watched: Tool | None = None) -> Iterator[tuple[Page, CDPSession]]:
    context = browser.new_context(viewport=SCREEN, device_scale_factor=2)
    try:
        page = context.new_page()
        session = context.new_cdp_session(page)
        session.send("Network.enable")
        session.send("Network.emulateNetworkConditions", LINE)
        session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        if watched is not None:
            page.add_init_script(f"({EYE})({json.dumps(watched.banner)})")
        yield page, session
    finally:
        context.close()


def _main_thread(events: list[dict[str, Any]]) -> list[float]:
    """Return the microseconds of each task of the page's main thread, of those the busiest renderer's."""
    mains = {
        (event["pid"], event["tid"])
        for event in events
        if event["name"] == "thread_name" and event["args"]["name"] == "CrRendererMain"
    }
    tasks: dict[tuple[int, int], list[float]] = defaultdict(list)
    for event in events:
        if event["name"] == "ThreadControllerImpl::RunTask" and (event["pid"], event["tid"]) in mains:
            # Time of the thread, not of the clock: other work on the machine does not count.
            tasks[event["pid"], event["tid"]].append(event.get("tdur", 0))
    return max(tasks.values(), key=sum)
