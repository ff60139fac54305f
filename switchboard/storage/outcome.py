"""What became of a call: one decision over all that is known of it. Pure: no clock, no database.

Two witnesses tell of a call. The journal knows what the controller decided and saw. Asterisk's records
(CDR) know what the PBX did, with or without a controller; they come when the call is over. Either may be
missing: the journal when the call never met the controller, the CDR when the PBX died.

The rules, in this order, first that applies:

1. No CDR yet, and the PBX hasn't died under it: the call is under way, and has no outcome.
2. **connected**: somebody spoke with the caller. A CDR with a dialled channel was ANSWERED, or the hangup
   handler says status=ANSWER, or talked > 0, or the journal says a dial was answered or a queue served.
   It stays connected whatever follows.
3. **message**: VMSTATUS was SUCCESS, the journal says "recorded", or there is a message of this call; else
   **queue_callback**: the caller was promised to be called back.
4. **refused**: the dialplan ran the verb `refuse`, or the journal's last word was a refusal.
5. **connected** to a service: a mailbox was opened by its owner (verb `mailbox`, or VoiceMailMain).
6. **failed**: the PBX died under the call; or it never was answered, and Asterisk says FAILED or CONGESTION
   of the last leg without having rung anybody.
7. **abandoned**: the caller left, from a menu, a ringing phone or a waiting line.

Asterisk writes several records for a call that was dialled on: one for each phone rung (its `dstchannel`),
with BUSY, NO ANSWER or ANSWERED as that phone's own result even when the caller had been answered long
before. One without `dstchannel` tells of the caller's channel alone. `ending` stands in the last.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from switchboard.dialplan import Context
from switchboard.storage.records import TRUNK_PREFIX, Begun, Cdr, Step, party


class CallOutcome(StrEnum):
    """The contract's words for how a call ended."""

    CONNECTED = "connected"
    MESSAGE = "message"
    ABANDONED = "abandoned"
    REFUSED = "refused"
    FAILED = "failed"
    QUEUE_CALLBACK = "queue_callback"


TALKED = ("answered", "served")  # the journal's words for a conversation
RECORDED = "recorded"
LOST_TO_FALLBACK = "lost_to_fallback"
SENT_OUTSIDE = ("dial_outside", "connect")  # by an operator's order; their detail is the number outside
SERVICES = ("VoiceMailMain",)

_ASKED = re.compile(rf"Local/[^@]*@(?:{Context.SCREENED_LEG}|{Context.PARK_TOLD}|{Context.CONSULT_LEG})-")
"""Legs on which a phone is asked or told something: picked up, nobody spoke with the caller yet. Whoever then
takes the call stands in the caller's own record."""


@dataclass(frozen=True, slots=True)
class Told:
    """All that is known of one call. `lost` is when it was found that the PBX had died under it."""

    begun: Begun | None = None
    steps: Sequence[Step] = ()
    cdrs: Sequence[Cdr] = ()
    has_message: bool = False
    lost: datetime | None = None


@dataclass(frozen=True, slots=True)
class Summary:
    """The call's row, but for its id."""

    caller: str
    name: str
    dialled: str
    origin: str
    trunk: str
    rules: str
    started: datetime
    answered: datetime | None
    connected: datetime | None
    ended: datetime | None
    outcome: CallOutcome | None
    connected_to: str
    fallback: bool


def summarise(call: str, told: Told) -> Summary | None:
    """The row of `call`; None when nothing is known that could make one (a stray step alone is enough)."""
    cdrs = sorted(_spoken(told.cdrs), key=lambda c: (c.start, c.sequence))
    began = told.begun.at if told.begun else None
    moments = [m for m in (began, *(s.at for s in told.steps), *(c.start for c in cdrs)) if m]
    if not moments:
        return None
    said = _said(cdrs)
    own = [c for c in cdrs if c.uniqueid == call] or cdrs
    over = bool(said) or any(c.uniqueid == call for c in cdrs) or told.lost is not None
    ended = max((c.end or c.start for c in cdrs), default=_last_moment(told)) if over else None
    talker = _talker(told, cdrs, said)
    begun = told.begun or Begun(moments[0])
    answered = min((c.answer for c in cdrs if c.answer), default=None)
    if answered is None and not cdrs and told.steps:
        answered = told.begun.at if told.begun else told.steps[0].at  # the controller answers first of all
    return Summary(
        caller=begun.caller or said.get("caller", "") or (_number(own[0].src) if own else ""),
        name=begun.name,
        dialled=begun.dialled or said.get("dialled", "") or (own[0].dst if own else ""),
        origin=begun.origin or said.get("origin", "") or (_origin(own[0]) if own else ""),
        trunk=begun.trunk or said.get("trunk", "") or (_trunk(own[0]) if own else ""),
        rules=begun.rules,
        started=min(moments),
        answered=answered,
        connected=_connected_at(talker, cdrs, said),
        ended=ended,
        outcome=_outcome(told, cdrs, said, talker) if over else None,
        connected_to=talker or (_service(cdrs, said) if over else ""),
        fallback=said.get("fallback") == "1" or any(s.outcome == LOST_TO_FALLBACK for s in told.steps),
    )


def close_steps(told: Told) -> tuple[Step, ...]:
    """The steps, the last one closed by what the CDR says when the call ended in the middle of it."""
    steps = list(told.steps)
    over = bool(told.cdrs) or told.lost
    if steps and over and steps[-1].outcome is None:
        steps[-1] = steps[-1].closed(_last_outcome(steps[-1], told), derived=True)
    return tuple(steps)


def _last_outcome(step: Step, told: Told) -> str:
    said = _said(told.cdrs)
    talked = bool(_talker(told, _spoken(told.cdrs), said))
    match step.action:
        case "dial" | "dial_outside" | "connect" if talked:
            return "answered"
        case "enqueue" if talked:
            return "served"
        case "message":
            recorded = told.has_message or _vm(said) == "SUCCESS"
            return RECORDED if recorded else "lost" if told.lost else "not_recorded"
        case "hangup":
            return "done"
        case _:
            return "lost" if told.lost and not told.cdrs else "hung_up"


def _outcome(told: Told, cdrs: Sequence[Cdr], said: dict[str, str], talker: str) -> CallOutcome:
    if talker:
        return CallOutcome.CONNECTED
    if told.has_message or _vm(said) == "SUCCESS" or any(s.outcome == RECORDED for s in told.steps):
        return CallOutcome.MESSAGE
    if any(s.action == "call_back" and s.outcome == "done" for s in told.steps):
        return CallOutcome.QUEUE_CALLBACK
    if said.get("verb") == "refuse" or any(s.action == "refuse" for s in told.steps[-1:]):
        return CallOutcome.REFUSED
    if _service(cdrs, said):
        return CallOutcome.CONNECTED
    if told.lost and not cdrs:
        return CallOutcome.FAILED
    rung = any(c.dstchannel and c.disposition in ("BUSY", "NO ANSWER") for c in cdrs)
    answered = any(c.answer for c in cdrs)
    if cdrs and not rung and not answered and cdrs[-1].disposition in ("FAILED", "CONGESTION"):
        return CallOutcome.FAILED
    return CallOutcome.ABANDONED


def _spoken(cdrs: Sequence[Cdr]) -> list[Cdr]:
    return [c for c in cdrs if not _ASKED.match(c.channel)]


def _said(cdrs: Sequence[Cdr]) -> dict[str, str]:
    """What the hangup handler left, of the record that ended last."""
    last = max((c for c in cdrs if c.ending), key=lambda c: (c.end or c.start, c.sequence), default=None)
    return last.said() if last else {}


def _talker(told: Told, cdrs: Sequence[Cdr], said: dict[str, str]) -> str:
    """Who spoke with the caller; of several the last. "" when nobody did."""
    answered = [c for c in cdrs if c.dstchannel and c.disposition == "ANSWERED"]
    by = party(said.get("by", ""))
    if said.get("status") == "ANSWER" or _seconds(said.get("talked", "")) > 0:
        if by:
            return _outside(by, told, said, answered)
        if not answered:
            return said.get("dialled", "") or "unknown"
    if answered:
        # A waiting caller is ANSWERED, with the member's channel, only when the member took the call.
        return _outside(party(answered[-1].dstchannel), told, said, answered)
    for step in reversed(told.steps):
        if step.outcome in TALKED:
            return step.detail
    return ""


def _outside(who: str, told: Told, said: dict[str, str], answered: Sequence[Cdr]) -> str:
    """A trunk is nobody to speak with: behind it is the number that an operator sent the caller to, else what
    was dialled."""
    if not who.startswith(TRUNK_PREFIX):
        return who
    for step in reversed(told.steps):
        if step.action in SENT_OUTSIDE and step.outcome in TALKED:
            return step.detail
    return said.get("dialled", "") or (answered[-1].dst if answered else who)


def _connected_at(talker: str, cdrs: Sequence[Cdr], said: dict[str, str]) -> datetime | None:
    """When the conversation began, to a second: nobody writes it down, but its length is known."""
    talks = [c for c in cdrs if c.dstchannel and c.disposition == "ANSWERED"]
    if not talker or not talks:
        return None
    last = talks[-1]
    talked = _seconds(said.get("talked", ""))
    if talked and last.end:
        return max(last.start, last.end - timedelta(seconds=talked))
    return last.answer or last.start


def _service(cdrs: Sequence[Cdr], said: dict[str, str]) -> str:
    """The code of the service that a phone of ours used: its mailbox."""
    used = [c for c in cdrs if c.answer and (c.lastapp in SERVICES or said.get("verb") == "mailbox")]
    return (said.get("dialled", "") or used[-1].dst) if used else ""


def _vm(said: dict[str, str]) -> str:
    return said.get("status", "") if said.get("verb") == "message" else ""


def _seconds(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0


def _number(src: str) -> str:
    return "".join(c for i, c in enumerate(src[:32]) if c in "0123456789" or (c == "+" and i == 0))


def _origin(cdr: Cdr) -> str:
    return "outside" if party(cdr.channel).startswith(TRUNK_PREFIX) else "inside"


def _trunk(cdr: Cdr) -> str:
    who = party(cdr.channel)
    return who.removeprefix(TRUNK_PREFIX) if who.startswith(TRUNK_PREFIX) else ""


def _last_moment(told: Told) -> datetime | None:
    """When a call that the PBX lost was last heard of."""
    return max((s.at for s in told.steps), default=told.begun.at if told.begun else told.lost)
