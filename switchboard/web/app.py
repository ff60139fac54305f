"""The application: everything a browser or a program can ask for, behind one guard."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from aiohttp import web

from switchboard.web import api, monitoring, security
from switchboard.web.pages import (
    audit,
    call_us,
    callers,
    calls,
    certificate,
    desk,
    home,
    messages,
    rules,
    signing,
    status,
    users,
)
from switchboard.web.parts import PARTS, Parts
from switchboard.web.permissions import BODY_LIMIT, check_routes

STATIC = Path(__file__).parent / "static"

FEATURES: tuple[Callable[[web.Application], None], ...] = (
    monitoring.add,
    home.add,
    desk.add,
    messages.add,
    callers.add,
    calls.add,
    status.add,
    rules.add,
    users.add,
    audit.add,
    signing.add,
    certificate.add,
    call_us.add,
    api.add,
)
"""Each adds its routes, marked by @needs or @public."""


def build_app(parts: Parts) -> web.Application:
    """The application for `parts`. Raises RuntimeError when a route says nothing about who may use it."""
    app = web.Application(
        middlewares=security.middlewares(parts.key, parts.site.http_port), client_max_size=BODY_LIMIT
    )
    app[PARTS] = parts
    app.on_response_prepare.append(security.harden)
    app.router.add_static("/static/", STATIC, follow_symlinks=False)
    for add in FEATURES:
        add(app)
    check_routes(app)
    return app
