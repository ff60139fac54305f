"""A caller is sent to a number outside (B1, A15): a customer, a supplier, a colleague's mobile.

Whoever orders it may do so exactly where their own phone may dial. That was asked when the order was given;
it is asked again here, in front of the one action that dials outside, whatever led to it. Nobody there: the
caller comes back to who sent them, as from any other transfer.
"""

from __future__ import annotations

from dataclasses import replace

from switchboard.domain import leaving, permission
from switchboard.domain import prompt_keys as p
from switchboard.domain.actions import DialOutside, Say
from switchboard.domain.call import Call, Stage
from switchboard.domain.company import Rules
from switchboard.domain.decision import Decision
from switchboard.domain.outcomes import Dialled, DialResult, Outcome
from switchboard.domain.phrases import Text
from switchboard.domain.recall import recall

RING_SECONDS = 60
"""How long a telephone outside rings: a mobile is found first, and rings longer than a phone inside."""

RULE = "outside"


def begin(call: Call, number: str, reason: str) -> Decision:
    """Tell the caller to wait; `call.back` is the phone that sends them to `number` (without the prefix)."""
    call = call.to(Stage.OUTSIDE, outside=number, target="", tries=0, rung=0, waits=0)
    return Decision(call, Say((Text(p.HOLD_ON),)), reason, RULE)


def ring(call: Call, outcome: Outcome, rules: Rules) -> Decision:
    """请稍等 has been said, or the dialling was cut off: dial, if that phone may."""
    if not permission.may_send(rules, call.back, call.outside):
        return _back(call, rules, f"{call.back} may not dial {call.outside}: back")
    action = DialOutside(call.outside, call.back, RING_SECONDS)
    return Decision(
        call.to(Stage.OUTSIDE_RINGING), action, f"dials {call.outside} outside for {call.back}", RULE
    )


def rang(call: Call, outcome: Outcome, rules: Rules) -> Decision:
    """They talked; or nobody answered, and the caller comes back."""
    if isinstance(outcome, Dialled) and outcome.result is DialResult.ANSWERED:
        return leaving.end(call, outcome, rules)
    result = outcome.result if isinstance(outcome, Dialled) else DialResult.UNAVAILABLE
    return _back(call, rules, f"{call.outside} outside: {result.value}: back to {call.back}")


def _back(call: Call, rules: Rules, reason: str) -> Decision:
    return recall(replace(call, held_by=call.back), rules, reason)
