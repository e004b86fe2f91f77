"""GET /metrics: the figures of all worker processes as Prometheus reads them, for the operator alone."""

import hmac
from collections.abc import Iterable, Iterator, Mapping
from itertools import accumulate

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import Metric
from prometheus_client.process_collector import ProcessCollector
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from assent import __version__
from assent.core.histogram import BOUNDS, Histogram
from assent.gateway import Gateway
from assent.ledger import Ledger
from assent.web.loopback import Loopback
from assent.web.process import Process, Snapshot, Traffic

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
HEADERS = {"cache-control": "no-store", "x-content-type-options": "nosniff"}


class Metrics:
    """Answers a visitor on this machine, and whoever has the admin token."""

    def __init__(
        self, process: Process, ledger: Ledger, gateway: Gateway | None, loopback: Loopback, token: str | None
    ) -> None:
        self._process = process
        self._ledger = ledger
        self._gateway = gateway
        self._loopback = loopback
        self._token = token

    async def get(self, request: Request) -> Response:
        """Serve the figures of this process, or of all that serve together."""
        if not self._may_see(request):
            headers = {**HEADERS, "www-authenticate": "Bearer"} if self._token else HEADERS
            words = "Metrics are for this machine, and for whoever sends the admin token as a bearer token.\n"
            return PlainTextResponse(words, 401 if self._token else 403, headers)
        if self._process.siblings is None:
            shown = _text(self._figures())
        else:
            shown = _text(together(await self._process.siblings()))
        return Response(shown, media_type=CONTENT_TYPE, headers=HEADERS)

    def snapshot(self) -> Snapshot:
        """Return the figures of this process, for another one to show with its own."""
        return {
            metric.name: (
                metric.documentation,
                metric.type,
                [(sample.name, dict(sample.labels), sample.value) for sample in metric.samples],
            )
            for metric in self._figures()
        }

    def _may_see(self, request: Request) -> bool:
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        if self._token and scheme.lower() == "bearer":
            return hmac.compare_digest(given.encode(), self._token.encode())
        return self._loopback.is_here(request.scope)

    def _figures(self) -> Iterator[Metric]:
        process = self._process
        yield _metric(
            "assent_build", "info", "The version that runs.", [("_info", {"version": __version__}, 1)]
        )
        if process.traffic is not None:
            yield from _traffic(process.traffic)
        blocked = process.blocked().items()
        yield _counter(
            "assent_blocked",
            "What was kept from the site and its pages.",
            [({"layer": layer, "category": category}, n) for (layer, category), n in blocked],
        )
        chosen = [({"action": action}, n) for action, n in process.choices.items()]
        yield _counter("assent_choices", "Choices of visitors that took effect.", chosen)
        yield _counter("assent_throttled", "Requests above a client's share.", [({}, process.throttled)])
        yield from _ledger(self._ledger)
        if self._gateway is not None:
            yield from _upstream(self._gateway)
        yield from ProcessCollector(registry=None).collect()


def together(snapshots: Mapping[str, Snapshot]) -> Iterator[Metric]:
    """Put the figures of all processes side by side, told apart by the label ``worker``."""
    metrics: dict[str, Metric] = {}
    for worker, snapshot in sorted(snapshots.items()):
        for name, (documentation, kind, samples) in snapshot.items():
            metric = metrics.setdefault(name, Metric(name, documentation, kind))
            for sample, labels, value in samples:
                metric.add_sample(sample, {**labels, "worker": worker}, value)
    yield from metrics.values()


def _traffic(traffic: Traffic) -> Iterator[Metric]:
    yield _counter(
        "assent_requests",
        "Requests that were answered, by the site or by Assent itself.",
        [
            ({"to": to, "method": method, "status": str(status)}, n)
            for (to, method, status), n in traffic.requests.items()
        ],
    )
    yield _histogram(
        "assent_request_seconds",
        "From the head of a request to the end of its response.",
        [({"to": to}, times) for to, times in traffic.seconds.items()],
    )
    received = [({"to": to}, n) for to, n in traffic.received.items()]
    yield _counter("assent_received_bytes", "Bytes of the bodies of requests.", received)
    sent = [({"to": to}, n) for to, n in traffic.sent.items()]
    yield _counter("assent_sent_bytes", "Bytes of the bodies of responses.", sent)
    yield _gauge("assent_requests_running", "Requests that are being answered.", [({}, traffic.running)])
    yield _counter("assent_websockets", "WebSockets that were asked for.", [({}, traffic.websockets_total)])
    yield _gauge("assent_websockets_open", "WebSockets that are open.", [({}, traffic.websockets)])
    yield _gauge("assent_connections_open", "Connections of clients.", [({}, traffic.connections())])
    reloads = [({"result": result}, n) for result, n in traffic.reloads.items()]
    yield _counter("assent_reloads", "Times that the settings were read anew.", reloads)


def _ledger(ledger: Ledger) -> Iterator[Metric]:
    counts = ledger.counts
    yield _gauge("assent_ledger_waiting", "Records that wait to be stored.", [({}, counts.waiting)])
    yield _counter("assent_ledger_records", "Records that were stored.", [({}, counts.stored)])
    yield _counter("assent_ledger_failures", "Records that could not be stored.", [({}, counts.failed)])
    yield _histogram("assent_ledger_commit_seconds", "How long a commit took.", [({}, counts.commits)])


def _upstream(gateway: Gateway) -> Iterator[Metric]:
    errors = [({"kind": kind}, n) for kind, n in gateway.errors.items()]
    yield _counter("assent_upstream_errors", "Requests that the site failed to answer.", errors)
    pool = gateway.connections
    if pool is not None:
        states = [({"state": "busy"}, pool.open - pool.idle), ({"state": "idle"}, pool.idle)]
        yield _gauge("assent_upstream_connections", "Connections to the site.", states)
        yield _gauge("assent_upstream_waiting", "Requests that wait for a connection.", [({}, pool.waiting)])


def _metric(name: str, kind: str, about: str, samples: Iterable[tuple[str, dict[str, str], float]]) -> Metric:
    metric = Metric(name, about, kind)
    for suffix, labels, value in samples:
        metric.add_sample(name + suffix, labels, value)
    return metric


def _counter(name: str, about: str, samples: Iterable[tuple[dict[str, str], float]]) -> Metric:
    return _metric(name, "counter", about, [("_total", *sample) for sample in samples])


def _gauge(name: str, about: str, samples: Iterable[tuple[dict[str, str], float]]) -> Metric:
    return _metric(name, "gauge", about, [("", *sample) for sample in samples])


def _histogram(name: str, about: str, samples: Iterable[tuple[dict[str, str], Histogram]]) -> Metric:
    metric = Metric(name, about, "histogram")
    for labels, times in samples:
        bounds = [*map(str, BOUNDS), "+Inf"]
        for bound, count in zip(bounds, accumulate(times.counts), strict=True):
            metric.add_sample(f"{name}_bucket", {**labels, "le": bound}, count)
        metric.add_sample(f"{name}_count", labels, sum(times.counts))
        metric.add_sample(f"{name}_sum", labels, times.total)
    return metric


class _Collector:
    def __init__(self, metrics: Iterable[Metric]) -> None:
        self._metrics = metrics

    def collect(self) -> Iterable[Metric]:
        return self._metrics


def _text(metrics: Iterable[Metric]) -> bytes:
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Collector(metrics))
    return generate_latest(registry)
