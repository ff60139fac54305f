"""What an order is: plain values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class OrderKind(StrEnum):
    """What can be ordered (B1). To a queue is a transfer to its number."""

    ANSWER = "answer"  # the caller rings at the phone of whoever orders; fetches held and parked callers too
    HOLD = "hold"
    TRANSFER = "transfer"
    CONSULT = "consult"  # the caller is held while the target is asked
    CONNECT = "connect"  # ends a consultation: the caller talks with who was asked
    TAKE_BACK = "take_back"  # ends a consultation: the caller talks with who asked
    PARK = "park"
    SERIAL = "serial"  # a transfer after which the caller comes back
    CAMP = "camp"  # waits for a busy line
    VOICEMAIL = "voicemail"
    COMPLAINT = "complaint"
    SCREEN = "screen"  # an executive is asked, with what the caller told the operator
    HANGUP = "hangup"


@dataclass(frozen=True, slots=True)
class Typed:
    """What a caller told the operator, who typed it: takes the place of the recorded answers (A8)."""

    surname: str
    organisation: str
    purpose: str


@dataclass(frozen=True, slots=True)
class Order:
    """One order, for the phone `by`."""

    kind: OrderKind
    by: str
    target: str = ""
    typed: Typed | None = None
