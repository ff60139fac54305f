"""What whoever talks with the caller orders in a rehearsal: checked and carried out as on the telephone (B1).

Orders whose course depends on the caller's call alone. A consultation is a second call beside it, and an
executive who is asked hears what was typed: neither is supposed here.
"""

from __future__ import annotations

from datetime import datetime

from switchboard.domain.call import Call
from switchboard.domain.company import Rules
from switchboard.domain.order import Order, OrderKind
from switchboard.domain.orders import Refusal, Scene, check
from switchboard.domain.outcomes import PhoneState
from switchboard.rehearsal.situation import Situation

REHEARSED = (
    OrderKind.TRANSFER,
    OrderKind.SERIAL,
    OrderKind.CAMP,
    OrderKind.HOLD,
    OrderKind.VOICEMAIL,
    OrderKind.COMPLAINT,
    OrderKind.HANGUP,
)


def refuses(order: Order, call: Call, situation: Situation, rules: Rules, at: datetime) -> Refusal | None:
    """Why the order of somebody who talks with the caller of `call` is refused; None: it is carried out."""
    phones = {order.by: PhoneState.BUSY}
    return check(order, Scene(call, (order.by,), phones=phones, present=situation.operators), rules, at)
