"""Screening of the general manager's callers: deputy, English, known numbers, no question (A8)."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from switchboard.domain import prompt_keys as p
from switchboard.softphone import Closed, Incoming
from tests.live.desk import answers, changed_rules
from tests.live.ear import both_hear_each_other, never_rings
from tests.live.house import House, PhoneOf
from tests.live.screening import CHANGES, DIRECT, is_refused, listens

pytestmark = [pytest.mark.live, pytest.mark.asyncio(loop_scope="session")]


@pytest_asyncio.fixture(scope="module", loop_scope="session", autouse=True)
async def rules(telephones: House) -> AsyncIterator[None]:
    """The manager has a direct number and a second phone; the trunk is trusted."""
    async with changed_rules(telephones, CHANGES):
        yield


async def test_key_3_passes_the_caller_to_the_deputy(
    switchboard: House, phone: PhoneOf, caller: PhoneOf
) -> None:
    """The deputy the rules name rings and takes the call; both of the executive's phones are silent."""
    manager, second, deputy = await phone("8801"), await phone("8102"), await phone("8101")
    outside = await caller("13800000804")
    await answers(outside, DIRECT)
    await second.expect(Incoming, 10)
    await listens(manager)
    await manager.press("3")
    await second.expect(Closed, 3)
    await deputy.expect(Incoming)
    await deputy.accept()
    await both_hear_each_other(deputy, outside)
    await outside.hangup()


async def test_in_english_and_a_caller_who_leaves_while_the_executive_listens(
    switchboard: House, phone: PhoneOf, caller: PhoneOf
) -> None:
    """Each side hears their own language; the caller gone, the phone is free at once."""
    manager, outside = await phone("8801"), await caller("13800000805")
    await outside.dial("8000")
    await outside.hears("zh/" + p.HELLO)
    await outside.press("9")
    await outside.hears("en/" + p.HELLO)
    await answers(outside, "", "en", keys="8801")
    await manager.expect(Incoming, 10)
    await manager.accept()
    await manager.hears("zh/" + p.SCREEN_CALL)
    await outside.hangup()
    await manager.expect(Closed, 2)
    assert (await switchboard.record("13800000805"))["outcome"] == "abandoned"


async def test_a_known_number_comes_straight_through(
    switchboard: House, phone: PhoneOf, caller: PhoneOf
) -> None:
    """By a trusted trunk: no question, and no menu for the executive."""
    manager, outside = await phone("8801"), await caller("13900000806")
    await outside.dial(DIRECT)
    await manager.expect(Incoming, 10)
    await manager.accept()
    await both_hear_each_other(manager, outside)
    await outside.hangup()


async def test_without_the_question_there_is_no_connection(
    switchboard: House, phone: PhoneOf, caller: PhoneOf
) -> None:
    """The subroutine that asks is missing from the dialplan: nothing rings, the caller is refused as ever."""
    manager, second, outside = await phone("8801"), await phone("8102"), await caller("13800000807")
    assert "Removed" in await switchboard.pbx.cli("dialplan remove context screen-ask")
    try:
        await answers(outside, DIRECT)
        await is_refused(outside)
        await never_rings(manager)
        await never_rings(second)
    finally:
        await outside.hangup()
        await switchboard.pbx.cli("dialplan reload")
