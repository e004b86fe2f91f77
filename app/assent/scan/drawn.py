"""Draws banner and dialog as settings make them, in a browser, and tells what is unfair about them."""

import asyncio
from collections.abc import Awaitable, Callable
from itertools import count, product
from pathlib import Path

from playwright.async_api import ViewportSize

from assent.config import Settings
from assent.scan.browser import started
from assent.scan.choose import Chooser
from assent.scan.even import silent, uneven, unlike, wall
from assent.scan.eye import Eye
from assent.scan.fair import unfair
from assent.scan.layers import Shipped
from assent.scan.presses import BANNER, DIALOG, FIRST, OWN_PAGE, PLACES, PRESSES, SECOND, pressed
from assent.scan.stage import ORIGIN, Look, Stage, staged

USUAL: ViewportSize = {"width": 1280, "height": 800}
NARROW: ViewportSize = {"width": 320, "height": 640}
WINDOWS: tuple[ViewportSize, ...] = (
    USUAL,
    NARROW,
    {"width": 480, "height": 800},
    {"width": 768, "height": 1024},
    {"width": 1024, "height": 768},
    {"width": 1920, "height": 1080},
)
PAUSE = 0.2
PATIENCE = 2.0
LANES = 4
"""Pages that are drawn at a time."""


def looks(settings: Settings) -> list[Look]:
    """Return what is drawn: the first language in every way, the others as narrow as it gets."""
    scheme = settings.theme.scheme
    first, *others = settings.site.languages
    every = product((first,), ("light", "dark") if scheme == "auto" else (scheme,), WINDOWS)
    plain = "dark" if scheme == "dark" else "light"
    return [*every, *((language, plain, NARROW) for language in others)]


def steps(settings: Settings) -> int:
    """Return how many times ``drawn`` reports progress."""
    return len(looks(settings)) + len(PRESSES)


def plain(settings: Settings) -> Settings:
    """Return the same without an owner's stylesheet and templates."""
    theme = settings.theme.model_copy(update={"stylesheet": None, "templates": None})
    return settings.model_copy(update={"theme": theme})


async def drawn(settings: Settings, program: Path | None, progress: Callable[[int], None]) -> list[str]:
    """Return what is unfair, and in which of the ``looks``; ``progress`` is told how many steps are done.

    Raises NoBrowser, and ConfigError where the browser does not start.
    """
    every = looks(settings)
    lanes, done = asyncio.Semaphore(LANES), count(1)

    async def told(work: Awaitable[list[str]]) -> list[str]:
        async with lanes:
            problems = await work
        progress(next(done))
        return problems

    async with (
        started(program) as browser,
        staged(settings, browser) as stage,
        staged(plain(settings), browser) as ours,
    ):
        first = every[0]
        async with stage.page(first) as page:
            known = await shipped(ours, await Eye.on(page), first[0])
        judging = [(look, judged(stage, ours, look, deep=look[0] == first[0])) for look in every]
        pressing = [(first, pressed(stage, first, known, press)) for press in PRESSES]
        work = [*judging, *pressing]
        found: dict[str, list[str]] = {}
        for ((language, scheme, window), _), problems in zip(
            work, await asyncio.gather(*(told(one) for _, one in work)), strict=True
        ):
            for problem in dict.fromkeys(problems):
                found.setdefault(problem, []).append(f"{language}, {scheme}, {window['width']} pixels")
    return [f"{problem} ({'; '.join(places)})" for problem, places in found.items()]


async def shipped(ours: Stage, eye: Eye, language: str) -> Shipped:
    """Return what it would say without an owner's files."""
    dialog = f"{ours.base}/preferences?language={language}"
    return await eye.shipped(
        await ours.text(f"{ORIGIN}/{language}", accept="text/html"), await ours.text(dialog)
    )


async def judged(stage: Stage, ours: Stage, look: Look, *, deep: bool) -> list[str]:
    """Return what is wrong in one look; ``deep`` is by pixels, too."""
    language, _, window = look
    async with stage.page(look) as page:
        chooser = Chooser(page, PAUSE, PATIENCE, None)
        banner = await chooser.banner(patient=True)
        eye = await Eye.on(page)
        known = await shipped(ours, eye, language)
        found = await _layer(eye, BANNER, look, known, deep=deep)
        inside = await chooser.open_preferences()
        if inside is not None:
            # It opened below the pointer, which would make one of its buttons look pointed at.
            await eye.rest()
            inside = await chooser.banner() or inside
            found += await _layer(eye, DIALOG, look, known, deep=deep)
        if deep and window in (USUAL, NARROW):
            await page.goto(f"{stage.base}/preferences?return_to=/{language}&language={language}")
            found += await _layer(await Eye.on(page), OWN_PAGE, look, known, deep=deep)
        return [*unfair(banner, inside), *found]


async def _layer(eye: Eye, at: str, look: Look, known: Shipped, *, deep: bool) -> list[str]:
    """Return what is wrong with one layer that is on the page, by what it holds and by how it is drawn."""
    layer = await eye.layer(at, scroll=at == OWN_PAGE, pixels=deep)
    if layer is None:
        return [f"the {PLACES[at]} cannot be seen"]
    found = list(uneven(layer, FIRST if at == BANNER else SECOND, known, look[0]))
    if at == BANNER:
        found += silent(layer, known)
        found += wall(layer) if deep and look[2] == USUAL else ()
    if pair := await eye.pair(at, scroll=at == OWN_PAGE, pixels=deep and look[2] in (USUAL, NARROW)):
        found += unlike(pair)
    return [f"in the {PLACES[at]}: {one}" for one in found]
