"""Waiting for an agent (A12): in turn, with music, told now and then what place and how long still.

A caller waits in short steps of app_queue. Between two of them we look at the queue and say what has changed
for the better; then the caller goes back to the same place, because the place follows from when they joined
(`rank`), not from when they came back. The longest wait counts from the first look, over all steps.

Whoever listens to us stands outside app_queue for that time, and an agent who gets free takes the one behind.
So nobody is told anything whose turn it may be meanwhile: who can be served now, and who is next while others
wait behind.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from switchboard.domain import callback, leaving, reach
from switchboard.domain import prompt_keys as p
from switchboard.domain.actions import Enqueue, LookAtQueue, MessageReason, Say, Wait
from switchboard.domain.call import Call, Stage
from switchboard.domain.company import OverflowKind, Queue, Rules
from switchboard.domain.decision import Decision
from switchboard.domain.outcomes import LeftQueue, Outcome, QueueExit, QueueSeen, Waited
from switchboard.domain.phrases import Number, Phrase, Text

COMPLAINT_PRIORITY = 5
"""Complaints go ahead of ordinary callers (0) in a queue."""

CYCLES = 30
"""Steps of one wait at most: a wait of an hour with announcements every 5 s is cut into 2 minutes each."""

DEFAULT_CYCLE_SECONDS = 60
"""A step of a queue without announcements, so that a queue whose agents all leave is noticed."""

RETRY_SECONDS = 2
"""Music until a caller tries again who found no place on coming back from an announcement."""

_CLASS = 20_000_000
"""Ranks of one priority: seconds after which the order of joining begins anew (231 days). Priority 100
stays below the 2^31 that app_queue reads."""


def rank(priority: int, since: int) -> int:
    """QUEUE_PRIO of a caller with `priority` who joined at `since` (epoch seconds): the highest is served
    first, and of equal priorities who came first."""
    return priority * _CLASS + _CLASS - 1 - since % _CLASS


def place(own: int, ranks: Collection[int]) -> int:
    """The place, 1 = next, of a caller of rank `own` among those of `ranks` who wait as well."""
    return 1 + sum(other > own for other in ranks)


def expected_minutes(seen: QueueSeen, wrap_up_seconds: int) -> int:
    """Whole minutes until a caller's turn, 0 when nobody can say.

    Agents at work finish one call every (mean handling time + wrap-up) seconds each; the caller's turn comes
    when as many calls have ended as its place says.
    """
    if not (seen.place and seen.agents and seen.handling_seconds):
        return 0
    seconds = seen.place * (seen.handling_seconds + wrap_up_seconds) / seen.agents
    return max(1, -int(-seconds // 60))


def priority(call: Call, queue: Queue) -> int:
    """Who goes ahead in a queue (A11, A12)."""
    valued = [v.priority for v in queue.valued if call.caller and call.caller.startswith(v.numbers)]
    return max([*valued, COMPLAINT_PRIORITY if call.complaint else 0])


def begin(call: Call, queue: Queue) -> Decision:
    """A caller comes to a queue: see who is there before they join."""
    call = call.to(Stage.QUEUE_LOOK, joined=0, told_place=0, told_minutes=0, offered=False, number="")
    return _look(call, queue)


def look_again(call: Call, outcome: Outcome, rules: Rules) -> Decision:
    """The look was cut off by a controller's death."""
    return _look(call.to(Stage.QUEUE_LOOK), _queue(call, rules))


def seen(call: Call, outcome: Outcome, rules: Rules, now: datetime) -> Decision:
    """The queue was looked at: join or go back, with or without an announcement; or give up."""
    queue, at = _queue(call, rules), int(now.timestamp())
    facts = outcome if isinstance(outcome, QueueSeen) else QueueSeen()
    first = not call.joined
    call = replace(call, joined=call.joined or at)
    if facts.known and not facts.present:
        return overflow(call, rules, QueueExit.NO_AGENT)
    if first and facts.known and facts.waiting >= queue.size:
        return overflow(call, rules, QueueExit.FULL)
    if _left_seconds(call, queue, at) <= 0:
        return overflow(call, rules, QueueExit.TIMED_OUT)
    next_before_others = facts.place == 1 and facts.waiting and not first
    if 0 < facts.place <= facts.free or next_before_others:
        return _enqueue(call, queue, at)
    if queue.call_back and not first and not call.offered and _is_long(facts, queue):
        return callback.offer(replace(call, offered=True), rules)
    return _announce(call, queue, facts, first, at)


def said(call: Call, outcome: Outcome, rules: Rules, now: datetime) -> Decision:
    """The announcement is over, or the caller wants no call-back: into the queue again."""
    return _enqueue(call, _queue(call, rules), int(now.timestamp()))


def left(call: Call, outcome: Outcome, rules: Rules) -> Decision:
    """A step of waiting ended."""
    queue = _queue(call, rules)
    exit_ = outcome.exit if isinstance(outcome, LeftQueue) else None
    if exit_ is QueueExit.SERVED:
        return leaving.find_ticket(call) if call.complaint else leaving.end(call, outcome, rules)
    if exit_ is QueueExit.NO_AGENT:
        return overflow(call, rules, QueueExit.NO_AGENT)
    if exit_ is QueueExit.FULL:  # somebody came while this caller listened to an announcement
        return Decision(call, Wait(RETRY_SECONDS), "no place for a moment", _rule(queue))
    if exit_ is QueueExit.TIMED_OUT or isinstance(outcome, Waited):
        return _look(call.to(Stage.QUEUE_LOOK), queue)
    return overflow(call, rules, QueueExit.NO_AGENT)


def overflow(call: Call, rules: Rules, why: QueueExit) -> Decision:
    """Nobody of the queue takes the call: said, then a message or another destination (A12)."""
    queue = _queue(call, rules)
    reason = f"{queue.number} can't serve: {why.value.replace('_', ' ')}"
    rule = f"extensions.{queue.number}"
    if queue.overflow.kind is OverflowKind.EXTENSION and queue.overflow.extension in rules.extensions:
        there = reach.reach(call, queue.overflow.extension, rules, reason, rule)
        if isinstance(there.action, Say):
            there = replace(there, action=Say((Text(p.QUEUE_NONE), *there.action.phrases)))
        return there
    call = call.to(Stage.SORRY, why=MessageReason.QUEUE_OVERFLOW)
    return Decision(call, Say((Text(p.QUEUE_NONE),)), reason, rule)


def _is_long(facts: QueueSeen, queue: Queue) -> bool:
    """Whether a call-back is worth offering."""
    return facts.place > 1 or expected_minutes(facts, queue.wrap_up_seconds) > 1


def _look(call: Call, queue: Queue) -> Decision:
    action = LookAtQueue(queue.number, priority(call, queue), call.joined)
    return Decision(call, action, f"who waits and who works in {queue.number}", _rule(queue))


def _announce(call: Call, queue: Queue, facts: QueueSeen, first: bool, at: int) -> Decision:
    """Say place and expected wait, where they are smaller than what was said last."""
    if not queue.announce_seconds:
        return _enqueue(call, queue, at)
    phrases: list[Phrase] = [Text(p.QUEUE_HOLD)] if first else []
    minutes = expected_minutes(facts, queue.wrap_up_seconds)
    if facts.place and (not call.told_place or facts.place < call.told_place):
        phrases += [Text(p.LINE_PLACE), Number(facts.place)]
        call = replace(call, told_place=facts.place)
    if minutes and (not call.told_minutes or minutes < call.told_minutes):
        told = (Text(p.ONE_MINUTE),) if minutes == 1 else (Number(minutes), Text(p.MINUTES))
        phrases += [Text(p.QUEUE_WAIT), *told]
        call = replace(call, told_minutes=minutes)
    if not phrases:
        return _enqueue(call, queue, at)
    reason = f"place {facts.place or 'unknown'}, about {minutes or 'an unknown number of'} min"
    return Decision(call.to(Stage.QUEUE_SAID), Say(tuple(phrases)), reason, _rule(queue))


def _enqueue(call: Call, queue: Queue, at: int) -> Decision:
    """Wait until the next look, or to the end of the longest wait."""
    left_seconds = max(1, _left_seconds(call, queue, at))
    cycle = max(queue.announce_seconds or DEFAULT_CYCLE_SECONDS, -(-queue.longest_wait_seconds // CYCLES))
    action = Enqueue(queue.number, min(cycle, left_seconds), priority(call, queue), call.joined)
    return Decision(call.to(Stage.QUEUED), action, f"waits in the queue of {queue.number}", _rule(queue))


def _left_seconds(call: Call, queue: Queue, at: int) -> int:
    """Seconds left of the longest wait. A clock that was set back makes it no longer."""
    return min(queue.longest_wait_seconds, call.joined + queue.longest_wait_seconds - at)


def _queue(call: Call, rules: Rules) -> Queue:
    entry = rules.extensions[call.target]
    assert isinstance(entry, Queue)
    return entry


def _rule(queue: Queue) -> str:
    return f"extensions.{queue.number}"
