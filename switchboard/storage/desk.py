"""The desk's rows: choices of the mode, operators' duty, the line of waiting callers."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import delete, func, insert, select, update

from switchboard.domain.duty import Duty, DutyWord
from switchboard.domain.mode import Choice, Mode, Source
from switchboard.storage.database import Database
from switchboard.storage.tables import desk_line, duty, mode_choices

FORGET = timedelta(hours=1)
"""A call that asked for nothing that long is no longer in line, whatever became of it."""


class DeskRows:
    """Implements `flows.desk.Rows` on a database. Every method raises StorageError when it fails."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def last_choice(self) -> Choice | None:
        """The newest choice of the mode."""
        async with self._database.read() as connection:
            newest = select(mode_choices).order_by(mode_choices.c.id.desc()).limit(1)
            row = (await connection.execute(newest)).one_or_none()
        if row is None:
            return None
        mode = Mode(row.mode) if row.mode else None
        return Choice(mode, row.at, row.until, Source(row.source), row.author, row.reason)

    async def keep_choice(self, choice: Choice) -> None:
        """Keep a choice; it counts from now on."""
        async with self._database.write() as connection:
            await connection.execute(
                insert(mode_choices).values(
                    at=choice.at,
                    mode=choice.mode.value if choice.mode else None,
                    until=choice.until,
                    source=choice.source.value,
                    author=choice.author,
                    reason=choice.reason,
                )
            )

    async def duty(self) -> dict[str, Duty]:
        """Each operator's newest word."""
        newest = select(func.max(duty.c.id)).group_by(duty.c.extension)
        async with self._database.read() as connection:
            rows = (await connection.execute(select(duty).where(duty.c.id.in_(newest)))).all()
        return {row.extension: Duty(row.extension, DutyWord(row.what), row.at, row.until) for row in rows}

    async def keep_duty(self, word: Duty, source: Source, author: str) -> None:
        """Keep what an operator said; it counts from now on."""
        async with self._database.write() as connection:
            await connection.execute(
                insert(duty).values(
                    at=word.at,
                    extension=word.extension,
                    what=word.what.value,
                    until=word.until,
                    source=source.value,
                    author=author,
                )
            )

    async def place(self, call: str, at: datetime, served: Collection[str], live: Collection[str]) -> int:
        """The place of `call` in the line, 1 = next. It joins with its first question.

        Calls in `served` are with an operator, those not in `live` are gone: neither counts.
        """
        async with self._database.write() as connection:
            await connection.execute(delete(desk_line).where(desk_line.c.seen < at - FORGET))
            known = await connection.execute(
                update(desk_line).where(desk_line.c.call_id == call).values(seen=at)
            )
            if known.rowcount == 0:
                await connection.execute(insert(desk_line).values(call_id=call, joined=at, seen=at))
            rows = (
                await connection.execute(
                    select(desk_line.c.call_id).order_by(desk_line.c.joined, desk_line.c.call_id)
                )
            ).scalars()
            place = 1
            for other in rows:
                if other == call:
                    return place
                place += other in live and other not in served
            return place

    async def leave(self, call: str) -> None:
        """The call wants no operator any more."""
        async with self._database.write() as connection:
            await connection.execute(delete(desk_line).where(desk_line.c.call_id == call))
