"""The desk and executives on real phones: rules with short waits and more numbers, and what callers do."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from urllib.parse import quote

from switchboard.ami import Gateway
from switchboard.ami.accounts import BOARD
from switchboard.domain import prompt_keys as p
from switchboard.softphone import Baresip, sound
from tests.live.ear import beeps
from tests.live.house import House

ANSWERS = (500.0, 560.0, 620.0)
"""What callers whistle instead of name, organisation and purpose, in hertz."""

ANSWER_SECONDS = 1.0


@asynccontextmanager
async def changed_rules(house: House, changes: Mapping[str, str]) -> AsyncIterator[None]:
    """The house's rules with `changes` in force, until the block ends."""
    before = house.rules_file.read_text("utf-8")
    text = before
    for old, new in changes.items():
        assert old in text, f"the rules no longer have {old!r}"
        text = text.replace(old, new)
    await _save(house, text)
    try:
        yield
    finally:
        await house.no_channels(10)
        await _save(house, before)


async def _save(house: House, text: str) -> None:
    house.rules_file.write_text(text, "utf-8")
    deadline = time.monotonic() + 20
    while house.rules_in_force() != text:
        rules = house.status()["rules"]
        assert not rules["errors"], rules["errors"]
        assert time.monotonic() < deadline, "the changed rules are not in force"
        await asyncio.sleep(0.1)


async def answers(outside: Baresip, number: str, language: str = "zh", keys: str = "") -> None:
    """Dial an executive's direct number, or in a call press `keys`; answer the questions, each cut short."""
    await outside.say(sound.silence(0))
    await (outside.press(keys) if keys else outside.dial(number))
    after = (await outside.hears(f"{language}/{p.SCREEN_INTRO}")).start
    for hertz in ANSWERS:
        await outside.press("#")
        await beeps(outside)
        after = outside.hearing.seconds
        await outside.say(sound.tone(hertz, ANSWER_SECONDS))
        await asyncio.sleep(ANSWER_SECONDS + 0.2)
        await outside.press("#")
        if hertz != ANSWERS[-1]:
            await outside.hears(
                *(f"{language}/{q}" for q in (p.SCREEN_ORGANISATION, p.SCREEN_PURPOSE)), after=after
            )
    await outside.hears(f"{language}/{p.SCREEN_HOLD}", after=after)


async def transfers(phone: Baresip, number: str) -> None:
    """Send the other side to `number` (SIP REFER), or to a whole Refer-To."""
    target = number if ":" in number else f"sip:{number}@{phone.account.server}:{phone.account.port}"
    await phone._control.command("transfer", target)


async def puts_through(house: House, phone: Baresip, number: str) -> None:
    """Join the first call of `phone` with the one it holds with `number`: REFER with Replaces (RFC 3891)."""
    gateway = Gateway("127.0.0.1", house.settings.ami_port, BOARD.name, house.secrets.ami(BOARD.name))
    await gateway.start(patience=5.0)
    try:
        concise = await house.pbx.cli("core show channels concise")
        legs = [x.split("!")[0] for x in concise.splitlines() if x.startswith(f"PJSIP/{phone.account.user}-")]
        dialog = []
        for name in ("call-id", "local_tag", "remote_tag"):
            reply = await gateway.action("Getvar", Channel=max(legs), Variable=f"CHANNEL(pjsip,{name})")
            dialog.append(reply.response.text("Value"))
    finally:
        await gateway.stop()
    replaces = quote("{};to-tag={};from-tag={}".format(*dialog), safe="")
    await phone._control.command("line", "1")
    server = f"{phone.account.server}:{phone.account.port}"
    await transfers(phone, f"<sip:{number}@{server}?Replaces={replaces}>")


async def dials_code(phone: Baresip, code: str, *said: str, keys: str = "") -> None:
    """Dial a code, enter `keys` after the first prompt, hear `said` in order, and the end."""
    await phone.dial(code)
    after = -1.0
    for i, key in enumerate(said):
        after = (await phone.hears(f"zh/{key}", after=after, timeout=12)).start
        if keys and i == 0:
            await phone.press(keys)
    await phone.hangup()
