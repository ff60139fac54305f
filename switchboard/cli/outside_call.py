"""A call as an outside caller makes it: dial, listen, press, speak, and tell what was heard.

It knows nothing of the switchboard's insides: it hears prompts by their sound, presses keys when nobody
speaks, and leaves a message after the tone, as somebody with a telephone does.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from switchboard.cli.known_sounds import BEEP
from switchboard.domain import prompt_keys
from switchboard.softphone import (
    Account,
    Baresip,
    Closed,
    Established,
    NothingHappened,
    Repertoire,
    Ringing,
    SoftphoneError,
    tones,
)
from switchboard.softphone.program import Program
from switchboard.softphone.sound import RATE, Samples

PAUSE = 1.0
"""Seconds without a sound after which a question counts as asked."""

RING_PAUSE = 6.0
"""The same after a ringing tone, which itself pauses for four seconds."""

ANSWER = 10.0
"""Seconds within which the switchboard must answer."""


STATEMENTS = frozenset(
    {
        prompt_keys.HOLD_ON,
        prompt_keys.UNCLEAR,
        prompt_keys.COMPLAINT_HOLD,
        prompt_keys.QUEUE_HOLD,
        prompt_keys.WAIT_ON,
        prompt_keys.LEAVE_MESSAGE,
        prompt_keys.MESSAGE_SAVED,
        prompt_keys.MESSAGE_FAILED,
        prompt_keys.GOODBYE,
        prompt_keys.TROUBLE,
        prompt_keys.SCREEN_INTRO,
        prompt_keys.SCREEN_NAME,
        prompt_keys.SCREEN_ORGANISATION,
        prompt_keys.SCREEN_PURPOSE,
        prompt_keys.SCREEN_HOLD,
    }
)
"""Prompts after which nobody waits for keys."""

LOOK = 0.15
"""Seconds between looks at what has been heard."""


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that happened at `at` seconds of the call: what is "heard", "pressed", "said" or "told"."""

    at: float
    what: str
    text: str
    name: str = ""
    whole: bool = True


@dataclass(slots=True)
class OutsideCall:
    """How a call went. `refusal` is the SIP status line of a call that was never answered."""

    moments: list[Moment] = field(default_factory=list)
    answered: bool = False
    refusal: str = ""
    seconds: float = 0.0
    left_message: bool = False
    ended_by_us: bool = False


@dataclass(slots=True)
class Plan:
    """What the caller does: `keys` to press one group per question, `message` to speak after the tone."""

    number: str
    keys: list[str]
    message: Samples
    longest: float
    hurried: bool = False
    language_key: str = ""
    language_prompt: str = ""


class OutsideCaller:
    """Makes one call. `tell` gets each moment as it comes, heard ones once they are over."""

    def __init__(self, plan: Plan, texts: dict[str, str], tell: Callable[[Moment], None]) -> None:
        self._plan = plan
        self._texts = texts
        self._tell = tell
        self._call = OutsideCall()
        self._told: set[tuple[str, int]] = set()
        self._last_ring = -60.0
        self._last_act = 0.0
        self._speaking_until = 0.0
        self._beeps = 0

    async def make(self, account: Account, program: Program, repertoire: Repertoire) -> OutsideCall:
        """The whole call, from dialling to its end. Raises SoftphoneError when there is no phone to use."""
        async with await Baresip.start(account, program=program, repertoire=repertoire) as phone:
            await phone.dial(self._plan.number)
            try:
                await self._answered(phone)
            except NothingHappened as error:
                self._call.refusal = self._call.refusal or str(error)
                return self._call
            if self._call.answered:
                await self._converse(phone)
        return self._call

    async def _answered(self, phone: Baresip) -> None:
        deadline = time.monotonic() + ANSWER
        while time.monotonic() < deadline:
            for event in phone.events:
                match event:
                    case Established():
                        self._call.answered = True
                        return
                    case Closed(reason=reason):
                        self._call.refusal = reason
                        return
                    case Ringing():
                        pass
            await asyncio.sleep(0.05)
        raise NothingHappened(f"not answered within {ANSWER:g} s")

    async def _converse(self, phone: Baresip) -> None:
        began = time.monotonic()
        while phone.in_call:
            if time.monotonic() - began > self._plan.longest:
                self._note(Moment(phone.hearing.seconds, "told", "time is up, we hang up"))
                self._call.ended_by_us = True
                await phone.hangup()
                break
            self._listen(phone)
            await self._act(phone)
            await asyncio.sleep(LOOK)
        self._listen(phone, over=True)
        self._call.seconds = time.monotonic() - began

    def _listen(self, phone: Baresip, over: bool = False) -> None:
        """Tell what was newly heard, in order, each once it is over."""
        now = phone.hearing.seconds
        for heard in phone.heard():
            key = (heard.name, round(heard.start * 10))
            done = over or now > heard.start + heard.seconds + 0.7
            if key in self._told:
                continue
            if not done:
                break
            self._told.add(key)
            text = self._texts.get(heard.name, "")
            if text:
                self._note(Moment(heard.start, "heard", text, heard.name, heard.whole))
        self._listen_for_ringing(phone)

    def _listen_for_ringing(self, phone: Baresip) -> None:
        begin = max(0, len(phone.hearing.samples) - 3 * RATE)
        rings = [t for t in tones.find(phone.hearing.samples[begin:]) if t.is_ringback]
        if rings:
            if phone.hearing.seconds - self._last_ring > 2 * RING_PAUSE:
                self._note(Moment(begin / RATE + rings[0].start, "told", "it rings"))
            self._last_ring = begin / RATE + rings[-1].start + rings[-1].seconds

    async def _act(self, phone: Baresip) -> None:
        """Speak after a tone; press the next keys when a question has been asked."""
        now = time.monotonic()
        if self._speaking_until:
            if now < self._speaking_until:
                return
            self._speaking_until = 0.0
            await self._press(phone, "#")
            return
        heard = phone.heard()
        beeps = sum(h.name == BEEP for h in heard)
        if beeps > self._beeps:
            self._beeps = beeps
            seconds = await phone.say(self._plan.message)
            self._speaking_until = now + seconds + 0.5
            self._call.left_message = True
            self._note(Moment(phone.hearing.seconds, "said", "a short message, after the tone"))
            return
        if self._plan.language_key and any(h.name == self._plan.language_prompt for h in heard):
            key, self._plan.language_key = self._plan.language_key, ""
            await self._press(phone, key)
            return
        if not self._plan.keys or self._plan.language_key:
            return
        quiet = phone.hearing.quiet_seconds()
        rang = phone.hearing.seconds - self._last_ring < RING_PAUSE
        last = heard[-1] if heard else None
        new = last is not None and last.start > self._last_act and not _is_statement(last.name)
        hurry = self._plan.hurried and new
        if new and (hurry or quiet > (RING_PAUSE if rang else PAUSE)):
            await self._press(phone, self._plan.keys.pop(0))

    async def _press(self, phone: Baresip, keys: str) -> None:
        self._note(Moment(phone.hearing.seconds, "pressed", keys))
        try:
            await phone.press(keys)
        except SoftphoneError:
            if phone.in_call:
                raise
        self._last_act = phone.hearing.seconds

    def _note(self, moment: Moment) -> None:
        self._call.moments.append(moment)
        self._tell(moment)


def _is_statement(name: str) -> bool:
    return name.partition("/")[2] in STATEMENTS
