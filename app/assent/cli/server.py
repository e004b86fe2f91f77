"""Runs an ASGI application under uvicorn: the socket, the server's options, a stop that ends well."""

import logging
import os
import signal
import socket
from collections.abc import Callable
from copy import deepcopy
from functools import partial
from pathlib import Path
from typing import Any

import click
import uvicorn
from uvicorn.config import LOGGING_CONFIG

from assent.cli.wire import Dated, OneLine
from assent.config import load

STOP_SECONDS = 8
"""What running requests get to end in; container engines kill after 10."""

BACKLOG = 2048

NOT_STARTED = "Assent did not start; the lines above say why"


class WithoutUpgradeAdvice(logging.Filter):
    """Drops what uvicorn says about each request for a WebSocket: to install a library that would not help.

    The gateway refuses WebSockets itself, and no client may fill the log.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Tell whether a record is to be kept."""
        return not record.getMessage().startswith(("Unsupported upgrade", "No supported WebSocket"))


def application() -> Any:
    """Return the gateway of one worker process, whose settings its parent put into the environment."""
    from assent.web.app import create_app

    return Dated(create_app(load()))


def listen(host: str, port: int) -> socket.socket:
    """Return a bound socket, so that a port in use is told before anything else happens."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    dual = host == "::" and socket.has_dualstack_ipv6()
    try:
        return socket.create_server((host, port), family=family, backlog=BACKLOG, dualstack_ipv6=dual)
    except OSError as error:
        remedy = "stop what uses it, or choose another --port"
        raise click.ClickException(
            f"cannot listen on {host} port {port}: {error.strerror}; {remedy}"
        ) from error


def address(host: str, listener: socket.socket) -> str:
    """Return the URL that a bound socket answers on; port 0 has become a real one."""
    port = listener.getsockname()[1]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def run(app: Any, listener: socket.socket, log_level: str = "info") -> None:
    """Serve one application on a bound socket until SIGINT or SIGTERM."""
    server = uvicorn.Server(uvicorn.Config(Dated(app), **_options(log_level)))
    _until_stopped(partial(server.run, sockets=[listener]))
    if not server.started:
        raise click.ClickException(NOT_STARTED)


def run_workers(config: Path | None, upstream: str | None, host: str, port: int, workers: int) -> None:
    """Serve from several processes; each makes its own application from what this one hands down."""
    if config is not None:
        os.environ["ASSENT_CONFIG"] = str(config)
    if upstream is not None:
        os.environ["ASSENT_UPSTREAM"] = os.environ["ASSENT_GATEWAY__UPSTREAM"] = upstream
    serve = partial(
        uvicorn.run,
        "assent.cli.server:application",
        factory=True,
        host=host,
        port=port,
        workers=workers,
        **_options(),
    )
    _until_stopped(serve)


def _until_stopped(serve: Callable[[], None]) -> None:
    # Uvicorn stops gracefully and then raises the signal again. SIGTERM, too, has to unwind the stack
    # then: the demo has its folder to remove.
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        serve()
    except KeyboardInterrupt:
        return
    except SystemExit as error:
        if error.code:
            raise click.ClickException(NOT_STARTED) from error
    finally:
        signal.signal(signal.SIGTERM, before)


def _options(log_level: str = "info") -> dict[str, Any]:
    log_config = deepcopy(LOGGING_CONFIG)
    log_config["filters"] = {"upgrade": {"()": WithoutUpgradeAdvice}, "cut": {"()": OneLine}}
    log_config["loggers"]["uvicorn.error"]["filters"] = ["upgrade", "cut"]
    log_config["loggers"]["assent"] = {"handlers": ["default"], "level": "INFO", "propagate": False}
    return {
        "interface": "asgi3",
        "lifespan": "on",
        # The gateway itself judges X-Forwarded-*, by gateway.trusted_proxies.
        "proxy_headers": False,
        "server_header": False,
        # The upstream's Date passes through, and a response has one (RFC 9110 6.6.1); Dated adds the rest.
        "date_header": False,
        "access_log": False,
        "backlog": BACKLOG,
        "timeout_graceful_shutdown": STOP_SECONDS,
        "log_config": log_config,
        "log_level": log_level,
    }
