"""The live interpreter: one step of a call, from what came of the last action to the next long one.

The controller holds the AGI session only while it speaks and listens. The call's state goes into the
channel before each action, so that another controller can go on where this one died.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import structlog

from switchboard.dialplan import Var
from switchboard.domain.actions import (
    Ask,
    Connect,
    Enqueue,
    Long,
    Park,
    Record,
    Say,
    Screen,
    Short,
    TakeMessage,
    Wait,
)
from switchboard.domain.call import Call, Stage
from switchboard.domain.company import Rules
from switchboard.domain.decision import Decision
from switchboard.domain.engine import next_step
from switchboard.domain.outcomes import Arrived, Entered, Ordered, Outcome
from switchboard.errors import CallerGone, StateUnreadable, StorageError
from switchboard.flows.acting import Actor, Services
from switchboard.flows.ports import Claimed, Journal, Line, RuleBook, Voice
from switchboard.flows.wording import (
    INTERRUPTED,
    ORDERED,
    action_name,
    detail,
    orders,
    outcome_word,
    owner_of_leg,
    read_outcome,
)

log = structlog.get_logger()

ANSWERING = Say | Ask | Record | Screen | Connect | Park | Enqueue | Wait | TakeMessage
"""Actions that need an open line. Until one of them comes the caller hears it ring."""

SETTLE_SECONDS = 0.3
"""Between answering and the first word: the caller's phone needs a moment to open its sound."""

HUNG_UP, LOST = "hung_up", "lost_to_fallback"
"""How a step ends that isn't finished: the caller left, or the dead-man's switch took the call from us.
(When an order moved it: the next step tells which.)"""

NAME_LIMIT = 80
"""Characters kept of a caller's name."""


@dataclass
class Steps:
    """Carries calls on, one step at a time; handles the AGI route `step`."""

    rulebook: RuleBook
    journal: Journal
    services: Services

    async def __call__(self, line: Line) -> None:
        """Run one step. On return without SB_DONE the dialplan goes to the fallback."""
        try:
            call, outcome, rules, voice = self._resume(line)
        except StateUnreadable as error:
            log.error("state_unreadable", call=line.id, error=str(error))
            return
        ordered = None
        if line.arguments[1:2] == (ORDERED,) and (ordered := await self.services.orders.claim(call.id)):
            outcome = Ordered(ordered.order, ordered.leg, owner_of_leg(ordered.leg))
        await _Step(call, outcome, rules, voice, line, self.journal, self.services, ordered).run()

    def _resume(self, line: Line) -> tuple[Call, Outcome, Rules, Voice]:
        """The call as it stands: from its state variable, or a new one under the rules in force."""
        state, word, origin, trunk, dialled, asker, back = (*line.arguments, *[""] * 7)[:7]
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
            asker=asker,
            back=back,
            language=_language(request.get("agi_language", ""), rules, inside=bool(asker) and not back),
        )
        self._started(call, request.get("agi_calleridname", ""))
        return call, Arrived(), rules, voice

    def _started(self, call: Call, name: str) -> None:
        _keep(
            self.journal,
            {
                "at": self.services.now().isoformat(),
                "kind": "started",
                "call": call.id,
                "caller": call.caller,
                "name": "" if name == "unknown" else name[:NAME_LIMIT],
                "dialled": call.dialled,
                "origin": "inside" if call.inside else "outside",
                "trunk": call.trunk,
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
    services: Services
    ordered: Claimed | None  # not yet carried out

    async def run(self) -> None:
        try:
            await self._set(Var.OUTCOME, INTERRUPTED)
            await self._until_long()
        except CallerGone:
            if not self.services.orders.is_moving(self.call.id):
                self._note("outcome", n=self.call.steps, outcome=LOST if self.line.switch_fired else HUNG_UP)

    async def _until_long(self) -> None:
        actor = Actor(self.line, self.voice, self.rules, self.services, self._note)
        spoken = self.line.request.get("agi_language", "")
        while True:
            decision = next_step(self.call, self.outcome, self.rules, self.services.now())
            self._decided(decision)
            answers = not decision.call.answered and isinstance(decision.action, ANSWERING)
            self.call = replace(decision.call, answered=decision.call.answered or answers)
            await self._set(Var.STATE, self.call.pack())
            if self.ordered is not None:
                done, self.ordered = self.ordered, None
                await self.services.orders.carried_out(done, action_name(decision.action))
            self.services.watch(self.call, action_name(decision.action), decision.reason)
            if self.call.language != spoken:
                spoken = self.call.language
                await self.line.set_variable("CHANNEL(language)", spoken)
            if answers:
                await self.line.answer()
                await self.line.execute("Wait", str(SETTLE_SECONDS))
            if isinstance(decision.action, Short):
                self.outcome = await actor.do(decision.action, self.call)
                continue
            await self._hand_back(decision.action)
            return

    async def _hand_back(self, action: Long) -> None:
        """Tell the dialplan what to run; SB_DONE last, so that half an order is none."""
        if isinstance(action, Screen):
            await self._set(Var.CLIPS, self.services.clips.folder(self.call.id))
        for name, value in orders(action).items():
            await self._set(name, value)
        await self._set(Var.DONE, "1")

    async def _set(self, name: Var, value: str) -> None:
        await self.line.set_variable(name.value, value)

    def _decided(self, decision: Decision) -> None:
        secret = self.call.stage is Stage.PIN and isinstance(self.outcome, Entered)
        self._note(
            "step",
            n=decision.call.steps,
            action=action_name(decision.action),
            detail=detail(decision.action, lambda phrase: self.voice.text(phrase, decision.call.language)),
            reason=decision.reason,
            rule_line=self.rules.line(decision.rule),
            outcome="entered" if secret else outcome_word(self.outcome),
        )

    def _note(self, kind: str, **values: Any) -> None:
        at = self.services.now().isoformat()
        _keep(self.journal, {"at": at, "kind": kind, "call": self.call.id, **values})


def _keep(journal: Journal, record: dict[str, Any]) -> None:
    """Append to the journal. A disk that is full loses the record, never the call."""
    try:
        journal.append(record)
    except StorageError as error:
        log.error("journal_failed", call=record["call"], record=record["kind"], error=str(error))


def _number(text: str) -> str:
    """Digits and a leading + of a caller's number; "" when withheld or not a number."""
    return "".join(c for i, c in enumerate(text[:32]) if c in "0123456789" or (c == "+" and i == 0))


def _language(channel: str, rules: Rules, *, inside: bool) -> str:
    """A phone inside speaks its owner's language; every other caller begins in the rules' first one."""
    return channel if inside and channel in ("zh", "en") else rules.default_language
