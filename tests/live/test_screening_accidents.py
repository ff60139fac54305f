"""Screening of the general manager's callers while the controller dies (A8)."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from switchboard.domain import prompt_keys as p
from switchboard.softphone import Incoming
from tests.live.desk import answers, changed_rules
from tests.live.ear import both_hear_each_other, never_rings
from tests.live.house import House, PhoneOf
from tests.live.screening import CHANGES, DIRECT, listens

pytestmark = [pytest.mark.live, pytest.mark.asyncio(loop_scope="session")]


@pytest_asyncio.fixture(scope="module", loop_scope="session", autouse=True)
async def rules(telephones: House) -> AsyncIterator[None]:
    """The manager has a direct number and a second phone; the trunk is trusted."""
    async with changed_rules(telephones, CHANGES):
        yield


async def test_the_controller_dies_while_the_executive_is_rung_and_listens(
    switchboard: House, phone: PhoneOf, caller: PhoneOf
) -> None:
    """Nothing is noticed: the question is asked, and a yes connects; without one the caller hears the next
    controller's refusal, or the fallback."""
    manager, outside = await phone("8801"), await caller("13800000808")
    await answers(outside, DIRECT)
    await manager.expect(Incoming, 10)
    switchboard.kill_controller()
    await manager.accept()
    await manager.hears("zh/" + p.SCREEN_CALL)
    await manager.press("1")
    await both_hear_each_other(manager, outside)
    await outside.hangup()
    await switchboard.controller_back()
    await answers(outside, DIRECT)
    await listens(manager)
    switchboard.kill_controller()
    await manager.hangup()
    await outside.hears("zh/" + p.NOT_AVAILABLE, "zh/" + p.HELLO, timeout=15)
    await never_rings(manager)
    await outside.hangup()
    await switchboard.controller_back()


async def test_the_controller_dies_during_the_second_question(
    switchboard: House, phone: PhoneOf, caller: PhoneOf
) -> None:
    """The question is asked again by the next controller, or the fallback answers; nobody is connected."""
    manager, outside = await phone("8801"), await caller("13800000809")
    await outside.dial(DIRECT)
    await outside.hears("zh/" + p.SCREEN_INTRO)
    await outside.press("#")
    beep = await outside.hears("beep")
    await outside.press("#")
    await outside.press("#")
    question = await outside.hears("zh/" + p.SCREEN_ORGANISATION, after=beep.start)
    switchboard.kill_controller()
    again = await outside.hears(
        "zh/" + p.SCREEN_ORGANISATION, "zh/" + p.HELLO, after=question.start + 1, timeout=10
    )
    assert again.start - question.start < 8
    await never_rings(manager)
    await outside.hangup()
    await switchboard.controller_back()
