"""What the live view, the API's lists and tickets ask of a real database."""

from __future__ import annotations

import asyncio
import time

from switchboard.domain.callers import CallerNote, Grade
from switchboard.domain.live import Known
from switchboard.domain.tickets import TicketChange, TicketState
from switchboard.storage import CallerRows, CallRows, DeskRows, LiveRows, TicketRows
from switchboard.storage.tables import calls, messages
from tests.storage.conftest import START, Desk, at, cdr, started, step


async def test_callers_are_known_however_their_number_is_written(desk: Desk) -> None:
    """Note, earlier calls that have ended, open tickets; a hundred at a time, strangers among them."""
    await CallerRows(desk.database).keep(
        CallerNote("13800001111", "王芳", "星光", Grade.KEY, "慢慢说"), "user:li", START
    )
    desk.journal.append(started())
    desk.journal.append(started("2.2", caller="+8613800001111"))
    desk.journal.append(
        {"at": at(1), "kind": "ticket", "call": "2.2", "what": "complaint", "caller": "013800001111",
         "author": ""}
    )  # fmt: skip
    desk.write_cdr(cdr())
    await desk.follower.catch_up()
    rows = LiveRows(desk.database)
    strangers = [f"139{n:08}" for n in range(500)]
    known = await rows.known(["+8613800001111", "13800001111", "", *strangers])
    expected = Known("王芳", "星光", "key", "慢慢说", 1, 1)
    assert (known["+8613800001111"], known["13800001111"]) == (expected, expected)
    assert known[strangers[0]] == Known(earlier_calls=0, open_tickets=0)
    assert "" not in known
    await TicketRows(desk.database).change(
        1, "open", TicketChange(START, "user:li", TicketState.DONE, "called")
    )
    assert (await rows.known(["13800001111"]))["13800001111"].open_tickets == 0


async def test_what_is_remembered_of_calls_under_way(desk: Desk) -> None:
    """The last step, and since when the call waits for the desk."""
    desk.journal.append(started())
    for n in (1, 2):
        desk.journal.append(step(n, f"say {n}", "said", reason=f"reason {n}"))
    await desk.follower.catch_up()
    call = (await CallRows(desk.database).listed(1))[0]["id"]
    await DeskRows(desk.database).place(call, START, (), {call})
    (found,) = (await LiveRows(desk.database).remembered([call, "9.9"])).values()
    assert (found.action, found.reason, found.joined) == ("say 2", "reason 2", START)


async def test_only_what_is_open_is_counted(desk: Desk) -> None:
    """Tickets that are worked on are open, those that are done are not."""
    rows, tickets = LiveRows(desk.database), TicketRows(desk.database)
    for n in range(3):
        desk.journal.append(
            {"at": at(n), "kind": "ticket", "call": f"{n}.1", "what": "complaint", "caller": "1",
             "author": ""}
        )  # fmt: skip
    await desk.follower.catch_up()
    async with desk.database.write() as connection:
        for n, state in enumerate(("new", "new", "heard")):
            await connection.execute(
                messages.insert().values(
                    id=f"8201-{n}-a", mailbox="8201", received=START, seconds=1, reason="busy", file="",
                    state=state,
                )
            )  # fmt: skip
    assert await tickets.change(1, "open", TicketChange(START, "a", TicketState.WORKING))
    assert await tickets.change(2, "open", TicketChange(START, "a", TicketState.DONE))
    counts = await rows.counts()
    assert (counts.new_messages, counts.open_tickets) == (2, 2)


async def test_two_who_change_a_ticket_at_once_are_one_who_does(desk: Desk) -> None:
    """The other is told, and only the change that counted is kept."""
    desk.journal.append(
        {"at": at(0), "kind": "ticket", "call": "1.1", "what": "complaint", "caller": "1", "author": ""}
    )
    await desk.follower.catch_up()
    rows = TicketRows(desk.database)
    changes = [TicketChange(START, who, TicketState.WORKING) for who in ("li", "wang")]
    done = await asyncio.gather(*(rows.change(1, "open", change) for change in changes))
    assert sorted(done) == [False, True]
    ticket = await rows.ticket(1)
    assert ticket is not None
    assert len(ticket.changes) == 1


async def test_pages_of_calls_neither_miss_nor_repeat(desk: Desk) -> None:
    """Also when many began at the same moment."""
    for n in range(25):
        desk.journal.append(started(f"{n:02}.1"))
    await desk.follower.catch_up()
    rows, seen, before = CallRows(desk.database), [], ""
    while page := await rows.listed(10, before):
        seen += [call["id"] for call in page]
        before = page[-1]["id"]
    assert len(seen) == 25
    assert len(set(seen)) == 25
    assert await rows.listed(10, "unknown.1") == []


async def test_a_thousand_callers_are_looked_up_in_a_moment(desk: Desk) -> None:
    """Among fifty thousand calls."""
    async with desk.database.write() as connection:
        await connection.execute(
            calls.insert(),
            [
                {"id": f"{n}.1", "caller": f"138{n % 5000:08}", "started": START, "ended": START}
                for n in range(50_000)
            ],
        )
    began = time.perf_counter()
    known = await LiveRows(desk.database).known([f"138{n:08}" for n in range(1000)])
    took = time.perf_counter() - began
    assert {k.earlier_calls for k in known.values()} == {10}
    assert took < 2, took
