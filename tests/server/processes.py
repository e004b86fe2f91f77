"""`assent` as a process of its own, and sites for it to stand before."""

import asyncio
import http.client
import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import IO, Any, Self

import httpx
import websockets
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route
from websockets.sync.server import ServerConnection, serve

PATIENCE = 60.0

get = partial(httpx.get, timeout=PATIENCE)


async def page(request: Request) -> Response:
    response = HTMLResponse(f"<!doctype html><title>x</title><body>{request.headers['assent-consent']}")
    response.set_cookie("_ga", "GA1.1.2.3")
    return response


async def seen(request: Request) -> Response:
    """Say what the site is told about a request."""
    return PlainTextResponse("\n".join(f"{name}: {value}" for name, value in request.headers.items()))


async def slow(request: Request) -> Response:
    await asyncio.sleep(float(request.query_params["for"]))
    return PlainTextResponse("done")


async def taken(request: Request) -> Response:
    return PlainTextResponse(str(len(await request.body())))


async def endless(request: Request) -> Response:
    async def pieces() -> Any:
        for number in range(600):
            yield f"data: {number}\n\n"
            await asyncio.sleep(0.1)

    return StreamingResponse(pieces(), media_type="text/event-stream")


def site() -> Starlette:
    """Return a site with answers of all kinds."""
    return Starlette(
        routes=[
            Route("/", page),
            Route("/seen", seen),
            Route("/slow", slow),
            Route("/endless", endless),
            Route("/taken", taken, methods=["POST"]),
        ]
    )


@contextmanager
def started(
    *arguments: str,
    cwd: Path,
    program: str = "assent",
    stderr: int | IO[bytes] = subprocess.PIPE,
    environ: Mapping[str, str] = MappingProxyType({}),
) -> Iterator[subprocess.Popen[str]]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("ASSENT_")}
    process = subprocess.Popen(
        [sys.executable, "-m", program, *arguments],
        cwd=cwd,
        env={**clean, "PYTHONPATH": os.pathsep.join(sys.path), **environ},
        stdout=subprocess.PIPE,
        stderr=stderr,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def address_of(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    for line in process.stdout:
        if found := re.search(r"https?://127\.0\.0\.1:\d+", line):
            return found[0]
    raise AssertionError(f"no address printed; stderr: {process.stderr and process.stderr.read()}")


def answered(url: str, **fields: str) -> httpx.Response:
    """Ask until there is an answer: the address is announced before anybody listens."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return httpx.get(url, headers=fields, verify=False, timeout=PATIENCE)
        except httpx.TransportError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def until(condition: Callable[[], Any]) -> Any:
    """Wait for something that another process brings about; return what the condition returned."""
    deadline = time.monotonic() + PATIENCE
    while not (found := condition()):
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.05)
    return found


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def workers_of(pid: int) -> list[int]:
    """Return the worker processes below one; the resource tracker of Python is none."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(child) for child in children if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()]


class Visitors:
    """Clients that ask without pause over kept connections, and note every request that got no answer."""

    def __init__(self, address: str, path: str = "/", number: int = 4) -> None:
        self._host = address.removeprefix("http://")
        self._path = path
        self._ended = threading.Event()
        self._threads = [threading.Thread(target=self._ask) for _ in range(number)]
        self.answers = 0
        self.dropped: list[str] = []

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._ended.set()
        for thread in self._threads:
            thread.join()

    def _ask(self) -> None:
        connection = http.client.HTTPConnection(self._host, timeout=PATIENCE)
        while not self._ended.is_set():
            try:
                connection.connect() if connection.sock is None else None
            except OSError:
                # Nobody listens any more: that request was never taken.
                break
            try:
                connection.request("GET", self._path)
                answer = connection.getresponse()
                answer.read()
                if answer.status != 200:
                    self.dropped.append(str(answer.status))
                self.answers += 1
            except (OSError, http.client.HTTPException) as error:
                self.dropped.append(repr(error))
                connection.close()
        connection.close()


@contextmanager
def echoing() -> Iterator[str]:
    """Serve WebSockets that say back what they are sent, except below /closed."""

    def refuse(connection: ServerConnection, request: websockets.http11.Request) -> Any:
        return connection.respond(404, "") if request.path.startswith("/closed") else None

    def echo(connection: ServerConnection) -> None:
        for message in connection:
            connection.send(message)

    with serve(echo, "127.0.0.1", 0, process_request=refuse) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.socket.getsockname()[1]}"
        server.shutdown()
        thread.join()
