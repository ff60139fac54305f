"""The API's document is true: requests made from it, thousands of odd ones, get only answers it tells of.

schemathesis makes requests that fit the document and requests that don't, for every operation, signed in by
token, by session, and not at all; the application is the real one over a real SQLite with something in it.
Nothing may be a fault of ours (5xx), or answer otherwise than documented.
"""

from __future__ import annotations

from collections.abc import Iterator

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

from switchboard.web.api import described
from switchboard.web.api.declaring import PREFIX
from tests.web.running import Running

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
        ("/messages", ""),
        ("/callers", ""),
        ("/callers/{number}", "/callers/13800000001"),
        ("/phone", ""),
    ],
)
def test_what_is_there_is_told_as_the_document_says(path: str, asked: str, running: Running) -> None:
    """The same for answers with something in them, which odd requests seldom find."""
    headers = running.headers["token"]
    answer = requests.get(f"{running.url}{PREFIX}{asked or path}", headers=headers, timeout=10)
    assert answer.status_code == 200
    assert answer.json()
    schema[PREFIX + path]["GET"].validate_response(answer)
