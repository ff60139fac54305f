"""/desk: the operators' page. What is live on it comes from the API; here is only what the rules say."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from switchboard.domain.company import LANGUAGES, Rules
from switchboard.domain.roles import Permission
from switchboard.web.language import language_of, texts
from switchboard.web.parts import PARTS, USER
from switchboard.web.permissions import needs
from switchboard.web.rendering import render

SAY = "desk.say."
"""Texts under this prefix are the sentences an operator reads out: in the caller's language, so in both."""


@needs(Permission.LIVE)
async def desk_page(request: web.Request) -> web.StreamResponse:
    """GET /desk."""
    rules = request.app[PARTS].rules()
    return await render(request, "desk.html", desk=_desk(request, rules))


def _desk(request: web.Request, rules: Rules) -> dict[str, Any]:
    """What the page's script must know before it asks anything."""
    return {
        "language": language_of(request),
        "user": request[USER].user,
        "zone": rules.time_zone,
        "main": rules.main_number,
        "operators": list(rules.operators),
        "fetch": rules.codes.fetch,
        "ring_seconds": rules.ring_cycle_seconds,
        "rings": rules.desk.rings,
        "say": {language: _sentences(rules, language) for language in LANGUAGES},
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
