"""The page of messages: a list by person and state, and one message to be heard and seen to (A13).

On a telephone the list and the message are pages of their own; on a wide screen they stand side by side.
What is done there goes through the API.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from aiohttp import web
from pydantic import ValidationError

from switchboard.domain.callers import key_of
from switchboard.domain.company import Rules
from switchboard.domain.mailboxes import has_mailbox
from switchboard.domain.roles import Permission
from switchboard.web.answers import Refused
from switchboard.web.api.messages import ListAsked, list_messages, show_message
from switchboard.web.language import language_of
from switchboard.web.parts import PARTS, USER
from switchboard.web.permissions import needs
from switchboard.web.rendering import render

FILTERS = ("mailbox", "state", "person", "mine")


@needs(Permission.MESSAGES)
async def messages_page(request: web.Request) -> web.StreamResponse:
    """GET /messages, /messages/{message}. mailbox, state, person, mine and before choose what is listed."""
    asked = _asked(request.query)
    found = await list_messages(request, asked)
    id_ = request.match_info.get("message", "")
    chosen = await show_message(request, id_) if id_ else None
    parts, account = request.app[PARTS], request[USER]
    filters = {name: request.query[name] for name in FILTERS if request.query.get(name)}
    last = found.messages[-1].id if len(found.messages) == asked.limit else ""
    return await render(
        request,
        "messages.html",
        found=found,
        chosen=chosen,
        caller=await parts.callers.card(chosen.caller, chosen.call) if chosen else None,
        caller_key=key_of(chosen.caller) if chosen else "",
        filters={name: filters.get(name, "") for name in FILTERS},
        filtered=bool(filters),
        query=f"?{urlencode(filters)}" if filters else "",
        older=urlencode({**filters, "before": last}) if last else "",
        paged=asked.before is not None,
        boxes=_boxes(parts.rules(), language_of(request), found.boxes),
        sees_all=account.may(Permission.CALLS),
    )


def _asked(query: Mapping[str, str]) -> ListAsked:
    """What the query string asks for; parts of it that mean nothing are left out. Raises Refused."""
    given = {k: v.strip() for k, v in query.items() if k in (*FILTERS, "before") and v.strip()}
    try:
        return ListAsked.model_validate({**given, "limit": 40})
    except ValidationError as error:
        raise Refused(422, "not_valid") from error


def _boxes(rules: Rules, language: str, mine: list[str]) -> list[tuple[str, str, bool]]:
    """(number, name, whether one may open it): one's own first, then shared ones, then persons'."""
    boxes = [e for e in rules.extensions.values() if has_mailbox(rules, e.number)]
    boxes.sort(key=lambda e: (e.number not in mine, e.number))
    return [(e.number, e.name[language], e.number in mine) for e in boxes[:500]]


def add(app: web.Application) -> None:
    """Routes."""
    app.router.add_get("/messages", messages_page)
    app.router.add_get(r"/messages/{message:[0-9A-Za-z*#_-]{3,100}}", messages_page)
