"""Two versions of the rules over recorded calls: which calls would go another way, and why (D4)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from switchboard.domain.actions import (
    Action,
    Ask,
    Dial,
    DialOutside,
    Enqueue,
    Hangup,
    Look,
    Record,
    Say,
    Screen,
    TakeMessage,
    Wait,
)
from switchboard.domain.company import Rules
from switchboard.domain.outcomes import MessageTaken
from switchboard.flows.wording import action_name
from switchboard.rehearsal.interpreter import Moment
from switchboard.rehearsal.recorded import RecordedCall, replay
from switchboard.rehearsal.story import does, named
from switchboard.sentences import NOTHING, Reason, Sentence, say, several


@dataclass(frozen=True, slots=True)
class Side:
    """What one version does where the ways part."""

    does: Sentence
    reason: str
    line: int


@dataclass(frozen=True, slots=True)
class Change:
    """One call that goes another way."""

    call: RecordedCall
    before: Side
    after: Side
    ends_before: Sentence
    ends_after: Sentence


@dataclass(frozen=True, slots=True)
class Cause:
    """Calls that part at the same place."""

    before: Side
    after: Side
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What came of comparing. `causes` most calls first; `reworded` calls only hear other words."""

    calls: int
    causes: tuple[Cause, ...]
    reworded: int

    @property
    def changed(self) -> int:
        """Calls that go another way."""
        return sum(len(cause.changes) for cause in self.causes)


def compare(old: Rules, new: Rules, calls: Iterable[RecordedCall]) -> Comparison:
    """Take each of `calls` through both."""
    count = reworded = 0
    found: dict[tuple[Sentence, Sentence, int, int], list[Change]] = {}
    for call in calls:
        count += 1
        ways = replay(old, call), replay(new, call)
        parted, words = _part(*ways)
        if parted is None:
            reworded += words
            continue
        before, after = (_side(way, parted, rules) for way, rules in zip(ways, (old, new), strict=True))
        change = Change(call, before, after, _end(ways[0], old), _end(ways[1], new))
        found.setdefault((before.does, after.does, before.line, after.line), []).append(change)
    causes = [Cause(changes[0].before, changes[0].after, tuple(changes)) for changes in found.values()]
    causes.sort(key=lambda cause: -len(cause.changes))
    return Comparison(count, tuple(causes), reworded)


def _part(old: Sequence[Moment], new: Sequence[Moment]) -> tuple[int | None, bool]:
    """Where the ways part (None: nowhere), and whether at least other words are heard."""
    words = False
    for i in range(max(len(old), len(new))):
        if i >= len(old) or i >= len(new):
            return i, words
        before, after = old[i], new[i]
        if _sense(before.action) == _sense(after.action):
            continue
        both_speak = isinstance(before.action, Say | Ask | Record) and type(before.action) is type(
            after.action
        )
        if not both_speak or before.call.stage is not after.call.stage:
            return i, words
        words = True
    return None, words


def _sense(action: Action) -> Any:
    """What of an action callers and colleagues notice."""
    match action:
        case Look() | Wait():
            return type(action)
        case Ask(phrases, expect, keys):
            return (Ask, phrases, expect, "".join(sorted(keys)))
        case Record(phrases):
            return (Record, phrases)
        case Screen(phones, seconds):
            return (Screen, phones, seconds)
        case _:
            return action


def _side(way: Sequence[Moment], i: int, rules: Rules) -> Side:
    """What a version does at step `i`, or that it has ended there."""
    if i >= len(way):
        return Side(say("compare.is_over"), way[-1].reason, way[-1].line)
    moment = way[i]
    said = does(moment.action, rules)
    if isinstance(moment.action, Ask | Record):
        said = say("compare.asks", reason=Reason(moment.reason))
    elif said == NOTHING:
        said = say("compare.says", reason=Reason(moment.reason))
    return Side(said, moment.reason, moment.line)


def _end(way: Sequence[Moment], rules: Rules) -> Sentence:
    """Where a way ends, as far as it is known."""
    for moment in reversed(way):
        match moment.action:
            case TakeMessage(mailbox) if isinstance(moment.outcome, MessageTaken):
                return say("compare.message", who=named(mailbox, rules))
            case Dial(phones) | Screen(phones):
                if moment.outcome is None:
                    who = several((named(n, rules) for n in phones[:4]), "plus")
                    return say("compare.talks" if moment.by else "compare.rings", who=who)
            case DialOutside(number) if moment.outcome is None:
                return say("compare.talks" if moment.by else "compare.rings", who=number)
            case Enqueue(queue) if moment.outcome is None:
                return say("compare.agent" if moment.by else "compare.waits", who=named(queue, rules))
            case Hangup(refused) if refused:
                return say("compare.refused")
            case Ask() if moment.outcome is None:
                return say("compare.unanswered", reason=Reason(moment.reason))
    return say("compare.ends", what=say(f"story.action.{action_name(way[-1].action)}"))
