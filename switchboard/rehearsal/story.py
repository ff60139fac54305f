"""A rehearsed call in words: what the caller hears and presses, whom it rings, where it ends, and why.

The same story serves people (`switchboard explain`), scripts (JSON) and pictures.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from switchboard.domain import reasons
from switchboard.domain.actions import (
    Action,
    Ask,
    Dial,
    DialOutside,
    Enqueue,
    Expect,
    Hangup,
    Look,
    LookAtQueue,
    MessageReason,
    OrderCallBack,
    Record,
    Say,
    Screen,
    TakeMessage,
    Wait,
)
from switchboard.domain.company import Rules
from switchboard.domain.mode import Mode
from switchboard.domain.order import OrderKind
from switchboard.domain.outcomes import (
    Dialled,
    Done,
    Entered,
    LeftQueue,
    MessageFailed,
    MessageTaken,
    Ordered,
    Outcome,
    PinChecked,
    QueueSeen,
    Recorded,
    ScreenEnded,
    Seen,
    Silent,
    TicketFound,
)
from switchboard.domain.phrases import Phrase
from switchboard.flows.wording import action_name, outcome_word
from switchboard.rehearsal.interpreter import Moment, Rehearsal
from switchboard.sentences import NOTHING, Sentence, Several, Value, say, several

Speak = Callable[[Phrase, str], str]
"""What a person hears of a phrase, in a language (`prompts.Sounds.text`)."""

_SHOWN = 12
"""Names told of a long list."""


class EndKind(StrEnum):
    """How a call ends."""

    TALKS = "talks"  # with a person
    MESSAGE = "message"
    HANGUP = "hangup"
    REFUSED = "refused"
    GONE = "gone"  # the caller hung up, or what came next was never recorded


@dataclass(frozen=True, slots=True)
class Ending:
    """Where a call ends: with whom the caller talks, or in which mailbox the message is, and why."""

    kind: EndKind
    number: str = ""
    wanted: str = ""  # with TALKS: whom the caller wanted
    reason: MessageReason | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One step in words. Empty fields have nothing to tell.

    `hears` is in the caller's language at that moment; `does`, `comes_to` and `reason` in the reader's.
    """

    n: int
    action: str  # the record's word for it
    hears: str
    does: str
    comes_to: str
    outcome: str  # the record's word; "" when the call is over
    rings: tuple[str, ...]
    seconds: int | None
    reason: str
    rule: str
    line: int

    def as_json(self) -> dict[str, Any]:
        """The keys of `switchboard explain --json`."""
        return {**asdict(self), "rings": list(self.rings)}


def steps(rehearsal: Rehearsal, rules: Rules, speak: Speak, language: str = "en") -> tuple[Step, ...]:
    """The whole way in words of the reader's `language`."""
    moments = enumerate(rehearsal.moments, start=1)
    return tuple(step(n, moment, rules, speak, language) for n, moment in moments)


def step(n: int, moment: Moment, rules: Rules, speak: Speak, language: str = "en") -> Step:
    """One decision in words of the reader's `language`."""
    action = moment.action
    rings = action.phones if isinstance(action, Dial | Screen) else ()
    return Step(
        n=n,
        action=action_name(action),
        hears=said(action, moment.call.language, speak),
        does=does(action, rules).in_language(language),
        comes_to=comes_to(moment, rules).in_language(language),
        outcome="" if moment.outcome is None else outcome_word(moment.outcome),
        rings=rings,
        seconds=_seconds(action),
        reason=reasons.in_language(moment.reason, language),
        rule=moment.rule,
        line=moment.line,
    )


def ending(rehearsal: Rehearsal) -> Ending:
    """Where the call ends."""
    last = rehearsal.moments[-1]
    match last.action:
        case Dial(_, _, wanted) if last.by:
            return Ending(EndKind.TALKS, last.by, wanted)
        case DialOutside(number) if last.by:
            return Ending(EndKind.TALKS, number)
        case Screen(phones) if last.by:
            return Ending(EndKind.TALKS, last.by, last.call.target or phones[0])
        case Enqueue(queue) if last.by:
            return Ending(EndKind.TALKS, last.by, queue)
        case Hangup(refused):
            for moment in rehearsal.moments:
                if isinstance(moment.action, TakeMessage) and isinstance(moment.outcome, MessageTaken):
                    mailbox, reason = moment.action.mailbox, moment.action.reason
                    return Ending(EndKind.MESSAGE, mailbox, moment.call.target, reason)
            return Ending(EndKind.REFUSED if refused else EndKind.HANGUP)
    return Ending(EndKind.GONE)


def rung(rehearsal: Rehearsal) -> tuple[tuple[str, ...], ...]:
    """Phones that rang, those that rang together in one group; a queue's number stands for its agents."""
    groups: list[tuple[str, ...]] = []
    for moment in rehearsal.moments:
        match moment.action:
            case Dial(phones) | Screen(phones):
                groups.append(phones)
            case DialOutside(number):
                groups.append((number,))
            case Enqueue(queue):
                groups.append((queue,))
    return tuple(groups)


def said(action: Action, language: str, speak: Speak) -> str:
    """What the caller hears of `action`."""
    return said_with_starts(action, language, speak)[0]


def said_with_starts(action: Action, language: str, speak: Speak) -> tuple[str, tuple[int, ...]]:
    """What the caller hears of `action`, and where in it each phrase begins."""
    if not isinstance(action, Say | Ask | Record):
        return "", ()
    text = ""
    starts = []
    for phrase in action.phrases:
        if text and (language != "zh" or text[-1].isalnum()):
            text += " "
        starts.append(len(text))
        text += speak(phrase, language)
    return text, tuple(starts)


def does(action: Action, rules: Rules) -> Sentence:
    """What happens besides what is heard, for people; NOTHING of what only speaks."""
    match action:
        case Say():
            return NOTHING
        case Ask(_, expect, keys):
            return say("story.asks", what=_expected(expect, keys))
        case Look((), False):
            return say("story.looks_nobody")
        case Look(phones, desk):
            wanted = [say("story.look_desk")] if desk else []
            wanted += [say("story.look_at", who=_list(phones, rules))] if phones else []
            return say("story.looks", what=several(wanted, "and"))
        case Dial(phones, seconds):
            return say("story.dial", who=_list(phones, rules), seconds=seconds)
        case DialOutside(number, by, seconds):
            return say("story.dial_outside", number=number, by=by, seconds=seconds)
        case Screen(phones, seconds):
            return say("story.screen", who=_list(phones, rules), seconds=seconds)
        case Record(_, clip, seconds):
            return say("story.record", clip=clip, seconds=seconds)
        case Enqueue(queue, seconds):
            return say("story.enqueue", who=named(queue, rules), seconds=seconds)
        case LookAtQueue(queue):
            return say("story.look_at_queue", who=named(queue, rules))
        case OrderCallBack(queue, number):
            return say("story.call_back", number=number, who=named(queue, rules))
        case Wait(seconds):
            return say("story.wait", seconds=seconds)
        case TakeMessage(mailbox, reason):
            return say("story.message", who=named(mailbox, rules), why=message_reason(reason.value))
        case Hangup(refused):
            return say("story.refused" if refused else "story.over")
        case _:
            return say(f"story.action.{action_name(action)}")


def comes_to(moment: Moment, rules: Rules) -> Sentence:
    """What came of it, for people; NOTHING where nothing else could."""
    outcome: Outcome | None = moment.outcome
    if outcome is None:
        return say("story.answers", who=named(moment.by, rules)) if moment.by else NOTHING
    match outcome:
        case Entered(digits):
            return say("story.presses", entry=digits or "#")
        case Silent():
            return say("story.silent")
        case Seen():
            desk = isinstance(moment.action, Look) and moment.action.desk
            return _seen(outcome, desk)
        case Ordered(order):
            what = ordered(order.kind, order.target)
            return say("story.ordered", who=named(order.by, rules), what=what)
        case Dialled(result):
            return say(f"story.dialled.{result.value}")
        case QueueSeen() as seen if not seen.known:
            return say("story.queue_unknown")
        case QueueSeen(place, _, present, agents, free):
            return say("story.queue_seen", place=place, present=present, agents=agents, free=free)
        case LeftQueue(why):
            return say(f"story.left.{why.value}")
        case ScreenEnded(verdict):
            return say(f"story.verdict.{verdict.value}")
        case PinChecked(pin):
            return say(f"story.pin.{pin.value}")
        case Recorded(seconds):
            return say("story.recorded_for", seconds=seconds)
        case MessageTaken():
            return say("story.recorded")
        case MessageFailed():
            return say("story.not_recorded")
        case TicketFound(number):
            return say("story.ticket", number=number)
        case Done(False):
            return say("story.not_done")
        case _:
            return NOTHING


def _seen(seen: Seen, desk: bool) -> Sentence:
    """Who was found how; of the desk also who answers and who is there."""
    some = list(seen.phones.items())[:_SHOWN]
    states: list[Value] = [
        say("story.state", number=number, state=say(f"story.states.{state.value}")) for number, state in some
    ]
    states += ["…"] if len(seen.phones) > _SHOWN else []
    if not desk:
        return say("story.list", items=several(states))
    mode = say(f"story.mode.{seen.mode.value}")
    if seen.mode is not Mode.MANUAL:
        return mode
    there = say("story.desk_empty")
    if seen.operators:
        there = say("story.at_desk", numbers=several(seen.operators))
    place = [say("story.place", place=seen.place)] if seen.place > 1 else []
    return say("story.list", items=several([mode, there, *place, *states], "semicolon"))


def ordered(kind: OrderKind, target: str) -> Sentence:
    """An order in words, and whom or what it names."""
    what = say(f"story.order.{kind.value}")
    return say("story.order_to", what=what, target=target) if target else what


def message_reason(reason: str) -> Sentence:
    """Why it came to a message: a value of MessageReason in words."""
    return say(f"story.reason.{reason}")


def ending_words(end: Ending, rules: Rules) -> Sentence:
    """Where the call ends, for people."""
    who = named(end.number, rules)
    match end.kind:
        case EndKind.TALKS if end.wanted in ("", end.number, rules.main_number):
            return say("story.talks", who=who)
        case EndKind.TALKS:
            return say("story.talks_for", who=who, wanted=end.wanted)
        case EndKind.MESSAGE if end.reason:
            return say("story.message_left_why", who=who, why=message_reason(end.reason.value))
        case EndKind.MESSAGE:
            return say("story.message_left", who=who)
        case EndKind.REFUSED:
            return say("story.refused")
        case EndKind.GONE:
            return say("story.gone")
        case EndKind.HANGUP:
            return say("story.goodbye")


def named(number: str, rules: Rules) -> Value:
    """`8201 曾国强 Zeng Guoqiang`; in Chinese without the English name."""
    entry = rules.extensions.get(number)
    return say("story.who", number=number, zh=entry.name.zh, en=entry.name.en) if entry else number


def _seconds(action: Action) -> int | None:
    match action:
        case Dial(_, seconds) | Screen(_, seconds) | Enqueue(_, seconds) | Wait(seconds):
            return seconds
        case DialOutside(_, _, seconds):
            return seconds
    return None


def _expected(expect: Expect, keys: str) -> Several:
    offered = [say("story.asked.keys", keys=" ".join(keys))] if keys else []
    what = [say(f"story.asked.{expect.value}")] if expect is not Expect.KEY else []
    return several([*what, *offered], "or_words")


def _list(numbers: tuple[str, ...], rules: Rules) -> Value:
    shown = several(named(n, rules) for n in numbers[:_SHOWN])
    more = len(numbers) - len(shown.parts)
    return say("story.who_more", who=shown, count=more) if more else shown
