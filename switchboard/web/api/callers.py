"""What the desk notes of callers, and what the records know of them (B6)."""

from __future__ import annotations

from typing import Annotated

from aiohttp import web
from pydantic import AwareDatetime, Field, StringConstraints

from switchboard.domain.callers import LONGEST_NAME, LONGEST_NOTES, CallerNote, Grade, key_of
from switchboard.domain.roles import Permission
from switchboard.flows.callers import CallerRefused
from switchboard.web.answers import Refused
from switchboard.web.api.declaring import Asked, Operations, Told
from switchboard.web.api.kinds import PLAIN
from switchboard.web.language import t
from switchboard.web.parts import PARTS, USER
from switchboard.web.trail import audit

operations = Operations("callers")

CallerNumber = Annotated[str, StringConstraints(pattern=r"^\+?[0-9]{1,31}$")]


class CallerShown(Told):
    """What is noted of a caller. `number` is one for all the ways in which trunks show it."""

    number: str
    name: str
    organisation: str
    grade: Grade
    notes: str


class EarlierCall(Told):
    """A call of theirs."""

    id: str
    started: AwareDatetime
    dialled: str
    outcome: str | None
    connected_to: str


class CallerCardShown(CallerShown):
    """With what the records know."""

    known: bool = Field(description="Whether anything is noted")
    earlier_calls: int
    open_tickets: int
    last_call: AwareDatetime | None
    calls: list[EarlierCall]


class CallersAsked(Asked):
    """Which callers."""

    q: Annotated[str, StringConstraints(max_length=80, pattern=PLAIN)] = Field(
        default="", description="Letters or digits of number, name or organisation"
    )
    after: Annotated[str, StringConstraints(pattern=r"^[0-9]{0,40}$")] = Field(
        default="", description="Numbers behind this one"
    )
    limit: int = Field(default=100, ge=1, le=500)


class NoteAsked(Asked):
    """What is to be noted, in place of what was."""

    name: str = Field(default="", max_length=LONGEST_NAME)
    organisation: str = Field(default="", max_length=LONGEST_NAME)
    grade: str = Field(default=Grade.ORDINARY.value, json_schema_extra={"enum": [g.value for g in Grade]})
    notes: str = Field(default="", max_length=LONGEST_NOTES)


@operations.get("/callers", "Callers noted, by number", needs=Permission.CALLERS)
async def list_callers(request: web.Request, query: CallersAsked) -> list[CallerShown]:
    """Those with these letters in number, name or organisation."""
    found = await request.app[PARTS].callers.listed(query.q, query.limit, query.after)
    return [_told(note) for note in found]


@operations.get("/callers/{number}", "One caller", needs=Permission.CALLERS)
async def show_caller(request: web.Request, number: CallerNumber) -> CallerCardShown:
    """Also of callers of whom nothing is noted: their earlier calls."""
    callers = request.app[PARTS].callers
    card = await callers.card(number)
    calls = await callers.history(number)
    return CallerCardShown(
        **_told(card.note).model_dump(),
        known=card.known,
        earlier_calls=card.earlier_calls,
        open_tickets=card.open_tickets,
        last_call=card.last_call,
        calls=[EarlierCall(**call) for call in calls],
    )


@operations.put("/callers/{number}", "Note a caller", needs=Permission.EDIT_CALLERS)
async def note_caller(request: web.Request, number: CallerNumber, body: NoteAsked) -> CallerShown:
    """In place of what was noted before."""
    if body.grade not in list(Grade):
        raise Refused(422, "not_valid")
    note = CallerNote(number, body.name, body.organisation, Grade(body.grade), body.notes)
    try:
        kept = await request.app[PARTS].callers.keep(note, request[USER].author)
    except CallerRefused as refused:
        raise Refused(422, refused.code, t(request, f"callers.refused.{refused.code}")) from refused
    await audit(request, "caller.change", kept.number, {"name": kept.name, "grade": kept.grade.value})
    return _told(kept)


@operations.delete("/callers/{number}", "Take out what is noted of a caller", needs=Permission.EDIT_CALLERS)
async def forget_caller(request: web.Request, number: CallerNumber) -> None:
    """The records of their calls stay."""
    if not await request.app[PARTS].callers.forget(number):
        raise Refused(404, "unknown", t(request, "callers.refused.unknown"))
    await audit(request, "caller.forget", key_of(number))


def _told(note: CallerNote) -> CallerShown:
    return CallerShown(
        number=note.number,
        name=note.name,
        organisation=note.organisation,
        grade=note.grade,
        notes=note.notes,
    )
