"""What uvicorn serves: the app of the settings in force, exchanged for another while requests go on."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from starlette.requests import ClientDisconnect
from starlette.responses import PlainTextResponse

from assent.asgi.types import Message, Receive, Scope, Send
from assent.config import Settings
from assent.errors import BodyTooLarge, ConfigError
from assent.gateway import TrustedProxies
from assent.server.exchange import CLIENT_GONE, Exchange, announces_more, identified
from assent.server.memory import let_stay
from assent.web.app import ConsentMiddleware, create_app
from assent.web.process import Traffic

log = logging.getLogger("assent.server")

SETTLE = 1.0
"""Seconds after which nothing of replaced settings is in use any more."""

LIFESPAN = {"type": "lifespan", "asgi": {"version": "3.0", "spec_version": "2.0"}, "state": {}}


class Generation:
    """The app of one state of the settings, from its start to the end of the last request under it."""

    def __init__(self, app: ConsentMiddleware, settings: Settings) -> None:
        self.app = app
        self.settings = settings
        self.running = 0
        self.trusted = TrustedProxies(settings.gateway.trusted_proxies)
        self._retired: asyncio.Event | None = None
        self._said: asyncio.Queue[Message] = asyncio.Queue()
        self._to_do: asyncio.Queue[Message] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Run the start of the app's lifespan."""
        self._task = asyncio.create_task(self._live(), name="lifespan")
        await self._step("lifespan.startup")

    async def stop(self) -> None:
        """Run the end of the app's lifespan."""
        await self._step("lifespan.shutdown")

    async def retire(self) -> None:
        """Stop once no request is under way any more."""
        self._retired = asyncio.Event()
        if self.running:
            await self._retired.wait()
        await self.stop()

    def left(self) -> None:
        """Take note that a request ended."""
        self.running -= 1
        if not self.running and self._retired is not None:
            self._retired.set()

    async def _live(self) -> None:
        await self.app(dict(LIFESPAN), self._to_do.get, self._said.put)

    async def _step(self, kind: str) -> None:
        if self._task is None:
            return
        await self._to_do.put({"type": kind})
        answer = asyncio.ensure_future(self._said.get())
        await asyncio.wait({answer, self._task}, return_when=asyncio.FIRST_COMPLETED)
        if not answer.done():
            answer.cancel()
            # An app that ends without an answer has raised.
            self._task.result()
        elif answer.result()["type"].endswith(".failed"):
            raise RuntimeError(answer.result().get("message", f"{kind} failed"))


class Reloadable:
    """The ASGI app of ``assent serve``.

    ``read`` returns the settings as they are now, and raises ConfigError. ``changed`` is told of new ones
    before they come into force, and raises ConfigError when it cannot follow.
    """

    def __init__(
        self,
        app: ConsentMiddleware,
        settings: Settings,
        read: Callable[[], Settings] | None = None,
        changed: Callable[[Settings], None] = lambda settings: None,
    ) -> None:
        self.process = app.process
        self.traffic = self.process.traffic = self.process.traffic or Traffic()
        self._read = read
        self._changed = changed
        self._current = Generation(app, settings)
        self._retiring: set[asyncio.Task[None]] = set()
        self._reloading = asyncio.Lock()

    @property
    def can_reload(self) -> bool:
        """Whether there are settings to read anew."""
        return self._read is not None

    @property
    def current(self) -> Generation:
        """The app that new requests are served by."""
        return self._current

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Serve one ASGI scope; a plain function, to spare a frame for each request."""
        kind = scope["type"]
        if kind == "http":
            return self._http(self._current, scope, receive, send)
        if kind == "lifespan":
            return self._lifespan(receive, send)
        return self._websocket(self._current, scope, receive, send)

    async def reload(self) -> None:
        """Read the settings and serve by them from now on; when they are wrong, say so and change nothing."""
        if self._read is None:
            return
        async with self._reloading:
            before, app = self._current, None
            try:
                # Building takes CPU time, which requests that are under way should not wait for.
                settings = await asyncio.to_thread(self._read)
                app = await asyncio.to_thread(create_app, settings, before=before.app)
                following = Generation(app, settings)
                self._changed(settings)
                await following.start()
            except ConfigError as error:
                self.traffic.reloads["refused"] += 1
                log.error("the settings are wrong, so those before stay in force:")
                for problem in error.problems:
                    log.error("  %s", problem)
            except Exception:
                self.traffic.reloads["refused"] += 1
                log.exception("the settings could not be read, so those before stay in force")
            else:
                self._current = following
                self.traffic.reloads["done"] += 1
                log.info("the settings were read anew and are in force")
                task = asyncio.create_task(before.retire(), name="retiring")
                self._retiring.add(task)
                task.add_done_callback(self._retired)
                return
            if app is not None:
                await app.close()

    def _retired(self, task: asyncio.Task[None]) -> None:
        self._retiring.discard(task)
        let_stay()
        # Generators among what was collected end in the loop, and what they held can go only then.
        asyncio.get_running_loop().call_later(SETTLE, let_stay)

    async def _http(self, generation: Generation, scope: Scope, receive: Receive, send: Send) -> None:
        path, prefix = scope["path"], generation.app.prefix
        to = "assent" if path.startswith(prefix) and path[len(prefix) :][:1] in ("", "/") else "site"
        server = generation.settings.server
        exchange = Exchange(receive, send, self.traffic, to)
        if server.access_log:
            peer = (scope.get("client") or (None,))[0]
            scope = identified(scope, generation.trusted.trusts(peer))
        generation.running += 1
        self.traffic.running += 1
        try:
            if to == "site" and server.max_body_bytes:
                await self._bounded(generation, scope, exchange, server.max_body_bytes)
            else:
                await generation.app(scope, exchange.receive, exchange.send)
        except BaseException as error:
            # What was sent to a client that left in the middle of its request reached nobody.
            exchange.status = CLIENT_GONE if isinstance(error, ClientDisconnect) else exchange.status or 500
            raise
        finally:
            self.traffic.running -= 1
            generation.left()
            took = exchange.end(scope["method"])
            if server.access_log:
                exchange.tell(scope, path if to == "site" else _route(path, prefix), took)

    async def _bounded(self, generation: Generation, scope: Scope, exchange: Exchange, most: int) -> None:
        exchange.most = most
        try:
            if announces_more(scope, most):
                raise BodyTooLarge(f"A request to this site has at most {most:,} bytes.")
            await generation.app(scope, exchange.receive, exchange.send)
        except BodyTooLarge as error:
            if exchange.status:
                raise
            # The rest of the body is not read, so nothing can follow it.
            headers = {"connection": "close", "cache-control": "no-store"}
            await PlainTextResponse(f"{error}\n", error.status, headers)(
                scope, exchange.receive, exchange.send
            )

    async def _websocket(self, generation: Generation, scope: Scope, receive: Receive, send: Send) -> None:
        generation.running += 1
        self.traffic.websockets += 1
        self.traffic.websockets_total += 1
        try:
            await generation.app(scope, receive, send)
        finally:
            self.traffic.websockets -= 1
            generation.left()

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        await receive()
        await self._current.start()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        async with self._reloading:
            if self._retiring:
                await asyncio.wait(self._retiring, timeout=1)
            await self._current.stop()
        await send({"type": "lifespan.shutdown.complete"})


def _route(path: str, prefix: str) -> str:
    """Return as much of an own path as names a route: what follows may be a visitor's consent id."""
    return "/".join(path.split("/")[: prefix.count("/") + 3])
