"""What agents said of their queues, and how long their conversations last lately."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import func, insert, select

from switchboard.domain.agents import AgentState, AgentWord
from switchboard.storage.database import Database
from switchboard.storage.tables import agent_words, calls, steps

LATELY = timedelta(hours=4)
MOST_CALLS = 40
"""The mean is that of the last so many conversations, none older than LATELY."""


class AgentRows:
    """Implements `flows.agents.Rows` on a database. Every method raises StorageError when it fails."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def last_words(self) -> list[AgentState]:
        """Each agent's newest word in each queue."""
        newest = select(func.max(agent_words.c.id)).group_by(agent_words.c.extension, agent_words.c.queue)
        wanted = select(agent_words).where(agent_words.c.id.in_(newest))
        async with self._database.read() as connection:
            rows = (await connection.execute(wanted)).all()
        return [AgentState(r.extension, r.queue, AgentWord(r.word), r.reason, r.at) for r in rows]

    async def keep(self, states: Collection[AgentState], author: str) -> None:
        """Keep what an agent said; it counts from now on."""
        if not states:
            return
        async with self._database.write() as connection:
            await connection.execute(
                insert(agent_words),
                [
                    {
                        "at": s.at,
                        "extension": s.extension,
                        "queue": s.queue,
                        "word": s.word.value,
                        "reason": s.reason,
                        "author": author,
                    }
                    for s in states
                ],
            )


async def handling_seconds(database: Database, queue: str, at: datetime) -> int:
    """Mean seconds of the conversations that callers of `queue` had lately, 0 for none."""
    waited = (
        select(steps.c.id)
        .where(steps.c.call_id == calls.c.id, steps.c.action == "enqueue", steps.c.detail == queue)
        .exists()
    )
    wanted = (
        select(calls.c.connected, calls.c.ended)
        .where(calls.c.started > at - LATELY, calls.c.connected.is_not(None), calls.c.ended.is_not(None))
        .where(waited)
        .order_by(calls.c.started.desc())
        .limit(MOST_CALLS)
    )
    async with database.read() as connection:
        rows = (await connection.execute(wanted)).all()
    lengths = [max(0.0, (row.ended - row.connected).total_seconds()) for row in rows]
    return round(sum(lengths) / len(lengths)) if lengths else 0
