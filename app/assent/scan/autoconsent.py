"""Lets DuckDuckGo's autoconsent, which knows hundreds of banners, press the buttons where it is installed."""

import asyncio
import contextlib
import json
from pathlib import Path
from typing import Any

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Frame, Page

from assent.errors import ConfigError
from assent.scan.seen import Choice, Role

PACKAGE = Path("node_modules", "@duckduckgo", "autoconsent")
SCRIPT = Path("dist", "autoconsent.playwright.js")
RULES = Path("rules", "rules.json")
BINDING = "autoconsentSendMessage"

FOUND_SECONDS = 4.0
DONE_SECONDS = 20.0

RESULTS: dict[Role, tuple[str, str]] = {
    "accept": ("optIn", "optInResult"),
    "reject": ("optOut", "optOutResult"),
}
CONFIG: dict[str, object] = {
    "enabled": True,
    "autoAction": None,
    "disabledCmps": [],
    "enablePrehide": False,
    "detectRetries": 10,
    "enableCosmeticRules": False,
    "enableHeuristicDetection": False,
    "isMainWorld": True,
}


def found(given: Path | None) -> "Autoconsent | None":
    """Return the package given, or the one in node_modules here or above; ConfigError for what is none."""
    if given is not None:
        if not (given / SCRIPT).is_file() or not (given / RULES).is_file():
            raise ConfigError(
                f"{given}: not the package @duckduckgo/autoconsent, which has {SCRIPT} and {RULES}"
            )
        return Autoconsent(given)
    places = (folder / PACKAGE for folder in (Path.cwd(), *Path.cwd().parents))
    return next((Autoconsent(place) for place in places if (place / SCRIPT).is_file()), None)


class Autoconsent:
    """The package: its script, and the rules that each frame is given. Chooses on one page at a time."""

    def __init__(self, folder: Path) -> None:
        self._script = (folder / SCRIPT).read_text("utf-8")
        self._rules = json.loads((folder / RULES).read_text("utf-8"))
        self._run: Run | None = None

    async def attach(self, page: Page) -> None:
        """Let the script speak from all documents that this page will show."""
        await page.expose_binding(BINDING, self._heard)

    async def choose(self, page: Page, role: Role) -> Choice | None:
        """Accept or reject by a rule; None when no rule fits the page or the rule fails."""
        if role not in RESULTS:
            return None
        action, result = RESULTS[role]
        self._run = run = Run(result)
        try:
            for frame in page.frames:
                with contextlib.suppress(PlaywrightError):
                    await frame.evaluate(self._script)
            frame, name = await asyncio.wait_for(run.banner, FOUND_SECONDS)
            await _tell(frame, {"type": action})
            made = await asyncio.wait_for(run.done, DONE_SECONDS)
        except (TimeoutError, PlaywrightError):
            return None
        finally:
            self._run = None
        clicks = tuple(f"click {number + 1}" for number in range(max(1, run.clicks)))
        return Choice(True, clicks, by=f"autoconsent, {name}") if made else None

    async def _heard(self, source: dict[str, Any], message: dict[str, Any]) -> None:
        frame: Frame = source["frame"]
        if self._run is not None:
            self._run.hear(frame, message)
        if message["type"] == "init":
            await _tell(frame, {"type": "initResp", "config": CONFIG, "rules": self._rules})
        elif message["type"] == "eval":
            result = None
            with contextlib.suppress(PlaywrightError):
                result = await frame.evaluate(message["code"])
            await _tell(frame, {"id": message["id"], "type": "evalResp", "result": result})


class Run:
    """One choice by the package: a banner that is found, then the result."""

    def __init__(self, result: str) -> None:
        loop = asyncio.get_running_loop()
        self._result = result
        self.banner: asyncio.Future[tuple[Frame, str]] = loop.create_future()
        self.done: asyncio.Future[bool] = loop.create_future()
        self.clicks = 0

    def hear(self, frame: Frame, message: dict[str, Any]) -> None:
        """Take a message of the script."""
        kind = message["type"]
        if kind == "popupFound" and not self.banner.done():
            self.banner.set_result((frame, message["cmp"]))
        elif kind == self._result and not self.done.done():
            self.done.set_result(bool(message["result"]))
        elif kind == "report":
            self.clicks = max(self.clicks, int(message["state"].get("clicks", 0)))


async def _tell(frame: Frame, message: dict[str, Any]) -> None:
    with contextlib.suppress(PlaywrightError):
        await frame.evaluate("message => void autoconsentReceiveMessage(message)", message)
