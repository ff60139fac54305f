"""An executive's telephone outside, rung with the own phone (A8): a line, a mobile, its voicemail."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from switchboard.domain import prompt_keys as p
from switchboard.softphone import Account, Baresip, Closed, Incoming, sound
from tests.live.desk import answers, changed_rules
from tests.live.ear import both_hear_each_other, never_rings, tone_heard
from tests.live.house import House, PhoneOf
from tests.live.screening import DIRECT, is_refused

pytestmark = [pytest.mark.live, pytest.mark.asyncio(loop_scope="session")]

MOBILE = "13900000000"
DIRECT_NUMBER = '    numbers: {"8000": "8000", "80018801": "8801"}'


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def mobile(telephones: House) -> AsyncIterator[Baresip]:
    """The telephone outside, at the end of a line that carries mobile numbers and no others."""
    account = Account(MOBILE, "", port=telephones.settings.sip_port, registers=False)
    it = await Baresip.start(account, program=telephones.softphone, repertoire=telephones.repertoire)
    line = f'host: 127.0.0.1:{it.port}, username: provider, numbers: {{"02988886000": "8000"}}'
    changes = {
        '    numbers: {"8000": "8000"}': DIRECT_NUMBER,
        '      # also: ["8102", "13900000000"]': f'      also: ["{MOBILE}"]\n      #',
        "trunks:\n": f'trunks:\n  provider: {{{line}, outgoing: ["1XXXXXXXXXX"]}}\n',
    }
    try:
        async with changed_rules(telephones, changes):
            yield it
    finally:
        await it.stop()


@pytest_asyncio.fixture(autouse=True, loop_scope="session")
async def quiet(mobile: Baresip) -> AsyncIterator[None]:
    """Each test begins and ends with the mobile on hook."""
    mobile.forget()
    yield
    await mobile.hangup()


async def test_the_mobile_rings_too_and_key_1_on_it_connects(
    switchboard: House, mobile: Baresip, phone: PhoneOf, caller: PhoneOf
) -> None:
    """Both ring; on the mobile the executive hears who it is and presses 1; the desk phone falls silent."""
    manager, outside = await phone("8801"), await caller("13800001201")
    await answers(outside, DIRECT)
    await manager.expect(Incoming, 10)
    shown = await mobile.expect(Incoming, 5)
    assert shown.number == "02988886000"  # the company's own: a provider takes no other
    await mobile.accept()
    await mobile.hears("zh/" + p.SCREEN_CALL)
    await asyncio.sleep(0.5)
    assert not tone_heard(mobile, 440)
    await mobile.press("1")
    await both_hear_each_other(mobile, outside)
    await manager.expect(Closed, 2)
    await outside.hangup()
    await mobile.expect(Closed)
    record = await switchboard.record("13800001201")
    assert (record["outcome"], record["connected_to"]) == ("connected", MOBILE)


async def test_the_mobiles_voicemail_neither_accepts_nor_silences_the_desk(
    switchboard: House, mobile: Baresip, phone: PhoneOf, caller: PhoneOf
) -> None:
    """It answers first and talks: the caller hears nothing of it, the desk phone rings on and takes it."""
    manager, outside = await phone("8801"), await caller("13800001202")
    await answers(outside, DIRECT)
    await mobile.expect(Incoming, 10)
    await mobile.accept()
    await mobile.say(sound.tone(800, 60))
    await manager.expect(Incoming)
    await asyncio.sleep(1.5)
    assert not tone_heard(outside, 800), "the caller hears the voicemail"
    assert manager.ringing
    await manager.accept()
    await manager.hears("zh/" + p.SCREEN_CALL)
    await manager.press("1")
    await both_hear_each_other(manager, outside)
    await mobile.expect(Closed, 3)
    await outside.hangup()


async def test_only_the_voicemail_answers_and_the_caller_is_refused_as_ever(
    switchboard: House, mobile: Baresip, caller: PhoneOf
) -> None:
    """No phone on the desk; the voicemail records the question and hangs up: the words of an absence."""
    await switchboard.unplug("8801")
    outside = await caller("13800001203")
    await answers(outside, DIRECT)
    await mobile.expect(Incoming, 10)
    await mobile.accept()
    await mobile.say(sound.tone(800, 60))
    await mobile.hears("zh/" + p.SCREEN_MENU, timeout=20)
    assert not tone_heard(outside, 800)
    await mobile.hangup()
    await is_refused(outside, 60)
    await outside.hangup()
    record = await switchboard.record("13800001203")
    assert (record["outcome"], record["connected_to"]) == ("abandoned", "")


async def test_a_number_that_is_not_named_is_not_rung(switchboard: House, mobile: Baresip) -> None:
    """The dialplan of executives' telephones outside has the rules' numbers and no pattern."""
    shown = await switchboard.pbx.cli("dialplan show screened-outside")
    assert f"'{MOBILE}'" in shown
    assert "'_" not in shown
    await never_rings(mobile)
