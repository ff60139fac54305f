"""Carrying out an order that has reached the call (B1), and what comes after it.

The order was checked when it was given (`domain.orders`). Here it is only decided what happens to the caller;
executives are protected by the same functions as for every other caller: a transfer goes the way that a
transfer by phone goes.
"""

from __future__ import annotations

from dataclasses import replace

from switchboard.domain import desk, leaving, outward, permission, reach, screening
from switchboard.domain import prompt_keys as p
from switchboard.domain.actions import Connect, Dial, MessageReason, Park, Say, Screen, Wait
from switchboard.domain.call import HELD_STAGES, Call, Stage
from switchboard.domain.company import Person, Principal, Rules, Screened
from switchboard.domain.decision import Decision
from switchboard.domain.order import Order, OrderKind
from switchboard.domain.outcomes import (
    ConsultationEnded,
    Dialled,
    DialResult,
    Ordered,
    Outcome,
    ScreenEnded,
    Verdict,
    Waited,
)
from switchboard.domain.phrases import Text
from switchboard.domain.recall import RULE, recall, shown

_BEFORE = {
    Stage.PARKED: Stage.PARKED,
    Stage.GOODBYE: Stage.DESK,
    Stage.ENDED: Stage.DESK,
    Stage.NEW: Stage.DESK,
    Stage.REFUSED: Stage.DESK,
}
"""Where a caller is put back who was there, if not at the same stage."""


def is_sound(order: Order, rules: Rules) -> bool:
    """Whether the order's phone may be rung with a caller: somebody's own, and no executive's (A8, A9)."""
    person = rules.extensions.get(order.by)
    return isinstance(person, Person) and not isinstance(person, Screened | Principal)


def begin(call: Call, outcome: Ordered, rules: Rules) -> Decision:
    """An order reached the call."""
    order = outcome.order
    before = _BEFORE.get(call.stage, Stage.HELD if call.stage in HELD_STAGES else call.stage)
    fresh = replace(call, held_by="", consult="", serial="", verdict="", before=before, asker="")
    reason = f"ordered by {order.by}: {order.kind.value} {order.target}".rstrip()
    match order.kind:
        case OrderKind.ANSWER:
            return _to_operator(fresh, order.by, rules, reason)
        case OrderKind.TAKE_BACK | OrderKind.CONNECT if not outcome.leg:  # nobody to connect with
            return _to_operator(fresh, order.by, rules, reason)
        case OrderKind.TAKE_BACK | OrderKind.CONNECT:
            number = order.by if order.kind is OrderKind.TAKE_BACK else outcome.number or call.consult
            connecting = fresh.to(Stage.CONNECTING, held_by=order.by)
            if number not in rules.extensions:
                connecting = connecting.to(Stage.CONNECTING, target="", outside=number)
            return Decision(connecting, Connect(outcome.leg, number), reason, RULE)
        case OrderKind.HOLD:
            return _hold(fresh.to(Stage.HELD, held_by=order.by), rules, reason)
        case OrderKind.CONSULT:
            asked = permission.outside_number(rules, order.target) or order.target
            return _hold(fresh.to(Stage.HELD, held_by=order.by, consult=asked), rules, reason)
        case OrderKind.PARK:
            return Decision(fresh.to(Stage.PARKED, held_by=order.by), Park(order.by), reason, RULE)
        case OrderKind.SCREEN:
            return _ask_executive(fresh, order, rules, reason)
        case OrderKind.HANGUP:
            return leaving.goodbye(fresh, reason)
    return _send(fresh, order, rules, reason)


def _send(call: Call, order: Order, rules: Rules, reason: str) -> Decision:
    """The caller goes somewhere else; comes back to who ordered it when nobody answers there."""
    call = replace(call, back=order.by, before=Stage.NEW, via="", why=None, outside="")
    target, entry = order.target, rules.extensions.get(order.target)
    rule = f"extensions.{target}"
    outside = permission.outside_number(rules, target)
    match order.kind:
        case OrderKind.VOICEMAIL if entry is not None:
            call = call.to(Stage.MESSAGE_INTRO, target=target, why=MessageReason.OPERATOR)
            return leaving.message_intro(call, rules)
        case OrderKind.COMPLAINT if rules.complaints in rules.extensions:
            return reach.complaint(call, rules.complaints, rules, "codes.complaint")
        case OrderKind.CAMP if entry is not None and not isinstance(entry, Screened | Principal):
            call = call.to(Stage.TRANSFER, target=target, via="", waits=1, rung=0)
            return Decision(call, Say((Text(p.WAIT_ON),)), reason, rule)
        case OrderKind.SERIAL if entry is not None and not isinstance(entry, Screened | Principal):
            return reach.reach(replace(call, serial=order.by), target, rules, reason, rule)
        case OrderKind.TRANSFER if isinstance(entry, Principal) and order.by == entry.secretary:
            return reach.reach(replace(call, asker=order.by, dialled=target), target, rules, reason, rule)
        case OrderKind.TRANSFER if entry is not None:
            return reach.reach(call, target, rules, reason, rule)
        case OrderKind.TRANSFER if outside:
            return outward.begin(call, outside, reason)
    return recall(replace(call, held_by=order.by), rules, f"{order.kind.value} {target}: not possible")


def held(call: Call, outcome: Outcome, rules: Rules) -> Decision:
    """Music is over, or the consultation: back to the operator, or on with the music."""
    if isinstance(outcome, ConsultationEnded) and call.consult:
        number, call = call.consult, replace(call, consult="")
        if not outcome.begun:
            return _hold(call, rules, f"{call.held_by} didn't come to ask {number}")
        if outcome.leg:
            back = call.to(Stage.CONNECTING)
            return Decision(back, Connect(outcome.leg, call.held_by), f"{number} was asked: back", RULE)
        return recall(call, rules, f"the consultation with {number} is over")
    if call.consult and isinstance(outcome, Waited) and outcome.asking:
        return _hold(call, rules, f"{call.held_by} asks {call.consult}")
    return recall(call, rules, f"held for {rules.desk.hold_seconds} s: back to {call.held_by}")


def still_held(call: Call, outcome: Outcome, rules: Rules) -> Decision:
    """The step was cut off, or an order came to nothing: on with the music."""
    return _hold(call, rules, "held")


def connected(call: Call, outcome: Outcome, rules: Rules) -> Decision:
    """They talked. If the other one had gone before, the operator is rung with the caller."""
    if isinstance(outcome, Dialled) and outcome.result is DialResult.ANSWERED:
        return leaving.end(call, outcome, rules)
    return recall(call, rules, "nobody to connect with: back to the operator")


def operator_rang(call: Call, outcome: Outcome, rules: Rules) -> Decision:
    """They talked. (Without an answer the call is `as_before`.)"""
    return leaving.end(call, outcome, rules)


def as_before(call: Call) -> Call:
    """Whoever wanted the caller doesn't answer: where the caller was, at the same place."""
    held = call.before in HELD_STAGES
    return call.to(call.before, held_by=call.held_by if held else "", before=Stage.NEW)


def recalled(call: Call, outcome: Outcome, rules: Rules) -> Decision:
    """The operator whose caller it is doesn't answer: whoever is at the desk, as for a new caller."""
    if isinstance(outcome, Dialled) and outcome.result is DialResult.ANSWERED:
        return leaving.end(call, outcome, rules)
    call = replace(call, held_by="", consult="", serial="", target="", outside="", back="", why=None)
    return desk.arrive(call, outcome, rules)


def executive_decided(call: Call, outcome: Outcome, rules: Rules) -> Decision:
    """What the executive told the operator who asked. Anything but a yes goes back to the operator (A8)."""
    verdict = outcome.verdict if isinstance(outcome, ScreenEnded) else Verdict.NONE
    if verdict is Verdict.ACCEPTED:
        return leaving.end(call, outcome, rules)
    call = replace(call, verdict=verdict.value)
    return recall(call, rules, f"{call.target} was asked: {verdict.value}")


def comes_back(call: Call, rules: Rules) -> Decision:
    """A serial caller's party hung up: back to the operator."""
    return recall(replace(call, held_by=call.serial, serial=""), rules, "comes back after the conversation")


def parked_again(call: Call, outcome: Outcome, rules: Rules) -> Decision:
    """An order for a parked caller came to nothing: parked again, perhaps at another place."""
    return Decision(call, Park(call.held_by), "parked again", RULE)


def ring_again(call: Call, outcome: Outcome, rules: Rules) -> Decision:
    """The step was cut off before the operator's phone rang."""
    if call.stage is Stage.PULLED:
        return _to_operator(call, call.held_by, rules, "rings the operator again")
    return recall(call, rules, "rings the operator again")


def _to_operator(call: Call, by: str, rules: Rules, reason: str) -> Decision:
    """Ring whoever wants the caller, as long as an operator has to answer."""
    seconds = round(rules.desk.rings * rules.ring_cycle_seconds)
    call = call.to(Stage.PULLED, held_by=by)
    return Decision(call, Dial((by,), seconds, shown(call, rules)), reason, RULE)


def _hold(call: Call, rules: Rules, reason: str) -> Decision:
    return Decision(call.to(Stage.HELD), Wait(rules.desk.hold_seconds), reason, RULE)


def _ask_executive(call: Call, order: Order, rules: Rules, reason: str) -> Decision:
    """Ring the executive's phones; each is told what the operator typed, and asks."""
    entry = rules.extensions.get(order.target)
    call = replace(call, held_by=order.by)
    if not isinstance(entry, Screened):
        return recall(call, rules, f"{order.target} is not asked: back to the operator")
    phones = (entry.number, *entry.also)
    action = Screen(phones, entry.ring_seconds, entry.ring_seconds + screening.DECIDING_SECONDS)
    call = call.to(Stage.SCREEN_ASKED, target=entry.number, via="", why=None)
    return Decision(call, action, reason, f"extensions.{entry.number}")
