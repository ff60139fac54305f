"""A queue that takes no more, and one without anybody: the caller goes where the rules say (A12)."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from switchboard.domain import prompt_keys as p
from switchboard.softphone import Incoming
from tests.live.desk import changed_rules
from tests.live.ear import asks_for, both_hear_each_other, hears, leave_message, never_rings
from tests.live.house import House, PhoneOf

pytestmark = [pytest.mark.live, pytest.mark.asyncio(loop_scope="session")]

ONE_PLACE = {"    size: 20 ": "    size: 1 ", "    longest_wait: 10 ": "    longest_wait: 60 "}
ELSEWHERE = {"    overflow: message ": '    overflow: "8201" '}


@pytest_asyncio.fixture(scope="module", loop_scope="session", autouse=True)
async def rules(telephones: House) -> AsyncIterator[None]:
    """One caller waits at most."""
    async with changed_rules(telephones, ONE_PLACE):
        yield


async def test_a_full_queue_takes_no_further_caller_and_the_next_leaves_a_message(
    switchboard: House, phone: PhoneOf, caller: PhoneOf
) -> None:
    """The agent talks, one caller waits, the third is told so and leaves a message; the second is served."""
    agent, talking = await phone("8601"), await caller("13800001001")
    await asks_for(talking, "8600")
    await agent.expect(Incoming)
    await agent.accept()
    waiting, third = await caller("13800001002"), await caller("13800001003")
    await asks_for(waiting, "8600")
    await hears(waiting, "zh/" + p.QUEUE_HOLD)
    await asks_for(third, "8600")
    end = await hears(third, "zh/" + p.QUEUE_NONE)
    assert all(h.name != "zh/" + p.QUEUE_HOLD for h in third.heard())
    await leave_message(third, after=end - 0.5)
    await third.hangup()
    message = await switchboard.message("13800001003")
    assert (message["mailbox"], message["reason"]) == ("8600", "queue_overflow")
    agent.forget()
    await talking.hangup()
    assert (await agent.expect(Incoming, 20)).number == "13800001002"
    await waiting.hangup()


async def test_overflow_to_an_extension_rings_it_in_either_language(
    switchboard: House, phone: PhoneOf, caller: PhoneOf
) -> None:
    """The queue is full: the rules name 8201, who is rung and takes the call. Nobody of the queue is there:
    an English caller hears it in English, and 8201 is rung again."""
    async with changed_rules(switchboard, ELSEWHERE):
        agent, other = await phone("8601"), await phone("8201")
        talking = await caller("13800001011")
        await asks_for(talking, "8600")
        await agent.expect(Incoming)
        await agent.accept()
        waiting, third = await caller("13800001012"), await caller("13800001013")
        await asks_for(waiting, "8600")
        await hears(waiting, "zh/" + p.QUEUE_HOLD)
        await asks_for(third, "8600")
        await hears(third, "zh/" + p.QUEUE_NONE)
        assert (await other.expect(Incoming)).number == "13800001013"
        await other.accept()
        await both_hear_each_other(other, third)
        await third.hangup()
        record = await switchboard.record("13800001013")
        assert (record["outcome"], record["connected_to"]) == ("connected", "8201")
        for one in (waiting, talking, agent):
            await one.hangup()
        await switchboard.no_channels()
        await switchboard.unplug("8601")
        other.forget()
        english = await caller("13800001014")
        await asks_for(english, "9")
        await english.hears("en/" + p.HELLO)
        await english.press("8600")
        await hears(english, "en/" + p.QUEUE_NONE)
        await never_rings(agent)
        await other.expect(Incoming)
        await other.accept()
        await both_hear_each_other(other, english)
        await english.hangup()
