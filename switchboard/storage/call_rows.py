"""Recorded calls for whoever looks through them: a page of them, or one with everything about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, or_, select

from switchboard.domain.callers import key_of, writings
from switchboard.storage.database import Database
from switchboard.storage.listing import call_told, step_told
from switchboard.storage.tables import calls, messages, steps, tickets


@dataclass(frozen=True)
class CallRows:
    """Recorded calls. Every method raises StorageError when the database fails."""

    database: Database

    async def listed(
        self, limit: int, before: str = "", number: str = "", outcome: str = ""
    ) -> list[dict[str, Any]]:
        """Newest first, without their steps; those older than the call `before`, with `number` as caller,
        as dialled, or as who was reached, that came to `outcome`."""
        wanted = select(calls).order_by(calls.c.started.desc(), calls.c.id.desc()).limit(limit)
        if before:
            mark = select(calls.c.started).where(calls.c.id == before).scalar_subquery()
            wanted = wanted.where(
                or_(calls.c.started < mark, and_(calls.c.started == mark, calls.c.id < before))
            )
        if number:
            ways = writings(key_of(number)) if key_of(number) else (number,)
            wanted = wanted.where(
                or_(calls.c.caller.in_(ways), calls.c.dialled == number, calls.c.connected_to == number)
            )
        if outcome:
            wanted = wanted.where(calls.c.outcome == outcome)
        async with self.database.read() as connection:
            return [call_told(row) for row in await connection.execute(wanted)]

    async def call(self, id_: str) -> dict[str, Any] | None:
        """One call with its steps, and the numbers of its messages and tickets."""
        async with self.database.read() as connection:
            row = (await connection.execute(select(calls).where(calls.c.id == id_))).first()
            if row is None:
                return None
            taken = await connection.execute(select(steps).where(steps.c.call_id == id_).order_by(steps.c.id))
            left = await connection.execute(select(messages.c.id).where(messages.c.call_id == id_))
            opened = await connection.execute(select(tickets.c.id).where(tickets.c.call_id == id_))
            return {
                **call_told(row),
                "steps": [step_told(step) for step in taken],
                "messages": list(left.scalars()),
                "tickets": list(opened.scalars()),
            }
