"""What happens next to a call: one pure function that both interpreters ask.

`next_step(call, outcome, rules, now)` answers with the action to carry out and the call as it waits for
that action's outcome. Each stage knows the one function that understands its outcome. Whatever the
outcomes, a call ends: `STEPS` bounds the decisions of one call.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from switchboard.domain import (
    callback,
    codes,
    desk,
    enquiry,
    greeting,
    leaving,
    ordered,
    outward,
    queueing,
    reach,
    screening,
)
from switchboard.domain import prompt_keys as p
from switchboard.domain.actions import Hangup, Look
from switchboard.domain.call import Call, Stage
from switchboard.domain.company import Rules
from switchboard.domain.decision import Decision
from switchboard.domain.outcomes import (
    Dialled,
    DialResult,
    Entered,
    Interrupted,
    LeftQueue,
    Ordered,
    Outcome,
    QueueExit,
    Said,
)

STEPS = 200
"""Decisions in one call at most; then the caller hears an apology and the call ends."""

Handler = Callable[[Call, Outcome, Rules], Decision]
TimedHandler = Callable[[Call, Outcome, Rules, datetime], Decision]


def next_step(call: Call, outcome: Outcome, rules: Rules, now: datetime) -> Decision:
    """Decide what is done next. Never raises for any outcome at any stage."""
    if (
        call.stage is Stage.PULLED
        and isinstance(outcome, Dialled)
        and outcome.result is not DialResult.ANSWERED
    ):
        call, outcome = ordered.as_before(call), Interrupted()
    if isinstance(outcome, Ordered) and not ordered.is_sound(outcome.order, rules):
        outcome = Interrupted()
    if call.stage is not Stage.NEW and (call.target and call.target not in rules.extensions):
        decision = Decision(call.to(Stage.ENDED), Hangup(), f"{call.target} is in no rules of this call")
    elif call.steps >= STEPS and call.stage not in (Stage.GOODBYE, Stage.ENDED):
        decision = leaving.goodbye(call, f"{STEPS} steps are enough", p.TROUBLE)
    elif isinstance(outcome, Ordered):
        decision = ordered.begin(call, outcome, rules)
    elif call.serial and _talked(call, outcome):
        decision = ordered.comes_back(call, rules)
    elif (timed := _TIMED.get(call.stage)) and not (
        isinstance(outcome, Interrupted) and call.stage in _REPEATS
    ):
        decision = timed(call, outcome, rules, now)
    elif isinstance(outcome, Interrupted):
        decision = _REPEATS.get(call.stage, _go_on)(call, outcome, rules)
    else:
        decision = _HANDLERS[call.stage](call, outcome, rules)
    return replace(decision, call=replace(decision.call, steps=call.steps + 1))


def _answered(outcome: Dialled) -> bool:
    return outcome.result is DialResult.ANSWERED


def _talked(call: Call, outcome: Outcome) -> bool:
    """Whether the caller's conversation with whom they wanted is over."""
    match outcome:
        case Dialled(DialResult.ANSWERED):
            return call.stage is Stage.RINGING
        case LeftQueue(QueueExit.SERVED):
            return call.stage is Stage.QUEUED
    return False


def _arrive(call: Call, outcome: Outcome, rules: Rules) -> Decision:
    """A call begins: at the main number, or at an extension's own direct number."""
    if call.dialled.startswith("*"):
        return codes.dialled(call, rules)
    if call.dialled in rules.extensions:
        return reach.reach(
            call, call.dialled, rules, f"the direct number of {call.dialled} was dialled", "trunks"
        )
    return desk.arrive(call, outcome, rules)


def _extension_entered(call: Call, outcome: Outcome, rules: Rules) -> Decision:
    """After a question for an extension outside the greeting: * goes back, silence counts as a try."""
    if isinstance(outcome, Entered) and outcome.digits in rules.greeting_keys:
        return greeting.entered(call, outcome, rules)
    return greeting.dialled(call, outcome, rules)


def _spelled(call: Call, outcome: Outcome, rules: Rules) -> Decision:
    if isinstance(outcome, Entered) and outcome.digits == enquiry.BACK_KEY:
        return greeting.greet(call, rules, "back to the greeting")
    return enquiry.spelled(call, outcome, rules)


def _message(call: Call, outcome: Outcome, rules: Rules) -> Decision:
    return leaving.message_intro(call, rules)


def _go_on(call: Call, outcome: Outcome, rules: Rules) -> Decision:
    """The controller died while something was being said: take it for said."""
    return _HANDLERS[call.stage](call, Said(), rules)


_HANDLERS: Mapping[Stage, Handler] = {
    Stage.NEW: _arrive,
    Stage.PIN: codes.pin_entered,
    Stage.PIN_CHECK: codes.pin_checked,
    Stage.MINUTES: codes.minutes_entered,
    Stage.CODE_DONE: codes.done,
    Stage.REFUSED: codes.refused,
    Stage.TICKET: reach.ticket_opened,
    Stage.TICKET_NUMBER: leaving.ticket_found,
    Stage.RETURNING: reach.returned,
    Stage.PULLED: ordered.operator_rang,
    Stage.HELD: ordered.held,
    Stage.PARKED: ordered.parked_again,
    Stage.RECALL: ordered.recalled,
    Stage.CONNECTING: ordered.connected,
    Stage.SCREEN_ASKED: ordered.executive_decided,
    Stage.OUTSIDE: outward.ring,
    Stage.OUTSIDE_RINGING: outward.rang,
    Stage.ASSISTANT: screening.assistant_rang,
    Stage.SCREENING: screening.answered,
    Stage.SCREEN_HOLD: screening.ring,
    Stage.SCREEN_RINGING: screening.decided,
    Stage.DESK_RINGING: desk.rang,
    Stage.DESK_LINE: desk.in_line,
    Stage.GREETING: greeting.entered,
    Stage.SEARCH: _spelled,
    Stage.MATCHES: enquiry.picked,
    Stage.LISTING: _extension_entered,
    Stage.HOLD_ON: reach.look,
    Stage.TRANSFER: reach.told,
    Stage.LOOKING: reach.looked,
    Stage.RINGING: reach.unanswered,
    Stage.QUEUED: queueing.left,
    Stage.SORRY: _message,
    Stage.WAITING: reach.waited,
    Stage.CHOICE: reach.chosen,
    Stage.OTHER: _extension_entered,
    Stage.MESSAGE_INTRO: leaving.after_intro,
    Stage.MESSAGE: leaving.after_message,
    Stage.GOODBYE: leaving.end,
    Stage.ENDED: leaving.end,
}

_TIMED: Mapping[Stage, TimedHandler] = {
    Stage.SCREEN_LOOK: screening.looked,
    Stage.ARRIVED: desk.seen,
    Stage.DESK: desk.seen,
    Stage.QUEUE_LOOK: queueing.seen,
    Stage.QUEUE_SAID: queueing.said,
    Stage.CALL_BACK_OFFER: callback.offered,
    Stage.CALL_BACK_NUMBER: callback.typed,
    Stage.CALL_BACK_CONFIRM: callback.confirmed,
    Stage.CALL_BACK_ORDERED: callback.ordered,
}
"""Stages where the time matters to what comes next."""

_REPEATS: Mapping[Stage, Handler] = {
    Stage.PULLED: ordered.ring_again,
    Stage.HELD: ordered.still_held,
    Stage.RECALL: ordered.ring_again,
    Stage.CONNECTING: ordered.ring_again,
    Stage.SCREEN_ASKED: ordered.ring_again,
    Stage.OUTSIDE_RINGING: outward.ring,
    Stage.RETURNING: reach.return_again,
    Stage.DESK_RINGING: desk.look_again,
    Stage.RINGING: reach.look,
    Stage.SCREEN_RINGING: screening.ring,
    Stage.MESSAGE: _message,
    Stage.ARRIVED: lambda call, outcome, rules: Decision(call, Look(desk=True), "who is on duty", desk.RULE),
    Stage.DESK: lambda call, outcome, rules: Decision(call, Look(desk=True), "who is on duty", desk.RULE),
    Stage.GREETING: lambda call, outcome, rules: greeting.greet(call, rules, "asked again"),
    Stage.SEARCH: lambda call, outcome, rules: enquiry.ask(call, rules),
    Stage.MATCHES: lambda call, outcome, rules: enquiry.choices(call, rules),
    Stage.LISTING: lambda call, outcome, rules: enquiry.listing(call, rules),
    Stage.LOOKING: reach.look,
    Stage.CHOICE: lambda call, outcome, rules: reach.choice(call, rules),
    Stage.OTHER: lambda call, outcome, rules: reach.ask_extension(call),
    Stage.MESSAGE_INTRO: _message,
    Stage.QUEUE_LOOK: queueing.look_again,
    Stage.QUEUED: queueing.look_again,
    Stage.CALL_BACK_OFFER: callback.ask_again,
    Stage.CALL_BACK_NUMBER: callback.ask_again,
    Stage.CALL_BACK_CONFIRM: callback.ask_again,
    Stage.CALL_BACK_ORDERED: callback.ask_again,
    Stage.SCREEN_LOOK: lambda call, outcome, rules: screening.ask(call.to(Stage.SCREENING, tries=0), rules),
    Stage.SCREENING: lambda call, outcome, rules: screening.ask(call, rules),
    Stage.PIN: lambda call, outcome, rules: codes.dialled(call, rules),
    Stage.PIN_CHECK: lambda call, outcome, rules: codes.dialled(call, rules),
    Stage.MINUTES: lambda call, outcome, rules: codes.dialled(call, rules),
    Stage.TICKET_NUMBER: lambda call, outcome, rules: leaving.find_ticket(call),
}
"""What was cut off, by a controller's death or an order that came to nothing, is asked or done again."""
