"""Orders for callers in every state, and with a controller that dies of them: what callers hear (B1)."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from switchboard.domain import prompt_keys as p
from switchboard.errors import SwitchboardError
from switchboard.softphone import Baresip, Closed, Incoming
from tests.live.desk import answers
from tests.live.ear import both_hear_each_other, hears, never_rings
from tests.live.house import House, PhoneOf
from tests.live.ordering import (
    answered_by_order,
    call_of,
    hears_music,
    music_is_over,
    operators_in_automatic_mode,
    order,
    refused,
)
from tests.live.test_mode_codes import choose

pytestmark = [pytest.mark.live, pytest.mark.asyncio(loop_scope="session")]

CHANGES = {
    "  rings: 3 ": "  ring_cycle: 3\n  rings: 3 ",
    'numbers: {"8000": "8000"}': 'numbers: {"8000": "8000", "8201": "8201", "8600": "8600", "8801": "8801"}',
}


@pytest_asyncio.fixture(scope="module", loop_scope="session", autouse=True)
async def desk(telephones: House) -> AsyncIterator[None]:
    """Automatic mode; both operators are signed in."""
    async with operators_in_automatic_mode(telephones, CHANGES):
        yield


async def test_a_caller_is_fetched_from_ringing_a_queue_a_message_and_a_question(
    switchboard: House, phone: PhoneOf, caller: PhoneOf
) -> None:
    """8201 rings: it stops. In the queue: the caller is out of it. While speaking a message; while the
    manager is being asked: the manager is let go. Each time the operator has the caller."""
    operator, wanted, manager = await phone("8011"), await phone("8201"), await phone("8801")
    agent = await phone("8601")

    async def fetched(call: str) -> None:
        await order(switchboard, call, "answer", "8011")
        await operator.expect(Incoming)
        await operator.accept()
        await both_hear_each_other(operator, outside)
        await outside.hangup()
        await switchboard.no_channels()
        operator.forget()

    outside = await caller("13800001101")
    await outside.dial("8201")
    await wanted.expect(Incoming)
    call = await call_of(switchboard, "13800001101")
    await order(switchboard, call, "answer", "8011")
    await wanted.expect(Closed)
    await operator.expect(Incoming)
    await operator.accept()
    await both_hear_each_other(operator, outside)
    await order(switchboard, call, "voicemail", "8011", "8201")
    await outside.hears("beep", timeout=20)
    await asyncio.sleep(1)
    await fetched(call)

    await outside.dial("8600")
    await agent.expect(Incoming, 12)
    await order(switchboard, await call_of(switchboard, "13800001101"), "answer", "8011")
    await agent.expect(Closed)
    await operator.expect(Incoming)
    await operator.accept()
    await both_hear_each_other(operator, outside)
    await outside.hangup()
    await switchboard.no_channels()
    operator.forget()

    await answers(outside, "8801")
    await manager.expect(Incoming, 10)
    await manager.accept()
    await manager.hears("zh/" + p.SCREEN_CALL)
    await order(switchboard, await call_of(switchboard, "13800001101"), "answer", "8011")
    await manager.expect(Closed)
    await operator.expect(Incoming)
    await operator.accept()
    await both_hear_each_other(operator, outside)
    await outside.hangup()


async def test_a_held_caller_does_not_notice_that_the_controller_dies(
    switchboard: House, phone: PhoneOf, caller: PhoneOf
) -> None:
    """The controller is killed meanwhile: the music goes on, and the next one fetches them."""
    operator = await phone("8011")
    outside = await caller("13800001102")
    call = await answered_by_order(switchboard, outside, operator)
    await order(switchboard, call, "hold", "8011")
    await operator.expect(Closed)
    await hears_music(outside)
    switchboard.kill_controller()
    await hears_music(outside)
    await switchboard.controller_back()
    await order(switchboard, call, "answer", "8011")
    await operator.expect(Incoming)
    await operator.accept()
    await both_hear_each_other(operator, outside)
    await outside.hangup()


async def test_a_held_caller_comes_back_to_the_operator_then_to_the_desk(
    switchboard: House, phone: PhoneOf, caller: PhoneOf
) -> None:
    """After the time of holding the operator's phone rings; refused there, both operators' in manual mode."""
    operator, other = await phone("8011"), await phone("8012")
    outside = await caller("13800001107")
    call = await answered_by_order(switchboard, outside, operator)
    await order(switchboard, call, "hold", "8011")
    await operator.expect(Closed)
    await hears_music(outside)
    await music_is_over(switchboard, call)
    await operator.expect(Incoming)
    await operator.accept()
    await both_hear_each_other(operator, outside)
    choose(switchboard, "manual", until_changed=True)
    try:
        await order(switchboard, call, "hold", "8011")
        await operator.expect(Closed)
        await hears_music(outside)
        await music_is_over(switchboard, call)
        await operator.expect(Incoming)
        await never_rings(other)
        await operator.reject()
        await other.expect(Incoming)
        await other.accept()
        await both_hear_each_other(other, outside)
    finally:
        choose(switchboard, "automatic", until_changed=True)
    await outside.hangup()


async def test_a_controller_that_stalls_with_an_order_never_carries_it_out_late(
    switchboard: House, phone: PhoneOf, caller: PhoneOf
) -> None:
    """Stopped right after the order, for 12 s: it is carried out before, or not at all, never twice; the
    caller is still there, in the fallback if need be."""
    operator = await phone("8011")
    outside = await caller("13800001103")
    await outside.dial("8000")
    await outside.hears("zh/" + p.HELLO)
    call = await call_of(switchboard, "13800001103")
    controller = switchboard.pids()["controller"]
    ordering = asyncio.create_task(order(switchboard, call, "answer", "8011"))
    await asyncio.sleep(0.005)
    os.kill(controller, signal.SIGSTOP)
    began = time.monotonic()
    try:
        await asyncio.sleep(12)
    finally:
        os.kill(controller, signal.SIGCONT)
    await asyncio.gather(ordering, return_exceptions=True)
    assert time.monotonic() - began > 11
    await asyncio.sleep(4)
    rang = [e for e in operator.fresh if isinstance(e, Incoming)]
    assert len(rang) <= 1, "carried out twice"
    assert await switchboard.channels() >= 1, "the caller was lost"
    await switchboard.controller_back()
    if not _rings(operator):
        # Not carried out, or not answered in time: from the fallback an order takes the caller back.
        operator.forget()
        await order(switchboard, call, "answer", "8011")
        await operator.expect(Incoming)
    await operator.accept()
    await both_hear_each_other(operator, outside)
    await outside.hangup()


@pytest.mark.parametrize("delay", [0.01, 0.03])
async def test_a_controller_killed_during_an_order_loses_no_caller(
    switchboard: House, phone: PhoneOf, caller: PhoneOf, delay: float
) -> None:
    """Killed so long after a caller was ordered to an operator: the caller is still there, if need be in the
    fallback, the operator's phone rang once or not at all, and the next order reaches them."""
    operator = await phone("8011")
    outside = await caller("13800001104")
    await outside.dial("8000")
    await outside.hears("zh/" + p.HELLO)
    call = await call_of(switchboard, "13800001104")
    controller = switchboard.pids()["controller"]
    ordering = asyncio.create_task(order(switchboard, call, "answer", "8011"))
    await asyncio.sleep(delay)
    os.kill(controller, signal.SIGKILL)
    await asyncio.gather(ordering, return_exceptions=True)
    await switchboard.controller_back()
    await asyncio.sleep(1)
    assert await switchboard.channels() >= 1, "the caller was lost"
    rang = [e for e in operator.fresh if isinstance(e, Incoming)]
    assert len(rang) <= 1, "carried out twice"
    deadline = time.monotonic() + 15
    while not _rings(operator):  # it may have rung in vain meanwhile
        code = await _try(switchboard, call)
        assert code != "gone"
        assert time.monotonic() < deadline, f"no order was taken any more: {code}"
        await asyncio.sleep(0.5)
    await operator.accept()
    await both_hear_each_other(operator, outside)
    await outside.hangup()


def _rings(phone: Baresip) -> bool:
    """Whether the phone rings now."""
    rang = [isinstance(e, Incoming) for e in phone.fresh if isinstance(e, Incoming | Closed)]
    return bool(rang) and rang[-1]


async def _try(house: House, call: str) -> str:
    """Order the caller to 8011; the code of a refusal."""
    try:
        await order(house, call, "answer", "8011")
    except SwitchboardError as error:
        return str(error).rpartition("(")[2].rstrip(")")
    return ""


async def test_a_consultation_survives_the_controller(
    switchboard: House, phone: PhoneOf, caller: PhoneOf
) -> None:
    """Killed while operator and 8201 talk: they don't notice; the next controller connects them all."""
    operator, wanted = await phone("8011"), await phone("8201")
    outside = await caller("13800001105")
    call = await answered_by_order(switchboard, outside, operator)
    await order(switchboard, call, "consult", "8011", "8201")
    await wanted.expect(Incoming)
    await wanted.accept()
    await both_hear_each_other(operator, wanted)
    switchboard.kill_controller()
    await both_hear_each_other(operator, wanted)
    await hears_music(outside)
    await switchboard.controller_back()
    await order(switchboard, call, "connect", "8011")
    await operator.expect(Closed)
    await both_hear_each_other(wanted, outside)
    await outside.hangup()


async def test_executives_are_asked_through_operators_and_secretaries_only(
    switchboard: House, phone: PhoneOf, caller: PhoneOf
) -> None:
    """An operator's order: consults the manager, never the chairman; a transfer to the chairman rings his
    secretary, who puts the caller through by her own order."""
    operator, manager = await phone("8011"), await phone("8801")
    secretary, chairman = await phone("8890"), await phone("8899")
    outside = await caller("13800001106")
    call = await answered_by_order(switchboard, outside, operator)
    assert await refused(switchboard, call, "consult", "8011", "8899") == "not_allowed"
    await order(switchboard, call, "consult", "8011", "8801")
    await manager.expect(Incoming)
    await manager.accept()
    await both_hear_each_other(operator, manager)
    await order(switchboard, call, "take_back", "8011")
    await both_hear_each_other(operator, outside)
    await order(switchboard, call, "transfer", "8011", "8899")
    await hears(outside, "zh/" + p.HOLD_ON)
    await secretary.expect(Incoming)
    await never_rings(chairman)
    await secretary.accept()
    await both_hear_each_other(secretary, outside)
    await order(switchboard, call, "consult", "8890", "8899")
    await chairman.expect(Incoming)
    await chairman.accept()
    await both_hear_each_other(secretary, chairman)
    await order(switchboard, call, "connect", "8890")
    await secretary.expect(Closed)
    await both_hear_each_other(chairman, outside)
    await outside.hangup()
