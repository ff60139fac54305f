"""A rehearsed call in words: what the caller hears and presses, whom it rings, where it ends, and why.

The same story serves people (`switchboard explain`), scripts (JSON) and pictures.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

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
from switchboard.domain.outcomes import (
    Dialled,
    Entered,
    LeftQueue,
    MessageTaken,
    Ordered,
    Outcome,
    PhoneState,
    QueueSeen,
    Seen,
    Silent,
)
from switchboard.domain.phrases import Phrase
from switchboard.flows.wording import action_name, outcome_word
from switchboard.rehearsal.interpreter import Moment, Rehearsal

Speak = Callable[[Phrase, str], str]
"""What a person hears of a phrase, in a language (`prompts.Sounds.text`)."""

_STATES = {PhoneState.IDLE: "free", PhoneState.BUSY: "busy", PhoneState.UNREACHABLE: "not reachable"}

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

    `hears` is in the caller's language at that moment; `does` and `comes_to` are English.
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


def steps(rehearsal: Rehearsal, rules: Rules, speak: Speak) -> tuple[Step, ...]:
    """The whole way in words."""
    return tuple(step(n, moment, rules, speak) for n, moment in enumerate(rehearsal.moments, start=1))


def step(n: int, moment: Moment, rules: Rules, speak: Speak) -> Step:
    """One decision in words."""
    action = moment.action
    rings = action.phones if isinstance(action, Dial | Screen) else ()
    return Step(
        n=n,
        action=action_name(action),
        hears=said(action, moment.call.language, speak),
        does=does(action, rules),
        comes_to=comes_to(moment, rules),
        outcome="" if moment.outcome is None else outcome_word(moment.outcome),
        rings=rings,
        seconds=_seconds(action),
        reason=moment.reason,
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


def does(action: Action, rules: Rules) -> str:
    """What happens besides what is heard, for people."""
    match action:
        case Say():
            return ""
        case Ask(_, expect, keys):
            return f"waits for {_expected(expect, keys)}"
        case Look((), False):
            return "looks nobody up"
        case Look(phones, desk):
            return "looks " + " and ".join(
                [
                    *(["who is at the desk"] if desk else []),
                    *([f"at {_list(phones, rules)}"] if phones else []),
                ]
            )
        case Dial(phones, seconds):
            return f"rings {_list(phones, rules)} for {seconds} s"
        case DialOutside(number, by, seconds):
            return f"dials {number} outside, as {by} may, for {seconds} s"
        case Screen(phones, seconds):
            return f"rings {_list(phones, rules)} for {seconds} s, plays the answers, asks who takes the call"
        case Record(_, clip, seconds):
            return f"records answer {clip}, {seconds} s at most"
        case Enqueue(queue, seconds):
            return f"waits in the queue of {named(queue, rules)} for at most {seconds} s"
        case LookAtQueue(queue):
            return f"looks who waits and who works in {named(queue, rules)}"
        case OrderCallBack(queue, number):
            return f"keeps that {number} is called back from {named(queue, rules)}"
        case Wait(seconds):
            return f"music for {seconds} s"
        case TakeMessage(mailbox, reason):
            return f"records a message for {named(mailbox, rules)} ({reason.value})"
        case Hangup(refused):
            return "the call is refused" if refused else "the call ends"
        case _:
            return action_name(action).replace("_", " ")


def comes_to(moment: Moment, rules: Rules) -> str:
    """What came of it, for people; "" where nothing else could."""
    outcome: Outcome | None = moment.outcome
    if outcome is None:
        if not moment.by:
            return ""
        return f"{named(moment.by, rules)} answers: they talk"
    match outcome:
        case Entered(digits):
            return f"presses {digits or '#'}"
        case Silent():
            return "presses nothing"
        case Seen(phones, mode, operators, place):
            states = [f"{n} is {_STATES[state]}" for n, state in list(phones.items())[:_SHOWN]]
            states += ["…"] if len(phones) > _SHOWN else []
            if isinstance(moment.action, Look) and moment.action.desk:
                there = f"at the desk: {', '.join(operators)}" if operators else "nobody at the desk"
                told = [f"{mode.value} mode", there, *([f"place {place}"] if place > 1 else []), *states]
                return "; ".join(told if mode.value == "manual" else told[:1])
            return ", ".join(states)
        case Ordered(order):
            what = f"{order.kind.value} {order.target}".rstrip().replace("_", " ")
            return f"{named(order.by, rules)} answers, and orders: {what}"
        case Dialled(result):
            return result.value.replace("_", " ")
        case QueueSeen() as seen if not seen.known:
            return "nobody knows"
        case QueueSeen(place, _, present, agents, free):
            return f"place {place}; {present} agents there, {agents} at work, {free} free"
        case LeftQueue(why):
            return why.value.replace("_", " ")
        case _:
            word = outcome_word(outcome)
            return "" if word in ("said", "waited", "done") else word.replace("_", " ")


def ending_words(end: Ending, rules: Rules) -> str:
    """Where the call ends, for people."""
    match end.kind:
        case EndKind.TALKS:
            instead = "" if end.wanted in ("", end.number, rules.main_number) else f", for {end.wanted}"
            return f"the caller talks with {named(end.number, rules)}{instead}"
        case EndKind.MESSAGE:
            why = f" ({end.reason.value})" if end.reason else ""
            return f"a message for {named(end.number, rules)}{why}"
        case EndKind.REFUSED:
            return "the call is refused"
        case EndKind.GONE:
            return "the caller is gone"
        case EndKind.HANGUP:
            return "goodbye, without conversation or message"


def named(number: str, rules: Rules) -> str:
    """`8201 曾国强 Zeng Guoqiang`."""
    entry = rules.extensions.get(number)
    return f"{number} {entry.name.zh} {entry.name.en}" if entry else number


def _seconds(action: Action) -> int | None:
    match action:
        case Dial(_, seconds) | Screen(_, seconds) | Enqueue(_, seconds) | Wait(seconds):
            return seconds
        case DialOutside(_, _, seconds):
            return seconds
    return None


def _expected(expect: Expect, keys: str) -> str:
    offered = f"one of the keys {' '.join(keys)}" if keys else ""
    what = {
        Expect.EXTENSION: "an extension",
        Expect.NAME: "letters of a name",
        Expect.KEY: "",
        Expect.NUMBER: "a number",
    }[expect]
    return " or ".join(part for part in (what, offered) if part)


def _list(numbers: tuple[str, ...], rules: Rules) -> str:
    shown = [named(n, rules) for n in numbers[:_SHOWN]]
    more = len(numbers) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")
