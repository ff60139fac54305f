"""A caller who would rather be called back (A12): asked once, the number confirmed, the place kept.

The company dials only what its rules for outside calls allow (`permission`): a caller must not make it dial
what no phone of ours could. Who changes their mind goes on waiting where they were.
"""

from __future__ import annotations

from datetime import datetime

from switchboard.domain import leaving, queueing
from switchboard.domain import prompt_keys as p
from switchboard.domain.actions import Ask, Expect, OrderCallBack
from switchboard.domain.call import Call, Stage
from switchboard.domain.company import Queue, Rules
from switchboard.domain.decision import Decision
from switchboard.domain.outcomes import Done, Entered, Outcome
from switchboard.domain.permission import may_call_back
from switchboard.domain.phrases import Digits, Phrase, Text

YES, OTHER = "1", "2"

TRIES = 3
"""Numbers that can't be called, before the caller waits on."""


def offer(call: Call, rules: Rules) -> Decision:
    """Offer to call back, once."""
    return Decision(
        call.to(Stage.CALL_BACK_OFFER, tries=0),
        _key((Text(p.CALL_BACK_OFFER),), YES),
        "offers to call back",
        _rule(call, "call_back"),
    )


def offered(call: Call, outcome: Outcome, rules: Rules, now: datetime) -> Decision:
    """1: which number? Anything else, silence too: the caller waits on."""
    if not (isinstance(outcome, Entered) and outcome.digits == YES):
        return queueing.said(call, outcome, rules, now)
    if may_call_back(rules, call.caller):
        return _confirm(call.to(Stage.CALL_BACK_CONFIRM, number=call.caller, tries=0))
    return _type(call.to(Stage.CALL_BACK_NUMBER, tries=0))


def typed(call: Call, outcome: Outcome, rules: Rules, now: datetime) -> Decision:
    """A number was typed: read back if the company may dial it, refused politely if not."""
    number = outcome.digits if isinstance(outcome, Entered) else ""
    if may_call_back(rules, number):
        return _confirm(call.to(Stage.CALL_BACK_CONFIRM, number=number, tries=0))
    if call.tries + 1 >= TRIES or not number:
        return queueing.said(call.to(Stage.QUEUE_SAID, number=""), outcome, rules, now)
    return _type(call.to(Stage.CALL_BACK_NUMBER, tries=call.tries + 1), Text(p.CALL_BACK_REFUSED))


def confirmed(call: Call, outcome: Outcome, rules: Rules, now: datetime) -> Decision:
    """1: ordered. 2: another number. Anything else: the caller waits on."""
    key = outcome.digits if isinstance(outcome, Entered) else ""
    if key == OTHER:
        return _type(call.to(Stage.CALL_BACK_NUMBER, number="", tries=0))
    if key != YES or not may_call_back(rules, call.number):
        return queueing.said(call.to(Stage.QUEUE_SAID, number=""), outcome, rules, now)
    return order(call, rules)


def order(call: Call, rules: Rules) -> Decision:
    """Keep the promise before it is made. Ordered again after a controller's death, it is still one."""
    queue = rules.extensions[call.target]
    assert isinstance(queue, Queue)
    return Decision(
        call.to(Stage.CALL_BACK_ORDERED),
        OrderCallBack(queue.number, call.number, queueing.priority(call, queue), call.joined),
        f"{call.number} is to be called back",
        _rule(call, "call_back"),
    )


def ordered(call: Call, outcome: Outcome, rules: Rules, now: datetime) -> Decision:
    """Promise it, and goodbye. What couldn't be kept isn't promised: the caller waits on."""
    if isinstance(outcome, Done) and not outcome.done:
        return queueing.said(call.to(Stage.QUEUE_SAID, number=""), outcome, rules, now)
    return leaving.goodbye(call, "the call-back is promised", p.CALL_BACK_KEPT)


def ask_again(call: Call, outcome: Outcome, rules: Rules) -> Decision:
    """The question was cut off by a controller's death."""
    match call.stage:
        case Stage.CALL_BACK_CONFIRM if call.number:
            return _confirm(call)
        case Stage.CALL_BACK_NUMBER:
            return _type(call)
        case Stage.CALL_BACK_ORDERED:
            return order(call, rules)
        case _:
            return offer(call, rules)


def _confirm(call: Call) -> Decision:
    phrases = (Text(p.CALL_BACK_NUMBER), Digits(call.number), Text(p.CALL_BACK_CONFIRM))
    return Decision(call, _key(phrases, YES + OTHER), "is this the number", _rule(call, "call_back"))


def _type(call: Call, *before: Phrase) -> Decision:
    ask = Ask((*before, Text(p.CALL_BACK_TYPE)), Expect.NUMBER, first_seconds=8.0, digit_seconds=4.0)
    return Decision(call, ask, "which number", _rule(call, "call_back"))


def _key(phrases: tuple[Phrase, ...], keys: str) -> Ask:
    return Ask(phrases, Expect.KEY, keys, first_seconds=4.0)


def _rule(call: Call, key: str) -> str:
    return f"queues.{call.target}.{key}"
