"""An operator's orders on real phones: answer, hold, transfer (B1), and what caller and operator hear."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import numpy as np
import pytest
import pytest_asyncio

from switchboard.domain import prompt_keys as p
from switchboard.errors import SwitchboardError
from switchboard.softphone import Closed, Incoming
from tests.live.ear import both_hear_each_other, hears, leave_message, never_rings
from tests.live.house import House, PhoneOf
from tests.live.ordering import (
    answered_by_order,
    call_of,
    hears_music,
    operators_in_automatic_mode,
    order,
    parked,
    refused,
)

pytestmark = [pytest.mark.live, pytest.mark.asyncio(loop_scope="session")]

CHANGES = {"  rings: 3 ": "  ring_cycle: 3\n  rings: 3 "}


@pytest_asyncio.fixture(scope="module", loop_scope="session", autouse=True)
async def desk(telephones: House) -> AsyncIterator[None]:
    """Automatic mode; both operators are signed in."""
    async with operators_in_automatic_mode(telephones, CHANGES):
        yield


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


async def test_the_called_party_is_asked_and_connected(
    switchboard: House, phone: PhoneOf, caller: PhoneOf
) -> None:
    """Music for the caller while operator and 8201 talk; then 8201 has the caller, the operator is free."""
    operator, wanted = await phone("8011"), await phone("8201")
    outside = await caller("13800001002")
    call = await answered_by_order(switchboard, outside, operator)
    await order(switchboard, call, "consult", "8011", "8201")
    await wanted.expect(Incoming)
    assert await refused(switchboard, call, "connect", "8011") == "not_possible"
    assert await refused(switchboard, call, "take_back", "8012") == "taken"
    await wanted.accept()
    await both_hear_each_other(operator, wanted)
    await hears_music(outside)
    await order(switchboard, call, "connect", "8011")
    await operator.expect(Closed)
    await both_hear_each_other(wanted, outside)
    await wanted.hangup()
    await outside.expect(Closed)
    record = await switchboard.record("13800001002")
    assert (record["outcome"], record["connected_to"]) == ("connected", "8201")


async def test_a_held_caller_is_asked_about_too(switchboard: House, phone: PhoneOf, caller: PhoneOf) -> None:
    """The operator's phone rings, showing whom it will ask; answered, it rings 8201; then they are connected.
    And once more, taken back, then held again from there."""
    operator, wanted = await phone("8011"), await phone("8201")
    outside = await caller("13800001011")
    call = await answered_by_order(switchboard, outside, operator)
    for end in ("take_back", "connect"):
        await order(switchboard, call, "hold", "8011")
        await operator.expect(Closed)
        await order(switchboard, call, "consult", "8011", "8201")
        assert (await operator.expect(Incoming)).number == "8201"
        await operator.accept()
        assert (await wanted.expect(Incoming)).number == "8011"
        await wanted.accept()
        await both_hear_each_other(operator, wanted)
        await hears_music(outside)
        await order(switchboard, call, end, "8011")
        if end == "take_back":
            await wanted.expect(Closed)
            await both_hear_each_other(operator, outside)
    await operator.expect(Closed)
    await both_hear_each_other(wanted, outside)
    await outside.hangup()


async def test_an_operator_who_does_not_come_to_ask_changes_nothing(
    switchboard: House, phone: PhoneOf, caller: PhoneOf
) -> None:
    """The phone called for the consultation is refused: music. Called again, and the caller sent to 8202
    meanwhile: it stops ringing, and 8201 is not asked."""
    operator, wanted, third = await phone("8011"), await phone("8201"), await phone("8202")
    outside = await caller("13800001012")
    call = await answered_by_order(switchboard, outside, operator)
    await order(switchboard, call, "hold", "8011")
    await operator.expect(Closed)
    await order(switchboard, call, "consult", "8011", "8201")
    await operator.expect(Incoming)
    await operator.reject()
    await asyncio.sleep(0.5)
    await hears_music(outside)
    assert await refused(switchboard, call, "connect", "8011") == "not_possible"
    operator.forget()
    await order(switchboard, call, "consult", "8011", "8201")
    await operator.expect(Incoming)
    await order(switchboard, call, "transfer", "8011", "8202")
    await operator.expect(Closed)
    await third.expect(Incoming)
    await third.accept()
    await both_hear_each_other(third, outside)
    await never_rings(wanted)
    await outside.hangup()


async def test_who_asked_takes_the_caller_back(switchboard: House, phone: PhoneOf, caller: PhoneOf) -> None:
    """By order, while 8201 talks; and by itself, when 8201 refuses, which the operator is told."""
    operator, wanted = await phone("8011"), await phone("8201")
    outside = await caller("13800001003")
    call = await answered_by_order(switchboard, outside, operator)
    await order(switchboard, call, "consult", "8011", "8201")
    await wanted.expect(Incoming)
    await wanted.accept()
    await both_hear_each_other(operator, wanted)
    await order(switchboard, call, "take_back", "8011")
    await wanted.expect(Closed)
    await both_hear_each_other(operator, outside)
    await order(switchboard, call, "consult", "8011", "8201")
    await wanted.expect(Incoming)
    await wanted.reject()
    await operator.hears("zh/" + p.BUSY)
    await both_hear_each_other(operator, outside)
    await operator.hangup()
    await outside.expect(Closed)
    record = await switchboard.record("13800001003")
    assert (record["outcome"], record["connected_to"]) == ("connected", "8011")


async def test_an_operator_who_hangs_up_while_asking_is_rung_with_the_caller(
    switchboard: House, phone: PhoneOf, caller: PhoneOf
) -> None:
    """The receiver is put down in the consultation: 8201 is let go, the caller rings at the operator."""
    operator, wanted = await phone("8011"), await phone("8201")
    outside = await caller("13800001004")
    call = await answered_by_order(switchboard, outside, operator)
    await order(switchboard, call, "consult", "8011", "8201")
    await wanted.expect(Incoming)
    await wanted.accept()
    await both_hear_each_other(operator, wanted)
    await operator.hangup()
    await wanted.expect(Closed)
    await operator.expect(Incoming)
    await operator.accept()
    await both_hear_each_other(operator, outside)
    await outside.hangup()


async def test_two_operators_want_one_caller_and_one_gets_them(
    switchboard: House, phone: PhoneOf, caller: PhoneOf
) -> None:
    """Both order at the same moment: one phone rings, the other operator is told that the caller is taken."""
    phones = {n: await phone(n) for n in ("8011", "8012")}
    outside = await caller("13800001005")
    await outside.dial("8000")
    await outside.hears("zh/" + p.HELLO)
    call = await call_of(switchboard, "13800001005")
    answers = await asyncio.gather(
        *(order(switchboard, call, "answer", n) for n in phones), return_exceptions=True
    )
    won, lost = sorted(phones, key=lambda n: isinstance(answers[list(phones).index(n)], Exception))
    told = answers[list(phones).index(lost)]
    assert isinstance(told, SwitchboardError)
    assert "(taken)" in str(told)
    await phones[won].expect(Incoming)
    await phones[won].accept()
    await both_hear_each_other(phones[won], outside)
    await never_rings(phones[lost])
    assert await refused(switchboard, call, "answer", lost) == "taken"
    assert await refused(switchboard, call, "hold", lost) == "taken"
    await outside.hangup()


async def test_an_operator_who_does_not_answer_leaves_the_caller_where_they_were(
    switchboard: House, phone: PhoneOf, caller: PhoneOf
) -> None:
    """Out of the menu, nobody lifts the receiver: the menu again. A held caller: music again."""
    operator = await phone("8011")
    outside = await caller("13800001006")
    await outside.dial("8000")
    end = (await outside.hears("zh/" + p.HELLO)).start
    call = await call_of(switchboard, "13800001006")
    await order(switchboard, call, "answer", "8011")
    await operator.expect(Incoming)
    await operator.reject()
    await outside.hears("zh/" + p.HELLO, after=end + 0.5)
    await order(switchboard, call, "answer", "8011")
    await operator.expect(Incoming)
    await operator.accept()
    await both_hear_each_other(operator, outside)
    await order(switchboard, call, "hold", "8011")
    await order(switchboard, call, "answer", "8011")
    await operator.expect(Incoming)
    await operator.reject()
    await hears_music(outside)
    await outside.hangup()


async def test_a_transfer_that_fails_comes_back_and_a_serial_caller_always_does(
    switchboard: House, phone: PhoneOf, caller: PhoneOf
) -> None:
    """8201 refuses: the operator's phone rings. Serial: 8201 talks and hangs up, the same."""
    operator, wanted = await phone("8011"), await phone("8201")
    outside = await caller("13800001007")
    call = await answered_by_order(switchboard, outside, operator)
    await order(switchboard, call, "transfer", "8011", "8201")
    await wanted.expect(Incoming)
    await wanted.reject()
    assert (await operator.expect(Incoming)).name.startswith("8201")
    await operator.accept()
    await both_hear_each_other(operator, outside)
    await order(switchboard, call, "serial", "8011", "8201")
    await wanted.expect(Incoming)
    await wanted.accept()
    await both_hear_each_other(wanted, outside)
    await wanted.hangup()
    await operator.expect(Incoming)
    await operator.accept()
    await both_hear_each_other(operator, outside)
    await order(switchboard, call, "hangup", "8011")
    await outside.hears("zh/" + p.GOODBYE)
    await outside.expect(Closed)


async def test_camp_park_voicemail_and_complaint(switchboard: House, phone: PhoneOf, caller: PhoneOf) -> None:
    """8201 talks: the caller waits and is through when the line is free. Parked, told the place, fetched by
    the other operator's order. To a message; to customer service with a ticket."""
    operator, other, wanted = await phone("8011"), await phone("8012"), await phone("8201")
    friend = await phone("8202")
    await wanted.dial("8202")
    await friend.expect(Incoming)
    await friend.accept()
    outside = await caller("13800001008")
    call = await answered_by_order(switchboard, outside, operator)
    await order(switchboard, call, "camp", "8011", "8201")
    await operator.expect(Closed)
    await outside.hears("zh/" + p.WAIT_ON)
    await hears_music(outside)
    await friend.hangup()
    await wanted.expect(Closed)
    await wanted.expect(Incoming, 12)
    await wanted.reject()
    await operator.expect(Incoming)
    await operator.accept()
    await both_hear_each_other(operator, outside)
    await order(switchboard, call, "park", "8011")
    await operator.expect(Closed)
    assert (await operator.expect(Incoming)).number == "*691"
    await operator.reject()
    await hears_music(outside)
    assert "1" in (await parked(switchboard)).values()
    await order(switchboard, call, "answer", "8012")
    await other.expect(Incoming)
    await other.accept()
    await both_hear_each_other(other, outside)
    await order(switchboard, call, "voicemail", "8012", "8201")
    end = await hears(outside, "zh/" + p.LEAVE_MESSAGE)
    await leave_message(outside, after=end - 0.5)
    await outside.hangup()
    message = await switchboard.message("13800001008")
    assert (message["mailbox"], message["reason"]) == ("8201", "operator")
    angry = await caller("13800001009")
    call = await answered_by_order(switchboard, angry, operator)
    await order(switchboard, call, "complaint", "8011")
    await hears(angry, "zh/" + p.COMPLAINT_HOLD)
    await angry.hangup()
    await switchboard.until(
        lambda: any(t["caller"] == "13800001009" for t in switchboard.cli("tickets")), "a ticket", 6
    )


TYPED = {"surname": "王", "organisation": "Acme & Söhne <b>", "purpose": "合同 $(reboot) [[h@l'oU]]"}


async def test_the_manager_is_told_what_the_operator_typed_and_a_no_comes_back(
    switchboard: House, phone: PhoneOf, caller: PhoneOf
) -> None:
    """The manager hears a voice between the announcement and the question; 2: the operator's phone rings,
    with the manager's number. 1: they talk."""
    operator, manager = await phone("8011"), await phone("8801")
    outside = await caller("13800001010")
    call = await answered_by_order(switchboard, outside, operator)
    assert await refused(switchboard, call, "screen", "8011", "8801") == "not_possible"
    await both_hear_each_other(operator, outside)  # nothing was done to the caller
    for key in ("2", "1"):
        await order(switchboard, call, "screen", "8011", "8801", **TYPED)
        await operator.expect(Closed)
        await manager.expect(Incoming)
        await hears_music(outside)
        await manager.accept()
        begun = await manager.hears("zh/" + p.SCREEN_CALL)
        menu = await manager.hears("zh/" + p.SCREEN_MENU, timeout=20)
        said = menu.start - begun.start - begun.seconds
        assert said > 2, f"{said:.1f} s between announcement and question"
        spoken = manager.hearing.samples[int((begun.start + begun.seconds) * 8000) : int(menu.start * 8000)]
        assert float(np.sqrt(np.mean(spoken**2))) > 0.01
        await manager.press(key)
        if key == "2":
            await manager.expect(Closed)
            back = await operator.expect(Incoming)
            assert back.name.startswith("8801")
            await operator.accept()
            await both_hear_each_other(operator, outside)
    await both_hear_each_other(manager, outside)
    await outside.hangup()
    record = await switchboard.record("13800001010")
    assert (record["outcome"], record["connected_to"]) == ("connected", "8801")
