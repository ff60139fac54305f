"""Tickets: what somebody has to see to, and how far it has come (A11, B5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

LONGEST_NOTE = 2000
"""Characters of a note on a change."""


class TicketState(StrEnum):
    """How far a ticket has come."""

    OPEN = "open"  # nobody has taken it up
    WORKING = "working"
    DONE = "done"


STILL_OPEN = (TicketState.OPEN, TicketState.WORKING)
"""States of tickets that somebody still has to see to."""


@dataclass(frozen=True, slots=True)
class TicketChange:
    """One change, as it is kept: who turned the ticket into what, and why."""

    at: datetime
    author: str
    state: TicketState
    note: str = ""


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket. `author` is an operator's extension, "" when the caller opened it by a key."""

    id: int
    call: str
    kind: str
    caller: str
    opened: datetime
    author: str
    state: str
    changes: tuple[TicketChange, ...] = ()


def may_become(state: str, wanted: TicketState, note: str) -> bool:
    """Whether a ticket may be turned into `wanted`. One that is done is opened again only with a reason;
    one that stays what it is needs a note to tell."""
    if state == wanted:
        return bool(note)
    return state != TicketState.DONE or bool(note)
