"""What the desk notes of callers, and what the records know of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, func, select

from switchboard.domain.callers import CallerNote, Grade, writings
from switchboard.flows.callers import CallerCard
from switchboard.storage.database import Database
from switchboard.storage.search import containing
from switchboard.storage.stories import put
from switchboard.storage.tables import callers, calls, tickets
from switchboard.storage.tickets import OPEN


class CallerRows:
    """Implements `flows.callers.Rows` on a database. Every method raises StorageError when it fails."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def note(self, key: str) -> CallerNote | None:
        """What is noted of a caller."""
        async with self._database.read() as connection:
            row = (await connection.execute(select(callers).where(callers.c.number == key))).first()
        return None if row is None else _note(row)

    async def keep(self, note: CallerNote, author: str, at: datetime) -> None:
        """Note it, in place of what was."""
        values = {
            "number": note.number,
            "name": note.name,
            "organisation": note.organisation,
            "grade": note.grade.value,
            "notes": note.notes,
            "changed": at,
            "author": author,
        }
        async with self._database.write() as connection:
            await put(connection, callers, [values])

    async def forget(self, key: str) -> bool:
        """Take out what was noted. False when there was nothing."""
        async with self._database.write() as connection:
            gone = await connection.execute(delete(callers).where(callers.c.number == key))
        return gone.rowcount == 1

    async def card(self, key: str, but: str) -> CallerCard:
        """Note and figures; call `but` isn't counted."""
        written = writings(key)
        earlier = select(func.count(), func.max(calls.c.started)).where(
            calls.c.caller.in_(written), calls.c.id != but
        )
        still_open = (
            select(func.count())
            .select_from(tickets)
            .where(tickets.c.caller.in_(written), tickets.c.state.in_(OPEN))
        )
        async with self._database.read() as connection:
            row = (await connection.execute(select(callers).where(callers.c.number == key))).first()
            count, last = (await connection.execute(earlier)).one()
            opened = (await connection.execute(still_open)).scalar_one()
        note = CallerNote(key) if row is None else _note(row)
        return CallerCard(note, row is not None, int(count), int(opened), last)

    async def history(self, key: str, limit: int) -> list[dict[str, Any]]:
        """Earlier calls, newest first."""
        wanted = (
            select(calls)
            .where(calls.c.caller.in_(writings(key)))
            .order_by(calls.c.started.desc())
            .limit(limit)
        )
        async with self._database.read() as connection:
            rows = (await connection.execute(wanted)).all()
        return [
            {
                "id": r.id,
                "started": r.started,
                "dialled": r.dialled,
                "outcome": r.outcome,
                "connected_to": r.connected_to,
            }
            for r in rows
        ]

    async def listed(self, text: str, limit: int, after: str) -> list[CallerNote]:
        """By number."""
        wanted = select(callers).where(callers.c.number > after).order_by(callers.c.number).limit(limit)
        if text:
            found = containing(text, callers.c.number, callers.c.name, callers.c.organisation)
            wanted = wanted.where(found)
        async with self._database.read() as connection:
            return [_note(row) for row in await connection.execute(wanted)]


def _note(row: Row[Any]) -> CallerNote:
    grade = Grade(row.grade) if row.grade in list(Grade) else Grade.ORDINARY
    return CallerNote(row.number, row.name, row.organisation, grade, row.notes)
