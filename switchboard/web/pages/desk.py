"""/desk: the operators' page. What is live on it comes from the API; here is only what the rules say."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from switchboard.domain.company import LANGUAGES, Rules, Screened
from switchboard.domain.roles import Permission
from switchboard.web.language import language_of, texts
from switchboard.web.parts import PARTS, USER
from switchboard.web.permissions import needs
from switchboard.web.rendering import render

SAY = "desk.say."
"""Texts under this prefix are the sentences an operator reads out: in the caller's language, so in both."""


@needs(Permission.LIVE_OWN)
async def desk_page(request: web.Request) -> web.StreamResponse:
    """GET /desk."""
    rules = request.app[PARTS].rules()
    return await render(
        request, "desk.html", desk=settings_of(rules, language_of(request), request[USER].user)
    )


def settings_of(rules: Rules, language: str, user: str) -> dict[str, Any]:
    """What the page's script must know before it asks anything. `language`, `user`: whose page it is."""
    return {
        "language": language,
        "user": user,
        "zone": rules.time_zone,
        "main": rules.main_number,
        "operators": list(rules.operators),
        "fetch": rules.codes.fetch,
        "ring_seconds": rules.ring_cycle_seconds,
        "rings": rules.desk.rings,
        "deputies": {
            number: entry.deputy
            for number, entry in rules.extensions.items()
            if isinstance(entry, Screened) and entry.deputy
        },
        "say": {one: _sentences(rules, one) for one in LANGUAGES},
    }


def _sentences(rules: Rules, language: str) -> dict[str, str]:
    """The greeting card's sentences by their keys, with the company's name in `language`."""
    said = texts(language)
    return {
        key.removeprefix(SAY): said(key, company=rules.company[language])
        for key in said.all("desk")
        if key.startswith(SAY)
    }


def add(app: web.Application) -> None:
    """Routes."""
    app.router.add_get("/desk", desk_page)
