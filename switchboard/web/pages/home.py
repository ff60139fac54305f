"""`/`: the first page somebody may see; and the choice of language."""

from __future__ import annotations

from aiohttp import web

from switchboard.domain.roles import Permission
from switchboard.web.language import COOKIE, LANGUAGES
from switchboard.web.navigation import pages_for
from switchboard.web.parts import PARTS, USER
from switchboard.web.permissions import needs, public
from switchboard.web.ways import own_path

YEAR_SECONDS = 365 * 24 * 3600


@needs(Permission.SELF)
async def home(request: web.Request) -> web.StreamResponse:
    """GET /: to the first page of the navigation."""
    pages = pages_for(request)
    raise web.HTTPSeeOther(pages[0].path if pages else "/account")


@public
async def choose_language(request: web.Request) -> web.StreamResponse:
    """POST /language {to, next}: for this browser, and for the user who is signed in."""
    form = await request.post()
    to = str(form.get("to", ""))
    answer = web.HTTPSeeOther(own_path(str(form.get("next", "/"))))
    if to in LANGUAGES:
        answer.set_cookie(
            COOKIE, to, max_age=YEAR_SECONDS, samesite="Lax", secure=request.secure, httponly=True
        )
        if USER in request:
            await request.app[PARTS].accounts.prefer(request[USER], language=to)
    raise answer


def add(app: web.Application) -> None:
    """Routes."""
    app.router.add_get("/", home)
    app.router.add_post("/language", choose_language)
