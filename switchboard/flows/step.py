"""The live interpreter: one step of a call, from what came of the last action to the next long one.

The controller holds the AGI session only while it speaks and listens. The call's state goes into the
channel before each action, so that another controller can go on where this one died.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, assert_never, get_args

import structlog

from switchboard.dialplan import Var
from switchboard.domain.actions import Action, Ask, Dial, Enqueue, Long, Look, Say, Short, TakeMessage, Wait
from switchboard.domain.call import Call
from switchboard.domain.company import Rules
from switchboard.domain.decision import Decision
from switchboard.domain.engine import next_step
from switchboard.domain.entry import Progress, progress
from switchboard.domain.outcomes import Arrived, Entered, Outcome, PhoneState, Said, Seen, Silent
from switchboard.domain.phrases import Phrase
from switchboard.errors import AgiCommandFailed, CallerGone, StateUnreadable, StorageError
from switchboard.flows.ports import Clock, DeskView, Journal, Line, RuleBook, Voice
from switchboard.flows.wording import (
    INTERRUPTED,
    action_name,
    orders,
    outcome_word,
    read_outcome,
    read_phone_state,
)

log = structlog.get_logger()

ANSWERING = Say | Ask | Enqueue | Wait | TakeMessage
"""Actions that need an open line. Until one of them comes the caller hears it ring."""

KEYS = "0123456789*#"

SETTLE_SECONDS = 0.3
"""Between answering and the first word: the caller's phone needs a moment to open its sound."""

HUNG_UP, LOST = "hung_up", "lost_to_fallback"
"""How a step ends that isn't finished: the caller left, or the dead-man's switch took the call from us."""

NAME_LIMIT = 80
"""Characters kept of a caller's name."""


@dataclass
class Steps:
    """Carries calls on, one step at a time; handles the AGI route `step`."""

    rulebook: RuleBook
    journal: Journal
    desk: DeskView
    now: Clock

    async def __call__(self, line: Line) -> None:
        """Run one step. On return without SB_DONE the dialplan goes to the fallback."""
        try:
            call, outcome, rules, voice = self._resume(line)
        except StateUnreadable as error:
            log.error("state_unreadable", call=line.id, error=str(error))
            return
        await _Step(call, outcome, rules, voice, line, self.journal, self.desk, self.now).run()

    def _resume(self, line: Line) -> tuple[Call, Outcome, Rules, Voice]:
        """The call as it stands: from its state variable, or a new one under the rules in force."""
        state, word, origin, trunk, dialled = (*line.arguments, "", "", "", "", "")[:5]
        if state:
            call = Call.unpack(state)
            rules, voice = self.rulebook.version(call.rules)
            return call, read_outcome(word), rules, voice
        rules, voice = self.rulebook.in_force()
        request = line.request
        call = Call(
            id=line.id,
            rules=rules.version,
            caller=_number(request.get("agi_callerid", "")),
            inside=origin == "inside",
            dialled=dialled,
            trunk=trunk,
            language=rules.default_language,
        )
        self._started(call, trunk, request.get("agi_calleridname", ""))
        return call, Arrived(), rules, voice

    def _started(self, call: Call, trunk: str, name: str) -> None:
        _keep(
            self.journal,
            {
                "at": self.now().isoformat(),
                "kind": "started",
                "call": call.id,
                "caller": call.caller,
                "name": "" if name == "unknown" else name[:NAME_LIMIT],
                "dialled": call.dialled,
                "origin": "inside" if call.inside else "outside",
                "trunk": trunk,
                "rules": call.rules,
            },
        )


@dataclass
class _Step:
    """One step under way."""

    call: Call
    outcome: Outcome
    rules: Rules
    voice: Voice
    line: Line
    journal: Journal
    desk: DeskView
    now: Clock

    async def run(self) -> None:
        try:
            await self._set(Var.OUTCOME, INTERRUPTED)
            await self._until_long()
        except CallerGone:
            self._note("outcome", n=self.call.steps, outcome=LOST if self.line.switch_fired else HUNG_UP)

    async def _until_long(self) -> None:
        spoken = self.line.request.get("agi_language", "")
        while True:
            decision = next_step(self.call, self.outcome, self.rules, self.now())
            self._decided(decision)
            answers = not decision.call.answered and isinstance(decision.action, ANSWERING)
            self.call = replace(decision.call, answered=decision.call.answered or answers)
            await self._set(Var.STATE, self.call.pack())
            if self.call.language != spoken:
                spoken = self.call.language
                await self.line.set_variable("CHANNEL(language)", spoken)
            if answers:
                await self.line.answer()
                await self.line.execute("Wait", str(SETTLE_SECONDS))
            if isinstance(decision.action, get_args(Short)):
                self.outcome = await self._do(decision.action)
                continue
            await self._hand_back(decision.action)
            return

    async def _do(self, action: Short) -> Outcome:
        """Carry out a short action."""
        match action:
            case Say(phrases):
                await self._speak(phrases, "")
                return Said()
            case Ask():
                return await self._ask(action)
            case Look():
                return await self._look(action)
        assert_never(action)

    async def _look(self, look: Look) -> Outcome:
        """States of phones, asked of Asterisk now; and of the desk, its mode, operators and line."""
        states = {n: read_phone_state(await self.line.device_state(n)) for n in look.phones}
        self._report_unreachable(states)
        if not look.desk:
            return Seen(states)
        facts = await self.desk.facts(self.call.id, self.rules)
        states |= {n: read_phone_state(await self.line.device_state(n)) for n in facts.operators}
        return Seen(states, facts.mode, facts.operators, facts.place)

    async def _ask(self, ask: Ask) -> Outcome:
        """Speak, and collect an entry that may begin in mid-sentence."""
        digit = await self._speak(ask.phrases, KEYS)
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

    async def _speak(self, phrases: Sequence[Phrase], escape: str) -> str:
        """Say `phrases`; the digit that cut them short, or ""."""
        language = self.call.language
        for phrase in phrases:
            for name in self.voice.files(phrase, language):
                if digit := await self._play(name, escape, self.voice.seconds(name, language)):
                    return digit
        return ""

    async def _play(self, name: str, escape: str, seconds: float) -> str:
        """Play one sound. One that is missing is left out: the rest of the sentence still helps."""
        try:
            return await self.line.stream_file(name, escape, seconds=seconds)
        except AgiCommandFailed as error:
            log.error("sound_missing", call=self.call.id, sound=name, error=str(error))
            return ""

    async def _hand_back(self, action: Long) -> None:
        """Tell the dialplan what to run; SB_DONE last, so that half an order is none."""
        for name, value in orders(action).items():
            await self._set(name, value)
        await self._set(Var.DONE, "1")

    async def _set(self, name: Var, value: str) -> None:
        await self.line.set_variable(name.value, value)

    def _decided(self, decision: Decision) -> None:
        self._note(
            "step",
            n=decision.call.steps,
            action=action_name(decision.action),
            detail=self._detail(decision.action, decision.call.language),
            reason=decision.reason,
            rule_line=self.rules.line(decision.rule),
            outcome=outcome_word(self.outcome),
        )

    def _detail(self, action: Action, language: str) -> str:
        """What was said, rung or recorded, for people."""
        match action:
            case Say(phrases) | Ask(phrases):
                return " ".join(self.voice.text(phrase, language) for phrase in phrases)
            case Look(phones, desk):
                return " ".join([*phones, *(("desk",) if desk else ())])
            case Dial(phones):
                return " ".join(phones)
            case Enqueue(queue):
                return queue
            case TakeMessage(mailbox, reason):
                return f"{mailbox} {reason.value}"
            case Wait(seconds):
                return f"{seconds} s"
            case _:
                return ""

    def _report_unreachable(self, seen: dict[str, PhoneState]) -> None:
        """A phone that isn't registered is no answer to the caller and a fault to us (A7)."""
        for number, state in seen.items():
            if state is PhoneState.UNREACHABLE:
                self._note("fault", what="phone not registered", about=number)

    def _note(self, kind: str, **values: Any) -> None:
        _keep(self.journal, {"at": self.now().isoformat(), "kind": kind, "call": self.call.id, **values})


def _keep(journal: Journal, record: dict[str, Any]) -> None:
    """Append to the journal. A disk that is full loses the record, never the call."""
    try:
        journal.append(record)
    except StorageError as error:
        log.error("journal_failed", call=record["call"], record=record["kind"], error=str(error))


def _number(text: str) -> str:
    """Digits and a leading + of a caller's number; "" when withheld or not a number."""
    return "".join(c for i, c in enumerate(text[:32]) if c in "0123456789" or (c == "+" and i == 0))
