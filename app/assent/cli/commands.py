"""The commands: their options, what they print and the status they end with.

0 is ok, 1 says that what was asked for failed, 2 that the usage or the configuration is wrong. Rooms are
imported where they are used, so that ``assent --version`` need not load a web framework and a database.
"""

import tempfile
from pathlib import Path
from typing import Any

import click

from assent import __version__
from assent.cli.report import counts, facts, unwritable
from assent.cli.server import address, listen, run, run_workers
from assent.config import Settings, key_file, load, new_key, warnings
from assent.errors import ConfigError

HOST_OPTION = click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
PORT_OPTION = click.option(
    "--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="Port; 0 takes a free one."
)
CONFIG_OPTION = click.option(
    "--config", type=click.Path(path_type=Path), help="Configuration file.  [default: assent.toml if present]"
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


@main.command()
@click.option("--upstream", metavar="URL", help="The site to stand in front of.")
@CONFIG_OPTION
@HOST_OPTION
@PORT_OPTION
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1), help="Number of processes.")
def serve(upstream: str | None, config: Path | None, host: str, port: int, workers: int) -> None:
    """Serve Assent in front of a site."""
    from assent.web.app import create_app

    settings = _settings(config, upstream)
    if workers > 1 and port == 0:
        raise click.UsageError("--port 0 works with one worker only: name the port that the workers share.")
    with listen(host, port) as listener:
        # Told as they are before the application makes what is missing.
        in_force = facts(settings, config)
        app = create_app(settings)
        click.echo(f"Assent {__version__}\n  listens on   {address(host, listener)}\n{in_force}")
        _warn(settings)
        if workers == 1:
            run(app, listener)
            return
    run_workers(config, upstream, host, port, workers)


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
        app = create_app(Settings.model_validate({"data_dir": data_dir, **declared(shop, third_party)}))
        click.echo(welcome(address(host, listener)))
        run(app, listener, log_level="warning")


@main.command()
@CONFIG_OPTION
def check(config: Path | None) -> None:
    """Validate the configuration: print every mistake, or what would be in force."""
    from assent.web.app import rules_of

    settings = _settings(config)
    keys = key_file(settings)
    if not settings.secret_keys and keys.path.exists():
        keys.read()
    _warn(settings)
    if failed := unwritable(settings):
        raise click.ClickException("\n".join(failed))
    click.echo(f"ok\n{facts(settings, config)}\n  cookies      {counts(rules_of(settings))}")


@main.group()
def keys() -> None:
    """Keys that sign consent cookies."""


@keys.command()
def new() -> None:
    """Print a fresh key for secret_keys."""
    click.echo(new_key())


def _settings(config: Path | None, upstream: str | None = None) -> Settings:
    from assent.ledger import open_ledger

    settings = load(config, gateway={"upstream": upstream}) if upstream else load(config)
    # The ledger alone can tell whether its driver is installed; nothing is opened yet.
    open_ledger(settings.ledger.url)
    return settings


def _warn(settings: Settings) -> None:
    for line in warnings(settings):
        click.echo(f"warning: {line}", err=True)
