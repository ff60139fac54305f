"""Reaching people: departments, busy, absent and unplugged phones (A7)."""

from __future__ import annotations

import pytest

from switchboard.domain import prompt_keys as p
from switchboard.softphone import Closed, Incoming, tones
from tests.live.ear import asks_for, both_hear_each_other, heard, hears, leave_message, never_rings, zh
from tests.live.house import House, PhoneOf

pytestmark = [pytest.mark.live, pytest.mark.asyncio(loop_scope="session")]


async def test_extensions_of_other_lengths_ring_at_once(
    switchboard: House, phone: PhoneOf, caller: PhoneOf
) -> None:
    """555 and 88110 are known as soon as their last digit is pressed."""
    for number, digits in (("555", 3), ("88110", 5)):
        person, outside = await phone(number), await caller(f"1380000010{digits}")
        await asks_for(outside, number)
        outside.hearing.poll()
        pressed = outside.hearing.seconds
        hold_on = await outside.hears("zh/" + p.HOLD_ON)
        assert hold_on.start - pressed < 1.2  # a wait for a further digit would take 1.5 s
        assert (await person.expect(Incoming, 5)).number == outside.account.user
        await person.accept()
        await both_hear_each_other(person, outside)
        await person.hangup()
        await outside.expect(Closed)
        assert heard(outside) == zh(p.HOLD_ON)
        record = await switchboard.record(outside.account.user)
        assert (record["outcome"], record["connected_to"]) == ("connected", number)


async def test_a_department_rings_everybody_in_it_and_the_first_takes_the_call(
    switchboard: House, phone: PhoneOf, caller: PhoneOf
) -> None:
    """Sales: both phones ring, one answers, the other falls silent."""
    first, second = await phone("8201"), await phone("8202")
    outside = await caller("13800000111")
    await asks_for(outside, "8200")
    await first.expect(Incoming)
    await second.expect(Incoming)
    await second.accept()
    assert await first.expect(Closed, 3)
    await both_hear_each_other(second, outside)
    await outside.hangup()
    await second.expect(Closed)
    record = await switchboard.record("13800000111")
    assert (record["outcome"], record["connected_to"]) == ("connected", "8202")


async def test_a_busy_line_is_said_and_another_extension_reached(
    switchboard: House, phone: PhoneOf, caller: PhoneOf
) -> None:
    """8201 talks: busy, the choice with waiting on offer; key 2 asks for another, which rings."""
    busy, colleague, free = await phone("8201"), await phone("8202"), await phone("8204")
    await colleague.dial("8201")
    await busy.expect(Incoming)
    await busy.accept()
    outside = await caller("13800000112")
    await asks_for(outside, "8201")
    await hears(outside, "zh/" + p.CHOICE_WAIT)
    assert heard(outside) == zh(p.HOLD_ON, p.BUSY, p.CHOICE, p.CHOICE_WAIT)
    await outside.press("2")
    await hears(outside, "zh/" + p.OTHER_EXTENSION)
    await outside.press("8204")
    await free.expect(Incoming)
    await free.accept()
    await both_hear_each_other(free, outside)
    await outside.hangup()
    await colleague.hangup()
    await never_rings(busy)
    record = await switchboard.record("13800000112")
    assert (record["outcome"], record["connected_to"]) == ("connected", "8204")


async def test_a_phone_that_refuses_is_busy_and_takes_a_message(
    switchboard: House, phone: PhoneOf, caller: PhoneOf
) -> None:
    """486 from the phone: busy is said; key 1 leaves a message for its owner."""
    person, outside = await phone("8203"), await caller("13800000113")
    await asks_for(outside, "8203")
    await person.expect(Incoming)
    await person.reject()
    end = await hears(outside, "zh/" + p.CHOICE)
    assert heard(outside) == zh(p.HOLD_ON, p.BUSY, p.CHOICE)
    await outside.press("1")
    await leave_message(outside, after=end)
    await outside.hangup()
    message = await switchboard.message("13800000113")
    assert (message["mailbox"], message["reason"]) == ("8203", "busy")


async def test_nobody_answers(switchboard: House, phone: PhoneOf, caller: PhoneOf) -> None:
    """The phone rings its time, the caller hears ringing, then that nobody answers, and the choice."""
    person, outside = await phone("8302"), await caller("13800000114")
    await asks_for(outside, "8302")
    await person.expect(Incoming)
    await hears(outside, "zh/" + p.CHOICE)
    await person.expect(Closed, 1)
    assert heard(outside) == zh(p.HOLD_ON, p.NO_ANSWER, p.CHOICE)
    assert any(t.is_ringback for t in tones.find(outside.hearing.samples))
    await outside.hangup()
    record = await switchboard.record("13800000114")
    assert record["outcome"] == "abandoned"
    assert [s["outcome"] for s in record["steps"] if s["action"] == "dial"] == ["no_answer"]


async def test_a_phone_that_is_not_registered_is_no_answer(switchboard: House, caller: PhoneOf) -> None:
    """Out of service: the same words as no answer, a message, and the reason is kept."""
    outside = await caller("13800000115")
    await asks_for(outside, "8304")
    end = await hears(outside, "zh/" + p.CHOICE)
    assert heard(outside) == zh(p.HOLD_ON, p.NO_ANSWER, p.CHOICE)
    await outside.press("1")
    await leave_message(outside, after=end)
    await outside.hangup()
    message = await switchboard.message("13800000115")
    assert (message["mailbox"], message["reason"]) == ("8304", "unavailable")
