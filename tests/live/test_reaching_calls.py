"""Reaching people: departments, busy and absent people, executives and their secretaries (A7–A9)."""

from __future__ import annotations

import asyncio

import pytest

from switchboard.domain import prompt_keys as p
from switchboard.softphone import Baresip, Closed, Incoming, NothingHappened
from tests.live.ear import both_hear_each_other, heard, hears, leave_message, zh
from tests.live.house import House, PhoneOf

pytestmark = [pytest.mark.live, pytest.mark.asyncio(loop_scope="session")]


async def asks_for(outside: Baresip, digits: str) -> None:
    """Call the main number and dial an extension into the greeting."""
    await outside.dial("8000")
    await outside.hears("zh/" + p.HELLO)
    await outside.press(digits)


async def never_rings(phone: Baresip) -> None:
    """Fail if the phone has rung since it was last asked for."""
    with pytest.raises(NothingHappened):
        await phone.expect(Incoming, 0)


async def test_extensions_of_other_lengths_ring_at_once(
    switchboard: House, phone: PhoneOf, caller: PhoneOf
) -> None:
    """555 and 88110 are known as soon as their last digit is pressed."""
    for number, digits in (("555", 3), ("88110", 5)):
        person, outside = await phone(number), await caller(f"1380000010{digits}")
        await asks_for(outside, number)
        await outside.hears("zh/" + p.HOLD_ON, timeout=1.3)
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
    await outside.expect(Closed, 20)
    assert heard(outside)[-2:] == zh(p.MESSAGE_SAVED, p.GOODBYE)
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
    from switchboard.softphone import tones

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
    await outside.expect(Closed, 20)
    message = await switchboard.message("13800000115")
    assert (message["mailbox"], message["reason"]) == ("8304", "unavailable")


async def test_a_principal_is_reached_through_the_secretary_only(
    switchboard: House, phone: PhoneOf, caller: PhoneOf
) -> None:
    """The chairman's phone is there and silent; the secretary's rings, answers once, once not."""
    chairman, secretary = await phone("8899"), await phone("8890")
    outside = await caller("13800000116")
    await asks_for(outside, "8899")
    await secretary.expect(Incoming)
    await secretary.accept()
    await both_hear_each_other(secretary, outside)
    await secretary.hangup()
    await outside.expect(Closed)
    await asks_for(outside, "8899")
    await secretary.expect(Incoming)
    end = await hears(outside, "zh/" + p.SECRETARY_ABSENT)
    await leave_message(outside, after=end - 0.5)
    await outside.expect(Closed, 20)
    assert heard(outside)[:3] == zh(p.HOLD_ON, p.SECRETARY_ABSENT, p.LEAVE_MESSAGE)
    await never_rings(chairman)
    message = await switchboard.message("13800000116")
    assert (message["mailbox"], message["reason"]) == ("8899", "secretary_absent")


async def test_the_general_manager_is_not_rung_unscreened(
    switchboard: House, phone: PhoneOf, caller: PhoneOf
) -> None:
    """Not available is said; key 2 reaches the head of general administration; 8801 stays silent."""
    manager, head = await phone("8801"), await phone("8101")
    outside = await caller("13800000117")
    await asks_for(outside, "8801")
    await hears(outside, "zh/" + p.CHOICE_HEAD)
    assert heard(outside)[-2:] == zh(p.NOT_AVAILABLE, p.CHOICE_HEAD)
    await outside.press("2")
    await head.expect(Incoming)
    await head.accept()
    await asyncio.sleep(0.3)
    await outside.hangup()
    await head.expect(Closed)
    await never_rings(manager)
