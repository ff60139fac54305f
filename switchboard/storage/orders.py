"""Orders into calls, as rows. Placing and claiming are single statements that one of several can win."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.exc import IntegrityError

from switchboard.domain.order import Order, OrderKind, Typed
from switchboard.flows.orders import Kept, State
from switchboard.storage.database import Database
from switchboard.storage.tables import orders

OPEN = (State.PLACED.value, State.CLAIMED.value)


class OrderRows:
    """Implements `flows.orders.Rows` on a database. Every method raises StorageError when it fails."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def place(self, call: str, order: Order, author: str, address: str, at: datetime) -> int | None:
        """Keep an order; None: another one is open for this call."""
        typed = json.dumps(asdict(order.typed), ensure_ascii=False) if order.typed else ""
        async with self._database.write() as connection:
            try:
                async with connection.begin_nested():
                    done = await connection.execute(
                        insert(orders).values(
                            call_id=call,
                            kind=order.kind.value,
                            by=order.by,
                            target=order.target,
                            typed=typed,
                            author=author,
                            address=address,
                            placed=at,
                            state=State.PLACED.value,
                        )
                    )
            except IntegrityError:
                return None
        assert done.inserted_primary_key is not None
        return int(done.inserted_primary_key[0])

    async def send(self, id_: int, leg: str, at: datetime) -> bool:
        """The call is about to be moved: from now on its step may claim the order. False: it was closed."""
        placed = (orders.c.id == id_, orders.c.state == State.PLACED.value)
        async with self._database.write() as connection:
            done = await connection.execute(update(orders).where(*placed).values(leg=leg, sent=at))
        return done.rowcount == 1

    async def claim(self, call: str, at: datetime, since: datetime) -> Kept | None:
        """Take the order that was sent to `call` at `since` or later. None: there is none, or no more."""
        waits = (
            orders.c.call_id == call,
            orders.c.state == State.PLACED.value,
            orders.c.sent.is_not(None),
            orders.c.sent >= since,
        )
        taken = update(orders).where(*waits).values(state=State.CLAIMED.value, claimed=at).returning(orders)
        async with self._database.write() as connection:
            row = (await connection.execute(taken)).first()
        return _kept(row) if row is not None else None

    async def close(self, id_: int, state: State, outcome: str, at: datetime) -> bool:
        """End an order. False: it has ended already."""
        ended = update(orders).where(orders.c.id == id_, orders.c.state.in_(OPEN))
        async with self._database.write() as connection:
            done = await connection.execute(ended.values(state=state.value, outcome=outcome, closed=at))
        return done.rowcount == 1

    async def expire(self, before: datetime, outcome: str, at: datetime) -> list[int]:
        """Close what was placed `before` and is still open; their ids."""
        old = update(orders).where(orders.c.state.in_(OPEN), orders.c.placed < before)
        values = old.values(state=State.FAILED.value, outcome=outcome, closed=at).returning(orders.c.id)
        async with self._database.write() as connection:
            return [row.id for row in await connection.execute(values)]

    async def get(self, id_: int) -> Kept | None:
        """One order."""
        async with self._database.read() as connection:
            row = (await connection.execute(select(orders).where(orders.c.id == id_))).first()
        return _kept(row) if row is not None else None


def _kept(row: Row[Any]) -> Kept:
    typed = Typed(**json.loads(row.typed)) if row.typed else None
    return Kept(
        id=row.id,
        call=row.call_id,
        order=Order(OrderKind(row.kind), row.by, row.target, typed),
        leg=row.leg,
        author=row.author,
        placed=row.placed,
        state=State(row.state),
        outcome=row.outcome,
    )
