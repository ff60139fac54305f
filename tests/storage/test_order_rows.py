"""Orders into calls in a real database: one open for a call, claimed once, in time."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from switchboard.domain.order import Order, OrderKind, Typed
from switchboard.flows.orders import State
from switchboard.storage import open_database
from switchboard.storage.orders import OrderRows

AT = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
HOLD = Order(OrderKind.HOLD, "8011")
SCREEN = Order(OrderKind.SCREEN, "8012", "8801", Typed("王'; DROP TABLE orders", "<b>", "\x00\u202e"))
LATER = AT + timedelta(seconds=1)


async def test_one_order_is_open_for_a_call_at_a_time(database_url: str) -> None:
    """Ten at once: one is kept. Another call's is not in the way; a closed one neither."""
    database = await open_database(database_url)
    rows = OrderRows(database)
    ids = await asyncio.gather(*(rows.place("1.1", HOLD, "test", "", AT) for _ in range(10)))
    (kept,) = (i for i in ids if i is not None)
    assert await rows.place("2.2", HOLD, "test", "", AT) is not None
    assert await rows.close(kept, State.FAILED, "gone", AT)
    assert not await rows.close(kept, State.DONE, "late", AT)
    assert await rows.place("1.1", SCREEN, "test", "", AT) is not None
    await database.close()


async def test_an_order_is_claimed_once_after_it_was_sent_and_not_late(database_url: str) -> None:
    """Before it is sent nobody has it; then one of ten; what is too old, nobody."""
    database = await open_database(database_url)
    rows = OrderRows(database)
    id_ = await rows.place("1.1", SCREEN, "user:wang", "127.0.0.1", AT)
    assert id_ is not None
    assert await rows.claim("1.1", AT, AT) is None
    assert await rows.send(id_, "PJSIP/8011-0000002a", AT)
    claims = await asyncio.gather(*(rows.claim("1.1", LATER, AT) for _ in range(10)))
    (claimed,) = (c for c in claims if c is not None)
    assert (claimed.order, claimed.leg, claimed.author) == (SCREEN, "PJSIP/8011-0000002a", "user:wang")
    assert not await rows.send(id_, "", LATER)
    assert await rows.close(id_, State.DONE, "screen", LATER)
    old = await rows.place("1.1", HOLD, "test", "", AT)
    assert old is not None
    assert await rows.send(old, "", AT)
    assert await rows.claim("1.1", LATER, LATER) is None
    await database.close()


async def test_what_nobody_carried_out_fails_by_age(database_url: str) -> None:
    """Placed and claimed alike, whoever died; younger ones and closed ones stay as they are."""
    database = await open_database(database_url)
    rows = OrderRows(database)
    old, claimed = [await rows.place(c, HOLD, "test", "", AT) for c in ("1.1", "2.2")]
    young = await rows.place("3.3", HOLD, "test", "", LATER)
    assert claimed is not None
    assert young is not None
    assert old is not None
    assert await rows.send(claimed, "", AT)
    assert await rows.claim("2.2", AT, AT) is not None
    assert await rows.expire(LATER, "not in time", LATER) == [old, claimed]
    assert await rows.expire(LATER, "not in time", LATER) == []
    kept = [await rows.get(i) for i in (old, claimed, young)]
    assert [k.state for k in kept if k] == [State.FAILED, State.FAILED, State.PLACED]
    await database.close()
