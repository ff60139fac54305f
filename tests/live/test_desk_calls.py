"""Manual mode: the operators' phones ring, and nobody rings into a void (A4, A6)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from switchboard.domain import prompt_keys as p
from switchboard.softphone import Closed, Incoming
from tests.live.desk import changed_rules, dials_code
from tests.live.ear import both_hear_each_other, hears
from tests.live.house import House, PhoneOf
from tests.live.test_mode_codes import choose

pytestmark = [pytest.mark.live, pytest.mark.asyncio(loop_scope="session")]

CHANGES = {"  rings: 3 ": "  ring_cycle: 2\n  rings: 3 "}
RINGING = 6.0


@pytest_asyncio.fixture(scope="module", loop_scope="session", autouse=True)
async def desk(telephones: House) -> AsyncIterator[None]:
    """Manual mode, a ring is two seconds, both operators are signed in."""
    async with changed_rules(telephones, CHANGES):
        choose(telephones, "manual", until_changed=True)
        for number in ("8011", "8012"):
            await dials_code(await telephones.phone(number), "*71", p.SIGNED_IN)
        yield
        choose(telephones, "schedule")


async def test_operators_ring_together_and_one_answers(
    switchboard: House, phone: PhoneOf, caller: PhoneOf
) -> None:
    """The caller hears ringing and then the operator, nothing of a machine; the phone shows which number."""
    first, second = await phone("8011"), await phone("8012")
    outside = await caller("13800000901")
    await outside.dial("8000")
    assert (await first.expect(Incoming)).number == "13800000901"
    assert (await second.expect(Incoming)).name.startswith("8000")
    await second.accept()
    await first.expect(Closed, 3)
    await both_hear_each_other(second, outside)
    assert not outside.heard()
    await outside.hangup()
    record = await switchboard.record("13800000901")
    assert (record["outcome"], record["connected_to"]) == ("connected", "8012")


async def test_three_rings_then_an_apology_and_the_machine_and_0_asks_the_operator_again(
    switchboard: House, phone: PhoneOf, caller: PhoneOf
) -> None:
    """Nobody lifts a receiver: the call goes on automatically; key 0 rings the operators, who answer."""
    first = await phone("8011")
    outside = await caller("13800000902")
    await outside.dial("8000")
    await first.expect(Incoming)
    began = time.monotonic()
    await first.expect(Closed, RINGING + 3)
    assert time.monotonic() - began > RINGING - 1
    await hears(outside, "zh/" + p.DESK_SORRY)
    await outside.hears("zh/" + p.HELLO)
    await outside.press("0")
    await first.expect(Incoming)
    await first.accept()
    await both_hear_each_other(first, outside)
    await outside.hangup()


async def test_while_all_operators_talk_callers_wait_in_line_and_are_served_in_order(
    switchboard: House, phone: PhoneOf, caller: PhoneOf
) -> None:
    """Each hears the place; the operators' talk ends: the first caller is rung for, then the second."""
    first, second = await phone("8011"), await phone("8012")
    await first.dial("8012")
    await second.expect(Incoming)
    await second.accept()
    one, two = await caller("13800000903"), await caller("13800000904")
    await one.dial("8000")
    await one.hears("zh/" + p.LINE_PLACE)
    await two.dial("8000")
    await two.hears("zh/" + p.LINE_PLACE)
    assert all(h.name != "zh/" + p.HELLO for h in (*one.heard(), *two.heard()))
    await second.hangup()
    await first.expect(Closed)
    assert (await first.expect(Incoming, 12)).number == "13800000903"
    await first.accept()
    await both_hear_each_other(first, one)
    second.forget()
    assert (await second.expect(Incoming, 12)).number == "13800000904"
    await second.accept()
    await both_hear_each_other(second, two)
    await one.hangup()
    await two.hangup()


async def test_with_nobody_signed_in_the_machine_answers_at_once(
    switchboard: House, phone: PhoneOf, caller: PhoneOf
) -> None:
    """Both sign out: no phone rings, no apology; the mode says automatic."""
    first, second = await phone("8011"), await phone("8012")
    await dials_code(first, "*72", p.SIGNED_OUT)
    await dials_code(second, "*72", p.SIGNED_OUT)
    assert switchboard.status()["mode"] == "automatic"
    first.forget()
    choose(switchboard, "manual", until_changed=True)
    outside = await caller("13800000905")
    await outside.dial("8000")
    await outside.hears("zh/" + p.HELLO, timeout=5)
    await asyncio.sleep(0.1)
    assert not any(isinstance(e, Incoming) for e in first.fresh)
    await outside.hangup()
