"""The composition root: the only place that reads Settings and wires rooms together."""

import logging
from email.utils import formatdate
from pathlib import Path
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.routing import Route

from assent import catalogue
from assent.asgi.middleware import Enforcement
from assent.asgi.types import ASGIApp, Message, Receive, Scope, Send
from assent.asgi.visit import Visits
from assent.config import Settings, keys, load
from assent.core import policy
from assent.core.choice import ChoiceCookie
from assent.core.decision import Decision
from assent.core.fields import Fields
from assent.core.rules import CookieRule, HostRule, PathRule, Rules, StorageRule, policy_version
from assent.discovery import Sightings
from assent.errors import AssentError, ConfigError, LedgerUnavailable
from assent.gateway import Gateway, TrustedProxies, public_origin
from assent.ledger import Ledger, open_ledger
from assent.web.assets import Assets
from assent.web.choice import ChoiceEndpoint
from assent.web.dialog import Dialog
from assent.web.lifespan import weave
from assent.web.pages import Pages

log = logging.getLogger("assent")

DAY = 24 * 3600


class ConsentMiddleware:
    """Assent around an ASGI app: its own routes, its own start and stop, and enforcement for the rest.

    Takes the path of an ``assent.toml``, or ready ``settings``, or neither; raises ConfigError with every
    mistake at once.
    """

    def __init__(
        self, app: ASGIApp, config: str | Path | None = None, settings: Settings | None = None
    ) -> None:
        settings = settings or load(config)
        self._app = app
        self._prefix = settings.prefix
        self._ledger = open_ledger(settings.ledger.url)
        parts = Parts(settings)
        self._own = parts.own_routes(self._ledger)
        enforce = settings.enforcement.mode == "enforce"
        self._site = Enforcement(app, visits=parts.visits, insert=parts.insert, enforce=enforce).serve

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one ASGI scope of any type; types that Assent does not know go to the app untouched."""
        kind = scope["type"]
        if kind == "http" or kind == "websocket":
            if self._prefix in scope["path"] and self._is_own(scope):
                await self._own(dict(scope), receive, dated(send))
            else:
                await self._site(scope, receive, send)
        elif kind == "lifespan":
            await weave(self._app, scope, receive, send, start=self._start, stop=self.close)
        else:
            await self._app(scope, receive, send)

    async def close(self) -> None:
        """Store what still waits and let go of the ledger, where the server offers no lifespan."""
        await self._ledger.close()

    def _is_own(self, scope: Scope) -> bool:
        path: str = scope["path"].removeprefix(scope.get("root_path", ""))
        return path == self._prefix or path.startswith(self._prefix + "/")

    async def _start(self) -> None:
        try:
            await self._ledger.open()
        except LedgerUnavailable as error:
            # The site and every refusal work without it; grants wait until it is back, and /ready says so.
            log.error("%s; until it is there no grant takes effect", error)


def create_app(settings: Settings | None = None, config: str | Path | None = None) -> ConsentMiddleware:
    """Return Assent as a gateway before ``gateway.upstream``."""
    settings = settings or load(config)
    upstream = settings.gateway.upstream
    if upstream is None:
        raise ConfigError(
            "gateway.upstream is missing: name the site that Assent stands in front of, "
            "as in --upstream http://127.0.0.1:9000, ASSENT_UPSTREAM or assent.toml"
        )
    return ConsentMiddleware(
        Gateway(upstream, trusted_proxies=settings.gateway.trusted_proxies), settings=settings
    )


class Parts:
    """What the settings make: rules, readers and pages, each once."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._trusted = TrustedProxies(settings.gateway.trusted_proxies)
        self._sightings = Sightings()
        self._rules = rules_of(settings)
        self._cookie = ChoiceCookie(
            keys(settings),
            policy_version=settings.consent.policy_version or policy_version(self._rules),
            lifetime=settings.consent.lifetime_days * DAY,
            domain=settings.site.cookie_domain,
        )
        self._assets = Assets(settings.prefix)
        self._dialog = Dialog(
            prefix=settings.prefix,
            rules=self._rules,
            assets=self._assets,
            policy_version=self._cookie.policy_version,
            lifetime_days=settings.consent.lifetime_days,
            site_name=settings.site.name,
            privacy_policy=settings.site.privacy_policy,
            names=self._sightings.names,
        )
        self.visits = Visits(
            self._rules,
            self._cookie,
            self._sightings,
            origin_of=self._origin_of,
            build=self._dialog.build,
        )

    def insert(self, decision: Decision, scope: Scope, fields: Fields) -> bytes:
        """Return what goes into one of the site's pages, under the nonces of the page's own policy."""
        policies = [value for name, value in fields if name.lower() == b"content-security-policy"]
        return self._dialog.insertion(
            decision,
            path=address(scope),
            root_path=scope.get("root_path", ""),
            script_nonce=policy.nonce(policies, "script-src-elem", "script-src", "default-src"),
            style_nonce=policy.nonce(policies, "style-src-elem", "style-src", "default-src"),
        )

    def own_routes(self, ledger: Ledger) -> ASGIApp:
        """Return the app that serves everything below the prefix."""
        prefix = self._settings.prefix
        pages = Pages(dialog=self._dialog, visits=self.visits, ledger=ledger)
        choice = ChoiceEndpoint(
            cookie=self._cookie,
            visits=self.visits,
            ledger=ledger,
            origin_of=self._origin_of,
            notice=lambda: self._dialog.notice_sha256,
            language=self._settings.site.languages[0],
            names=self._sightings.known,
            permits=self._rules.permits,
        )
        routes = [
            Route(prefix, pages.index),
            Route(f"{prefix}/preferences", pages.preferences),
            Route(f"{prefix}/choice", choice.post, methods=["POST"]),
            Route(f"{prefix}/state", pages.state),
            Route(f"{prefix}/health", pages.health),
            Route(f"{prefix}/ready", pages.ready),
            Route(f"{prefix}/static/{{name}}", self._assets),
        ]
        return Starlette(routes=routes, exception_handlers={AssentError: pages.error})

    def _origin_of(self, scope: Scope) -> str:
        return self._settings.site.origin or public_origin(scope, self._trusted)


def rules_of(settings: Settings) -> Rules:
    """Return the rules in force: what the operator declares, then the built-in catalogue."""
    return Rules(
        cookies=tuple(CookieRule(**dict(entry)) for entry in settings.cookies),
        catalogue=catalogue.cookies(),
        storage=tuple(StorageRule(**dict(entry)) for entry in settings.storage),
        hosts=tuple(HostRule(**dict(entry)) for entry in settings.hosts),
        paths=tuple(PathRule(**dict(entry)) for entry in settings.paths),
        unknown_cookies=settings.enforcement.unknown_cookies,
    )


def address(scope: Scope) -> str:
    """Return path and query of a request as the browser wrote them, to come back to after a choice."""
    raw: bytes | None = scope.get("raw_path")
    path = raw.partition(b"?")[0].decode("latin-1") if raw else quote(scope["path"])
    query = scope["query_string"].decode("latin-1")
    return f"{path}?{query}" if query else path


def dated(send: Send) -> Send:
    """Return a ``send`` that adds Date (RFC 9110 6.6.1): the server leaves it to the site's own."""

    async def stamped(message: Message) -> None:
        if message["type"] == "http.response.start":
            date = (b"date", formatdate(usegmt=True).encode())
            message = {**message, "headers": [date, *message["headers"]]}
        await send(message)

    return stamped
