"""The page of recorded calls: by number and result, and one of them step by step with the reasons (C1)."""

from __future__ import annotations

from urllib.parse import urlencode

from aiohttp import web
from pydantic import ValidationError

from switchboard.domain.reasons import in_language
from switchboard.domain.roles import Permission
from switchboard.web.answers import Refused
from switchboard.web.api.calls import OUTCOMES, CallsWanted, list_calls, show_call
from switchboard.web.language import language_of
from switchboard.web.parts import PARTS
from switchboard.web.permissions import needs
from switchboard.web.rendering import render

SHOWN = 50


@needs(Permission.CALLS)
async def calls_page(request: web.Request) -> web.StreamResponse:
    """GET /calls: `number`, `outcome`, `before`. GET /calls/{call}: one call beside the list."""
    given = {k: v.strip() for k in ("number", "outcome", "before") if (v := request.query.get(k, "")).strip()}
    if "number" in given:
        given["number"] = "".join(c for c in given["number"] if c not in " -")
    try:
        wanted = CallsWanted.model_validate({**given, "limit": SHOWN})
    except ValidationError as error:
        raise Refused(422, "not_valid") from error
    found = await list_calls(request, wanted)
    id_ = request.match_info.get("call", "")
    filters = {k: v for k, v in given.items() if k != "before"}
    language = language_of(request)
    rules = request.app[PARTS].rules()
    names = {n: e.name[language] for n, e in rules.extensions.items()}
    return await render(
        request,
        "calls.html",
        found=found,
        chosen=await show_call(request, id_) if id_ else None,
        number=given.get("number", ""),
        outcome=given.get("outcome", ""),
        outcomes=OUTCOMES,
        query=f"?{urlencode(filters)}" if filters else "",
        older=urlencode({**filters, "before": found[-1].id}) if len(found) == SHOWN else "",
        paged="before" in given,
        names=names,
        said=lambda reason: in_language(reason, language),
    )


def add(app: web.Application) -> None:
    """Routes."""
    app.router.add_get("/calls", calls_page)
    app.router.add_get(r"/calls/{call:[A-Za-z0-9_.:-]{1,150}}", calls_page)
