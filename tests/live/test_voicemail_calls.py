"""Messages: the lamp, hearing them on one's own phone, and what is recorded of it (A13)."""

from __future__ import annotations

import asyncio

import pytest

from switchboard.domain import prompt_keys as p
from switchboard.softphone import Established, Lamp
from tests.live.ear import hears, leave_message, tone_heard
from tests.live.house import House, PhoneOf

pytestmark = [pytest.mark.live, pytest.mark.asyncio(loop_scope="session")]

CALLER = "13800000301"


async def test_a_message_lights_the_lamp_and_is_heard_with_the_pin(
    switchboard: House, phone: PhoneOf, caller: PhoneOf
) -> None:
    """Left, lit, heard by *97 and PIN, then dark again; `messages` follows from new to heard."""
    person, outside = await phone("8401"), await caller(CALLER)
    await outside.dial("8000")
    await outside.hears("zh/" + p.HELLO)
    await outside.press("8401")
    await asyncio.sleep(0.5)
    await person.reject()
    end = await hears(outside, "zh/" + p.CHOICE)
    await outside.press("1")
    await leave_message(outside, 3, hertz=700, after=end)
    await outside.hangup()
    assert (await person.expect(Lamp, 5, where=lambda lamp: lamp.waiting)).new == 1
    message = await switchboard.message(CALLER)
    assert message["state"] == "new"

    person.forget()
    await person.dial("*97")
    await person.expect(Established)
    asked = switchboard.sounds_like("zh/vm-password")
    await person.hears(asked)
    await person.press("000000#")
    wrong = await person.hears("zh/vm-incorrect", "zh/vm-invalid-password", timeout=8)
    await person.hears(asked, after=wrong.start)
    await person.press(switchboard.secrets.pin("8401") + "#")
    await person.hears("zh/vm-youhave", "zh/vm-you", timeout=10)
    await person.press("1")
    for _ in range(100):
        if tone_heard(person, 700):
            break
        await asyncio.sleep(0.2)
    assert tone_heard(person, 700), f"heard: {[h.name for h in person.heard()]}"
    await asyncio.sleep(4)
    await person.hangup()
    await person.expect(Lamp, 6, where=lambda lamp: not lamp.waiting)

    def heard_now() -> bool:
        return any(m["caller"] == CALLER and m["state"] == "heard" for m in switchboard.cli("messages"))

    await switchboard.until(heard_now, "the message counts as heard", 6)


async def test_a_mailbox_speaks_its_owners_language(switchboard: House, phone: PhoneOf) -> None:
    """David Jones's mailbox is English: it asks for the PIN and tells that there is nothing, in English."""
    person = await phone("8204")
    await person.dial("*97")
    await person.hears(switchboard.sounds_like("en/vm-password"))
    await person.press(switchboard.secrets.pin("8204") + "#")
    await person.hears("en/vm-youhave", "en/vm-you", "en/vm-youhaveno", "en/vm-haveno")
    assert all(h.name.startswith("en/") for h in person.heard())
    await person.hangup()
