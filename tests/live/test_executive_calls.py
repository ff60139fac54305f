"""Executives: a principal through the secretary only, the general manager never unscreened (A8, A9)."""

from __future__ import annotations

import pytest

from switchboard.domain import prompt_keys as p
from switchboard.softphone import Closed, Incoming
from tests.live.ear import asks_for, both_hear_each_other, heard, hears, leave_message, never_rings, zh
from tests.live.house import House, PhoneOf
from tests.live.test_enquiry_calls import enquires

pytestmark = [pytest.mark.live, pytest.mark.asyncio(loop_scope="session")]


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
    await outside.hangup()
    assert heard(outside)[:3] == zh(p.HOLD_ON, p.SECRETARY_ABSENT, p.LEAVE_MESSAGE)
    await never_rings(chairman)

    def delivered() -> set[tuple[str, str]]:
        mine = [m for m in switchboard.cli("messages") if m["caller"] == "13800000116"]
        return {(m["mailbox"], m["reason"]) for m in mine}

    both = {(box, "secretary_absent") for box in ("8899", "8890")}
    await switchboard.until(lambda: delivered() == both, "the message is with principal and secretary", 8)


async def test_a_principal_found_by_name_is_reached_through_the_secretary(
    switchboard: House, phone: PhoneOf, caller: PhoneOf
) -> None:
    """Key 0, 陆承志 spelt in pinyin, chosen: the secretary's phone rings, never the chairman's. Nobody there:
    the same words as for any absent secretary, and a message."""
    chairman, secretary = await phone("8899"), await phone("8890")
    outside = await caller("13800000118")
    await enquires(outside, "luchengzhi")
    await outside.hears("zh/name-8899")
    await outside.press("1")
    await secretary.expect(Incoming)
    await never_rings(chairman)
    await secretary.accept()
    await both_hear_each_other(secretary, outside)
    await outside.hangup()
    await switchboard.no_channels()
    await switchboard.unplug("8890")
    await enquires(outside, "luchengzhi")
    await outside.hears("zh/name-8899")
    await outside.press("1")
    end = await hears(outside, "zh/" + p.SECRETARY_ABSENT)
    await leave_message(outside, after=end - 0.5)
    await outside.hangup()
    await never_rings(chairman)
    message = await switchboard.message("13800000118")
    assert message["reason"] == "secretary_absent"


async def test_the_general_manager_is_not_rung_before_the_caller_has_answered(
    switchboard: House, phone: PhoneOf, caller: PhoneOf
) -> None:
    """Who asks for 8801 is asked for a name first; whoever leaves then has rung nobody."""
    manager, outside = await phone("8801"), await caller("13800000117")
    await asks_for(outside, "8801")
    await hears(outside, "zh/" + p.SCREEN_NAME)
    await outside.hangup()
    await switchboard.no_channels()
    await never_rings(manager)
    assert (await switchboard.record("13800000117"))["outcome"] == "abandoned"
