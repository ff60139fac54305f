"""Screening of the general manager's callers, whatever happens on the way (A8)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from switchboard.domain import prompt_keys as p
from switchboard.softphone import Baresip, Closed, Incoming, sound, tones
from tests.live.desk import ANSWERS, answers, changed_rules
from tests.live.ear import both_hear_each_other, hears, never_rings, tone_heard, zh
from tests.live.house import House, PhoneOf

pytestmark = [pytest.mark.live, pytest.mark.asyncio(loop_scope="session")]

DIRECT = "80018801"

CHANGES = {
    '    numbers: {"8000": "8000"}': '    trusted: true\n    numbers: {"8000": "8000", "80018801": "8801"}',
    '      # also: ["8102", "13900000000"]': '      also: ["8102"]\n      #',
    '      # unscreened: ["02988886666"]': '      unscreened: ["1390000"]\n      #',
}

REFUSED = zh(p.SCREEN_HOLD, p.NOT_AVAILABLE, p.CHOICE_HEAD)
"""What a refused caller hears, whatever the cause."""


@pytest_asyncio.fixture(scope="module", loop_scope="session", autouse=True)
async def rules(telephones: House) -> AsyncIterator[None]:
    """The manager has a direct number and a second phone; the trunk is trusted."""
    async with changed_rules(telephones, CHANGES):
        yield


async def listens(executive: Baresip) -> None:
    """Pick up and begin to listen."""
    await executive.expect(Incoming, 10)
    await executive.accept()
    await executive.hears("zh/" + p.SCREEN_CALL)


async def is_refused(outside: Baresip, timeout: float = 15) -> None:
    """Hears that the executive is not available, and nothing else."""
    await hears(outside, "zh/" + p.CHOICE_HEAD, timeout=timeout)
    names = [h.name for h in outside.heard()]
    assert names[names.index(REFUSED[0]) :] == REFUSED


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
