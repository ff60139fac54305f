"""What came of an action. Outcomes are values; surprises are exceptions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from switchboard.domain.mode import Mode
from switchboard.domain.order import Order


class PhoneState(StrEnum):
    """State of a person's phones taken together."""

    IDLE = "idle"
    BUSY = "busy"  # in use, or ringing for somebody else
    UNREACHABLE = "unreachable"  # not registered, out of service


class DialResult(StrEnum):
    """How ringing ended."""

    ANSWERED = "answered"  # they talked and are done
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    UNAVAILABLE = "unavailable"


class QueueExit(StrEnum):
    """How waiting ended."""

    SERVED = "served"
    TIMED_OUT = "timed_out"
    FULL = "full"
    NO_AGENT = "no_agent"


@dataclass(frozen=True, slots=True)
class Arrived:
    """A call stands at the beginning."""


@dataclass(frozen=True, slots=True)
class Interrupted:
    """The controller died or stalled during a short action; whether it was finished is unknown."""


@dataclass(frozen=True, slots=True)
class Said:
    """The phrases were spoken."""


@dataclass(frozen=True, slots=True)
class Entered:
    """An entry, without a closing #. May be empty only when # was pressed alone."""

    digits: str


@dataclass(frozen=True, slots=True)
class Silent:
    """No digit came in time."""


@dataclass(frozen=True, slots=True)
class Seen:
    """Facts asked for by `Look`. A phone that is missing counts as unreachable.

    `operators` are signed in and not away; `place` is the caller's in the line for the desk (1 = next).
    """

    phones: Mapping[str, PhoneState] = field(default_factory=dict)
    mode: Mode = Mode.AUTOMATIC
    operators: tuple[str, ...] = ()
    place: int = 1


@dataclass(frozen=True, slots=True)
class Dialled:
    """Ringing ended. `by` is the extension that answered."""

    result: DialResult
    by: str = ""


@dataclass(frozen=True, slots=True)
class LeftQueue:
    """Waiting in a queue ended."""

    exit: QueueExit
    by: str = ""


@dataclass(frozen=True, slots=True)
class MessageTaken:
    """A message is in the mailbox."""


@dataclass(frozen=True, slots=True)
class MessageFailed:
    """Nothing was recorded: too short, or the mailbox can't take it."""


@dataclass(frozen=True, slots=True)
class QueueSeen:
    """A queue as a caller finds it. `place` is theirs, 1 = next; 0: nobody can say, and nothing else counts.

    `waiting` are callers, those between two steps of waiting included, without the one who asks. `present`
    agents have a reachable phone and are not signed out; `agents` of these don't pause, `free` of these don't
    talk. `handling_seconds`: a conversation's mean length lately, 0 when there was none.
    """

    place: int = 0
    waiting: int = 0
    present: int = 0
    agents: int = 0
    free: int = 0
    handling_seconds: int = 0

    @property
    def known(self) -> bool:
        return self.place > 0


class Pin(StrEnum):
    """What comparing a PIN came to. LOCKED: too many wrong ones, for this phone, for a while."""

    RIGHT = "right"
    WRONG = "wrong"
    LOCKED = "locked"


@dataclass(frozen=True, slots=True)
class Recorded:
    """An answer was recorded; 0.0 seconds: nothing was said."""

    seconds: float


class Verdict(StrEnum):
    """What came back from an executive's phones. NONE: no key, a machine, nobody."""

    ACCEPTED = "accepted"
    MESSAGE = "message"
    DEPUTY = "deputy"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class ScreenEnded:
    """The executive decided, or didn't. ACCEPTED: they talked and are done."""

    verdict: Verdict


@dataclass(frozen=True, slots=True)
class PinChecked:
    """A PIN was compared."""

    verdict: Pin


@dataclass(frozen=True, slots=True)
class Done:
    """Something was ordered and carried out; `done` False: it could not be."""

    done: bool = True


@dataclass(frozen=True, slots=True)
class TicketFound:
    """The call's ticket; `number` "" when it isn't known (yet)."""

    number: str


@dataclass(frozen=True, slots=True)
class Ordered:
    """An order from outside reached the call, whatever it was doing. `leg` is the channel to connect with,
    `number` whose it is, where that is known."""

    order: Order
    leg: str = ""
    number: str = ""


@dataclass(frozen=True, slots=True)
class ConsultationEnded:
    """Whoever was consulted is gone, or never came. `leg` is the operator's channel, "" when that is gone
    too. Not `begun`: the operator didn't come to the phone that was to ask."""

    leg: str = ""
    begun: bool = True


@dataclass(frozen=True, slots=True)
class Waited:
    """The music is over. `asking`: an operator is still consulting somebody about the caller."""

    asking: bool = False


Outcome = (
    Arrived
    | Interrupted
    | Said
    | Entered
    | Silent
    | Seen
    | Dialled
    | LeftQueue
    | QueueSeen
    | Waited
    | Recorded
    | ScreenEnded
    | PinChecked
    | Done
    | TicketFound
    | Ordered
    | ConsultationEnded
    | MessageTaken
    | MessageFailed
)
