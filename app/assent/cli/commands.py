"""The commands: their options, what they print and the status they end with.

0 is ok, 1 says that what was asked for failed, 2 that the usage or the configuration is wrong. Rooms are
imported where they are used, so that ``assent --version`` need not load a web framework and a database.
"""

import asyncio
import logging
import tempfile
from pathlib import Path
from typing import Any

import click

from assent import __version__
from assent.cli.audit import audit
from assent.cli.import_ import import_
from assent.cli.inventory import inventory
from assent.cli.ledger import CONFIG_OPTION, known_keys, ledger
from assent.cli.progress import Progress
from assent.cli.receipt import receipt
from assent.cli.report import counts, facts, lines, unwritable
from assent.cli.scan import GIVEN, scan
from assent.cli.serve import health, read_settings, serve
from assent.cli.streams import held_open
from assent.config import Settings, key_file, load, new_key, warnings
from assent.errors import ConfigError, NoBrowser
from assent.server.run import address, listen, run, tls_of

HOST_OPTION = click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
PORT_OPTION = click.option(
    "--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="Port; 0 takes a free one."
)


class Misconfigured(click.ClickException):
    """The configuration is wrong: every problem on a line of its own, and status 2."""

    exit_code = 2

    def __init__(self, error: ConfigError) -> None:
        super().__init__(
            "\n".join(["the configuration is wrong:", *(f"  {line}" for line in error.problems)])
        )


class Commands(click.Group):
    """A group whose commands may raise ConfigError."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; a ConfigError becomes readable lines."""
        try:
            return super().invoke(ctx)
        except ConfigError as error:
            raise Misconfigured(error) from error


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="assent", message="%(prog)s %(version)s")
def main() -> None:
    """Cookie consent that is enforced: a gateway before any site."""
    held_open()


@main.command()
@HOST_OPTION
@PORT_OPTION
def demo(host: str, port: int) -> None:
    """Serve Assent in front of a small shop that sets every kind of cookie.

    It forgets everything when it stops, and reads no configuration.
    """
    from assent.demo.rules import declared
    from assent.demo.run import running
    from assent.demo.shop import create_shop
    from assent.demo.third_party import create_third_party
    from assent.demo.welcome import welcome
    from assent.web.app import create_app

    with (
        listen(host, port) as listener,
        tempfile.TemporaryDirectory(prefix="assent-demo-") as data_dir,
        running(create_third_party(), name="localhost") as third_party,
        running(create_shop(third_party)) as shop,
    ):
        settings = Settings.model_validate({"data_dir": data_dir, **declared(shop, third_party)})
        app = create_app(settings)
        click.echo(welcome(address(host, listener)))
        # What the server says about itself is no part of the tour; what Assent blocks is.
        logging.getLogger("assent.reasons").setLevel(logging.INFO)
        run(app, listener, settings, log_level="warning")


@main.command()
@CONFIG_OPTION
@click.option("--browser", type=GIVEN, help="The Chromium to draw with.  [default: one that is found]")
def check(config: Path | None, browser: Path | None) -> None:
    """Validate the configuration: print every mistake, or what would be in force.

    Where files of yours shape the banner, and the extra scan is there, it is drawn and judged.
    """
    from assent.web.gateway import gateway_of
    from assent.web.parts import rules_of

    settings = read_settings(config, {})
    tls_of(settings)
    if settings.gateway.upstream:
        # Only this tells whether its certificates can be read.
        gateway_of(settings)
    keys = key_file(settings)
    if not settings.secret_keys and keys.path.exists():
        keys.read()
    _warn(settings)
    if failed := unwritable(settings):
        raise click.ClickException("\n".join(failed))
    told = {**facts(settings, config), "cookies": counts(rules_of(settings))}
    if settings.theme.stylesheet or settings.theme.templates or settings.site.translations:
        told["banner"] = _looked_at(settings, browser)
    click.echo(f"ok\n{lines(told)}")


@main.group()
def keys() -> None:
    """Keys that sign consent cookies."""


@keys.command()
def new() -> None:
    """Print a fresh key for secret_keys."""
    click.echo(new_key())


@keys.command()
@CONFIG_OPTION
def public(config: Path | None) -> None:
    """Print the public keys in force, newest first: for ledger.public_keys once their secrets are gone."""
    for key in known_keys(load(config)).public.values():
        click.echo(key.x)


main.add_command(audit)
main.add_command(import_)
main.add_command(inventory)
main.add_command(ledger)
main.add_command(receipt)
main.add_command(scan)
main.add_command(serve)
main.add_command(health)


def _looked_at(settings: Settings, program: Path | None) -> str:
    """Have the banner drawn; return what came of it, or fail with what is unfair about it."""
    from assent.scan import browser

    try:
        browser.check()
        from assent.scan.drawn import drawn, steps

        with Progress("looks at the banner", steps(settings)) as progress:
            unfair = asyncio.run(drawn(settings, program, progress))
    except NoBrowser as missing:
        return f"not looked at: {missing}"
    if unfair:
        raise click.ClickException(
            "\n".join(["the banner is not fair to visitors:", *(f"  {one}" for one in unfair)])
        )
    return "drawn; Accept and Reject are alike"


def _warn(settings: Settings) -> None:
    for line in warnings(settings):
        click.echo(f"warning: {line}", err=True)
