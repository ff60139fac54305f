"""Carrying out short actions on a live line: speaking, asking, looking, recording, ordering."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import assert_never

import structlog

from switchboard.domain.actions import (
    Ask,
    ChangeMode,
    CheckPin,
    FindTicket,
    Look,
    LookAtQueue,
    OpenTicket,
    OrderAgent,
    OrderCallBack,
    Record,
    Say,
    Short,
    Sign,
)
from switchboard.domain.call import Call
from switchboard.domain.company import Rules
from switchboard.domain.entry import Progress, progress
from switchboard.domain.mode import Source
from switchboard.domain.outcomes import (
    Done,
    Entered,
    Outcome,
    PhoneState,
    PinChecked,
    Recorded,
    Said,
    Seen,
    Silent,
    TicketFound,
)
from switchboard.domain.phrases import Phrase
from switchboard.errors import AgiCommandFailed, SwitchboardError
from switchboard.flows.ports import (
    AgentOrders,
    CallBacks,
    Claims,
    Clips,
    Clock,
    DeskOrders,
    Line,
    PinCheck,
    Queues,
    Tickets,
    Voice,
)
from switchboard.flows.wording import read_phone_state

log = structlog.get_logger()

KEYS = "0123456789*#"

Note = Callable[..., None]
"""note(kind, **values): a record of this call for the journal."""


Watch = Callable[[Call, str, str], None]
"""watch(call, action, reason): a decision was made; the live view shows the call so from now on."""


def nobody_watches(call: Call, action: str, reason: str) -> None:
    """A `Watch` for where there is no live view."""


@dataclass(frozen=True)
class Services:
    """What actions reach beyond the line."""

    desk: DeskOrders
    pins: PinCheck
    ticket_of: Tickets
    clips: Clips
    now: Clock
    queues: Queues
    agents: AgentOrders
    call_backs: CallBacks
    orders: Claims
    watch: Watch = nobody_watches


@dataclass(frozen=True)
class Actor:
    """Carries out short actions for one call."""

    line: Line
    voice: Voice
    rules: Rules
    services: Services
    note: Note

    async def do(self, action: Short, call: Call) -> Outcome:
        """Carry out `action`; what came of it. Raises CallerGone."""
        match action:
            case Say(phrases):
                await self._speak(phrases, "", call)
                return Said()
            case Ask():
                return await self._ask(action, call)
            case Look():
                return await self._look(action, call)
            case LookAtQueue():
                return await self.services.queues.seen(call.id, action)
            case OrderAgent() | OrderCallBack():
                return await self._keep(action, call)
            case Record():
                return await self._record(action, call)
            case CheckPin(extension, entry):
                return PinChecked(await self.services.pins.check(extension, entry))
            case ChangeMode() | Sign():
                return await self._order(action)
            case OpenTicket():
                self.note("ticket", what="complaint", caller=call.caller, author=call.back)
                return Done()
            case FindTicket():
                return await self._ticket(call)
        assert_never(action)

    async def _look(self, look: Look, call: Call) -> Outcome:
        """States of phones, asked of Asterisk now; and of the desk, its mode, operators and line."""
        states = {n: read_phone_state(await self.line.device_state(n)) for n in look.phones}
        for number, state in states.items():
            if state is PhoneState.UNREACHABLE:  # no answer to the caller, a fault to us (A7)
                self.note("fault", what="phone not registered", about=number)
        if not look.desk:
            return Seen(states)
        facts = await self.services.desk.facts(call.id, self.rules)
        states |= {n: read_phone_state(await self.line.device_state(n)) for n in facts.operators}
        return Seen(states, facts.mode, facts.operators, facts.place)

    async def _ask(self, ask: Ask, call: Call) -> Outcome:
        """Speak, and collect an entry that may begin in mid-sentence."""
        digit = await self._speak(ask.phrases, KEYS, call)
        digit = digit or await self.line.wait_for_digit(ask.first_seconds)
        if not digit:
            return Silent()
        digits = ""
        while digit and digit != "#":
            digits += digit
            if progress(ask, digits, self.rules) is Progress.DONE:
                break
            digit = await self.line.wait_for_digit(ask.digit_seconds)
        return Entered(digits)

    async def _record(self, record: Record, call: Call) -> Outcome:
        """Speak, beep, record one answer. A disk that takes nothing is an answer of no length."""
        await self._speak(record.phrases, KEYS, call)
        try:
            path = self.services.clips.place(call.id, record.clip)
            await self.line.record_file(path, record.seconds, silence=record.silence)
            spoken = await asyncio.to_thread(self.services.clips.trim, call.id, record.clip)
        except (AgiCommandFailed, OSError) as error:
            log.error("answer_not_recorded", call=call.id, error=str(error))
            return Recorded(0.0)
        return Recorded(round(spoken, 1))

    async def _order(self, action: ChangeMode | Sign) -> Outcome:
        """Carry out what an operator's phone ordered; the desk keeps who and when."""
        desk = self.services.desk
        try:
            match action:
                case ChangeMode(extension, mode):
                    await desk.choose(mode, Source.PHONE, extension)
                case Sign(extension, word, minutes):
                    until = self.services.now() + timedelta(minutes=minutes) if minutes else None
                    await desk.sign(extension, word, Source.PHONE, until)
        except SwitchboardError as error:
            log.error("desk_order_failed", extension=action.extension, error=str(error))
            return Done(False)
        return Done()

    async def _keep(self, action: OrderAgent | OrderCallBack, call: Call) -> Outcome:
        """Keep what an agent's phone ordered, or the promise to call back."""
        try:
            if isinstance(action, OrderAgent):
                await self.services.agents.order(action)
            else:
                await self.services.call_backs.promise(call.id, action, call.language)
        except SwitchboardError as error:
            log.error("order_not_kept", call=call.id, order=type(action).__name__, error=str(error))
            return Done(False)
        return Done()

    async def _ticket(self, call: Call) -> Outcome:
        try:
            return TicketFound(await self.services.ticket_of(call.id))
        except SwitchboardError as error:
            log.error("ticket_unknown", call=call.id, error=str(error))
            return TicketFound("")

    async def _speak(self, phrases: Sequence[Phrase], escape: str, call: Call) -> str:
        """Say `phrases`; the digit that cut them short, or ""."""
        for phrase in phrases:
            for name in self.voice.files(phrase, call.language):
                seconds = self.voice.seconds(name, call.language)
                if digit := await self._play(name, escape, seconds, call):
                    return digit
        return ""

    async def _play(self, name: str, escape: str, seconds: float, call: Call) -> str:
        """Play one sound. One that is missing is left out: the rest of the sentence still helps."""
        try:
            return await self.line.stream_file(name, escape, seconds=seconds)
        except AgiCommandFailed as error:
            log.error("sound_missing", call=call.id, sound=name, error=str(error))
            return ""
