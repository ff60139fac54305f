"""Without its controller, or with one that stalls, the switchboard still answers (design: the fallback)."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from switchboard.domain import prompt_keys as p
from switchboard.softphone import Closed, Incoming, NothingHappened
from tests.live.ear import both_hear_each_other, hears, leave_message
from tests.live.house import House, PhoneOf

pytestmark = [pytest.mark.live, pytest.mark.asyncio(loop_scope="session")]


@asynccontextmanager
async def no_controller(house: House) -> AsyncIterator[None]:
    """The controller is dead, and `run` is held from starting another, until the block ends."""
    assert house.process is not None
    os.kill(house.process.pid, signal.SIGSTOP)
    try:
        house.kill_controller()
        yield
    finally:
        os.kill(house.process.pid, signal.SIGCONT)
        await house.controller_back()


@asynccontextmanager
async def stalled(house: House) -> AsyncIterator[None]:
    """The controller accepts and never answers, until the block ends."""
    pid = house.pids()["controller"]
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)
        await house.controller_back()


async def test_without_a_controller_callers_are_connected_and_leave_messages(
    switchboard: House, phone: PhoneOf, caller: PhoneOf
) -> None:
    """Greeting, an extension, the secretary instead of the chairman, a message that is indexed later."""
    person, secretary, chairman = await phone("8201"), await phone("8890"), await phone("8899")
    first, second, third = [await caller(f"1380000040{n}") for n in (1, 2, 3)]
    async with no_controller(switchboard):
        await first.dial("8000")
        await first.hears("zh/" + p.HELLO, timeout=5)
        await first.press("8201")
        await person.expect(Incoming)
        await person.accept()
        await both_hear_each_other(person, first)
        await first.hangup()

        await second.dial("8000")
        await second.hears("zh/" + p.HELLO, timeout=5)
        await second.press("8899")
        await secretary.expect(Incoming)
        with pytest.raises(NothingHappened):
            await chairman.expect(Incoming, 0.5)
        await second.hangup()

        await third.dial("8000")
        await third.hears("zh/" + p.HELLO, timeout=5)
        await third.press("8304")
        await third.hears("zh/" + p.CHOICE)
        await third.press("1")
        await leave_message(third)
        await third.hangup()
    message = await switchboard.message("13800000403", 10)
    assert message["mailbox"] == "8304"
    record = await switchboard.record("13800000401", 10)
    assert record["outcome"] == "connected"
    assert record["connected_to"] == "8201"
    assert record["fallback"]


async def test_a_stalled_controller_is_left_within_five_seconds(
    switchboard: House, phone: PhoneOf, caller: PhoneOf
) -> None:
    """It accepts and says nothing: the caller hears the fallback's greeting and gets through."""
    person, outside = await phone("8201"), await caller("13800000411")
    async with stalled(switchboard):
        began = time.monotonic()
        await outside.dial("8000")
        await outside.hears("zh/" + p.HELLO, timeout=8)
        assert time.monotonic() - began < 5 + 1.2  # a prompt is known a second after it began
        await outside.press("8201")
        await person.expect(Incoming)
        await outside.hangup()


async def test_a_stall_in_the_middle_of_the_greeting_ends_in_the_fallback(
    switchboard: House, phone: PhoneOf, caller: PhoneOf
) -> None:
    """Stopped while it speaks: five seconds after the prompt under way the fallback asks again."""
    person, outside = await phone("8201"), await caller("13800000412")
    await outside.dial("8000")
    await outside.hears("zh/" + p.HELLO)
    async with stalled(switchboard):
        end = await hears(outside, "zh/" + p.HELLO)
        again = await outside.hears("zh/" + p.HELLO, after=end, timeout=12)
        assert again.start - end < 5.5
        await outside.press("8201")
        await person.expect(Incoming)
        await outside.hangup()


async def test_a_controller_killed_in_the_middle_of_a_menu_costs_no_caller(
    switchboard: House, phone: PhoneOf, caller: PhoneOf
) -> None:
    """kill -9 during the greeting: the caller is asked again, by a new controller or the fallback."""
    person, outside = await phone("8201"), await caller("13800000413")
    await outside.dial("8000")
    first = await outside.hears("zh/" + p.HELLO)
    switchboard.kill_controller()
    await outside.hears("zh/" + p.HELLO, "zh/" + p.DIAL_EXTENSION, after=first.start + 0.5, timeout=20)
    await outside.press("8201")
    await person.expect(Incoming, 15)
    await person.accept()
    await both_hear_each_other(person, outside)
    await outside.hangup()
    await switchboard.controller_back()


async def test_a_conversation_survives_the_controllers_death(
    switchboard: House, phone: PhoneOf, caller: PhoneOf
) -> None:
    """Two people talk; the controller dies; they go on talking, and the record is complete."""
    person, outside = await phone("8201"), await caller("13800000414")
    await outside.dial("8000")
    await outside.hears("zh/" + p.HELLO)
    await outside.press("8201")
    await person.expect(Incoming)
    await person.accept()
    switchboard.kill_controller()
    await asyncio.sleep(0.5)
    await both_hear_each_other(person, outside)
    await person.hangup()
    await outside.expect(Closed)
    await switchboard.controller_back()
    record = await switchboard.record("13800000414", 10)
    assert (record["outcome"], record["connected_to"]) == ("connected", "8201")
