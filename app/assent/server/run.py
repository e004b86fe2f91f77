"""Runs Assent under uvicorn in one process: the socket, the server's options, a stop that ends well."""

import logging
import signal
import socket
import ssl
from collections.abc import Callable
from functools import partial
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import click

from assent.config import Settings
from assent.server import logs, tls
from assent.server.memory import keep_freed_memory

if TYPE_CHECKING:
    from assent.server.reloadable import Reloadable
    from assent.server.server import Server
    from assent.server.siblings import Siblings
    from assent.web.app import ConsentMiddleware

BACKLOG = 2048

SPARE_FILES = 64
"""Open files besides connections: the ledger, the log, libraries."""

NOT_STARTED = "Assent did not start; the lines above say why"

log = logging.getLogger("assent.server")


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


def address(host: str, listener: socket.socket, *, secure: bool = False) -> str:
    """Return the URL that a bound socket answers on; port 0 has become a real one."""
    scheme, port = "https" if secure else "http", listener.getsockname()[1]
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"


def tls_of(settings: Settings) -> ssl.SSLContext | None:
    """Return the server's side of TLS, or None when plain HTTP is served; raises ConfigError."""
    server = settings.server
    return tls.context(server.tls_cert, server.tls_key) if server.tls_cert and server.tls_key else None


def run(
    app: "ConsentMiddleware",
    listener: socket.socket,
    settings: Settings,
    read: Callable[[], Settings] | None = None,
    log_level: str | None = None,
) -> None:
    """Serve one application on a bound socket until SIGINT or SIGTERM; SIGHUP has it ``read`` anew."""
    server = server_for(app, settings, read, log_level=log_level)
    until_stopped(partial(server.run, sockets=[listener]))
    if not server.started:
        raise click.ClickException(NOT_STARTED)


def server_for(
    app: "ConsentMiddleware",
    settings: Settings,
    read: Callable[[], Settings] | None = None,
    *,
    log_level: str | None = None,
    started: Callable[[], None] = lambda: None,
    siblings: "Callable[[Reloadable], Siblings] | None" = None,
    ends_all: Callable[[], bool] = lambda: True,
) -> "Server":
    """Return the server around an app, ready to run; it follows the settings as they are reloaded."""
    import uvicorn

    from assent.server.reloadable import Reloadable
    from assent.server.server import Server

    keep_freed_memory()
    logs.configure(settings.server, log_level)
    context = tls_of(settings)
    chosen = options(settings)
    protocol = chosen["http"]

    def changed(following: Settings) -> None:
        secure = following.server.tls_cert is not None
        if secure and context is not None:
            tls.load(context, following.server.tls_cert, following.server.tls_key)  # type: ignore[arg-type]
        elif secure or context is not None:
            log.warning("server.tls_cert: TLS is turned on and off by a restart only")
        logs.configure(following.server, log_level)
        for name, value in limits(following).items():
            setattr(protocol, name, value)
        server.settings = following.server
        config.timeout_keep_alive = options(following)["timeout_keep_alive"]
        config.ws_max_size = following.gateway.max_message_bytes

    front = Reloadable(app, settings, read, changed)
    config = uvicorn.Config(front, **chosen)
    met = siblings(front) if siblings else None
    server = Server(config, front, settings.server, context, started, met, ends_all)
    return server


def until_stopped(serve: Callable[[], None]) -> None:
    """Run the server; SIGTERM, too, unwinds the stack, so that the demo can remove its folder."""
    # Uvicorn stops gracefully and then raises the signal again.
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


def options(settings: Settings) -> dict[str, Any]:
    """Return what uvicorn is started with."""
    # With the parsers, which take their time to load.
    from assent.server.protocol import BoundedHttpTools

    return {
        "interface": "asgi3",
        "http": type("Served", (BoundedHttpTools,), limits(settings)),
        "ws": "assent.server.websocket:WebSocketProtocol" if find_spec("websockets") else "none",
        "ws_max_size": settings.gateway.max_message_bytes,
        # A pong may stand behind a long message, so a late one is no reason to hang up.
        "ws_ping_timeout": None,
        # What a site does not compress is not compressed here: secrets might show in the length.
        "ws_per_message_deflate": False,
        "lifespan": "on",
        # The gateway itself judges X-Forwarded-*, by gateway.trusted_proxies.
        "proxy_headers": False,
        "server_header": False,
        # The upstream's Date passes through, and a response has one (RFC 9110 6.6.1); Exchange adds the rest.
        "date_header": False,
        "access_log": False,
        "backlog": BACKLOG,
        "timeout_keep_alive": settings.server.keepalive_seconds,
        "log_config": None,
    }


def limits(settings: Settings) -> dict[str, float]:
    """Return the limits of connections, as attributes of their protocol."""
    server = settings.server
    return {
        "patience": server.idle_seconds,
        "max_head": server.max_header_bytes,
        "max_connections": _connections(settings),
    }


def _connections(settings: Settings) -> int:
    """Return how many connections there may be, given how many files this process may open."""
    wanted = settings.server.max_connections
    try:
        import resource
    except ImportError:
        return wanted
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    possible = hard - settings.gateway.max_connections - SPARE_FILES
    if hard == resource.RLIM_INFINITY or possible >= wanted:
        return wanted
    log.warning("server.max_connections: %d, because this process may open %d files only", possible, hard)
    return max(1, possible)
