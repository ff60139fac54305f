"""A call as the engine sees it, and how it travels in one channel variable."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import asdict, dataclass, fields, replace
from enum import StrEnum

from switchboard.domain.actions import MessageReason
from switchboard.errors import StateUnreadable

STATE_VERSION = 1
STATE_LIMIT = 1500
"""Characters a packed state may have. AGI lines end at 8,192 bytes; a state near that is a fault."""


class Stage(StrEnum):
    """Where in the flow a call stands: which outcome it waits for."""

    NEW = "new"
    PIN = "pin"  # asked for the PIN of a code
    PIN_CHECK = "pin_check"
    MINUTES = "minutes"  # asked how long somebody is away
    CODE_DONE = "code_done"
    REFUSED = "refused"
    TICKET = "ticket"  # a ticket is being opened
    TICKET_NUMBER = "ticket_number"  # the number is being looked up
    RETURNING = "returning"  # a transfer failed: the phone that transferred is rung
    PULLED = "pulled"  # an operator wants the caller, and is rung
    HELD = "held"
    PARKED = "parked"
    RECALL = "recall"  # the operator whose caller it is is rung
    CONNECTING = "connecting"  # with somebody who is on another line already
    SCREEN_ASKED = "screen_asked"  # an executive is asked for an operator
    OUTSIDE = "outside"  # 请稍等, before a number outside is dialled
    OUTSIDE_RINGING = "outside_ringing"
    ARRIVED = "arrived"  # asked who answers; nobody has waited yet
    DESK = "desk"  # asked for the mode and the operators
    DESK_RINGING = "desk_ringing"
    DESK_LINE = "desk_line"  # waits for the desk: the place is told, or music
    GREETING = "greeting"  # the announcement is being said, or waits for an entry
    SEARCH = "search"  # asked for letters of a name
    MATCHES = "matches"  # choices of a name search are being read
    LISTING = "listing"  # departments and numbers are being read
    SCREEN_LOOK = "screen_look"  # who may take an executive's call first
    ASSISTANT = "assistant"  # the executive's assistant is rung
    SCREENING = "screening"  # a question is asked and answered
    SCREEN_HOLD = "screen_hold"
    SCREEN_RINGING = "screen_ringing"
    HOLD_ON = "hold_on"  # 请稍等, before looking for a free phone
    TRANSFER = "transfer"  # told where the call goes next
    LOOKING = "looking"  # asked which phones are free
    RINGING = "ringing"
    QUEUE_LOOK = "queue_look"  # asked who waits and who works in the queue
    QUEUE_SAID = "queue_said"  # place and wait are told
    QUEUED = "queued"
    CALL_BACK_OFFER = "call_back_offer"  # asked whether to be called back
    CALL_BACK_NUMBER = "call_back_number"  # asked for a number
    CALL_BACK_CONFIRM = "call_back_confirm"  # the number is read back
    CALL_BACK_ORDERED = "call_back_ordered"
    SORRY = "sorry"  # told why nobody takes the call; a message follows
    WAITING = "waiting"  # music, until the line may be free
    CHOICE = "choice"  # busy or no answer: message, or another extension
    OTHER = "other"  # asked for another extension
    MESSAGE_INTRO = "message_intro"
    MESSAGE = "message"
    GOODBYE = "goodbye"
    ENDED = "ended"


HELD_STAGES = frozenset(
    (Stage.PULLED, Stage.HELD, Stage.PARKED, Stage.RECALL, Stage.CONNECTING, Stage.SCREEN_ASKED)
)
"""Stages in which the caller is `held_by` somebody."""


@dataclass(frozen=True, slots=True)
class Call:
    """One caller's way through the switchboard; everything a decision needs to go on.

    `tries` counts wrong entries at the present question, `steps` every decision so far (the engine ends
    a call that goes round and round), `rung` the members of an in-turn group already tried, `waits` how
    often the line was still busy.
    """

    id: str  # Asterisk's linked id
    rules: str  # version under which the call began
    caller: str = ""  # digits and + only; "" when withheld
    inside: bool = False  # dialled on one of our own phones
    dialled: str = ""
    trunk: str = ""
    asker: str = ""  # the phone inside that dialled, by its account
    back: str = ""  # the phone that transferred the caller here
    cleared: bool = False  # comes through to a screened executive unasked
    complaint: bool = False  # a ticket is open
    language: str = "zh"
    answered: bool = False  # the line has been answered, by us or by a person
    stage: Stage = Stage.NEW
    target: str = ""  # whom the caller wants
    via: str = ""  # who is being rung for them (a secretary, a department)
    why: MessageReason | None = None  # what stands in the way
    tries: int = 0
    entry: str = ""  # letters searched for
    page: int = 0
    rung: int = 0
    waits: int = 0
    joined: int = 0  # epoch second since when they wait in a queue
    told_place: int = 0  # place and minutes said last
    told_minutes: int = 0
    offered: bool = False  # a call-back was offered
    number: str = ""  # where to call back
    held_by: str = ""  # the operator whose caller this is, by an order
    consult: str = ""  # whom that operator is asking meanwhile
    serial: str = ""  # the operator to whom the caller comes back after the conversation
    outside: str = ""  # the number outside that an operator sent the caller to
    verdict: str = ""  # what an executive told the operator who asked last (`outcomes.Verdict`)
    before: Stage = Stage.NEW  # where the caller was when an operator wanted them
    steps: int = 0

    def to(self, stage: Stage, **changes: object) -> Call:
        """This call at `stage`, with `changes`."""
        return replace(self, stage=stage, **changes)  # type: ignore[arg-type]

    def pack(self) -> str:
        """The state as text safe for a channel variable: base64url of compact JSON."""
        values = {k: v for k, v in asdict(self).items() if v not in ("", 0, False, None)}
        text = json.dumps({"v": STATE_VERSION, **values}, separators=(",", ":"), ensure_ascii=True)
        packed = base64.urlsafe_b64encode(text.encode("ascii")).decode("ascii").rstrip("=")
        if len(packed) > STATE_LIMIT:
            raise StateUnreadable(f"call {self.id}: state of {len(packed)} characters, {STATE_LIMIT} allowed")
        return packed

    @staticmethod
    def unpack(packed: str) -> Call:
        """Read what `pack` wrote. Raises StateUnreadable for anything else."""
        try:
            padded = packed + "=" * (-len(packed) % 4)
            values = json.loads(base64.b64decode(padded.encode("ascii"), altchars=b"-_", validate=True))
            version = values.pop("v")
            if version != STATE_VERSION:
                raise StateUnreadable(f"state version {version}, this controller reads {STATE_VERSION}")
            for f in fields(Call):
                if f.name in values and not isinstance(values[f.name], _TYPES[f.name]):
                    raise StateUnreadable(f"state field {f.name} is {values[f.name]!r}")
            for name in ("stage", "before"):
                values[name] = Stage(values.get(name, Stage.NEW))
            if "why" in values:
                values["why"] = MessageReason(values["why"])
            return Call(**values)
        except (ValueError, TypeError, KeyError, AttributeError, UnicodeError, binascii.Error) as error:
            raise StateUnreadable(f"a call's state can't be read: {error}") from error


_TYPES: dict[str, type] = {f.name: {"bool": bool, "int": int}.get(str(f.type), str) for f in fields(Call)}
