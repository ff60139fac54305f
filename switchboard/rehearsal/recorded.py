"""A recorded call, taken through rules again: its journalled outcomes answer the engine's actions (D4).

As long as the rules do what was done then, every outcome is the one that was recorded. Once they do
something else, what is known goes on serving: entries that nobody has asked for yet, states in which phones
were seen, results of ringing them. What nobody can know (would 8301 have answered?) ends the way there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from switchboard.domain.actions import (
    Action,
    Ask,
    CheckPin,
    Connect,
    Dial,
    DialOutside,
    Enqueue,
    FindTicket,
    Hangup,
    Look,
    LookAtQueue,
    Park,
    Record,
    Say,
    Screen,
    TakeMessage,
    Wait,
)
from switchboard.domain.call import Call
from switchboard.domain.company import Rules
from switchboard.domain.engine import next_step
from switchboard.domain.mode import Mode
from switchboard.domain.outcomes import (
    Arrived,
    Dialled,
    DialResult,
    Done,
    Entered,
    Interrupted,
    LeftQueue,
    MessageFailed,
    MessageTaken,
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
from switchboard.flows.wording import action_name, detail, read_queue_seen
from switchboard.rehearsal.interpreter import Moment

_COMPARED = (Look, Dial, DialOutside, Screen, Enqueue, TakeMessage)
"""Actions that are the recorded ones only when their detail is the same; of others the kind is enough."""

_TALKED = ("answered", "served", "accepted")


_RECORD_ENDS = ("hung_up", "lost", "lost_to_fallback", "ordered")
"""Words after which the rules had no more to say: what a person ordered is no doing of theirs."""


@dataclass(frozen=True, slots=True)
class RecordedStep:
    """A step as it was kept. `outcome` "" when nothing is known of it."""

    action: str
    detail: str
    outcome: str
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class RecordedCall:
    """A call as it was kept."""

    id: str
    started: datetime
    caller: str
    dialled: str
    inside: bool
    trunk: str
    steps: tuple[RecordedStep, ...]

    @staticmethod
    def of(row: Mapping[str, Any]) -> RecordedCall:
        """A row of `switchboard calls --json`. A caller who was transferred begins anew: only what came
        before counts."""
        return RecordedCall(
            id=row["id"],
            started=datetime.fromisoformat(row["started"]),
            caller=row["caller"] or "",
            dialled=row["dialled"] or "",
            inside=row["origin"] == "inside",
            trunk=row["trunk"] or "",
            steps=tuple(
                RecordedStep(
                    step["action"],
                    step["detail"] or "",
                    step["outcome"] or "",
                    datetime.fromisoformat(step["at"]),
                )
                for step in _first_way(row["steps"])
            ),
        )


def replay(rules: Rules, recorded: RecordedCall) -> tuple[Moment, ...]:
    """The way of a recorded call under `rules`. A last moment without outcome or `by` is where the record
    knows no more."""
    return tuple(_replay(rules, recorded))


def _replay(rules: Rules, recorded: RecordedCall) -> Iterator[Moment]:
    call = Call(
        id=recorded.id,
        rules=rules.version,
        caller=recorded.caller,
        inside=recorded.inside,
        dialled=recorded.dialled,
        trunk=recorded.trunk,
        asker=recorded.caller if recorded.inside else "",
        language=rules.default_language,
    )
    world = _Witness(recorded.steps)
    outcome: Outcome | None = Arrived()
    at = recorded.started
    while outcome is not None:
        at = max(at, world.at or at)
        decision = next_step(call, outcome, rules, at)
        call = decision.call
        outcome, by = world.outcome(decision.action)
        if isinstance(decision.action, Enqueue | Wait):
            at += timedelta(seconds=decision.action.seconds)
        line = rules.line(decision.rule)
        yield Moment(call, decision.action, decision.reason, decision.rule, line, outcome, by)


class _Witness:
    """Answers actions by what was recorded."""

    def __init__(self, steps: Sequence[RecordedStep]) -> None:
        self._left = list(steps)
        self._as_then = True
        self._last_at: datetime | None = None
        self._states: dict[str, PhoneState] = {}
        self._desk = Seen()
        for step in steps:
            seen = read_outcome(Look(), step.outcome) if step.action == "look" else None
            if isinstance(seen, Seen):
                self._states |= seen.phones
                if "desk" in step.detail.split():
                    self._desk = seen

    @property
    def at(self) -> datetime | None:
        """When the next thing was done. Known while everything is done as it was then."""
        return self._left[0].at if self._as_then and self._left else self._last_at

    def outcome(self, action: Action) -> tuple[Outcome | None, str]:
        """What came of `action`, None when the call or our knowledge ends; and who talked, "" for nobody."""
        self._as_then = self._as_then and bool(self._left) and _is_same(action, self._left[0])
        if self._as_then:
            step = self._left.pop(0)
            self._last_at = step.at
            return read_outcome(action, step.outcome), _talker(action, step.outcome)
        return self._guess(action)

    def _guess(self, action: Action) -> tuple[Outcome | None, str]:
        """What is known goes on serving though the ways have parted."""
        match action:
            case Look(phones, desk):
                wanted = (*phones, *self._desk.operators) if desk else phones
                states = {n: self._states.get(n, PhoneState.IDLE) for n in wanted}
                known = self._desk if desk else Seen()
                return Seen(states, known.mode, known.operators, known.place), ""
            case LookAtQueue():
                step = self._next(action)
                return (QueueSeen(), "") if step is None else _both(action, step.outcome)
            case Say():
                return Said(), ""
            case Wait():
                return Waited(), ""
            case TakeMessage():
                return MessageTaken(), ""
            case Connect() | Park() | Hangup():
                return None, ""
            case Ask() | Dial() | DialOutside() | Screen() | Enqueue() | Record() | CheckPin() | FindTicket():
                step = self._next(action)
                return (None, "") if step is None else _both(action, step.outcome)
            case _:
                return Done(), ""

    def _next(self, action: Action) -> RecordedStep | None:
        """The next step of that kind, and for ringing of those phones, that hasn't served yet."""
        for i, step in enumerate(self._left):
            if _is_same(action, step):
                return self._left.pop(i)
        return None


def read_outcome(action: Action, word: str) -> Outcome | None:
    """The outcome that `flows.wording.outcome_word` wrote of `action`; None: the call or the record ended."""
    head, _, rest = word.partition(" ")
    try:
        if head == "interrupted":
            return Interrupted()
        if not head or word in _TALKED or head in _RECORD_ENDS:
            return None
        match action:
            case Say():
                return Said()
            case Ask():
                return Entered(rest) if head == "entered" else Silent()
            case Look():
                return _seen(rest)
            case LookAtQueue():
                return read_queue_seen(word)
            case Dial() | DialOutside():
                return Dialled(DialResult(word))
            case Screen():
                return ScreenEnded(Verdict(word))
            case Enqueue():
                return LeftQueue(QueueExit(word))
            case Record():
                return Recorded(float(rest.split()[0]))
            case TakeMessage():
                return MessageTaken() if word == "recorded" else MessageFailed()
            case Wait():
                return Waited()
            case CheckPin():
                return PinChecked(Pin(word))
            case FindTicket():
                return TicketFound(rest)
            case Hangup():
                return None
            case _:
                return Done(word != "not_done")
    except (ValueError, IndexError):
        return None  # a word of another version: the record can't tell


def _seen(words: str) -> Seen:
    mode, place = Mode.AUTOMATIC, 1
    operators: tuple[str, ...] = ()
    states: dict[str, PhoneState] = {}
    for word in words.split():
        name, equals, value = word.partition("=")
        if not equals:
            mode = Mode(name)
        elif name == "operators":
            operators = tuple(value.split(","))
        elif name == "place":
            place = int(value)
        else:
            states[name] = PhoneState(value)
    return Seen(states, mode, operators, place)


def _first_way(steps: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    for i, step in enumerate(steps):
        if i and step["n"] == 1:
            return
        yield step


def _is_same(action: Action, step: RecordedStep) -> bool:
    if action_name(action) != step.action:
        return False
    return not isinstance(action, _COMPARED) or detail(action, str) == step.detail


def _talker(action: Action, word: str) -> str:
    if word not in _TALKED:
        return ""
    match action:
        case Dial(phones) | Screen(phones):
            return phones[0] if len(phones) == 1 else "+".join(phones)
        case DialOutside(number):
            return number
        case Enqueue(queue):
            return queue
    return ""


def _both(action: Action, word: str) -> tuple[Outcome | None, str]:
    return read_outcome(action, word), _talker(action, word)
