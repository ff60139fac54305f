"""A caller comes back to the operator whose caller it is: after a hold, a failed transfer, a manager's no."""

from __future__ import annotations

from switchboard.domain.actions import Dial
from switchboard.domain.call import Call, Stage
from switchboard.domain.company import Rules
from switchboard.domain.decision import Decision
from switchboard.domain.reach import RETURN_SECONDS

RULE = "operators"


def shown(call: Call, rules: Rules) -> str:
    """What the operator's phone shows with the caller: whom they wanted last, else the main number."""
    return call.target or call.outside or rules.main_number


def recall(call: Call, rules: Rules, reason: str) -> Decision:
    """Ring the phone that the caller is `held_by`."""
    dial = Dial((call.held_by,), RETURN_SECONDS, shown(call, rules))
    return Decision(call.to(Stage.RECALL, consult=""), dial, reason, RULE)
