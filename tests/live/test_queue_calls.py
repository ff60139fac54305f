"""The customer-service queue and complaints (A11, A12), and waiting for a busy line (A7)."""

from __future__ import annotations

import pytest

from switchboard.domain import prompt_keys as p
from switchboard.softphone import Closed, Incoming
from tests.live.ear import asks_for, both_hear_each_other, hears, leave_message, zh
from tests.live.house import House, PhoneOf

pytestmark = [pytest.mark.live, pytest.mark.asyncio(loop_scope="session")]


async def test_a_complaint_is_received_and_put_through_to_customer_service(
    switchboard: House, phone: PhoneOf, caller: PhoneOf
) -> None:
    """Key 7: the words of regret, then an agent's phone rings and takes the call."""
    agent, outside = await phone("8601"), await caller("13800000701")
    await asks_for(outside, "7")
    await hears(outside, "zh/" + p.COMPLAINT_HOLD)
    await agent.expect(Incoming)
    await agent.accept()
    await both_hear_each_other(agent, outside)
    await agent.hangup()
    await outside.expect(Closed, 15)
    record = await switchboard.record("13800000701")
    assert (record["outcome"], record["connected_to"]) == ("connected", "8601")


async def test_a_complaint_is_made_by_dialling_its_code_too(switchboard: House, phone: PhoneOf) -> None:
    """*57 on a colleague's phone: the words of regret, customer service rings and talks; a ticket is open, in
    the number of who complained."""
    agent, colleague = await phone("8601"), await phone("8201")
    await colleague.dial("*57")
    await hears(colleague, "zh/" + p.COMPLAINT_HOLD)
    assert (await agent.expect(Incoming)).number == "8201"
    await agent.accept()
    await both_hear_each_other(agent, colleague)
    tickets = [t for t in switchboard.cli("tickets") if t["caller"] == "8201"]
    assert [(t["kind"], t["state"]) for t in tickets] == [("complaint", "open")]
    await agent.hangup()
    await hears(colleague, "zh/" + p.TICKET)
    await colleague.expect(Closed, 15)
    record = await switchboard.record("8201")
    assert (record["outcome"], record["connected_to"]) == ("connected", "8601")


async def test_a_queue_that_nobody_answers_takes_a_message(
    switchboard: House, phone: PhoneOf, caller: PhoneOf
) -> None:
    """The agent lets it ring; after the longest wait the caller is told so and leaves a message."""
    agent, outside = await phone("8601"), await caller("13800000702")
    await asks_for(outside, "8600")
    await agent.expect(Incoming)
    end = await hears(outside, "zh/" + p.QUEUE_NONE, timeout=25)
    await leave_message(outside, after=end - 0.5)
    await outside.hangup()
    message = await switchboard.message("13800000702")
    assert (message["mailbox"], message["reason"]) == ("8600", "queue_overflow")


async def test_who_waits_for_a_busy_line_is_connected_when_it_is_free(
    switchboard: House, phone: PhoneOf, caller: PhoneOf
) -> None:
    """Key 3: told to wait, then music; the talk ends, the phone rings for the one who waited."""
    busy, colleague = await phone("8201"), await phone("8202")
    await colleague.dial("8201")
    await busy.expect(Incoming)
    await busy.accept()
    outside = await caller("13800000703")
    await asks_for(outside, "8201")
    await hears(outside, "zh/" + p.CHOICE_WAIT)
    await outside.press("3")
    await hears(outside, zh(p.WAIT_ON)[0])
    await colleague.hangup()
    await busy.expect(Incoming, 12)
    await busy.accept()
    await both_hear_each_other(busy, outside)
    await outside.hangup()
    record = await switchboard.record("13800000703")
    assert (record["outcome"], record["connected_to"]) == ("connected", "8201")


async def test_a_group_in_turn_rings_one_after_another(
    switchboard: House, phone: PhoneOf, caller: PhoneOf
) -> None:
    """Finance: the first phone rings its time and falls silent, then the second rings."""
    first, second = await phone("8401"), await phone("8402")
    outside = await caller("13800000704")
    await asks_for(outside, "8400")
    await first.expect(Incoming)
    assert not any(isinstance(e, Incoming) for e in second.fresh)
    await first.expect(Closed, 8)
    await second.expect(Incoming, 3)
    await second.accept()
    await both_hear_each_other(second, outside)
    await outside.hangup()
    record = await switchboard.record("13800000704")
    assert (record["outcome"], record["connected_to"]) == ("connected", "8402")
