"""Promises to call back, as rows. Claiming one is a single UPDATE: two controllers can't both place it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Row, insert, select, update
from sqlalchemy.exc import IntegrityError

from switchboard.domain.actions import OrderCallBack
from switchboard.flows.callback import Promise, State
from switchboard.storage.database import Database
from switchboard.storage.tables import call_backs, cdrs


class CallBackRows:
    """Implements `flows.callback.Rows` on a database. Every method raises StorageError when it fails."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def promise(self, call: str, order: OrderCallBack, language: str, at: datetime) -> None:
        """Keep a promise; the second of the same call is the first."""
        async with self._database.write() as connection:
            try:
                async with connection.begin_nested():
                    await connection.execute(
                        insert(call_backs).values(
                            call_id=call,
                            queue=order.queue,
                            number=order.number,
                            language=language,
                            priority=order.priority,
                            since=order.since,
                            promised=at,
                            state=State.WAITING.value,
                            why="",
                        )
                    )
            except IntegrityError:
                return

    async def in_state(self, *states: State) -> list[Promise]:
        """Promises in these states, oldest first."""
        wanted = select(call_backs).where(call_backs.c.state.in_([s.value for s in states]))
        async with self._database.read() as connection:
            rows = (await connection.execute(wanted.order_by(call_backs.c.id))).all()
        return [_promise(row) for row in rows]

    async def claim(self, id_: int, at: datetime) -> bool:
        """Take a waiting promise to place its call. False: somebody else has."""
        async with self._database.write() as connection:
            taken = await connection.execute(
                update(call_backs)
                .where(call_backs.c.id == id_, call_backs.c.state == State.WAITING.value)
                .values(state=State.PLACED.value, claimed=at)
            )
        return taken.rowcount == 1

    async def close(self, id_: int, state: State, why: str, at: datetime) -> bool:
        """End a promise. False: it has ended already."""
        async with self._database.write() as connection:
            ended = await connection.execute(
                update(call_backs)
                .where(call_backs.c.id == id_, call_backs.c.closed.is_(None))
                .values(state=state.value, why=why, closed=at)
            )
        return ended.rowcount == 1

    async def talked(self, channel: str) -> bool | None:
        """What the records say of the call placed as `channel`: whether a caller and an agent were connected;
        None: they know nothing of it."""
        wanted = select(cdrs).where((cdrs.c.linkedid == channel) | (cdrs.c.uniqueid == channel))
        async with self._database.read() as connection:
            rows = (await connection.execute(wanted)).all()
        if not rows:
            return None
        return any(
            row.dstchannel.startswith("PJSIP/trunk-") and row.disposition == "ANSWERED" for row in rows
        )


def _promise(row: Row[tuple[object, ...]]) -> Promise:
    return Promise(
        id=row.id,
        call=row.call_id,
        queue=row.queue,
        number=row.number,
        language=row.language,
        priority=row.priority,
        since=row.since,
    )
