"""For machines that watch us: /healthz (alive), /readyz (takes calls), /metrics (Prometheus).

Asked by whatever name; they tell nothing about a call. /metrics is for this machine, or for a token with the
scope `metrics`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from aiohttp import web
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.process_collector import ProcessCollector

from switchboard.domain.roles import Permission
from switchboard.flows.figures import Figures, Histogram, Standing
from switchboard.web.addresses import is_loopback
from switchboard.web.answers import Refused
from switchboard.web.parts import PARTS, USER
from switchboard.web.permissions import machine


@machine
async def alive(request: web.Request) -> web.StreamResponse:
    """GET /healthz: the controller answers."""
    return web.json_response({"alive": True})


@machine
async def ready(request: web.Request) -> web.StreamResponse:
    """GET /readyz: 200 when calls are taken and decided, 503 with the reasons when not."""
    faults = await request.app[PARTS].health.faults()
    return web.json_response({"ready": not faults, "faults": dict(faults)}, status=503 if faults else 200)


@machine
async def metrics(request: web.Request) -> web.StreamResponse:
    """GET /metrics, in Prometheus' text format."""
    account = request.get(USER)
    if not (is_loopback(request) or (account and account.may(Permission.METRICS))):
        raise Refused(403 if account else 401, "not_allowed" if account else "not_signed_in")
    parts = request.app[PARTS]
    registry = CollectorRegistry()
    registry.register(_Told(list(_figures(parts.figures)) + list(_standing(await parts.health.standing()))))
    ProcessCollector(registry=registry)
    text = generate_latest(registry)
    return web.Response(body=text, headers={"Content-Type": CONTENT_TYPE_LATEST})


class _Told:
    """What was gathered for one answer."""

    def __init__(self, metrics_: Iterable[Metric]) -> None:
        self._metrics = list(metrics_)

    def collect(self) -> Iterable[Metric]:
        return self._metrics


def _figures(figures: Figures) -> Iterator[Metric]:
    yield _histogram(
        "switchboard_agi_decision_seconds",
        "From Asterisk's asking to the first decision",
        figures.decision,
    )
    yield _histogram(
        "switchboard_agi_session_seconds",
        "How long a step holds a caller, prompts and answers included",
        figures.session,
    )
    yield _histogram(
        "switchboard_event_delay_seconds",
        "From an event of the PBX to its telling to open pages",
        figures.event_delay,
    )


def _standing(now: Standing) -> Iterator[Metric]:
    yield _gauge("switchboard_mode_manual", "1: operators answer; 0: the machine does", now.manual)
    yield _gauge("switchboard_pbx_linked", "1: the manager link to the PBX is up", now.pbx_linked)
    yield _gauge("switchboard_board_fresh", "1: the live view is complete", now.board_fresh)
    yield _gauge("switchboard_rules_pending", "1: the rules file isn't what is in force", now.rules_pending)
    yield _gauge("switchboard_event_readers", "Open live streams", now.readers)
    yield _gauges("switchboard_live_calls", "Calls that are up", "state", now.calls)
    yield _gauges("switchboard_phones", "Phones", "state", now.phones)
    yield _gauges("switchboard_queue_waiting", "Callers waiting", "queue", now.queues)
    ended = CounterMetricFamily(
        "switchboard_calls", "Calls ended since the controller began", labels=["outcome"]
    )
    for outcome, count in sorted(now.ended.items()):
        ended.add_metric([outcome], count)
    yield ended


def _gauge(name: str, about: str, value: float) -> Metric:
    return GaugeMetricFamily(name, about, value=float(value))


def _gauges(name: str, about: str, label: str, values: Mapping[str, int]) -> Metric:
    family = GaugeMetricFamily(name, about, labels=[label])
    for word, value in sorted(values.items()):
        family.add_metric([word], value)
    return family


def _histogram(name: str, about: str, histogram: Histogram) -> Metric:
    return HistogramMetricFamily(name, about, buckets=histogram.cumulative, sum_value=histogram.sum)


def add(app: web.Application) -> None:
    """Routes."""
    app.router.add_get("/healthz", alive)
    app.router.add_get("/readyz", ready)
    app.router.add_get("/metrics", metrics)
