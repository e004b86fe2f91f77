"""The composition root: what an application mounts, and what ``assent serve`` puts before a site."""

import logging
from dataclasses import dataclass
from pathlib import Path

from assent.asgi.types import ASGIApp, Receive, Scope, Send
from assent.config import Settings, load
from assent.errors import LedgerUnavailable
from assent.gateway import Gateway
from assent.ledger import Ledger, open_ledger
from assent.web.gateway import gateway_of
from assent.web.lifespan import weave
from assent.web.pages import GPC_PATH
from assent.web.parts import Parts
from assent.web.process import Process

log = logging.getLogger("assent")


class ConsentMiddleware:
    """Assent around an ASGI app: its own routes, its own start and stop, and enforcement for the rest.

    Takes the path of an ``assent.toml``, or ready ``settings``, or neither; raises ConfigError with every
    mistake at once.
    """

    def __init__(
        self,
        app: ASGIApp,
        config: str | Path | None = None,
        settings: Settings | None = None,
        before: "ConsentMiddleware | None" = None,
    ) -> None:
        """``before`` is what ran under earlier settings: sightings, figures and an unchanged ledger go on."""
        settings = settings or load(config)
        self._app = app
        self.prefix = settings.prefix
        self.process: Process = before.process if before else Process()
        gateway = app if isinstance(app, Gateway) else None
        if gateway is not None:
            gateway.errors = self.process.upstream_errors
        self._parts = parts = Parts(settings, self.process)
        kept = before.ledger if before else None
        if kept is None or not kept.keeps(parts.records):
            ledger = open_ledger(settings.ledger.url, parts.signatures, settings.ledger.heads)
            kept = Kept(ledger, parts.records)
        self.ledger: Kept = kept
        self.ledger.users += 1
        self.metrics = parts.metrics(self.ledger.ledger, gateway)
        self._shown = parts.shown
        self._keeper = parts.keeper(self.ledger.ledger)
        self._own = parts.own_routes(self.ledger.ledger, gateway, self.metrics)
        self._site = parts.carrying(parts.enforcement(app).serve, self.ledger.ledger)
        self._say = parts.console.say

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one ASGI scope of any type; types that Assent does not know go to the app untouched."""
        kind = scope["type"]
        if kind == "http" or kind == "websocket":
            if (self.prefix in scope["path"] and self._is_own(scope)) or scope["path"] == GPC_PATH:
                await self._own(dict(scope), receive, send)
            else:
                await self._site(scope, receive, send)
        elif kind == "lifespan":
            await weave(self._app, scope, receive, send, start=self._start, stop=self.close)
        else:
            await self._app(scope, receive, send)

    async def close(self) -> None:
        """Store what still waits and let go of the ledger, where the server offers no lifespan."""
        self._say()
        await self._parts.late.stop()
        await self._shown.stop()
        if self._keeper is not None:
            await self._keeper.stop()
        self._parts.end()
        self.ledger.users -= 1
        if self.ledger.users <= 0:
            await self.ledger.ledger.close()

    def _is_own(self, scope: Scope) -> bool:
        path: str = scope["path"].removeprefix(scope.get("root_path", ""))
        return path == self.prefix or path.startswith(self.prefix + "/")

    async def _start(self) -> None:
        try:
            await self.ledger.ledger.open()
        except LedgerUnavailable as error:
            # The site and every refusal work without it; grants wait until it is back, and /ready says so.
            log.error("%s; until it is there no grant takes effect", error)
        self._shown.start(self.ledger.ledger)
        if self._keeper is not None:
            self._keeper.start()


def create_app(
    settings: Settings | None = None,
    config: str | Path | None = None,
    before: ConsentMiddleware | None = None,
) -> ConsentMiddleware:
    """Return Assent as a gateway before ``gateway.upstream``."""
    settings = settings or load(config)
    return ConsentMiddleware(gateway_of(settings), settings=settings, before=before)


@dataclass(slots=True, eq=False)
class Kept:
    """An open ledger, what it was made from, and how many settings in use record into it."""

    ledger: Ledger
    made_from: object
    users: int = 0

    def keeps(self, made_from: object) -> bool:
        """Tell whether it serves for the same, and is still in use."""
        return self.users > 0 and self.made_from == made_from
