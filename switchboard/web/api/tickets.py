"""Tickets: complaints, call-backs that need a person (A11, B5)."""

from __future__ import annotations

from typing import Annotated

from aiohttp import web
from pydantic import AwareDatetime, Field, StringConstraints

from switchboard.domain import tickets as domain
from switchboard.domain.roles import Permission
from switchboard.domain.tickets import LONGEST_NOTE, TicketState
from switchboard.flows.tickets import TicketRefused
from switchboard.web.answers import Refused
from switchboard.web.api.declaring import Asked, Operations, Told
from switchboard.web.api.kinds import PROSE, Count, RowId
from switchboard.web.api.refusing import refused
from switchboard.web.parts import PARTS, USER
from switchboard.web.trail import audit

operations = Operations("tickets")


class TicketTold(Told):
    """A ticket. `author`: who opened it, "" for the caller by a key."""

    id: int
    kind: str
    call: str
    caller: str
    opened: AwareDatetime
    author: str
    state: str


class TicketChanged(Told):
    """One change of a ticket."""

    at: AwareDatetime
    author: str
    state: str
    note: str


class TicketShown(TicketTold):
    """A ticket with all that happened to it, in order."""

    changes: list[TicketChanged]


class TicketsWanted(Asked):
    """Which tickets."""

    state: Annotated[TicketState | None, Field(description="only those")] = None
    limit: Annotated[Count, Field(description="at most so many")] = 50
    before: Annotated[RowId | None, Field(description="those with lower numbers: the next page")] = None


class TicketWanted(Asked):
    """A change. Opening again what is done, or a change to the same state, needs a note. `was`: what you
    believe it is; refused if somebody was faster."""

    state: TicketState
    note: Annotated[str, StringConstraints(max_length=LONGEST_NOTE, pattern=PROSE)] = ""
    was: TicketState | None = None


@operations.get("/tickets", "Tickets", needs=Permission.TICKETS)
async def list_tickets(request: web.Request, query: TicketsWanted) -> list[TicketTold]:
    """Newest first."""
    state = query.state.value if query.state is not None else ""
    found = await request.app[PARTS].tickets.listed(state, query.limit, query.before)
    return [TicketTold.model_validate(_told(ticket)) for ticket in found]


@operations.get("/tickets/{ticket}", "One ticket", needs=Permission.TICKETS)
async def show_ticket(request: web.Request, ticket: RowId) -> TicketShown:
    """With everything that was done about it."""
    try:
        return _shown(await request.app[PARTS].tickets.ticket(ticket))
    except TicketRefused as error:
        raise Refused(404, "not_found") from error


@operations.post("/tickets/{ticket}", "Change a ticket", needs=Permission.TICKETS, errors=(409,))
async def change_ticket(request: web.Request, ticket: RowId, body: TicketWanted) -> TicketShown:
    """Every change is kept with its author."""
    tickets = request.app[PARTS].tickets
    try:
        changed = await tickets.change(ticket, body.state, body.note, request[USER].author, body.was)
    except TicketRefused as error:
        if error.code == "unknown":
            raise Refused(404, "not_found") from error
        raise refused(request, 409, f"ticket_{error.code}", str(error)) from error
    await audit(request, "ticket.change", str(ticket), {"state": body.state.value})
    return _shown(changed)


def _told(ticket: domain.Ticket) -> dict[str, object]:
    return {
        "id": ticket.id,
        "kind": ticket.kind,
        "call": ticket.call,
        "caller": ticket.caller,
        "opened": ticket.opened.astimezone(),
        "author": ticket.author,
        "state": ticket.state,
    }


def _shown(ticket: domain.Ticket) -> TicketShown:
    changes = [
        {"at": c.at.astimezone(), "author": c.author, "state": c.state.value, "note": c.note}
        for c in ticket.changes
    ]
    return TicketShown.model_validate({**_told(ticket), "changes": changes})
