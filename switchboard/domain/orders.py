"""Orders from outside into a call (B1): what an operator may ask for, and when it is refused.

An order is checked against what is seen of the call before it is sent, and carried out by the engine
(`domain.ordered`) when it has reached the call. Whoever has a caller may do with it what their own phone
could do; a caller whom nobody has is there for the operators at the desk.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from switchboard.domain.calendar import on_duty
from switchboard.domain.call import HELD_STAGES, Call, Stage
from switchboard.domain.company import Department, Person, Principal, Queue, Rules, Screened
from switchboard.domain.order import Order, OrderKind, Typed
from switchboard.domain.outcomes import PhoneState
from switchboard.domain.permission import has_line, is_emergency, may_send, outside_number
from switchboard.errors import OrderRefused

__all__ = [
    "Code",
    "Order",
    "OrderKind",
    "Refusal",
    "Scene",
    "Typed",
    "check",
    "check_target",
    "has",
    "read_order",
]


class Code(StrEnum):
    """Why an order is refused, for programs."""

    GONE = "gone"  # the call has ended
    TAKEN = "taken"  # another order is under way, or another operator has the caller
    NOT_ALLOWED = "not_allowed"  # the rules forbid it to whoever ordered
    UNKNOWN_TARGET = "unknown_target"
    NOT_POSSIBLE = "not_possible"  # as the call stands
    PBX_DOWN = "pbx_down"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an order is not carried out, with one English sentence for people."""

    code: Code
    sentence: str


@dataclass(frozen=True, slots=True)
class Scene:
    """What is seen of a call when an order for it arrives.

    `call` is its state, None when it isn't the switchboard's (two phones inside, or the fallback).
    `talks_with` are those in the caller's conversation, extensions or "" for others. `rings` are extensions
    ringing for the caller now. `consulting`: the operator's phone is in a consultation about this caller;
    `consulted`: somebody is on the line with it. `phones` are states of phones, `present` the operators at
    the desk.
    """

    call: Call | None
    talks_with: tuple[str, ...] = ()
    rings: tuple[str, ...] = ()
    parked: bool = False
    consulting: bool = False
    consulted: bool = False
    phones: Mapping[str, PhoneState] = field(default_factory=dict)
    present: Collection[str] = ()


NEEDS_TARGET = {
    OrderKind.TRANSFER,
    OrderKind.CONSULT,
    OrderKind.SERIAL,
    OrderKind.CAMP,
    OrderKind.VOICEMAIL,
    OrderKind.SCREEN,
}


OUTWARD = {OrderKind.TRANSFER, OrderKind.CONSULT}
"""Orders whose target may be a number outside, as the phone of whoever orders dials it."""

LONGEST_TARGET = 24
"""Digits of a target at most, the prefix for an outside line among them."""

LONGEST = {"surname": 40, "organisation": 80, "purpose": 160}
"""Characters of each typed answer at most: the executive has to listen to them."""


def read_order(given: Mapping[str, object], by: str) -> Order:
    """The order that `kind`, `target` and `typed` of `given` describe, for the phone `by`. Raises
    OrderRefused for what is none."""
    kind, target, typed = given.get("kind"), given.get("target") or "", given.get("typed")
    if not isinstance(kind, str) or kind not in list(OrderKind):
        raise OrderRefused(Code.NOT_POSSIBLE, f"there is no order {str(kind)[:20]!r}: {', '.join(OrderKind)}")
    if not isinstance(target, str) or len(target) > LONGEST_TARGET:
        raise OrderRefused(Code.UNKNOWN_TARGET, "target is no extension and no number outside")
    if typed is not None and not isinstance(typed, Mapping):
        raise OrderRefused(Code.NOT_POSSIBLE, "typed holds surname, organisation and purpose")
    return Order(OrderKind(kind), by, target, _typed(typed) if typed is not None else None)


def _typed(given: Mapping[str, object]) -> Typed:
    answers = {}
    for name, most in LONGEST.items():
        text = given.get(name) or ""
        if not isinstance(text, str) or len(text) > most:
            raise OrderRefused(Code.NOT_POSSIBLE, f"{name} is a text of at most {most} characters")
        answers[name] = " ".join(text.split())
    return Typed(**answers)


def check(order: Order, scene: Scene, rules: Rules, now: datetime) -> Refusal | None:
    """Why `order` can't be carried out as things stand; None when it can."""
    call = scene.call
    if call is None:
        return Refusal(Code.NOT_POSSIBLE, "this call is not in the switchboard's hands")
    if call.stage is Stage.ENDED:
        return Refusal(Code.GONE, "the call has ended")
    if call.inside and call.dialled.startswith("*") and not call.back:
        return Refusal(Code.NOT_POSSIBLE, "a phone inside dialled a code: nobody is waiting")
    return (
        _whose(order, scene, call, rules)
        or check_target(order, rules)
        or _possible(order, scene, call, rules, now)
    )


def has(by: str, scene: Scene) -> bool:
    """Whether the caller is `by`'s: in conversation with them, held by or for them, or consulted about."""
    call = scene.call
    held = call is not None and call.stage in HELD_STAGES and call.held_by == by and not scene.talks_with
    return by in scene.talks_with or held


def _whose(order: Order, scene: Scene, call: Call, rules: Rules) -> Refusal | None:
    """A caller who is somebody's is nobody else's; a caller who is nobody's is the desk's."""
    by = order.by
    person = rules.extensions.get(by)
    if not isinstance(person, Person) or isinstance(person, Screened | Principal):
        return Refusal(Code.NOT_ALLOWED, f"no orders are taken for the phone {by[:20]!r}")
    if has(by, scene):
        return None
    if scene.talks_with:
        who = next((n for n in scene.talks_with if n), "somebody outside")
        code = Code.TAKEN if who in rules.operators else Code.NOT_POSSIBLE
        return Refusal(code, f"the caller talks with {who}")
    if call.stage in HELD_STAGES and call.held_by and not scene.parked:
        return Refusal(Code.TAKEN, f"{call.held_by} has this caller")
    if by not in rules.operators:
        return Refusal(Code.NOT_ALLOWED, f"{by} is no operator")
    if by not in scene.present:
        return Refusal(Code.NOT_ALLOWED, f"{by} is not signed in as an operator")
    return None


def check_target(order: Order, rules: Rules) -> Refusal | None:
    """Whom the order names, and whether they may be reached that way by whoever orders (A8, A9, A15)."""
    if order.kind not in NEEDS_TARGET:
        return None
    entry = rules.extensions.get(order.target)
    if entry is None:
        return _outside(order, rules)
    if order.target == order.by and order.kind is not OrderKind.VOICEMAIL:
        return Refusal(Code.NOT_POSSIBLE, "that is the phone the order is given for")
    number, kind = order.target, order.kind
    match kind:
        case OrderKind.CONSULT if isinstance(entry, Principal) and entry.secretary != order.by:
            return Refusal(Code.NOT_ALLOWED, f"only the secretary, {entry.secretary}, asks {number}")
        case OrderKind.CONSULT if isinstance(entry, Screened) and order.by not in rules.operators:
            return Refusal(Code.NOT_ALLOWED, f"only operators ask {number}")
        case OrderKind.CONSULT if isinstance(entry, Queue):
            return Refusal(Code.NOT_POSSIBLE, f"{number} is a queue: nobody in particular can be asked")
        case OrderKind.SERIAL if isinstance(entry, Screened | Principal):
            return Refusal(Code.NOT_POSSIBLE, f"callers don't come back from {number}: transfer them")
        case OrderKind.CAMP if not isinstance(entry, Person) or isinstance(entry, Screened | Principal):
            return Refusal(Code.NOT_POSSIBLE, f"nobody waits for the line of {number}")
        case OrderKind.SCREEN if not isinstance(entry, Screened):
            return Refusal(Code.NOT_POSSIBLE, f"{number} is not asked before a call is put through")
        case OrderKind.TRANSFER if isinstance(entry, Department) and not entry.members:
            return Refusal(Code.NOT_POSSIBLE, f"{number} has nobody in it")
    return None


def _outside(order: Order, rules: Rules) -> Refusal | None:
    """Whether the order leads to a number outside that the phone it is given for may dial."""
    number = outside_number(rules, order.target)
    if is_emergency(rules, order.target):
        return Refusal(Code.NOT_ALLOWED, f"{order.target} is an emergency number: nobody is sent there")
    if not number:
        return Refusal(Code.UNKNOWN_TARGET, f"there is no extension {order.target[:LONGEST_TARGET]!r}")
    if order.kind not in OUTWARD:
        return Refusal(Code.NOT_POSSIBLE, f"{number} is outside: only transfer and consult lead there")
    if not has_line(rules, number):
        return Refusal(Code.NOT_ALLOWED, f"no outside line takes {number}")
    if not may_send(rules, order.by, number):
        return Refusal(Code.NOT_ALLOWED, f"{order.by} may not dial {number}")
    return None


def _possible(order: Order, scene: Scene, call: Call, rules: Rules, now: datetime) -> Refusal | None:
    """Whether the call stands so that the order makes sense."""
    by = order.by
    match order.kind:
        case OrderKind.ANSWER:
            return _free_to_answer(by, scene)
        case OrderKind.HOLD if by not in scene.talks_with:
            return Refusal(Code.NOT_POSSIBLE, f"the caller doesn't talk with {by}")
        case OrderKind.CONSULT if scene.consulting:
            return Refusal(Code.NOT_POSSIBLE, f"{call.consult} is being consulted")
        case OrderKind.CONSULT if by not in scene.talks_with:
            if not has(by, scene):
                return Refusal(Code.NOT_POSSIBLE, f"{by} doesn't have the caller: answer first")
            return _free_to_answer(by, scene)
        case OrderKind.CONNECT if not scene.consulting:
            return Refusal(Code.NOT_POSSIBLE, "nobody is being consulted")
        case OrderKind.CONNECT if not scene.consulted:
            return Refusal(Code.NOT_POSSIBLE, f"{call.consult} hasn't answered yet: transfer, or wait")
        case OrderKind.TAKE_BACK if not scene.consulting:
            return _free_to_answer(by, scene)
        case OrderKind.PARK if scene.parked:
            return Refusal(Code.NOT_POSSIBLE, "the caller is parked already")
        case OrderKind.COMPLAINT if rules.complaints not in rules.extensions:
            return Refusal(Code.NOT_POSSIBLE, "the rules name no place for complaints")
        case OrderKind.SCREEN:
            entry, typed = rules.extensions[order.target], order.typed
            if typed is None or not (typed.surname or typed.organisation or typed.purpose):
                return Refusal(Code.NOT_POSSIBLE, "who calls, from where and why: at least one is needed")
            if any(len(getattr(typed, name)) > most for name, most in LONGEST.items()):
                return Refusal(Code.NOT_POSSIBLE, "what was typed is longer than anybody listens to")
            if isinstance(entry, Screened) and entry.hours is not None and not on_duty(entry.hours, now):
                return Refusal(Code.NOT_ALLOWED, f"{entry.number} takes no calls at this time")
    return None


def _free_to_answer(by: str, scene: Scene) -> Refusal | None:
    """Whether the phone of `by` can be rung with the caller."""
    if by in scene.talks_with:
        return Refusal(Code.NOT_POSSIBLE, f"{by} talks with the caller already")
    if by in scene.rings:
        return Refusal(Code.NOT_POSSIBLE, "the phone is ringing with this caller: pick it up")
    match scene.phones.get(by, PhoneState.UNREACHABLE):
        case PhoneState.UNREACHABLE:
            return Refusal(Code.NOT_POSSIBLE, f"the phone {by} is not connected")
        case PhoneState.BUSY:
            return Refusal(Code.NOT_POSSIBLE, f"the phone {by} is in use")
    return None
