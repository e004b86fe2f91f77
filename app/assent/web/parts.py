"""What the settings make: rules, readers and pages, each once, wired into each other."""

from collections.abc import Iterable

from starlette.applications import Starlette
from starlette.routing import Route

from assent.asgi.account import Account
from assent.asgi.layers import Layers
from assent.asgi.middleware import Enforcement
from assent.asgi.types import ASGIApp, Scope
from assent.asgi.visit import Visits
from assent.catalogue.known import in_force
from assent.config import Settings, inventory, keys
from assent.core.carried import Carrier
from assent.core.choice import ChoiceCookie
from assent.core.domains import public_suffixes
from assent.core.jws import Keys
from assent.core.personal import Personal, truncated
from assent.core.record import Action
from assent.core.rules import CookieRule, HostRule, PathRule, Rules, StorageRule, policy_version
from assent.core.services import naming
from assent.core.tally import Count, Tally
from assent.discovery import Keeper
from assent.errors import AssentError
from assent.gateway import Gateway, TrustedProxies, arrival, public_origin
from assent.ledger import Ledger
from assent.web.api import Api
from assent.web.assets import Assets
from assent.web.carrying import Carrying
from assent.web.choice import ChoiceEndpoint
from assent.web.compatibility import compatible
from assent.web.console import Console
from assent.web.dialog import Dialog
from assent.web.dialogs import Dialogs
from assent.web.elsewhere import Elsewhere
from assent.web.front import Front
from assent.web.guard import Guard
from assent.web.late import Late
from assent.web.loopback import Loopback
from assent.web.metrics import Metrics
from assent.web.notice import Seal, Shown
from assent.web.novelty import Novelty
from assent.web.pages import GPC_PATH, Pages, Probe
from assent.web.personal import known
from assent.web.process import Process
from assent.web.proving import blamed, prove
from assent.web.reasons import Explanations, address_of
from assent.web.receipt import Receipts
from assent.web.reports import Reports
from assent.web.signals import signal
from assent.web.throttle import Throttle
from assent.web.translations import ENGLISH, translations

DAY = 24 * 3600


class Parts:
    """The settings made into objects; the only place that wires rooms together."""

    def __init__(self, settings: Settings, process: Process) -> None:
        self._settings = settings
        self._process = process
        self._trusted = TrustedProxies(settings.gateway.trusted_proxies)
        self._sightings = process.sightings
        self._rules = rules_of(settings)
        self._novelty = Novelty(self._rules, process.sightings)
        secrets = keys(settings)
        self._cookie = ChoiceCookie(
            secrets,
            policy_version=settings.consent.policy_version or policy_version(self._rules),
            lifetime=settings.consent.lifetime_days * DAY,
            domain=settings.site.cookie_domain,
        )
        self.signatures = Keys(secrets, settings.ledger.public_keys)
        self.records = (settings.ledger, tuple(secrets))
        self.shown = Shown()
        self.late = Late()
        self._assets = Assets(settings.prefix)
        signal(self._assets, settings)
        if settings.compatibility.cookieyes:
            compatible(self._assets)
        self._seal = Seal(secrets)
        with blamed(settings.theme.templates):
            self._dialogs = Dialogs(self._dialog, settings.site.languages)
        if settings.theme.templates:
            prove(self._dialogs.default, settings.theme.templates)
        self._carrier = Carrier(
            settings.consent.imports,
            law=settings.consent.imports_law,
            lifetime=self._cookie.lifetime,
            names=naming({entry.name: entry.category for entry in settings.services}),
        )
        self._throttle = Throttle(settings.server.requests_per_minute, self._trusted, process)
        self._tally = Tally(self._rules)
        process.begin(self._tally)
        self.visits = Visits(
            self._rules,
            self._cookie,
            self._sightings,
            origin_of=self._origin_of,
            tally=self._tally,
            build=self._dialogs.build,
        )
        self.layers = Layers(self._rules, self._sightings, origin_of=self._origin_of, prefix=settings.prefix)
        self._guard = Guard(self._rules, settings.prefix)
        self._elsewhere = Elsewhere(
            dialogs=self._dialogs, rules=self._rules, visits=self.visits, prefix=settings.prefix
        )
        # What operators read is in English.
        self._english = self._dialog(ENGLISH)
        self._enforce = settings.enforcement.mode == "enforce"
        self._loopback = Loopback(self._trusted, settings.site.origin)
        self._explanations = Explanations(
            self._tally,
            dialog=self._english,
            assets=self._assets,
            loopback=self._loopback,
            observing=not self._enforce,
        )
        self.console = Console(self._explanations.words)
        # Reading the list of public suffixes takes a tenth of a second, which no request should wait for.
        public_suffixes()

    def _dialog(self, language: str) -> Dialog:
        site, theme = self._settings.site, self._settings.theme
        return Dialog(
            prefix=self._settings.prefix,
            rules=self._rules,
            assets=self._assets,
            seal=self._seal,
            policy_version=self._cookie.policy_version,
            lifetime_days=self._settings.consent.lifetime_days,
            site_name=site.name,
            privacy_policy=site.privacy_policy,
            legal_notice=site.legal_notice,
            controller=site.controller,
            transfers=site.transfers,
            theme=theme,
            names=self._sightings.names,
            hosts=self._sightings.hosts,
            novelty=self._novelty,
            noticed=self.shown.add,
            translations=translations(language, site.translations),
            language=language,
        )

    def enforcement(self, app: ASGIApp) -> Enforcement:
        """Return what stands around the site."""
        account = Account(self._tally, is_local=self._loopback, tell=self._explain, enforce=self._enforce)
        return Enforcement(
            app,
            visits=self.visits,
            layers=self.layers,
            front=Front(self._dialogs, self._guard, self._elsewhere, self._explanations),
            account=account,
            enforce=self._enforce,
        )

    def carrying(self, site: ASGIApp, ledger: Ledger) -> ASGIApp:
        """Return the site with what carries answers to other tools over, where there are any to carry."""
        if not self._carrier.cookies or not self._enforce:
            return site
        return Carrying(
            site,
            carrier=self._carrier,
            law=self._settings.consent.imports_law,
            cookie=self._cookie,
            visits=self.visits,
            ledger=ledger,
            origin_of=self._origin_of,
            personal=self._personal,
            admit=self._throttle.choice,
            made=self._made,
        )

    def end(self) -> None:
        """Count no more."""
        self._process.end(self._tally)

    def keeper(self, ledger: Ledger) -> Keeper | None:
        """Return what keeps the sightings, unless they are to be forgotten with the process."""
        seconds = self._settings.discovery.keep_seconds
        return Keeper(self._sightings, ledger, seconds) if seconds else None

    def metrics(self, ledger: Ledger, gateway: Gateway | None) -> Metrics:
        """Return the figures of this process."""
        # Whoever reads figures asks for 127.0.0.1, whatever the site is called.
        return Metrics(self._process, ledger, gateway, Loopback(self._trusted, None), self._token)

    def own_routes(self, ledger: Ledger, gateway: Gateway | None, metrics: Metrics) -> ASGIApp:
        """Return the app that serves everything below the prefix."""
        prefix = self._settings.prefix
        pages = Pages(
            dialogs=self._dialogs,
            visits=self.visits,
            probes=self._probes(ledger, gateway),
            honours_gpc=self._enforce,
        )
        reports = Reports(
            rules=self._rules,
            sightings=self._sightings,
            visits=self.visits,
            tally=self._tally,
            origin_of=self._origin_of,
            loopback=self._loopback,
            tell=self._explain,
            source=self._network,
        )
        choice = ChoiceEndpoint(
            cookie=self._cookie,
            rules=self._rules,
            visits=self.visits,
            ledger=ledger,
            origin_of=self._origin_of,
            dialogs=self._dialogs,
            shown=self.shown,
            personal=self._personal,
            admit=self._throttle.choice,
            made=self._made,
            denied=reports.denied,
            late=self.late,
            others=self._carrier.cookies,
        )
        receipts = Receipts(
            dialogs=self._dialogs,
            visits=self.visits,
            ledger=ledger,
            keys=self.signatures,
            origin_of=self._origin_of,
            site_name=self._settings.site.name,
        )
        routes = [
            Route(prefix, pages.index),
            Route(f"{prefix}/preferences", pages.preferences),
            Route(f"{prefix}/choice", choice.post, methods=["POST"]),
            Route(f"{prefix}/state", pages.state),
            Route(GPC_PATH, pages.gpc),
            Route(f"{prefix}/cookies", pages.cookies),
            Route(f"{prefix}/cookies.json", pages.cookies),
            Route(f"{prefix}/health", pages.health),
            Route(f"{prefix}/ready", pages.ready),
            Route(f"{prefix}/receipt", receipts.get),
            Route(f"{prefix}/.well-known/jwks.json", receipts.jwks),
            Route(f"{prefix}/metrics", metrics.get),
            *Api(ledger, self._token, prefix).routes(),
            Route(f"{prefix}/blocked", self._elsewhere.blocked),
            Route(f"{prefix}/leaving", self._elsewhere.asking),
            Route(f"{prefix}/reports", reports.post, methods=["POST"]),
            Route(f"{prefix}/reasons", self._explanations.page),
            Route(f"{prefix}/static/{{name}}", self._assets),
            Route(f"{prefix}/guard/{{name}}", self._guard),
        ]
        app = Starlette(routes=routes, exception_handlers={AssentError: pages.error})
        return self._throttle.around(app, prefix)

    def _probes(self, ledger: Ledger, gateway: Gateway | None) -> list[Probe]:
        async def stopping() -> str | None:
            return "stopping" if self._process.draining else None

        upstream = [gateway.probe] if gateway and self._settings.server.ready_needs_upstream else []
        return [stopping, ledger.probe, *upstream]

    @property
    def _token(self) -> str | None:
        token = self._settings.admin_token
        return token.get_secret_value() if token else None

    def _personal(self, scope: Scope) -> Personal | None:
        return known(scope, self._trusted) if self._settings.ledger.address == "truncated" else None

    def _made(self, action: Action) -> None:
        self._process.choices[action.value] += 1

    def _network(self, scope: Scope) -> str:
        return truncated(arrival(scope, self._trusted).chain[0]) or ""

    def _origin_of(self, scope: Scope) -> str:
        return self._settings.site.origin or public_origin(scope, self._trusted)

    def _explain(self, counts: Iterable[Count], scope: Scope) -> None:
        self.console.tell(counts, address_of(scope, self._origin_of(scope), self._settings.prefix))


def rules_of(settings: Settings) -> Rules:
    """Return the rules in force: the operator's own, the built-in catalogue, then what was imported."""
    yours, theirs = inventory.declared(settings), in_force(settings.data_dir)
    return Rules(
        cookies=tuple(CookieRule(**dict(entry)) for entry in yours.cookies),
        catalogue=theirs.cookies,
        storage=tuple(StorageRule(**dict(entry)) for entry in yours.storage),
        hosts=tuple(HostRule(**dict(entry)) for entry in yours.hosts),
        paths=tuple(PathRule(**dict(entry)) for entry in yours.paths),
        unknown_cookies=settings.enforcement.unknown_cookies,
        unknown_hosts=settings.enforcement.unknown_hosts,
        unknown_storage=settings.enforcement.unknown_storage,
        catalogue_hosts=theirs.hosts,
        catalogue_storage=theirs.storage,
    )
