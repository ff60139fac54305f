"""Attempts at PINs, kept, so that guessing is noticed and stopped."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, insert, select

from switchboard.domain.outcomes import Pin
from switchboard.storage.database import Database
from switchboard.storage.tables import pin_attempts


class PinRows:
    """Implements `flows.pins.Attempts`. Raises StorageError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def wrong_since(self, extension: str, since: datetime) -> int:
        """Wrong attempts since the last right one, and not before `since`."""
        mine = pin_attempts.c.extension == extension
        right = (mine) & (pin_attempts.c.verdict == Pin.RIGHT.value)
        last_right = select(func.coalesce(func.max(pin_attempts.c.id), 0)).where(right).scalar_subquery()
        wrong = (
            select(func.count())
            .select_from(pin_attempts)
            .where(mine, pin_attempts.c.verdict == Pin.WRONG.value)
            .where(pin_attempts.c.at >= since, pin_attempts.c.id > last_right)
        )
        async with self._database.read() as connection:
            return int((await connection.execute(wrong)).scalar_one())

    async def keep(self, extension: str, verdict: Pin, at: datetime) -> None:
        """Keep one attempt."""
        async with self._database.write() as connection:
            row = {"at": at, "extension": extension, "verdict": verdict.value}
            await connection.execute(insert(pin_attempts).values(row))
