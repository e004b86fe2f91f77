"""The command that visits a site and writes down what it uses."""

import asyncio
import runpy
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import click

from assent.cli.ledger import CONFIG_OPTION
from assent.cli.progress import Progress
from assent.config import load
from assent.errors import ConfigError

if TYPE_CHECKING:
    from assent.scan.judge import Judge
    from assent.scan.seen import Site

FILE = click.Path(dir_okay=False, path_type=Path)
GIVEN = click.Path(exists=True, dir_okay=False, path_type=Path)
FOLDER = click.Path(file_okay=False, path_type=Path)

SECONDS = click.FloatRange(0, 60)

OPTIONS = (
    click.argument("url"),
    CONFIG_OPTION,
    click.option("--pages", type=click.IntRange(1, 1000), help="How many pages to visit at most."),
    click.option("--delay", type=SECONDS, default=1.0, show_default=True, help="Seconds between pages."),
    click.option("--settle", type=SECONDS, default=1.0, show_default=True, help="Seconds for each page."),
    click.option("--own", is_flag=True, help="The site is yours: robots.txt is no limit."),
    click.option("--login", type=GIVEN, help="Python file with `async def login(page)`."),
    click.option("--browser", type=GIVEN, help="The Chromium to use.  [default: one that is found]"),
    click.option("--autoconsent", type=FOLDER, help="Folder of the npm package @duckduckgo/autoconsent."),
    click.option("--evidence", type=FOLDER, help="Folder for screenshots and HAR files."),
)


def visiting(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command what scan and audit have in common."""
    for option in reversed(OPTIONS):
        command = option(command)
    return command


@click.command()
@visiting
@click.option("--output", multiple=True, type=FILE, help="File to write, .toml, .html or .json; repeatable.")
def scan(url: str, config: Path | None, output: tuple[Path, ...], **options: Any) -> None:
    """Visit a site before and after each choice, and write down what it sets, stores and asks.

    Prints entries for assent.toml, unless an output is one.
    """
    from assent.scan import report
    from assent.scan.findings import findings, toml

    checked(output, {".toml", ".html", ".json"})
    site = visited("scan", url, 20, {**options, "config": config})
    found = findings(site, judge_of(site, config))
    makers = {
        ".toml": partial(toml, found, site),
        ".html": partial(report.scan_page, found, site),
        ".json": partial(report.scan_json, found, site),
    }
    write(output, makers)
    if not any(file.suffix == ".toml" for file in output):
        click.echo(toml(found, site), nl=False)
    unknown = sum(not one.known.certain for one in found)
    click.echo(f"{len(found)} found, {unknown} of them unknown", err=True)
    for step in site.steps:
        if step.choice is not None and not step.choice.made:
            click.echo(f"warning: no way to {step.step} was found; what it leads to was not seen", err=True)


class Unable(click.ClickException):
    """Something that a visit needs is missing, or the site does not answer: no verdict, and status 2."""

    exit_code = 2


def visited(how: str, url: str, pages: int, options: dict[str, Any]) -> "Site":
    """Play a scan or an audit; raises Unable where that cannot be done."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise click.UsageError(f"{url!r} is no address; write it as https://shop.example/")
    prefix = load(options["config"]).prefix
    try:
        return _played(how, url if parts.path else f"{url}/", options["pages"] or pages, prefix, options)
    except ConfigError as error:
        raise Unable(str(error)) from error


def _played(how: str, url: str, pages: int, prefix: str, options: dict[str, Any]) -> "Site":
    from assent.scan import browser

    browser.check()
    from assent.scan import autoconsent
    from assent.scan.phases import Play
    from assent.scan.plan import Plan

    plan = Plan(
        url=url,
        pages=pages,
        delay=options["delay"],
        settle=options["settle"],
        own=options["own"],
        login=_login(options["login"]),
        evidence=options["evidence"],
        autoconsent=autoconsent.found(options["autoconsent"]),
        base=prefix,
    )
    if plan.evidence:
        plan.evidence.mkdir(parents=True, exist_ok=True)

    async def play() -> "Site":
        async with browser.started(options["browser"]) as chromium:
            with Progress("pages visited", None) as progress:
                site: Site = await getattr(Play(plan, chromium, progress), how)()
                return site

    return asyncio.run(play())


def judge_of(site: "Site", config: Path | None) -> "Judge":
    """Return who tells categories: the configuration, the catalogue and the site's own words."""
    from assent import catalogue
    from assent.scan.judge import Judge
    from assent.web.parts import rules_of

    elsewhere = [
        (known.rule.name, known.domain, known.rule.category, known.rule.provider)
        for known in catalogue.elsewhere()
    ]
    return Judge(rules_of(load(config)), elsewhere, site.declared, site.url)


def write(output: tuple[Path, ...], makers: Mapping[str, Callable[[], str]]) -> None:
    """Write each output in the form that its name ends in."""
    for file in output:
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(makers[file.suffix](), "utf-8")
        except OSError as error:
            raise click.ClickException(f"{file}: cannot be written: {error.strerror}") from error


def checked(output: tuple[Path, ...], forms: set[str]) -> None:
    """Refuse an output whose name does not tell its form."""
    for file in output:
        if file.suffix not in forms:
            raise click.UsageError(f"{file}: name it {', '.join(sorted(forms))}")


def _login(file: Path | None) -> Any:
    if file is None:
        return None
    login = runpy.run_path(str(file)).get("login")
    if not asyncio.iscoroutinefunction(login):
        raise ConfigError(f"{file}: has no `async def login(page)`")
    return login
