"""Directory enquiry by name on the keypad (A6)."""

from __future__ import annotations

import pytest

from switchboard.domain import prompt_keys as p
from switchboard.domain.search import on_keypad
from switchboard.softphone import Baresip, Closed, Incoming
from tests.live.ear import heard, hears, zh
from tests.live.house import House, PhoneOf

pytestmark = [pytest.mark.live, pytest.mark.asyncio(loop_scope="session")]


async def enquires(outside: Baresip, letters: str) -> float:
    """Call, press 0, spell a name as soon as asked for it; returns when that was."""
    await outside.dial("8000")
    await outside.hears("zh/" + p.HELLO)
    await outside.press("0")
    asked = await outside.hears("zh/" + p.ASK_NAME)
    await outside.press(on_keypad(letters) + "#")
    return asked.start


async def test_initials_that_two_people_share_are_told_apart(
    switchboard: House, phone: PhoneOf, caller: PhoneOf
) -> None:
    """5-6 is l-m: 李明 of general administration, 刘敏 of sales are read; the second is chosen and rings."""
    person, outside = await phone("8202"), await caller("13800000201")
    await enquires(outside, "lm")
    await hears(outside, "zh/digit-2")
    names = [n for n in heard(outside) if "name-" in n or "key-" in n or "digit-" in n]
    assert names == zh("name-8103", "name-8100", "key-1", "name-8202", "name-8200", "digit-2")
    await outside.press("2")
    assert (await person.expect(Incoming)).number == "13800000201"
    await person.accept()
    await person.hangup()
    await outside.expect(Closed)
    record = await switchboard.record("13800000201")
    assert (record["outcome"], record["connected_to"]) == ("connected", "8202")


async def test_english_letters_find_an_english_name(
    switchboard: House, phone: PhoneOf, caller: PhoneOf
) -> None:
    """j-o-n-e-s finds David Jones."""
    person, outside = await phone("8204"), await caller("13800000202")
    await enquires(outside, "jones")
    await outside.hears("zh/name-8204")
    await outside.press("1")
    await person.expect(Incoming)
    await person.accept()
    await outside.hangup()
    await person.expect(Closed)


async def test_whoever_is_unlisted_is_not_found(switchboard: House, caller: PhoneOf) -> None:
    """Chen Gang of payroll is unlisted, He Jing the operator internal: not even whole names find them."""
    outside = await caller("13800000203")
    asked = await enquires(outside, "chengang")
    end = await hears(outside, "zh/" + p.NO_MATCH, after=asked)
    await outside.hears("zh/" + p.ASK_NAME, after=end - 0.3)
    await outside.press(on_keypad("hejing") + "#")
    await hears(outside, "zh/" + p.NO_MATCH, after=end + 0.5)
    assert not [h.name for h in outside.heard() if "name-" in h.name and h.start > asked]
    await outside.hangup()
