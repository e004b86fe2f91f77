"""The composition root: the only place that reads Settings and wires rooms together."""

import logging
from pathlib import Path

from starlette.applications import Starlette
from starlette.routing import Route

from assent import catalogue
from assent.asgi.layers import Layers
from assent.asgi.middleware import Enforcement
from assent.asgi.types import ASGIApp, Receive, Scope, Send
from assent.asgi.visit import Visits, raw_path
from assent.config import Settings, keys, load
from assent.core import policy
from assent.core.boundary import Blocked
from assent.core.categories import Category
from assent.core.choice import ChoiceCookie
from assent.core.decision import Decision
from assent.core.domains import public_suffixes
from assent.core.fields import Fields
from assent.core.hygiene import Departure
from assent.core.rules import CookieRule, HostRule, PathRule, Rules, StorageRule, policy_version
from assent.discovery import Sightings
from assent.errors import AssentError, ConfigError, LedgerUnavailable
from assent.gateway import Gateway, TrustedProxies, public_origin
from assent.ledger import Ledger, open_ledger
from assent.web.assets import Assets
from assent.web.choice import ChoiceEndpoint
from assent.web.dialog import Dialog
from assent.web.elsewhere import Elsewhere
from assent.web.guard import Guard
from assent.web.lifespan import weave
from assent.web.notice import Seal
from assent.web.pages import Pages
from assent.web.reports import Reports

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
        enforcement = Enforcement(app, visits=parts.visits, layers=parts.layers, front=parts, enforce=enforce)
        self._site = enforcement.serve

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one ASGI scope of any type; types that Assent does not know go to the app untouched."""
        kind = scope["type"]
        if kind == "http" or kind == "websocket":
            if self._prefix in scope["path"] and self._is_own(scope):
                await self._own(dict(scope), receive, send)
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
        secrets = keys(settings)
        self._cookie = ChoiceCookie(
            secrets,
            policy_version=settings.consent.policy_version or policy_version(self._rules),
            lifetime=settings.consent.lifetime_days * DAY,
            domain=settings.site.cookie_domain,
        )
        self._assets = Assets(settings.prefix)
        self._dialog = Dialog(
            prefix=settings.prefix,
            rules=self._rules,
            assets=self._assets,
            seal=Seal(secrets),
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
        self.layers = Layers(self._rules, self._sightings, origin_of=self._origin_of, prefix=settings.prefix)
        self._guard = Guard(self._rules, settings.prefix)
        self._elsewhere = Elsewhere(
            dialog=self._dialog, rules=self._rules, visits=self.visits, prefix=settings.prefix
        )
        # Reading the list of public suffixes takes a tenth of a second, which no request should wait for.
        public_suffixes()

    def head(self, decision: Decision, scope: Scope, fields: Fields) -> bytes:
        """Return the guard, under the nonce of the page's own policy."""
        nonce = policy.nonce(_policies(fields), "script-src-elem", "script-src", "default-src")
        return self._guard.tag(decision.granted, nonce, scope.get("root_path", ""))

    def body(self, decision: Decision, scope: Scope, fields: Fields) -> bytes:
        """Return banner and button, under the nonces of the page's own policy."""
        policies = _policies(fields)
        return self._dialog.insertion(
            decision,
            path=path_and_query(scope),
            root_path=scope.get("root_path", ""),
            script_nonce=policy.nonce(policies, "script-src-elem", "script-src", "default-src"),
            style_nonce=policy.nonce(policies, "style-src-elem", "style-src", "default-src"),
        )

    def worker(self, granted: frozenset[Category]) -> bytes:
        """Return the guard as the beginning of a worker's script."""
        return self._guard.source(granted)

    def placeholder(self, blocked: Blocked, scope: Scope) -> str:
        """Return the address of what stands in a frame instead of a third party."""
        return self._elsewhere.placeholder(blocked, scope.get("root_path", ""))

    def leaving(self, departure: Departure, scope: Scope) -> bytes:
        """Return the page that asks before a redirect to a third party is followed."""
        return self._elsewhere.leaving(departure, scope.get("root_path", ""))

    def own_routes(self, ledger: Ledger) -> ASGIApp:
        """Return the app that serves everything below the prefix."""
        prefix = self._settings.prefix
        pages = Pages(dialog=self._dialog, visits=self.visits, ledger=ledger)
        choice = ChoiceEndpoint(
            cookie=self._cookie,
            visits=self.visits,
            ledger=ledger,
            origin_of=self._origin_of,
            notice=self._dialog.notice_sha256,
            language=self._settings.site.languages[0],
        )
        reports = Reports(rules=self._rules, sighted=self._sightings.host)
        routes = [
            Route(prefix, pages.index),
            Route(f"{prefix}/preferences", pages.preferences),
            Route(f"{prefix}/choice", choice.post, methods=["POST"]),
            Route(f"{prefix}/state", pages.state),
            Route(f"{prefix}/health", pages.health),
            Route(f"{prefix}/ready", pages.ready),
            Route(f"{prefix}/blocked", self._elsewhere.blocked),
            Route(f"{prefix}/reports", reports.post, methods=["POST"]),
            Route(f"{prefix}/static/{{name}}", self._assets),
            Route(f"{prefix}/guard/{{name}}", self._guard),
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
        unknown_hosts=settings.enforcement.unknown_hosts,
        catalogue_hosts=catalogue.hosts(),
    )


def path_and_query(scope: Scope) -> str:
    """Return path and query of a request as the browser wrote them, to come back to after a choice."""
    path, query = raw_path(scope).decode("latin-1"), scope["query_string"].decode("latin-1")
    return f"{path}?{query}" if query else path


def _policies(fields: Fields) -> list[bytes]:
    return [value for name, value in fields if name.lower() == b"content-security-policy"]
