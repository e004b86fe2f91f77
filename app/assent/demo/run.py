"""Running an ASGI application on loopback, in a thread, for as long as a ``with`` block lasts."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp

LOOPBACK = "127.0.0.1"
START_SECONDS = 10.0
STOP_SECONDS = 5.0


@contextmanager
def running(app: ASGIApp, port: int = 0, name: str = LOOPBACK, *, websockets: bool = False) -> Iterator[str]:
    """Serve the application on 127.0.0.1 and yield its origin; port 0 takes a free one.

    ``name`` is the host in that origin: cookies know no ports, so an application that plays another site
    goes by ``localhost``. ``websockets`` need the extra ws.
    Raises OSError when the port is taken and RuntimeError when the application does not start or stop.
    """
    listener = _listen(port)
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            # The process belongs to somebody else: its logging set-up is not ours to replace.
            log_config=None,
            log_level="warning",
            ws="websockets-sansio" if websockets else "none",
            timeout_graceful_shutdown=2,
        )
    )
    thread = threading.Thread(target=_serve, args=(server, listener), name="assent-demo", daemon=True)
    thread.start()
    try:
        _wait_for_start(server, thread)
        yield f"http://{name}:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(STOP_SECONDS)
        listener.close()
    if thread.is_alive():
        raise RuntimeError(
            f"the demo's server did not stop within {STOP_SECONDS:g} s; a request may be stuck"
        )


def _listen(port: int) -> socket.socket:
    try:
        return socket.create_server((LOOPBACK, port), backlog=512)
    except OSError as error:
        reason = f"cannot listen on {LOOPBACK}:{port} ({error.strerror}); stop what uses it, or pass port 0"
        raise OSError(error.errno, reason) from error


def _serve(server: uvicorn.Server, listener: socket.socket) -> None:
    try:
        server.run(sockets=[listener])
    except SystemExit:
        # Uvicorn leaves this way when the application's start fails, and has logged why; a thread has
        # nobody to exit to, and _wait_for_start sees that it ended.
        return


def _wait_for_start(server: uvicorn.Server, thread: threading.Thread) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not server.started:
        if not thread.is_alive():
            raise RuntimeError("the demo's server ended while it started; its log says why")
        if time.monotonic() > deadline:
            raise RuntimeError(f"the demo's server did not start within {START_SECONDS:g} s")
        time.sleep(0.005)
