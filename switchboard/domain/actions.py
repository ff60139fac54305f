"""What a decision may ask for.

Short actions are done at once over AGI while the controller holds the session (`Say`, `Ask`, `Look`).
Long ones are handed back to the dialplan, which runs them and steps again with their outcome (`Dial`,
`Enqueue`, `Wait`, `TakeMessage`, `Hangup`); meanwhile the controller may die without harm.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from switchboard.domain.agents import AgentWord
from switchboard.domain.duty import DutyWord
from switchboard.domain.mode import Mode
from switchboard.domain.phrases import Phrase


class MessageReason(StrEnum):
    """Why a call came to a message (A13; the contract's `reason`)."""

    BUSY = "busy"
    NO_ANSWER = "no_answer"
    UNAVAILABLE = "unavailable"
    DECLINED = "declined"
    SECRETARY_ABSENT = "secretary_absent"
    QUEUE_OVERFLOW = "queue_overflow"
    UNCLEAR = "unclear"
    FALLBACK = "fallback"
    OPERATOR = "operator"


class Expect(StrEnum):
    """How `Ask` knows that an entry is complete (`domain.entry.complete`)."""

    EXTENSION = "extension"  # a number of the directory, or one of the greeting's keys
    KEY = "key"  # exactly one of `keys`
    NUMBER = "number"  # digits, ended by # or a pause
    NAME = "name"  # letters on the keypad, ended by # or a pause; or one of `keys` alone


@dataclass(frozen=True, slots=True)
class Say:
    """Speak `phrases` to the end."""

    phrases: tuple[Phrase, ...]


@dataclass(frozen=True, slots=True)
class Ask:
    """Speak `phrases`; digits cut them short; collect an entry.

    `first_seconds` is the wait for the first digit after the phrases, `digit_seconds` for each further
    one. Outcomes: `Entered` or `Silent`.
    """

    phrases: tuple[Phrase, ...]
    expect: Expect
    keys: str = ""
    first_seconds: float = 5.0
    digit_seconds: float = 3.0


@dataclass(frozen=True, slots=True)
class Look:
    """Fetch facts that the rules don't hold: the state of `phones`; with `desk` also the mode, who is signed
    in as an operator and their phones, and the caller's place in the line for the desk. Outcome: `Seen`.
    """

    phones: tuple[str, ...] = ()
    desk: bool = False


@dataclass(frozen=True, slots=True)
class CheckPin:
    """Compare `entry` with the PIN of `extension`. Outcome: `PinChecked`. The entry is never recorded."""

    extension: str
    entry: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ChangeMode:
    """Choose the company's mode (None: back to the schedule), on behalf of `extension`. Outcome: `Done`."""

    extension: str
    mode: Mode | None


@dataclass(frozen=True, slots=True)
class Sign:
    """An operator signs in or out, or is away for `minutes`. Outcome: `Done`."""

    extension: str
    word: DutyWord
    minutes: int | None = None


@dataclass(frozen=True, slots=True)
class OrderAgent:
    """An agent begins, ends, pauses (for `reason`) or goes on working in `queues`. Outcome: `Done`."""

    extension: str
    word: AgentWord
    queues: tuple[str, ...]
    reason: str = ""


@dataclass(frozen=True, slots=True)
class LookAtQueue:
    """Who waits and who works in `queue`, as seen by a caller of `priority` who waits `since` (epoch seconds;
    0: begins now). Outcome: `QueueSeen`."""

    queue: str
    priority: int = 0
    since: int = 0


@dataclass(frozen=True, slots=True)
class OrderCallBack:
    """Keep that `number` is to be called back for `queue`, at the place of a caller of `priority` who waits
    `since`. At most once for a call, however often it is ordered. Outcome: `Done`."""

    queue: str
    number: str
    priority: int
    since: int


@dataclass(frozen=True, slots=True)
class Record:
    """Speak `phrases`, beep, record answer number `clip` (1 to 3) of this call: `seconds` at most, ended by
    # or `silence` seconds without speech. Outcome: `Recorded`.
    """

    phrases: tuple[Phrase, ...]
    clip: int
    seconds: int
    silence: int


@dataclass(frozen=True, slots=True)
class OpenTicket:
    """Open a complaint ticket for this call, whatever becomes of it. Outcome: `Done`."""


@dataclass(frozen=True, slots=True)
class FindTicket:
    """The number of this call's ticket. Outcome: `TicketFound`."""


@dataclass(frozen=True, slots=True)
class Dial:
    """Ring `phones` (numbers of persons), all together, for `seconds`. Outcome: `Dialled`."""

    phones: tuple[str, ...]
    seconds: int
    for_number: str  # whom the caller wanted: shown to the called, kept in the record
    comes_back: bool = False  # the call goes on when the one who answered hangs up


@dataclass(frozen=True, slots=True)
class DialOutside:
    """Dial `number` (without the prefix) outside as the phone `by` may, for `seconds`. Outcome: `Dialled`."""

    number: str
    by: str
    seconds: int


@dataclass(frozen=True, slots=True)
class Screen:
    """Ring `phones` together for `ring_seconds` while the caller hears music; whoever answers is told the
    recorded answers and decides by key; all of it within `seconds`. Outcome: `ScreenEnded`.
    """

    phones: tuple[str, ...]
    ring_seconds: int
    seconds: int


@dataclass(frozen=True, slots=True)
class Connect:
    """Put the caller into a conversation with `leg`, the channel of `number`, taking it out of any other.
    Outcome: `Dialled`."""

    leg: str
    number: str


@dataclass(frozen=True, slots=True)
class Park:
    """Park the caller for `by`, who is told the place. Not fetched in time, the caller comes back to them by
    the dialplan: no outcome."""

    by: str


@dataclass(frozen=True, slots=True)
class Enqueue:
    """Wait in `queue` for about `seconds` (a phone that rings is let ring), ahead of callers of lower
    `priority` and of those who came after `since` (epoch seconds). Outcome: `LeftQueue`."""

    queue: str
    seconds: int
    priority: int = 0
    since: int = 0


@dataclass(frozen=True, slots=True)
class Wait:
    """Music for `seconds`. Outcome: `Waited`."""

    seconds: int


@dataclass(frozen=True, slots=True)
class TakeMessage:
    """Beep and record into `mailbox`, and into that of each of `copies` too. Outcome: `MessageTaken` or
    `MessageFailed`.
    """

    mailbox: str
    reason: MessageReason
    copies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hangup:
    """End the call. `refused` marks a call that was not allowed, rather than finished."""

    refused: bool = False


Short = (
    Say
    | Ask
    | Look
    | LookAtQueue
    | Record
    | CheckPin
    | ChangeMode
    | Sign
    | OrderAgent
    | OrderCallBack
    | OpenTicket
    | FindTicket
)
Long = Dial | DialOutside | Screen | Connect | Park | Enqueue | Wait | TakeMessage | Hangup
Action = Short | Long
