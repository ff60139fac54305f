"""Calls that somebody had placed for their own phone: one row each, written before the call is ordered."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import insert, select, update

from switchboard.flows.placing import Placed, State
from switchboard.storage.database import Database
from switchboard.storage.tables import placed_calls as table


class PlacedRows:
    """Implements `flows.placing.Rows` on a database. Every method raises StorageError when it fails."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def begin(
        self, extension: str, number: str, message: str, author: str, at: datetime, since: datetime
    ) -> Placed | None:
        """Keep a call about to be ordered; None when one was kept since `since`, and hasn't failed.

        Writers take turns in both databases, so two controllers can't both find nothing.
        """
        recent = select(table.c.id).where(
            table.c.extension == extension, table.c.at > since, table.c.state == State.PLACED.value
        )
        async with self._database.write() as connection:
            if (await connection.execute(recent.limit(1))).first() is not None:
                return None
            made = await connection.execute(
                insert(table).values(
                    at=at,
                    extension=extension,
                    number=number,
                    message_id=message,
                    author=author,
                    state=State.PLACED.value,
                    why="",
                )
            )
            (number_of_row,) = made.inserted_primary_key or (0,)
        return Placed(int(number_of_row), at, extension, number)

    async def last(self, extension: str) -> Placed | None:
        """The newest one for this phone."""
        wanted = select(table).where(table.c.extension == extension).order_by(table.c.id.desc()).limit(1)
        async with self._database.read() as connection:
            row = (await connection.execute(wanted)).first()
        return None if row is None else Placed(row.id, row.at, row.extension, row.number)

    async def close(self, id_: int, state: State, why: str) -> None:
        """What became of ordering it."""
        async with self._database.write() as connection:
            await connection.execute(
                update(table).where(table.c.id == id_).values(state=state.value, why=why)
            )
