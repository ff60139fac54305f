"""Whose a call is that is up (B8): an agent sees the callers of their queues and what is on their own phone.

Operators and supervisors see every call; for them there is nothing to decide here.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from switchboard.domain.call import Call, Stage
from switchboard.domain.company import Queue, Rules
from switchboard.domain.live import LiveCall

_IN_LINE = frozenset(
    {
        Stage.QUEUE_LOOK,
        Stage.QUEUE_SAID,
        Stage.QUEUED,
        Stage.CALL_BACK_OFFER,
        Stage.CALL_BACK_NUMBER,
        Stage.CALL_BACK_CONFIRM,
        Stage.CALL_BACK_ORDERED,
    }
)
"""A caller at one of these is the queue's: they wait in it, or talk with one of its agents."""


@dataclass(frozen=True, slots=True)
class Own:
    """The view of somebody who sees only what is theirs. `extension` "": no phone, and so no call."""

    extension: str


def queue_of(call: Call | None) -> str:
    """The queue whose caller this is now; "" for all others, also those whom an operator took out of one."""
    return call.target if call is not None and call.stage in _IN_LINE else ""


def queues_of(own: Own, rules: Rules) -> frozenset[str]:
    """Numbers of the queues that `own` is a member of."""
    return frozenset(
        number
        for number, entry in rules.extensions.items()
        if isinstance(entry, Queue) and own.extension in entry.members
    )


def theirs(own: Own, queues: Collection[str], live: LiveCall) -> bool:
    """Whether `own`, a member of `queues`, sees this call: their phone rings, talks or calls in it, keeps the
    caller or is being asked about them; or the caller is their queue's."""
    if not own.extension:
        return False
    asked = live.consult is not None and live.consult["target"] == own.extension
    return asked or own.extension in (*live.parties, live.held_by) or live.queue in queues
