"""/healthz, /readyz, /metrics, and the page that makes computers trust us."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from switchboard.certificates import Certificates
from switchboard.domain.roles import Permission, Role
from switchboard.flows.figures import Figures, Histogram
from switchboard.web import Site, monitoring
from tests.web.site import Fine, House, house


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[House]:
    async with house(tmp_path) as one:
        await one.add("boss", Role.ADMINISTRATOR)
        yield one


async def test_alive_whatever_we_are_called(site: House) -> None:
    """A container's health check asks by a name of its own."""
    for host in ("controller:8080", "localhost"):
        answer = await site.client.get("/healthz", headers={"Host": host})
        assert (answer.status, await answer.json()) == (200, {"alive": True})


async def test_ready_while_calls_can_be_taken_else_the_reasons(tmp_path: Path) -> None:
    """503 with what is wrong, so that no calls are sent here."""
    health = Fine()
    async with house(tmp_path, health=health) as site:
        assert (await site.client.get("/readyz")).status == 200
        health.wrong = {"pbx": "the manager link is down"}
        answer = await site.client.get("/readyz")
        assert answer.status == 503
        assert await answer.json() == {"ready": False, "faults": {"pbx": "the manager link is down"}}


async def test_prometheus_reads_every_figure(site: House) -> None:
    """The text is Prometheus' own format, and each figure has the value it was given."""
    site.parts.figures.decision.observe(0.004)
    site.parts.figures.event_delay.observe(0.03)
    text = await (await site.client.get("/metrics")).text()
    samples = {
        (s.name, tuple(sorted(s.labels.items()))): s.value
        for family in text_string_to_metric_families(text)
        for s in family.samples
    }
    expected = {
        ("switchboard_mode_manual", ()): 1,
        ("switchboard_pbx_linked", ()): 1,
        ("switchboard_live_calls", (("state", "talking"),)): 1,
        ("switchboard_phones", (("state", "busy"),)): 1,
        ("switchboard_queue_waiting", (("queue", "8600"),)): 3,
        ("switchboard_calls_total", (("outcome", "connected"),)): 7,
        ("switchboard_event_readers", ()): 4,
        ("switchboard_agi_decision_seconds_count", ()): 1,
        ("switchboard_agi_decision_seconds_bucket", (("le", "0.0025"),)): 0,
        ("switchboard_agi_decision_seconds_bucket", (("le", "0.005"),)): 1,
        ("switchboard_event_delay_seconds_sum", ()): 0.03,
    }
    assert {key: samples.get(key) for key in expected} == expected
    assert samples["process_resident_memory_bytes", ()] > 1_000_000


async def test_figures_are_for_this_machine_or_a_token_with_their_scope(
    site: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From elsewhere: 401 without, 403 with another scope, 200 with it."""
    monkeypatch.setattr(monitoring, "is_loopback", lambda request: False)
    assert (await site.client.get("/metrics", headers={"Accept": "application/json"})).status == 401
    for scope, status in ((Permission.AUDIT, 403), (Permission.METRICS, 200)):
        token = await site.users.add_token("boss", "prometheus", frozenset({scope}))
        answer = await site.client.get("/metrics", headers={"Authorization": f"Bearer {token}"})
        assert answer.status == status


def test_a_histogram_counts_up_to_each_bound() -> None:
    """A value on a bound belongs below it, as Prometheus' `le` says."""
    histogram = Histogram((0.1, 1.0))
    for value in (0.05, 0.1, 0.5, 7):
        histogram.observe(value)
    assert histogram.cumulative == [("0.1", 2), ("1.0", 3), ("+Inf", 4)]
    assert histogram.sum == pytest.approx(7.65)


def test_the_first_decision_of_a_session_is_what_asterisk_waits_for() -> None:
    """Later ones follow what a caller takes time to press; outside a session nothing is counted."""
    figures = Figures()
    figures.decided()
    with figures.asked():
        figures.decided()
        figures.decided()
    assert figures.decision.cumulative[-1] == ("+Inf", 1)
    assert figures.session.cumulative[-1] == ("+Inf", 1)


async def test_plain_http_from_elsewhere_points_to_https(tmp_path: Path) -> None:
    """Not on the machine itself, where a page is safe without; never to a name that isn't ours."""
    place = Site(frozenset({"pbx.example"}), 8080, 8443, 8089, "0", https=True)
    async with house(tmp_path, site=place) as site:
        for host, hint in (("192.0.2.7:8080", "https://192.0.2.7:8443/sign-in"), ("127.0.0.1", "")):
            page = await (await site.client.get("/sign-in", headers={"Host": host})).text()
            assert (f'href="{hint}"' in page) if hint else ("https://" not in page)


async def test_the_authority_can_be_taken_by_everybody(tmp_path: Path) -> None:
    """The page shows the fingerprint to compare; the file is the authority, in both forms, never its key."""
    certificates = Certificates(tmp_path / "tls")
    certificates.ensure({"localhost"})
    place = Site(frozenset(), 8080, 8443, 8089, "0", True, certificates.authority, certificates.fingerprint())
    async with house(tmp_path, site=place) as site:
        page = await (await site.client.get("/certificate")).text()
        assert certificates.fingerprint() in page
        pem = await (await site.client.get("/certificate/switchboard-ca.pem")).read()
        assert pem == (tmp_path / "tls/ca.pem").read_bytes()
        der = await site.client.get("/certificate/switchboard-ca.crt")
        assert der.headers["Content-Type"] == "application/x-x509-ca-cert"
        assert b"PRIVATE" not in await der.read() + pem


async def test_given_certificates_leave_nothing_to_install(site: House) -> None:
    """The page says so, and there is no file."""
    assert (await site.client.get("/certificate")).status == 200
    assert (await site.client.get("/certificate/switchboard-ca.crt")).status == 404
