"""The page of callers: who is noted, and one of them with their earlier calls, to be changed (B6)."""

from __future__ import annotations

from urllib.parse import urlencode

from aiohttp import web

from switchboard.domain.callers import Grade, key_of
from switchboard.domain.roles import Permission
from switchboard.web.answers import Refused
from switchboard.web.parts import PARTS
from switchboard.web.permissions import needs
from switchboard.web.rendering import render

LISTED = 50
EARLIER = 30
LONGEST_SEARCH = 80


@needs(Permission.CALLERS)
async def callers_page(request: web.Request) -> web.StreamResponse:
    """GET /callers, /callers/{number}: `q` and `after` choose the list; `number` also jumps to a caller."""
    callers = request.app[PARTS].callers
    query, after = request.query.get("q", "").strip(), request.query.get("after", "")
    if len(query) > LONGEST_SEARCH or not query.isprintable() or not (after == "" or after.isdecimal()):
        raise Refused(422, "not_valid")
    if jump := key_of(request.query.get("number", "")):
        raise web.HTTPSeeOther(f"/callers/{jump}")
    number = request.match_info.get("number", "")
    if number and number != key_of(number):
        raise web.HTTPSeeOther(f"/callers/{key_of(number)}")
    found = await callers.listed(query, LISTED, after)
    return await render(
        request,
        "callers.html",
        found=found,
        search=query,
        query=f"?{urlencode({'q': query})}" if query else "",
        more=urlencode({"q": query, "after": found[-1].number}) if len(found) == LISTED else "",
        card=await callers.card(number) if number else None,
        history=await callers.history(number, EARLIER) if number else [],
        grades=[grade.value for grade in Grade],
    )


def add(app: web.Application) -> None:
    """Routes."""
    app.router.add_get("/callers", callers_page)
    app.router.add_get(r"/callers/{number:\+?[0-9]{1,31}}", callers_page)
