"""An operator's orders on real phones: answer, hold, transfer (B1), and what caller and operator hear."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from switchboard.domain import prompt_keys as p
from switchboard.softphone import Baresip, Closed, Incoming
from tests.live.desk import changed_rules, dials_code
from tests.live.ear import both_hear_each_other, hears
from tests.live.house import House, PhoneOf
from tests.live.ordering import call_of, hears_music, order, refused
from tests.live.test_mode_codes import choose

pytestmark = [pytest.mark.live, pytest.mark.asyncio(loop_scope="session")]

CHANGES = {"  rings: 3 ": "  ring_cycle: 3\n  rings: 3 "}


@pytest_asyncio.fixture(scope="module", loop_scope="session", autouse=True)
async def desk(telephones: House) -> AsyncIterator[None]:
    """Automatic mode; both operators are signed in."""
    async with changed_rules(telephones, CHANGES):
        for number in ("8011", "8012"):
            await dials_code(await telephones.phone(number), "*71", p.SIGNED_IN)
        choose(telephones, "automatic", until_changed=True)
        yield
        choose(telephones, "schedule")


async def answered_by_order(house: House, outside: Baresip, operator: Baresip) -> str:
    """The caller is in the greeting; the operator's order makes the operator's phone ring; they talk."""
    await outside.dial("8000")
    await outside.hears("zh/" + p.HELLO)
    call = await call_of(house, outside.account.user)
    await order(house, call, "answer", operator.account.user)
    assert (await operator.expect(Incoming)).number == outside.account.user
    await operator.accept()
    await both_hear_each_other(operator, outside)
    return call


async def test_a_caller_in_the_greeting_is_answered_held_fetched_and_transferred(
    switchboard: House, phone: PhoneOf, caller: PhoneOf
) -> None:
    """Out of the menu to the operator; music while held; back to the operator; then to 8201."""
    operator, wanted = await phone("8011"), await phone("8201")
    outside = await caller("13800001001")
    call = await answered_by_order(switchboard, outside, operator)
    await order(switchboard, call, "hold", "8011")
    await operator.expect(Closed)
    await hears_music(outside)
    await order(switchboard, call, "answer", "8011")
    await operator.expect(Incoming)
    await operator.accept()
    await both_hear_each_other(operator, outside)
    await order(switchboard, call, "transfer", "8011", "8201")
    await operator.expect(Closed)
    await hears(outside, "zh/" + p.HOLD_ON)
    assert (await wanted.expect(Incoming)).number == "13800001001"
    await wanted.accept()
    await both_hear_each_other(wanted, outside)
    assert await refused(switchboard, call, "hold", "8011") == "not_possible"
    await outside.hangup()
    record = await switchboard.record("13800001001")
    assert (record["outcome"], record["connected_to"]) == ("connected", "8201")
    words = [s["outcome"] for s in record["steps"] if (s["outcome"] or "").startswith("ordered")]
    assert words == [
        "ordered answer by 8011",
        "ordered hold by 8011",
        "ordered answer by 8011",
        "ordered transfer by 8011 8201",
    ]
