"""The commands that serve, and that ask whether what they serve is well."""

import http.client
import logging
import ssl
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import click

from assent import __version__
from assent.cli.ledger import CONFIG_OPTION
from assent.cli.report import facts, lines
from assent.config import Settings, load, warnings
from assent.server import logs
from assent.server.run import address, listen, run, tls_of

FILE = click.Path(path_type=Path, dir_okay=False)

HEALTH_SECONDS = 2.0

log = logging.getLogger("assent.server")


@click.command()
@click.option("--upstream", metavar="URL", help="The site to stand in front of.")
@CONFIG_OPTION
@click.option("--host", help="Address to listen on.  [default: 127.0.0.1]")
@click.option("--port", type=click.IntRange(0, 65535), help="Port; 0 takes a free one.  [default: 8000]")
@click.option("--workers", type=click.IntRange(1, 256), help="Number of processes.  [default: 1]")
@click.option("--tls-cert", type=FILE, help="Certificate chain in PEM; with it, https is served.")
@click.option("--tls-key", type=FILE, help="Key of that certificate in PEM.")
@click.option("--log", type=click.Choice(["text", "json"]), help="Form of the log.  [default: text]")
@click.option("--access-log", is_flag=True, default=None, help="Write a line for each request.")
def serve(upstream: str | None, config: Path | None, **options: Any) -> None:
    """Serve Assent in front of a site.

    SIGTERM stops it once running requests have ended; SIGHUP has it read its settings and certificates anew.
    """
    from assent.server.workers import Supervisor

    given = {name: value for name, value in options.items() if value is not None}
    overrides = {"server": given, "gateway": {"upstream": upstream} if upstream else {}}
    read = partial(read_settings, config, overrides)
    settings = read()
    host, port = settings.server.host, settings.server.port
    with listen(host, port) as listener:
        # Told as they are before the application makes what is missing.
        in_force = facts(settings, config)
        app = _tried(settings)
        where = address(host, listener, secure=settings.server.tls_cert is not None)
        _announce(settings, {"listens on": where, **in_force})
        if settings.server.workers == 1:
            run(app, listener, settings, read)
        else:
            Supervisor(listener, settings, read, check=_tried).run()


@click.command()
@CONFIG_OPTION
@click.option("--port", type=click.IntRange(1, 65535), help="Port to ask.  [default: that of the settings]")
def health(config: Path | None, port: int | None) -> None:
    """Ask the Assent on this machine whether it answers: the health check of the container."""
    settings = load(config)
    server = settings.server
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(server.host, server.host)  # noqa: S104 - nothing is bound
    where = (host, port or server.port)
    connection: http.client.HTTPConnection
    if server.tls_cert is None:
        connection = http.client.HTTPConnection(*where, timeout=HEALTH_SECONDS)
    else:
        # Its certificate is for the public name, and nothing secret is said.
        unverified = ssl._create_unverified_context()  # noqa: S323, SLF001
        connection = http.client.HTTPSConnection(*where, timeout=HEALTH_SECONDS, context=unverified)
    try:
        with closing(connection):
            connection.request("GET", f"{settings.prefix}/health")
            answer = connection.getresponse()
            said = answer.read()
    except (OSError, http.client.HTTPException) as error:
        raise click.ClickException(f"nothing answers on {host} port {where[1]}: {error}") from error
    if answer.status != http.client.OK:
        raise click.ClickException(f"{answer.status}: {said.decode('utf-8', 'replace').strip()}")
    click.echo("ok")


def _announce(settings: Settings, told: dict[str, str]) -> None:
    """Say what begins to serve, in the form that the log has."""
    if settings.server.log == "text":
        click.echo(f"Assent {__version__}\n{lines(told)}")
        for line in warnings(settings):
            click.echo(f"warning: {line}", err=True)
        return
    said = {"name": "assent.server", "levelname": "INFO", "msg": f"Assent {__version__}"}
    named = {name.replace(" ", "_"): fact for name, fact in told.items()}
    click.echo(logs.JsonLines().format(logging.makeLogRecord({**said, **named})))
    logs.configure(settings.server)
    for line in warnings(settings):
        log.warning(line)


def read_settings(config: Path | None, overrides: dict[str, Any]) -> Settings:
    """Return the settings as they are now; raises ConfigError."""
    from assent.ledger import open_ledger

    settings = load(config, **overrides)
    # The ledger alone can tell whether its driver is installed; nothing is opened yet.
    open_ledger(settings.ledger.url)
    return settings


def _tried(settings: Settings) -> Any:
    """Return the app that these settings make; raises ConfigError where they make none."""
    from assent.web.app import create_app

    tls_of(settings)
    return create_app(settings)
