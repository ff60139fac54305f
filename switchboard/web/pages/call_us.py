"""/call-us: an administrator calls the main number from the browser, as anybody outside would."""

from __future__ import annotations

from aiohttp import web

from switchboard.domain.roles import Permission
from switchboard.web.parts import PARTS
from switchboard.web.permissions import needs
from switchboard.web.rendering import render


@needs(Permission.TEST_CALL)
async def call_us_page(request: web.Request) -> web.StreamResponse:
    """GET /call-us. The account comes with the call, from the API."""
    return await render(request, "call-us.html", main_number=request.app[PARTS].rules().main_number)


def add(app: web.Application) -> None:
    """Routes."""
    app.router.add_get("/call-us", call_us_page)
