"""Tickets as they are listed, looked up and worked on. They are opened by the journal's `ticket` records."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, insert, select, update

from switchboard.domain.tickets import STILL_OPEN, Ticket, TicketChange, TicketState
from switchboard.storage.database import Database
from switchboard.storage.tables import ticket_changes
from switchboard.storage.tables import tickets as table

OPEN = tuple(state.value for state in STILL_OPEN)
"""States that count as open."""


class TicketRows:
    """Implements `flows.tickets.Rows` on a database. Every method raises StorageError when it fails."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def listed(self, state: str, limit: int, before: int | None) -> list[Ticket]:
        """Newest first, without their changes."""
        wanted = select(table).order_by(table.c.id.desc()).limit(limit)
        if state:
            wanted = wanted.where(table.c.state == state)
        if before is not None:
            wanted = wanted.where(table.c.id < before)
        async with self._database.read() as connection:
            return [_ticket(row, ()) for row in await connection.execute(wanted)]

    async def ticket(self, id_: int) -> Ticket | None:
        """One ticket, with its changes in order."""
        changes = (
            select(ticket_changes).where(ticket_changes.c.ticket_id == id_).order_by(ticket_changes.c.id)
        )
        async with self._database.read() as connection:
            row = (await connection.execute(select(table).where(table.c.id == id_))).first()
            if row is None:
                return None
            found = [
                TicketChange(change.at, change.author, TicketState(change.state), change.note)
                for change in await connection.execute(changes)
            ]
        return _ticket(row, tuple(found))

    async def change(self, id_: int, before: str, change: TicketChange) -> bool:
        """Keep the change, unless the ticket is no longer in state `before`."""
        turned = (
            update(table).where(table.c.id == id_, table.c.state == before).values(state=change.state.value)
        )
        async with self._database.write() as connection:
            if (await connection.execute(turned)).rowcount == 0:
                return False
            await connection.execute(
                insert(ticket_changes).values(
                    ticket_id=id_,
                    at=change.at,
                    author=change.author,
                    state=change.state.value,
                    note=change.note,
                )
            )
        return True


def _ticket(row: Row[Any], changes: tuple[TicketChange, ...]) -> Ticket:
    return Ticket(row.id, row.call_id, row.kind, row.caller, row.opened, row.author, row.state, changes)


async def ticket_of(database: Database, call: str) -> str:
    """The number of the call's ticket, "" when there is none (yet)."""
    async with database.read() as connection:
        found = await connection.execute(select(table.c.id).where(table.c.call_id == call))
        number = found.scalars().first()
    return "" if number is None else str(number)


async def tickets(database: Database, limit: int = 100) -> list[dict[str, Any]]:
    """The newest `limit` tickets, as `switchboard tickets` shows them."""
    wanted = select(table).order_by(table.c.id.desc()).limit(limit)
    async with database.read() as connection:
        rows = (await connection.execute(wanted)).all()
    return [
        {
            "id": row.id,
            "kind": row.kind,
            "call": row.call_id,
            "caller": row.caller,
            "opened": row.opened.astimezone().isoformat(),
            "author": row.author,
            "state": row.state,
        }
        for row in rows
    ]
