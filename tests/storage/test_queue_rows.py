"""Agents' words, promises to call back and the mean conversation, in a real database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from switchboard.domain.actions import OrderCallBack
from switchboard.domain.agents import AgentState, AgentWord
from switchboard.flows.callback import State
from switchboard.storage import AgentRows, CallBackRows, handling_seconds, open_database
from switchboard.storage.tables import calls, cdrs, steps

AT = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


async def test_each_agents_newest_word_in_each_queue_counts(database_url: str) -> None:
    """Also after the database was opened anew."""
    database = await open_database(database_url)
    rows = AgentRows(database)
    await rows.keep([AgentState("8601", q, AgentWord.OUT, "", AT) for q in ("8600", "8700")], "8601")
    await rows.keep([AgentState("8601", "8600", AgentWord.PAUSE, "lunch", AT)], "8601")
    await database.close()
    database = await open_database(database_url)
    said = {(s.queue, s.word, s.reason) for s in await AgentRows(database).last_words()}
    await database.close()
    assert said == {("8600", AgentWord.PAUSE, "lunch"), ("8700", AgentWord.OUT, "")}


async def test_a_promise_is_one_for_each_call_and_claimed_once(database_url: str) -> None:
    """Ordered twice, claimed twice, closed twice: the first counts."""
    database = await open_database(database_url)
    rows = CallBackRows(database)
    order = OrderCallBack("8600", "13800138000", 5, 1_795_428_000)
    for _ in range(2):
        await rows.promise("1.1", order, "zh", AT)
    (promise,) = await rows.in_state(State.WAITING)
    assert (promise.number, promise.channel) == ("13800138000", "cb-1795428000-1")
    assert [await rows.claim(promise.id, AT), await rows.claim(promise.id, AT)] == [True, False]
    assert await rows.in_state(State.PLACED) == [promise]
    assert await rows.close(promise.id, State.DONE, "called back", AT)
    assert not await rows.close(promise.id, State.TICKET, "not reached", AT)
    assert await rows.in_state(State.WAITING, State.PLACED, State.TICKET) == []
    await database.close()


@pytest.mark.parametrize(
    ("dstchannel", "disposition", "talked"),
    [("PJSIP/trunk-provider-1", "ANSWERED", True), ("PJSIP/trunk-provider-1", "NO ANSWER", False)],
)
async def test_the_records_tell_whether_a_call_back_reached_somebody(
    database_url: str, dstchannel: str, disposition: str, talked: bool
) -> None:
    """An agent's leg alone is no conversation with the caller; no record is no knowledge."""
    database = await open_database(database_url)
    rows = CallBackRows(database)
    assert await rows.talked("cb-1-1") is None
    leg = {
        "linkedid": "cb-1-1",
        "src": "",
        "dst": "",
        "dcontext": "",
        "lastapp": "",
        "start": AT,
        "ending": "",
    }
    numbers = {"duration": 1.0, "billsec": 1.0}
    async with database.write() as connection:
        await connection.execute(
            cdrs.insert(),
            [
                leg
                | numbers
                | {"uniqueid": "cb-1-1", "sequence": 1, "channel": "Local/agent@call-back-1;1"}
                | {"dstchannel": dstchannel, "disposition": disposition},
                leg
                | numbers
                | {"uniqueid": "x", "sequence": 2, "channel": "Local/agent@call-back-1;2"}
                | {"dstchannel": "PJSIP/8601-1", "disposition": "ANSWERED"},
            ],
        )
    assert await rows.talked("cb-1-1") is talked
    await database.close()


async def test_the_mean_is_of_the_queues_own_conversations_lately(database_url: str) -> None:
    """100 s and 200 s today; not yesterday's hour, not a call that never saw the queue."""
    database = await open_database(database_url)
    assert await handling_seconds(database, "8600", AT) == 0
    made = [("a", AT, 100, "8600"), ("b", AT, 200, "8600"), ("c", AT, 900, "8700"), ("d", AT, 900, "")]
    made.append(("e", AT - timedelta(days=1), 3600, "8600"))
    async with database.write() as connection:
        for id_, started, seconds, queue in made:
            await connection.execute(
                calls.insert().values(
                    id=id_, started=started, connected=started, ended=started + timedelta(seconds=seconds)
                )
            )
            if queue:
                await connection.execute(
                    steps.insert().values(call_id=id_, n=1, at=started, action="enqueue", detail=queue)
                )
    assert await handling_seconds(database, "8600", AT + timedelta(minutes=20)) == 150
    await database.close()
