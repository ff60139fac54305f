"""Saving the rules file puts it in force; a wrong one changes nothing (D2, D3)."""

from __future__ import annotations

import time

import pytest

from switchboard.domain import prompt_keys as p
from switchboard.softphone import Incoming, SoftphoneError
from tests.live.ear import both_hear_each_other, heard, hears, zh
from tests.live.house import House, PhoneOf

pytestmark = [pytest.mark.live, pytest.mark.asyncio(loop_scope="session")]


NEW = '  "8305": {name: {zh: 钱多, en: Qian Duo}, department: "8300"}\n'


async def test_a_phone_comes_and_goes_with_the_rules(
    switchboard: House, saved: str, phone: PhoneOf, caller: PhoneOf
) -> None:
    """Within two seconds of saving, a new phone registers and is called; a removed one no longer."""
    talking, colleague = await phone("8201"), await phone("8202")
    await talking.dial("8202")
    await colleague.expect(Incoming)
    await colleague.accept()

    people = saved.replace('  "8304": {name', NEW + '  "8304": {name')
    began = time.monotonic()
    switchboard.rules_file.write_text(people, "utf-8")
    await switchboard.until(lambda: switchboard.rules_in_force() == people, "the new rules are in force", 2)
    assert time.monotonic() - began < 2.5
    new, outside = await phone("8305"), await caller("13800000501")
    await outside.dial("8000")
    await outside.hears("zh/" + p.HELLO)
    await outside.press("8305")
    await new.expect(Incoming)
    await new.accept()
    await both_hear_each_other(new, outside)
    await outside.hangup()
    await switchboard.unplug("8305")

    switchboard.rules_file.write_text(saved, "utf-8")
    await switchboard.until(lambda: switchboard.rules_in_force() == saved, "the old rules are in force", 2)
    await both_hear_each_other(talking, colleague)
    await talking.hangup()
    await outside.dial("8000")
    await outside.hears("zh/" + p.HELLO)
    await outside.press("8305#")
    await hears(outside, "zh/" + p.WRONG)
    await outside.hangup()
    with pytest.raises(SoftphoneError):
        await phone("8305")


async def test_a_wrong_file_changes_nothing_and_says_why(
    switchboard: House, saved: str, caller: PhoneOf
) -> None:
    """A dangling reference: the status tells it with its line, and calls go on as before."""
    before = switchboard.status()["rules"]["version"]
    line = saved[: saved.index('unclear: "8100"')].count("\n") + 1
    switchboard.rules_file.write_text(saved.replace('unclear: "8100"', 'unclear: "8109"'), "utf-8")
    await switchboard.until(lambda: bool(switchboard.status()["rules"]["errors"]), "the mistake is told", 2.5)
    rules = switchboard.status()["rules"]
    assert rules["version"] == before
    assert str(line) in str(rules["errors"][0])
    outside = await caller("13800000502")
    await outside.dial("8000")
    await hears(outside, "zh/" + p.HELLO)
    await outside.hangup()
    assert heard(outside)[:1] == zh(p.HELLO)
