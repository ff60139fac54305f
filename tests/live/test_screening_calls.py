"""Screening of the general manager's callers: the yes, the machine, the refusals (A8)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from switchboard.domain import prompt_keys as p
from switchboard.softphone import Closed, Incoming, sound, tones
from tests.live.desk import ANSWERS, answers, changed_rules
from tests.live.ear import both_hear_each_other, tone_heard
from tests.live.house import House, PhoneOf
from tests.live.screening import CHANGES, DIRECT, is_refused, listens

pytestmark = [pytest.mark.live, pytest.mark.asyncio(loop_scope="session")]


@pytest_asyncio.fixture(scope="module", loop_scope="session", autouse=True)
async def rules(telephones: House) -> AsyncIterator[None]:
    """The manager has a direct number and a second phone; the trunk is trusted."""
    async with changed_rules(telephones, CHANGES):
        yield


async def test_the_executive_hears_the_callers_own_voice_twice_and_takes_the_call(
    switchboard: House, phone: PhoneOf, caller: PhoneOf
) -> None:
    """Answers in their order without their pauses; 4 plays them again; 1 connects at once, the other phone
    falls silent."""
    manager, second, outside = await phone("8801"), await phone("8102"), await caller("13800000801")
    await answers(outside, DIRECT)
    await second.expect(Incoming, 10)
    await listens(manager)
    await manager.hears("zh/" + p.SCREEN_MENU)
    told = [t for t in tones.find(manager.hearing.samples) if any(abs(t.hertz - h) < 15 for h in ANSWERS)]
    assert [min(ANSWERS, key=lambda h: abs(h - t.hertz)) for t in told] == list(ANSWERS)
    assert told[-1].start + told[-1].seconds - told[0].start < 4.5  # without the pauses
    await manager.press("4")
    again = manager.hearing.seconds
    await manager.hears("zh/" + p.SCREEN_CALL, timeout=20, after=again)
    await outside.say(sound.tone(440, 60))
    await manager.press("1")
    pressed = time.monotonic()
    while not tone_heard(manager, 440, 0.1):
        await asyncio.sleep(0.02)
        assert time.monotonic() - pressed < 3, "no speech after key 1"
    print(f"key 1 to speech: {time.monotonic() - pressed:.2f} s")
    await both_hear_each_other(manager, outside)
    await second.expect(Closed, 2)
    await outside.hangup()
    await manager.expect(Closed)
    record = await switchboard.record("13800000801")
    assert (record["outcome"], record["connected_to"]) == ("connected", "8801")


async def test_a_machine_that_answers_is_no_yes_and_silences_nobody(
    switchboard: House, phone: PhoneOf, caller: PhoneOf
) -> None:
    """The manager's phone is answered by something that talks and presses nothing: the second phone rings on,
    is asked for itself, and takes the call."""
    machine, second, outside = await phone("8801"), await phone("8102"), await caller("13800000802")
    await answers(outside, DIRECT)
    await machine.expect(Incoming, 10)
    await machine.accept()
    await machine.say(sound.tone(800, 60))
    await second.expect(Incoming)
    await asyncio.sleep(1)
    assert not tone_heard(outside, 800), "the caller hears what answered"
    await second.accept()
    await second.hears("zh/" + p.SCREEN_CALL)
    await second.press("1")
    await both_hear_each_other(second, outside)
    await machine.expect(Closed, 2)
    await outside.hangup()
    record = await switchboard.record("13800000802")
    assert (record["outcome"], record["connected_to"]) == ("connected", "8102")


async def test_every_refusal_is_one_to_the_caller(
    switchboard: House, phone: PhoneOf, caller: PhoneOf
) -> None:
    """Key 2 and no key: the same words, and nobody was connected."""
    manager, second = await phone("8801"), await phone("8102")
    outside = await caller("13800000803")
    for key in ("2", ""):
        await answers(outside, DIRECT)
        await second.expect(Incoming, 10)
        await second.reject()
        await listens(manager)
        if key:
            await manager.press(key)
        await is_refused(outside, 40)
        await manager.expect(Closed)
        await outside.hangup()
        await switchboard.no_channels()
    record = await switchboard.record("13800000803")
    assert (record["outcome"], record["connected_to"]) == ("abandoned", "")
