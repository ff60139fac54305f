"""Tickets as they are listed and looked up. They are opened by the journal's `ticket` records."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from switchboard.storage.database import Database
from switchboard.storage.tables import tickets as table


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
