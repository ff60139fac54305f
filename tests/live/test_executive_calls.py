"""Executives: a principal through the secretary only, the general manager never unscreened (A8, A9)."""

from __future__ import annotations

import asyncio

import pytest

from switchboard.domain import prompt_keys as p
from switchboard.softphone import Closed, Incoming
from tests.live.ear import asks_for, both_hear_each_other, heard, hears, leave_message, never_rings, zh
from tests.live.house import House, PhoneOf

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
