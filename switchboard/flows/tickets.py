"""Working on tickets: each change is kept with its author, and two people don't undo each other (B5)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from switchboard.domain.tickets import LONGEST_NOTE, Ticket, TicketChange, TicketState, may_become
from switchboard.errors import SwitchboardError
from switchboard.flows.ports import Clock


class TicketRefused(SwitchboardError):
    """A ticket was not changed. `code`: unknown | changed (somebody was faster) | note_needed | too_long."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


class Rows(Protocol):
    """What is kept (`switchboard.storage.TicketRows`). Every method may raise StorageError."""

    async def listed(self, state: str, limit: int, before: int | None) -> list[Ticket]: ...
    async def ticket(self, id_: int) -> Ticket | None: ...
    async def change(self, id_: int, before: str, change: TicketChange) -> bool:
        """Keep the change, unless the ticket is no longer in state `before`."""


class Tickets:
    """The company's tickets."""

    def __init__(self, rows: Rows, now: Clock) -> None:
        self._rows = rows
        self._now = now
        self.changed: list[Callable[[], object]] = []  # called after every change

    async def listed(self, state: str = "", limit: int = 100, before: int | None = None) -> list[Ticket]:
        """Newest first, of one state or of all, with numbers below `before`."""
        return await self._rows.listed(state, limit, before)

    async def ticket(self, id_: int) -> Ticket:
        """One ticket with all that happened to it. Raises TicketRefused (unknown)."""
        found = await self._rows.ticket(id_)
        if found is None:
            raise TicketRefused("unknown", f"there is no ticket {id_}")
        return found

    async def change(
        self, id_: int, state: TicketState, note: str, author: str, was: TicketState | None = None
    ) -> Ticket:
        """Turn it into `state`. `was`: what the author believes it is. Raises TicketRefused."""
        note = _text(note)
        ticket = await self.ticket(id_)
        if was is not None and ticket.state != was:
            raise TicketRefused("changed", f"ticket {id_} is {ticket.state} already")
        if not may_become(ticket.state, state, note):
            raise TicketRefused("note_needed", f"ticket {id_} is {ticket.state}: say why")
        at: datetime = self._now()
        if not await self._rows.change(id_, ticket.state, TicketChange(at, author, state, note)):
            raise TicketRefused("changed", f"ticket {id_} was changed by somebody else")
        for tell in self.changed:
            tell()
        return await self.ticket(id_)


def _text(text: str) -> str:
    lines = (
        " ".join("".join(c if c.isprintable() else " " for c in line).split()) for line in text.splitlines()
    )
    whole = "\n".join(lines).strip()
    if len(whole) > LONGEST_NOTE:
        raise TicketRefused("too_long", f"at most {LONGEST_NOTE} characters")
    return whole
