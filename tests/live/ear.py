"""What callers of the tests do, and saying what must have been heard."""

from __future__ import annotations

import asyncio

import pytest

from switchboard.domain.prompt_keys import (
    COMPLAINT_KEY,
    DIAL_EXTENSION,
    HELLO,
    LISTEN,
    MESSAGE_SAVED,
    OTHER_LANGUAGE,
)
from switchboard.softphone import Baresip, Incoming, NothingHappened, sound, tones
from switchboard.softphone.sound import RATE

GREETING = (HELLO, OTHER_LANGUAGE, DIAL_EXTENSION, COMPLAINT_KEY, LISTEN)
"""The announcement of the main number, before departments are read out."""


BEEP_HERTZ, BEEP_SECONDS = 880.0, 0.35
"""`switchboard.prompts.tones`."""


def heard(phone: Baresip, since: float = 0.0) -> list[str]:
    """Prompts heard to their end, as "zh/hold-on", in order, from `since` seconds of the call on."""
    return [h.name for h in phone.heard() if h.whole and h.start >= since]


def zh(*keys: str) -> list[str]:
    """These prompts in Chinese."""
    return [f"zh/{key}" for key in keys]


def en(*keys: str) -> list[str]:
    """These prompts in English."""
    return [f"en/{key}" for key in keys]


async def hears(phone: Baresip, name: str, timeout: float = 15, after: float = -1.0) -> float:
    """Wait until `phone` hears the prompt `name` to its end; returns when it ended (seconds of the call)."""
    begun = await phone.hears(name, timeout=timeout, after=after)
    end = begun.start + begun.seconds / max(begun.fraction, 0.01)
    await phone.heard_until(end)
    found = [h for h in phone.heard() if h.name == name and abs(h.start - begun.start) < 0.05]
    assert found, f"{name} turned out to be another prompt: {[h.name for h in phone.heard()]}"
    assert found[0].whole, f"{name} was cut short: {found[0]}"
    return end


def tone_heard(phone: Baresip, hertz: float, last: float = 1.0) -> bool:
    """Whether a tone of `hertz` fills the last `last` seconds that `phone` heard."""
    phone.hearing.poll()
    return tones.share(phone.hearing.samples[-int(last * RATE) :], hertz) > 0.8


async def beeps(phone: Baresip, timeout: float = 10) -> None:
    """Wait for the tone after which one speaks, to its end; right after a prompt that was cut short, too."""
    async with asyncio.timeout(timeout):
        while not tone_heard(phone, BEEP_HERTZ, BEEP_SECONDS / 2):
            await asyncio.sleep(0.02)
        while tone_heard(phone, BEEP_HERTZ, 0.1):
            await asyncio.sleep(0.02)


async def both_hear_each_other(one: Baresip, other: Baresip) -> None:
    """Speech flows both ways: each whistles its own tone, and hears the other's."""
    await one.say(sound.tone(440, 60))
    await other.say(sound.tone(620, 60))
    for _ in range(25):
        await asyncio.sleep(0.2)
        if tone_heard(one, 620) and tone_heard(other, 440):
            return
    assert tone_heard(one, 620), f"{one.account.user} does not hear {other.account.user}"
    assert tone_heard(other, 440), f"{other.account.user} does not hear {one.account.user}"


async def leave_message(
    phone: Baresip, seconds: float = 2.5, hertz: float = 620, after: float = -1.0
) -> None:
    """Wait for the tone, speak (a tone of `hertz`), press #, and hear that the message is saved."""
    beep = await phone.hears("beep", after=after)
    await phone.say(sound.tone(hertz, seconds))
    await asyncio.sleep(seconds + 0.2)
    await phone.press("#")
    await phone.hears(f"zh/{MESSAGE_SAVED}", after=beep.start)


async def asks_for(outside: Baresip, digits: str) -> None:
    """Call the main number and dial an extension into the greeting."""
    await outside.dial("8000")
    await outside.hears(f"zh/{HELLO}")
    await outside.press(digits)


async def never_rings(phone: Baresip) -> None:
    """Fail if the phone has rung since it was last asked for."""
    with pytest.raises(NothingHappened):
        await phone.expect(Incoming, 0)
