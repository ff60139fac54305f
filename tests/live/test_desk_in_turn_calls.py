"""Manual mode where the rules have the operators ring in turn (A4)."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from switchboard.domain import prompt_keys as p
from switchboard.softphone import Closed, Incoming
from tests.live.desk import changed_rules, dials_code
from tests.live.ear import both_hear_each_other, hears, never_rings
from tests.live.house import House, PhoneOf
from tests.live.test_mode_codes import choose

pytestmark = [pytest.mark.live, pytest.mark.asyncio(loop_scope="session")]

CHANGES = {"  rings: 3 ": "  ring_cycle: 3\n  rings: 3 ", "  ring: all  ": "  ring: in_turn  "}
CYCLE = 3.0


@pytest_asyncio.fixture(scope="module", loop_scope="session", autouse=True)
async def desk(telephones: House) -> AsyncIterator[None]:
    """Manual mode, a ring is three seconds, both operators are signed in."""
    async with changed_rules(telephones, CHANGES):
        choose(telephones, "manual", until_changed=True)
        for number in ("8011", "8012"):
            await dials_code(await telephones.phone(number), "*71", p.SIGNED_IN)
        yield
        for number in ("8011", "8012"):
            await dials_code(await telephones.phone(number), "*72", p.SIGNED_OUT)
        choose(telephones, "schedule")


async def test_one_operator_after_another_rings_and_the_second_answers(
    switchboard: House, phone: PhoneOf, caller: PhoneOf
) -> None:
    """The first rings for one ring, falls silent, the second begins; nothing of a machine is heard."""
    first, second = await phone("8011"), await phone("8012")
    outside = await caller("13800001101")
    await outside.dial("8000")
    await first.expect(Incoming)
    await never_rings(second)
    await first.expect(Closed, CYCLE + 2)
    assert (await second.expect(Incoming, 3)).number == "13800001101"
    await second.accept()
    await both_hear_each_other(second, outside)
    assert not outside.heard()
    await outside.hangup()
    record = await switchboard.record("13800001101")
    assert (record["outcome"], record["connected_to"]) == ("connected", "8012")


async def test_three_rings_are_counted_over_all_of_them(
    switchboard: House, phone: PhoneOf, caller: PhoneOf
) -> None:
    """First, second, first again, a ring each; then the apology and the machine."""
    first, second = await phone("8011"), await phone("8012")
    outside = await caller("13800001102")
    await outside.dial("8000")
    await first.expect(Incoming)
    began = time.monotonic()
    await second.expect(Incoming, CYCLE + 3)
    await first.expect(Incoming, CYCLE + 3)
    await first.expect(Closed, CYCLE + 2)
    assert 3 * CYCLE - 1 < time.monotonic() - began < 3 * CYCLE + 4
    await hears(outside, "zh/" + p.DESK_SORRY)
    await outside.hears("zh/" + p.HELLO)
    await never_rings(second)
    await outside.hangup()
