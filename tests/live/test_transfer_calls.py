"""What operators do with a caller from a plain desk phone: transfer, park, fetch, pick up (A4, A8, A9)."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from switchboard.domain import prompt_keys as p
from switchboard.softphone import Baresip, Closed, Established, Incoming
from tests.live.desk import answers, changed_rules, dials_code, puts_through, transfers
from tests.live.ear import both_hear_each_other, hears, leave_message, never_rings
from tests.live.house import House, PhoneOf

pytestmark = [pytest.mark.live, pytest.mark.asyncio(loop_scope="session")]

CHANGES = {
    'numbers: {"8000": "8000"}': 'numbers: {"8000": "8000", "8011": "8011", "8801": "8801", "8201": "8201"}',
}


@pytest_asyncio.fixture(scope="module", loop_scope="session", autouse=True)
async def rules(telephones: House) -> AsyncIterator[None]:
    """Some people have direct numbers."""
    async with changed_rules(telephones, CHANGES):
        yield


async def talks_to(outside: Baresip, person: Baresip) -> None:
    """The caller dials somebody's direct number, who answers."""
    await outside.dial(person.account.user)
    await person.expect(Incoming)
    await person.accept()
    await both_hear_each_other(person, outside)


async def test_a_transfer_is_answered_or_comes_back(
    switchboard: House, phone: PhoneOf, caller: PhoneOf
) -> None:
    """8201 refuses: the operator's phone rings again and shows whom it was about; 8202 answers."""
    operator, busy, free = await phone("8011"), await phone("8201"), await phone("8202")
    outside = await caller("13800000951")
    await talks_to(outside, operator)
    await transfers(operator, "8201")
    await operator.expect(Closed)
    assert (await busy.expect(Incoming)).number == "13800000951"
    await busy.reject()
    back = await operator.expect(Incoming)
    assert back.number == "13800000951"
    assert back.name.startswith("8201")
    await operator.accept()
    await both_hear_each_other(operator, outside)
    await transfers(operator, "8202")
    await free.expect(Incoming)
    await free.accept()
    await both_hear_each_other(free, outside)
    await outside.hangup()
    record = await switchboard.record("13800000951")
    assert (record["outcome"], record["connected_to"]) == ("connected", "8202")


async def test_a_caller_is_sent_to_a_message_the_greeting_or_a_complaint(
    switchboard: House, phone: PhoneOf, caller: PhoneOf
) -> None:
    """*55 and an extension, *50, *57, by blind transfer."""
    operator, agent = await phone("8011"), await phone("8601")
    outside = await caller("13800000952")
    await talks_to(outside, operator)
    await transfers(operator, "*50")
    await outside.hears("zh/" + p.HELLO)
    await outside.hangup()
    await talks_to(outside, operator)
    await transfers(operator, "*57")
    await hears(outside, "zh/" + p.COMPLAINT_HOLD)
    await agent.expect(Incoming, 15)
    await outside.hangup()
    await talks_to(outside, operator)
    await transfers(operator, "*558203")
    end = await hears(outside, "zh/" + p.LEAVE_MESSAGE)
    await leave_message(outside, after=end - 0.5)
    await outside.hangup()
    message = await switchboard.message("13800000952")
    assert (message["mailbox"], message["reason"]) == ("8203", "operator")


async def test_a_caller_is_parked_fetched_and_comes_back(
    switchboard: House, phone: PhoneOf, caller: PhoneOf
) -> None:
    """The place is shown by a call back and said; who dials it has the caller; nobody there: said so."""
    operator, colleague = await phone("8011"), await phone("8202")
    outside = await caller("13800000953")
    await talks_to(outside, operator)
    await transfers(operator, "*68")
    await operator.expect(Closed)
    told = await operator.expect(Incoming)
    assert told.number == "*691"
    await operator.accept()
    await hears(operator, "zh/" + p.PARKED)
    await operator.hangup()
    await colleague.dial("*691")
    await colleague.expect(Established)
    await both_hear_each_other(colleague, outside)
    await colleague.hangup()
    await outside.expect(Closed, 5)
    await dials_code(colleague, "*691", p.PARK_EMPTY)
    await switchboard.pbx.cli("dialplan set global PARK_SECONDS 2")
    await talks_to(outside, operator)
    await transfers(operator, "*68")
    await operator.expect(Closed)
    await operator.expect(Incoming, where=lambda e: e.number == "*691")
    await operator.reject()
    assert (await operator.expect(Incoming)).number == "13800000953"
    await operator.accept()
    await both_hear_each_other(operator, outside)
    await outside.hangup()


async def test_what_rings_is_picked_up_within_the_group_and_nowhere_else(
    switchboard: House, phone: PhoneOf, caller: PhoneOf
) -> None:
    """*80 and *808201 from sales; engineering is refused; nobody takes what rings to ask the manager."""
    ringing, sales, stranger = await phone("8201"), await phone("8202"), await phone("8302")
    outside = await caller("13800000954")
    for code in ("*80", "*808201"):
        await outside.dial("8201")
        await ringing.expect(Incoming)
        if code == "*80":
            await dials_code(stranger, "*808201", p.PICKUP_NONE)
        await sales.dial(code)
        await sales.expect(Established)
        await ringing.expect(Closed)
        await both_hear_each_other(sales, outside)
        await outside.hangup()
        await switchboard.no_channels()
    manager, head = await phone("8801"), await phone("8101")
    await answers(outside, "8801")
    await manager.expect(Incoming, 10)
    for code in ("*808801", "*80"):
        await dials_code(head, code, p.PICKUP_NONE)
    await outside.hangup()


async def test_an_operator_puts_a_caller_through_to_the_manager_by_attended_transfer(
    switchboard: House, phone: PhoneOf, caller: PhoneOf
) -> None:
    """Asked by the operator, the manager says yes; the controller dies meanwhile: nobody notices."""
    operator, manager = await phone("8011"), await phone("8801")
    outside = await caller("13800000955")
    await talks_to(outside, operator)
    await operator.hold()
    await operator.dial("8801")
    await manager.expect(Incoming)
    await manager.accept()
    switchboard.kill_controller()
    await puts_through(switchboard, operator, "8801")
    await both_hear_each_other(manager, outside)
    await outside.hangup()
    await switchboard.controller_back()


async def test_only_the_secretary_puts_a_caller_through_to_the_chairman(
    switchboard: House, phone: PhoneOf, caller: PhoneOf
) -> None:
    """Transferred by the secretary the chairman's phone rings; by an operator the secretary's does."""
    secretary, chairman, operator = await phone("8890"), await phone("8899"), await phone("8011")
    outside = await caller("13800000956")
    await talks_to(outside, operator)
    await transfers(operator, "8899")
    await secretary.expect(Incoming)
    await never_rings(chairman)
    await secretary.accept()
    await both_hear_each_other(secretary, outside)
    await transfers(secretary, "8899")
    await chairman.expect(Incoming)
    await chairman.accept()
    await both_hear_each_other(chairman, outside)
    await outside.hangup()
