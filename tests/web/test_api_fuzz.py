"""The API's document is true: requests made from it, thousands of odd ones, get only answers it tells of.

schemathesis makes requests that fit the document and requests that don't, for every operation, signed in by
token, by session, and not at all; the application is the real one over a real SQLite with something in it.
Nothing may be a fault of ours (5xx), or answer otherwise than documented.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from switchboard.domain.call import Call, Stage
from switchboard.flows.orders import LineSeen
from switchboard.web.api import described
from switchboard.web.api.declaring import PREFIX
from tests.web.api_house import Api, api_house
from tests.web.site import PASSWORD

EXAMPLES = 12
"""Requests of each kind for each operation: some 1,500 in all, in about a minute."""

CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
    negative_data_rejection,
    unsupported_method,
)

ENDLESS = "read_events"
"""A stream has no end to wait for; it has tests of its own."""

schema = schemathesis.openapi.from_dict(described()).exclude(operation_id=ENDLESS)


class Running:
    """The application in a thread of its own, asked over the network."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._ready = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._ending = asyncio.Event()
        self._fault: BaseException | None = None
        self.url = ""
        self.headers: dict[str, dict[str, str]] = {"nobody": {}}
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=(self._run(),))

    def start(self) -> None:
        self._thread.start()
        self._ready.wait(30)
        if self._fault is not None:
            raise self._fault

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._ending.set)
        self._thread.join(10)

    async def _run(self) -> None:
        try:
            async with api_house(self._folder) as api:
                await furnish(api)
                self.url = str(api.house.client.make_url("")).rstrip("/")
                self.headers["token"] = {"Authorization": f"Bearer {api.token}"}
                csrf = await api.house.sign_in("boss", PASSWORD)
                jar = api.house.client.session.cookie_jar
                cookies = "; ".join(f"{c.key}={c.value}" for c in jar)
                self.headers["session"] = {"Cookie": cookies, "X-CSRF-Token": csrf}
                self._ready.set()
                await self._ending.wait()
        except BaseException as error:
            self._fault = error
            self._ready.set()
            raise


async def furnish(api: Api) -> None:
    """Something to be found: calls, a ticket, a call that is up, an operator at the desk."""
    behind, at = api.switchboard, api.house.clock.now.isoformat()
    for n in range(5):
        call = f"170000000{n}.1"
        behind.journal.append(
            {"at": at, "kind": "started", "call": call, "caller": "13800000001", "name": "王<b>\u202e",
             "dialled": "8000", "origin": "outside", "trunk": "provider", "rules": "1-00000000"}
        )  # fmt: skip
        behind.journal.append(
            {"at": at, "kind": "step", "call": call, "n": 1, "action": "say", "detail": "您好",
             "reason": "the greeting", "rule_line": 12, "outcome": "arrived"}
        )  # fmt: skip
        behind.journal.append(
            {"at": at, "kind": "ticket", "call": call, "what": "complaint", "caller": "13800000001",
             "author": ""}
        )  # fmt: skip
    await behind.messages._recorded("")
    await api.ask("POST", "/duty", json={"word": "in"})
    behind.caller("1800000001.7", "13800000001")
    state = Call(id="1800000001.7", rules=behind.rules().version, stage=Stage.DESK_LINE)
    behind.live.watch(state, "wait", "the desk is busy")
    behind.lines.seen["1800000001.7"] = LineSeen("PJSIP/trunk-provider-1", state.pack())


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    it = Running(tmp_path_factory.mktemp("api"))
    it.start()
    yield it
    it.stop()


@pytest.mark.parametrize("who", ["token", "session", "nobody"])
@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
    derandomize=True,
)
def test_every_answer_is_as_the_document_says(case: Case, who: str, running: Running) -> None:
    """No fault of ours, no undocumented status, type or shape; what doesn't fit the document is refused."""
    headers = dict(case.headers or {}) | running.headers[who]
    response = case.call(base_url=running.url, headers=headers)
    case.validate_response(response, checks=list(CHECKS))


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("/me", ""),
        ("/mode", ""),
        ("/status", ""),
        ("/calls/live", ""),
        ("/calls", ""),
        ("/calls/{call}", "/calls/1700000001.1"),
        ("/tickets", ""),
        ("/tickets/{ticket}", "/tickets/1"),
        ("/directory", "/directory?q=li"),
        ("/rules", ""),
        ("/rules/versions", ""),
        ("/rules/versions/{version}", "/rules/versions/1"),
        ("/users", ""),
        ("/audit", ""),
    ],
)
def test_what_is_there_is_told_as_the_document_says(path: str, asked: str, running: Running) -> None:
    """The same for answers with something in them, which odd requests seldom find."""
    headers = running.headers["token"]
    answer = requests.get(f"{running.url}{PREFIX}{asked or path}", headers=headers, timeout=10)
    assert answer.status_code == 200
    assert answer.json()
    schema[PREFIX + path]["GET"].validate_response(answer)
