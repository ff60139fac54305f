"""How many calls came to what, since the controller began: for monitoring, asked every few seconds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import func, select

from switchboard.storage.database import Database
from switchboard.storage.tables import calls

SETTLED = timedelta(hours=12)
"""Calls that began longer ago are counted once and for all: no call of theirs goes on."""


class EndedCalls:
    """Counts calls that began since `since` and have ended. Old ones are counted once."""

    def __init__(self, database: Database, since: datetime) -> None:
        self._database = database
        self._from = since
        self._settled: Counter[str] = Counter()

    async def count(self, now: datetime) -> Mapping[str, int]:
        """Outcome → calls; never less than before. Raises StorageError."""
        border = now - SETTLED
        if border - self._from > SETTLED:
            self._settled += Counter(await self._between(self._from, border))
            self._from = border
        return self._settled + Counter(await self._between(self._from, None))

    async def _between(self, begin: datetime, end: datetime | None) -> dict[str, int]:
        query = select(calls.c.outcome, func.count()).where(calls.c.started >= begin)
        query = query.where(calls.c.outcome.is_not(None)).group_by(calls.c.outcome)
        if end is not None:
            query = query.where(calls.c.started < end)
        async with self._database.read() as connection:
            return {outcome: count for outcome, count in await connection.execute(query)}
