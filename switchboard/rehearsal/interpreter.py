"""Carries decisions out in a supposed situation. The same engine as on the telephone, another world.

Nothing here decides: each outcome follows from the `Situation` alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import assert_never

from switchboard.domain.actions import (
    Action,
    Ask,
    ChangeMode,
    CheckPin,
    Connect,
    Dial,
    DialOutside,
    Enqueue,
    FindTicket,
    Hangup,
    Look,
    LookAtQueue,
    OpenTicket,
    OrderAgent,
    OrderCallBack,
    Park,
    Record,
    Say,
    Screen,
    Sign,
    TakeMessage,
    Wait,
)
from switchboard.domain.call import Call
from switchboard.domain.company import Person, Queue, Rules
from switchboard.domain.engine import next_step
from switchboard.domain.entry import Progress, progress
from switchboard.domain.order import Order
from switchboard.domain.orders import Refusal
from switchboard.domain.outcomes import (
    Arrived,
    Dialled,
    DialResult,
    Done,
    Entered,
    LeftQueue,
    MessageFailed,
    MessageTaken,
    Ordered,
    Outcome,
    PhoneState,
    Pin,
    PinChecked,
    QueueExit,
    QueueSeen,
    Recorded,
    Said,
    ScreenEnded,
    Seen,
    Silent,
    TicketFound,
    Verdict,
    Waited,
)
from switchboard.rehearsal.ordering import refuses
from switchboard.rehearsal.situation import Answer, Situation

_STATES = {Answer.BUSY: PhoneState.BUSY, Answer.UNREACHABLE: PhoneState.UNREACHABLE}
_RESULTS = {
    Answer.ANSWERS: DialResult.ANSWERED,
    Answer.BUSY: DialResult.BUSY,
    Answer.DECLINES: DialResult.BUSY,  # a SIP phone turns a call away with 486, as when busy
    Answer.NO_ANSWER: DialResult.NO_ANSWER,
    Answer.UNREACHABLE: DialResult.UNAVAILABLE,
    Answer.PASSES_ON: DialResult.BUSY,
    Answer.WANTS_MESSAGE: DialResult.BUSY,
}
_VERDICTS = {
    Answer.ANSWERS: Verdict.ACCEPTED,
    Answer.PASSES_ON: Verdict.DEPUTY,
    Answer.WANTS_MESSAGE: Verdict.MESSAGE,
}
_BEST = (
    Answer.ANSWERS,
    Answer.PASSES_ON,
    Answer.WANTS_MESSAGE,
    Answer.NO_ANSWER,
    Answer.DECLINES,
    Answer.BUSY,
    Answer.UNREACHABLE,
)
"""Of several phones ringing together, whose answer is the group's."""

SPOKEN_SECONDS = 3.0
"""How long an answer to a screening question is, of a caller who speaks."""

TICKET = "1001"
"""The number that a rehearsal's complaint gets: nothing is really opened."""


@dataclass(frozen=True, slots=True)
class Moment:
    """One decision in a rehearsal, and what came of its action (None: the call is over).

    `by` is the phone that answered and now talks with the caller; `at` the moment supposed.
    """

    call: Call
    action: Action
    reason: str
    rule: str
    line: int
    outcome: Outcome | None
    by: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """A call's whole way. `unused` are entries that no question took, `refused` orders not carried out."""

    moments: tuple[Moment, ...]
    unused: tuple[str, ...]
    refused: tuple[tuple[Order, Refusal], ...] = ()

    @property
    def end(self) -> Moment:
        """Where the call ended: a conversation, a message, or a hang-up."""
        for moment in reversed(self.moments):
            if not isinstance(moment.action, Hangup | Say):
                return moment
        return self.moments[-1]


def rehearse(rules: Rules, situation: Situation) -> Rehearsal:
    """The way of the supposed call under `rules`, from its arrival to its end. Bounded as the engine is."""
    call = Call(
        id="rehearsal",
        rules=rules.version,
        caller=situation.caller,
        inside=situation.inside,
        dialled=situation.dialled or rules.main_number,
        trunk=situation.trunk,
        asker=situation.caller if situation.inside else "",
        language=situation.language or rules.default_language,
    )
    world = _World(rules, situation)
    moments = tuple(_moments(call, rules, situation, world))
    return Rehearsal(moments, tuple(world.entries), tuple(world.refused))


def _moments(call: Call, rules: Rules, situation: Situation, world: _World) -> Iterator[Moment]:
    outcome: Outcome | None = Arrived()
    at = situation.at
    while outcome is not None:
        decision = next_step(call, outcome, rules, at)
        call = decision.call
        outcome = world.outcome(decision.action)
        began = at
        if isinstance(decision.action, Enqueue | Wait):
            at += timedelta(seconds=decision.action.seconds)
        line = rules.line(decision.rule)
        by = world.answering(decision.action) if outcome is None else ""
        if by:
            outcome = world.ordered(call, by, at)
        yield Moment(call, decision.action, decision.reason, decision.rule, line, outcome, by, began)


class _World:
    """Answers actions with the outcomes that the situation supposes."""

    def __init__(self, rules: Rules, situation: Situation) -> None:
        self._rules = rules
        self._situation = situation
        self.entries = list(situation.presses)
        self.refused: list[tuple[Order, Refusal]] = []
        self._orders = list(situation.orders)

    def outcome(self, action: Action) -> Outcome | None:
        """What comes of `action`; None when the call is over after it."""
        situation = self._situation
        match action:
            case Say():
                return Said()
            case Ask():
                return self._entered(action)
            case Look(phones, desk):
                wanted = (*phones, *situation.operators) if desk else phones
                states = {n: _STATES.get(situation.answer(n), PhoneState.IDLE) for n in wanted}
                return Seen(states, situation.mode, situation.operators) if desk else Seen(states)
            case Dial(phones):
                best, by = self._best(phones)
                return None if best is Answer.ANSWERS else Dialled(_RESULTS[best], by)
            case DialOutside(number):
                best, _ = self._best((number,))
                return None if best is Answer.ANSWERS else Dialled(_RESULTS[best], number)
            case Screen(phones):
                verdict = _VERDICTS.get(self._best(phones)[0], Verdict.NONE)
                return None if verdict is Verdict.ACCEPTED else ScreenEnded(verdict)
            case Record():
                return Recorded(SPOKEN_SECONDS if situation.speaks else 0.0)
            case LookAtQueue(queue):
                return self._seen_in(queue)
            case Enqueue(queue):
                return self._queued(queue)
            case Wait():
                return Waited()
            case TakeMessage():
                return MessageTaken() if situation.speaks else MessageFailed()
            case CheckPin():
                return PinChecked(Pin.RIGHT if situation.knows_pin else Pin.WRONG)
            case ChangeMode() | Sign() | OpenTicket() | OrderAgent() | OrderCallBack():
                return Done()
            case FindTicket():
                return TicketFound(TICKET)
            case (
                Connect() | Park() | Hangup()
            ):  # the first two: an order's doing, of which there is none here
                return None
        assert_never(action)

    def ordered(self, call: Call, by: str, at: datetime) -> Outcome | None:
        """The next order of `by`, who talks with the caller; None: there is none, they talk to the end."""
        while self._orders:
            kind, target = self._orders.pop(0)
            order = Order(kind, by, target)
            refusal = refuses(order, call, self._situation, self._rules, at)
            if refusal is None:
                return Ordered(order)
            self.refused.append((order, refusal))
        return None

    def answering(self, action: Action) -> str:
        """The phone that takes the call that `action` rings; "" when nobody does."""
        phones: tuple[str, ...] = ()
        if isinstance(action, Dial | Screen):
            phones = action.phones
        elif isinstance(action, DialOutside):
            phones = (action.number,)
        elif isinstance(action, Enqueue):
            queue = self._rules.extensions[action.queue]
            phones = queue.members if isinstance(queue, Queue) else ()
        return next((n for n in phones if self._situation.answer(n) is Answer.ANSWERS), "")

    def _best(self, phones: tuple[str, ...]) -> tuple[Answer, str]:
        """What comes of ringing `phones` together, and whose doing it is."""
        best = min(map(self._rung, phones), key=_BEST.index, default=Answer.UNREACHABLE)
        return best, next((n for n in phones if self._rung(n) is best), "")

    def _rung(self, phone: str) -> Answer:
        """What a phone does when it rings. With call waiting it rings in a conversation too: nobody comes."""
        answer = self._situation.answer(phone)
        entry = self._rules.extensions.get(phone)
        if answer is Answer.BUSY and isinstance(entry, Person) and entry.call_waiting:
            return Answer.NO_ANSWER
        return answer

    def _entered(self, ask: Ask) -> Outcome:
        """The next entry, as the live interpreter would collect it: what is over begins the next one."""
        if not self.entries or not self.entries[0]:
            del self.entries[:1]
            return Silent()
        entry = self.entries.pop(0)
        if entry == "#":
            return Entered("")
        for length in range(1, len(entry)):
            if progress(ask, entry[:length], self._rules) is Progress.DONE:
                self.entries.insert(0, entry[length:])
                return Entered(entry[:length])
        return Entered(entry)

    def _seen_in(self, number: str) -> QueueSeen:
        """Nobody else waits; each agent is at work whose phone can be reached."""
        queue = self._rules.extensions[number]
        answers = [self._situation.answer(n) for n in queue.members] if isinstance(queue, Queue) else []
        there = len([a for a in answers if a is not Answer.UNREACHABLE])
        free = len([a for a in answers if a not in (Answer.UNREACHABLE, Answer.BUSY)])
        return QueueSeen(1, 0, there, there, free)

    def _queued(self, number: str) -> Outcome | None:
        queue = self._rules.extensions[number]
        answers = {self._situation.answer(n) for n in queue.members} if isinstance(queue, Queue) else set()
        if Answer.ANSWERS in answers:
            return None
        there = answers - {Answer.UNREACHABLE}
        return LeftQueue(QueueExit.TIMED_OUT if there else QueueExit.NO_AGENT)
