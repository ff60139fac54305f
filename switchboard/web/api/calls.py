"""Recorded calls (C1)."""

from __future__ import annotations

from typing import Annotated

from aiohttp import web
from pydantic import AwareDatetime, Field, StringConstraints

from switchboard.domain.roles import Permission
from switchboard.web.answers import Refused
from switchboard.web.api.declaring import Asked, Operations, Told
from switchboard.web.api.kinds import CallId, Count
from switchboard.web.parts import PARTS

operations = Operations("calls")

OUTCOMES = ("connected", "message", "abandoned", "refused", "failed", "queue_callback")


class CallTold(Told):
    """A recorded call. Times are null for what hasn't happened (yet)."""

    id: str
    caller: str
    name: str
    dialled: str
    origin: str
    trunk: str
    started: AwareDatetime
    answered: AwareDatetime | None
    connected: AwareDatetime | None
    ended: AwareDatetime | None
    outcome: str | None
    connected_to: str
    rules: str
    fallback: bool


class CallStep(Told):
    """One decision of a call: what was done, why, by which line of the rules, and what came of it."""

    n: int
    at: AwareDatetime
    action: str
    detail: str
    outcome: str | None
    reason: str
    rule_line: int | None


class CallShown(CallTold):
    """A call with everything that hangs on it."""

    steps: list[CallStep]
    messages: list[str]
    tickets: list[int]


class CallsWanted(Asked):
    """Which calls."""

    limit: Annotated[Count, Field(description="at most so many")] = 50
    before: Annotated[CallId | None, Field(description="those older than this call: the next page")] = None
    number: Annotated[
        str | None,
        StringConstraints(pattern=r"^[+]?[0-9]{1,32}$"),
        Field(description="the caller's number, the one dialled, or the extension reached"),
    ] = None
    outcome: Annotated[
        str | None,
        StringConstraints(pattern="^(" + "|".join(OUTCOMES) + ")$"),
        Field(description="what the call came to"),
    ] = None


@operations.get("/calls", "Recorded calls", needs=Permission.CALLS)
async def list_calls(request: web.Request, query: CallsWanted) -> list[CallTold]:
    """Newest first, without their steps."""
    rows = await request.app[PARTS].calls.listed(
        query.limit, query.before or "", query.number or "", query.outcome or ""
    )
    return [CallTold.model_validate(row) for row in rows]


@operations.get("/calls/{call}", "One recorded call", needs=Permission.CALLS)
async def show_call(request: web.Request, call: CallId) -> CallShown:
    """With its steps, and the numbers of its messages and tickets."""
    row = await request.app[PARTS].calls.call(call)
    if row is None:
        raise Refused(404, "not_found")
    return CallShown.model_validate(row)
