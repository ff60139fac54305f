"""The automatic greeting: what is said in which language, and what a caller's digits do (A5, A10)."""

from __future__ import annotations

import pytest

from switchboard.domain import prompt_keys as p
from switchboard.softphone import Closed, Established, Incoming
from tests.live.ear import GREETING, both_hear_each_other, en, heard, hears, leave_message, zh
from tests.live.house import House, PhoneOf

pytestmark = [pytest.mark.live, pytest.mark.asyncio(loop_scope="session")]

ONE, TWO, THREE = "13800000001", "13800000002", "13800000003"


async def test_a_silent_caller_is_greeted_and_comes_to_general_administration(
    switchboard: House, phone: PhoneOf, caller: PhoneOf
) -> None:
    """Whole greeting, silence, the unclear place rings, nobody answers: a message is taken there."""
    desk, outside = await phone("8101"), await caller(ONE)
    await outside.dial("8000")
    await hears(outside, "zh/" + p.UNCLEAR, timeout=40)
    digits = zh("name-8200", "digit-8", "digit-2", "digit-0", "digit-0")
    assert heard(outside) == [*zh(*GREETING), *digits, *zh(p.UNCLEAR)]
    ringing = await desk.expect(Incoming, 5)
    assert ringing.number == ONE
    end = await hears(outside, "zh/" + p.LEAVE_MESSAGE, timeout=25)
    assert heard(outside)[-2:] == zh(p.NO_ANSWER, p.LEAVE_MESSAGE)
    await leave_message(outside, 4, after=end - 0.2)
    await outside.expect(Closed, 20)
    assert heard(outside)[-2:] == zh(p.MESSAGE_SAVED, p.GOODBYE)
    message = await switchboard.message(ONE)
    assert (message["mailbox"], message["reason"], message["state"]) == ("8100", "unclear", "new")
    assert 3 <= message["seconds"] <= 6
    record = await switchboard.record(ONE)
    assert record["outcome"] == "message"


async def test_nine_means_english_and_a_digit_cuts_the_announcement(
    switchboard: House, phone: PhoneOf, caller: PhoneOf
) -> None:
    """In English from key 9 on; an extension dialled at once rings, and both hear each other."""
    person, outside = await phone("8204"), await caller(TWO)
    await outside.dial("8000")
    await outside.hears("zh/" + p.HELLO)
    await outside.press("9")
    await outside.hears("en/" + p.HELLO)
    await outside.press("8204")
    cut_at = outside.hearing.seconds
    await outside.hears("en/" + p.HOLD_ON)
    assert outside.hearing.seconds - cut_at < 2.5
    hello = [h for h in outside.heard() if h.name.endswith(p.HELLO)]
    assert [h.name for h in hello] == ["zh/" + p.HELLO, "en/" + p.HELLO]
    assert not any(h.whole for h in hello)
    assert (await person.expect(Incoming)).number == TWO
    await person.accept()
    await both_hear_each_other(person, outside)
    await outside.hangup()
    await person.expect(Closed)
    assert heard(outside) == en(p.HOLD_ON)
    record = await switchboard.record(TWO)
    assert (record["outcome"], record["connected_to"]) == ("connected", "8204")


async def test_three_wrong_numbers_lead_to_general_administration(
    switchboard: House, phone: PhoneOf, caller: PhoneOf
) -> None:
    """Wrong is said and asked again, twice; at the third the unclear place rings."""
    desk, outside = await phone("8101"), await caller(THREE)
    await outside.dial("8000")
    await outside.hears("zh/" + p.HELLO)
    await outside.press("1234#")
    for _ in range(2):
        end = await hears(outside, "zh/" + p.WRONG, after=outside.hearing.seconds - 1)
        await outside.hears("zh/" + p.DIAL_EXTENSION, after=end - 0.3)
        await outside.press("1234#")
    await desk.expect(Incoming, 10)
    await desk.accept()
    await outside.expect(Established, 1)
    await both_hear_each_other(desk, outside)
    await desk.hangup()
    await outside.expect(Closed)
    assert [n for n in heard(outside) if "entry" in n or "unclear" in n] == zh(p.WRONG, p.WRONG, p.UNCLEAR)
    record = await switchboard.record(THREE)
    assert (record["outcome"], record["connected_to"]) == ("connected", "8101")
