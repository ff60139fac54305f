"""An operator sends a caller to a telephone outside, or asks there (B1, A15); holds as long as told."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from switchboard.domain import prompt_keys as p
from switchboard.softphone import Account, Baresip, Closed, Incoming
from tests.live.ear import both_hear_each_other, hears, never_rings, tone_heard
from tests.live.house import House, PhoneOf
from tests.live.ordering import (
    answered_by_order,
    hears_music,
    operators_in_automatic_mode,
    order,
    refused,
)

pytestmark = [pytest.mark.live, pytest.mark.asyncio(loop_scope="session")]

MOBILE = "13900000007"
SHOWN = "02988886000"
HELD_SECONDS = 5
RINGING_HERTZ = 450


@pytest_asyncio.fixture(scope="module", loop_scope="session", autouse=True)
async def mobile(telephones: House) -> AsyncIterator[Baresip]:
    """A mobile at the end of a line that carries mobile numbers; 8011 may dial it, and nothing abroad."""
    account = Account(MOBILE, "", port=telephones.settings.sip_port, registers=False)
    it = await Baresip.start(account, program=telephones.softphone, repertoire=telephones.repertoire)
    line = f'host: 127.0.0.1:{it.port}, username: provider, numbers: {{"{SHOWN}": "8000"}}'
    changes = {
        "  rings: 3 ": f"  ring_cycle: 3\n  longest_hold: {HELD_SECONDS}\n  rings: 3 ",
        "trunks:\n": f'trunks:\n  line2: {{{line}, outgoing: ["1XXXXXXXXXX", "110"]}}\n',
    }
    try:
        async with operators_in_automatic_mode(telephones, changes):
            yield it
    finally:
        await it.stop()


@pytest_asyncio.fixture(autouse=True, loop_scope="session")
async def quiet(mobile: Baresip) -> AsyncIterator[None]:
    """Each test begins and ends with the mobile on hook."""
    mobile.forget()
    yield
    await mobile.hangup()


async def _rings(outside: Baresip) -> None:
    """Wait until the caller hears it ring: 450 Hz, one second of five."""
    async with asyncio.timeout(10):
        while not tone_heard(outside, RINGING_HERTZ, 0.6):
            await asyncio.sleep(0.1)


async def test_a_caller_is_sent_to_a_mobile_and_comes_back_when_it_is_busy(
    switchboard: House, phone: PhoneOf, caller: PhoneOf, mobile: Baresip
) -> None:
    """It shows the company's number; refused there, the operator's phone rings with the caller; sent again,
    they talk, and the record says with whom."""
    operator, outside = await phone("8011"), await caller("13800002001")
    call = await answered_by_order(switchboard, outside, operator)
    await order(switchboard, call, "transfer", "8011", f"9{MOBILE}")
    await operator.expect(Closed)
    await hears(outside, "zh/" + p.HOLD_ON)
    assert (await mobile.expect(Incoming)).number == SHOWN
    await _rings(outside)
    await mobile.reject()
    assert (await operator.expect(Incoming)).name.startswith(MOBILE)
    await operator.accept()
    await both_hear_each_other(operator, outside)
    await order(switchboard, call, "transfer", "8011", f"9{MOBILE}")
    await mobile.expect(Incoming)
    await mobile.accept()
    await both_hear_each_other(mobile, outside)
    await outside.hangup()
    await mobile.expect(Closed)
    record = await switchboard.record("13800002001")
    assert (record["outcome"], record["connected_to"]) == ("connected", MOBILE)


async def test_somebody_outside_is_asked_and_the_caller_taken_back_or_connected(
    switchboard: House, phone: PhoneOf, caller: PhoneOf, mobile: Baresip
) -> None:
    """Busy is told, and the operator has the caller; asked in the conversation, and taken back; asked about a
    caller on hold, and connected."""
    operator, outside = await phone("8011"), await caller("13800002002")
    call = await answered_by_order(switchboard, outside, operator)
    await order(switchboard, call, "consult", "8011", f"9{MOBILE}")
    assert (await mobile.expect(Incoming)).number == SHOWN
    await mobile.reject()
    await operator.hears("zh/" + p.BUSY)
    await both_hear_each_other(operator, outside)
    await order(switchboard, call, "consult", "8011", f"9{MOBILE}")
    await mobile.expect(Incoming)
    assert await refused(switchboard, call, "connect", "8011") == "not_possible"
    await mobile.accept()
    await both_hear_each_other(operator, mobile)
    await hears_music(outside)
    await order(switchboard, call, "take_back", "8011")
    await mobile.expect(Closed)
    await both_hear_each_other(operator, outside)
    await order(switchboard, call, "hold", "8011")
    await operator.expect(Closed)
    await order(switchboard, call, "consult", "8011", f"9{MOBILE}")
    await operator.expect(Incoming)
    await operator.accept()
    assert (await mobile.expect(Incoming)).number == SHOWN
    await mobile.accept()
    await both_hear_each_other(operator, mobile)
    await order(switchboard, call, "connect", "8011")
    await operator.expect(Closed)
    await both_hear_each_other(mobile, outside)
    await mobile.hangup()
    await outside.expect(Closed)
    record = await switchboard.record("13800002002")
    assert (record["outcome"], record["connected_to"]) == ("connected", MOBILE)


async def test_what_the_operators_own_phone_may_not_dial_is_refused_and_kept(
    switchboard: House, phone: PhoneOf, caller: PhoneOf, mobile: Baresip
) -> None:
    """Abroad, an emergency number though the line takes it, a number without the prefix. Held: after
    the rules' seconds the operator's phone rings."""
    operator, outside = await phone("8011"), await caller("13800002003")
    call = await answered_by_order(switchboard, outside, operator)
    for kind in ("transfer", "consult"):
        assert await refused(switchboard, call, kind, "8011", "900447700900000") == "not_allowed"
        assert await refused(switchboard, call, kind, "8011", "9110") == "not_allowed"
    assert await refused(switchboard, call, "transfer", "8011", MOBILE) == "unknown_target"
    await both_hear_each_other(operator, outside)
    await never_rings(mobile)
    await order(switchboard, call, "hold", "8011")
    began = time.monotonic()
    await operator.expect(Closed)
    await hears_music(outside)
    await operator.expect(Incoming, HELD_SECONDS + 5)
    assert time.monotonic() - began >= HELD_SECONDS - 0.5
    await operator.accept()
    await both_hear_each_other(operator, outside)
    await outside.hangup()
