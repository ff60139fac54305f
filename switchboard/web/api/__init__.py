"""The HTTP API, version 1: one module a feature, each with its `operations` (see `declaring`).

`OPERATIONS` is everything there is; routes and the document are made from it.
"""

from __future__ import annotations

from typing import Any

from aiohttp import web

from switchboard import __version__
from switchboard.web.api import (
    callers,
    calls,
    directory,
    events,
    live,
    me,
    messages,
    mode,
    people,
    phone,
    rules,
    status,
    tickets,
)
from switchboard.web.api.declaring import PREFIX, Operation
from switchboard.web.api.openapi import document
from switchboard.web.permissions import public

FEATURES = (
    me,
    mode,
    live,
    events,
    calls,
    messages,
    callers,
    tickets,
    directory,
    phone,
    rules,
    status,
    people,
)

OPERATIONS: tuple[Operation, ...] = tuple(o for feature in FEATURES for o in feature.operations.all)


@public
async def openapi(request: web.Request) -> web.Response:
    """GET /api/v1/openapi.json."""
    return web.json_response(document(OPERATIONS, __version__))


def add(app: web.Application) -> None:
    """Routes."""
    app.router.add_get(PREFIX + "/openapi.json", openapi)
    for operation in OPERATIONS:
        operation.add_to(app)
    app[events.STREAMS] = {}
    app.on_shutdown.append(events.let_go)


def described() -> dict[str, Any]:
    """The document, without the version of this program: what `docs/openapi.json` holds."""
    return document(OPERATIONS, "1")
