"""What the flows need from the outside, as Protocols. Adapters and the tests' fakes satisfy them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from switchboard.domain.actions import LookAtQueue, OrderAgent, OrderCallBack
from switchboard.domain.company import Rules
from switchboard.domain.duty import DutyWord
from switchboard.domain.mode import Mode, Source
from switchboard.domain.order import Order
from switchboard.domain.outcomes import Pin, QueueSeen
from switchboard.domain.phrases import Phrase


class Line(Protocol):
    """One AGI session on a caller's channel (`switchboard.agi.Channel`).

    Every method raises CallerGone once the caller has hung up.
    """

    @property
    def id(self) -> str:
        """The call's id: Asterisk's linked id."""

    @property
    def request(self) -> Mapping[str, str]:
        """The session's agi_* values, clean text."""

    @property
    def arguments(self) -> Sequence[str]:
        """Arguments of AGI(), as many as were given."""

    @property
    def switch_fired(self) -> bool:
        """The dead-man's switch took the call from us: the session ended, the caller is in the fallback."""

    async def answer(self) -> None: ...

    async def stream_file(self, name: str, escape: str = "", *, seconds: float = ...) -> str:
        """Play one sound lasting `seconds`; the digit of `escape` that cut it short, or ""."""

    async def wait_for_digit(self, seconds: float) -> str:
        """One digit, or "" when none came in time."""

    async def record_file(self, path: str, seconds: float, *, silence: int = 0) -> RecordedFile:
        """Beep and record into `path`, until # or `silence` seconds without speech."""

    async def set_variable(self, name: str, value: str) -> None: ...

    async def execute(self, application: str, *arguments: str) -> Any: ...

    async def device_state(self, phone: str) -> str:
        """Asterisk's word for the state of an extension's phones, e.g. NOT_INUSE for "8201"."""


class RecordedFile(Protocol):
    """What a recording came to (`switchboard.agi.Recording`). `ended`: "dtmf", "timeout" (silence too)."""

    @property
    def ended(self) -> str: ...
    @property
    def seconds(self) -> float: ...


class Voice(Protocol):
    """Turns phrases into sounds of one rules version (`switchboard.prompts.Sounds`)."""

    def files(self, phrase: Phrase, language: str) -> list[str]:
        """Names for `Line.stream_file`."""

    def seconds(self, name: str, language: str) -> float:
        """How long a sound lasts."""

    def text(self, phrase: Phrase, language: str) -> str:
        """What a person hears."""


class Journal(Protocol):
    """Keeps a record before anything is done (`switchboard.storage.Journal`)."""

    def append(self, record: Mapping[str, Any]) -> None: ...


class RuleBook(Protocol):
    """The rules in force, and those that calls under way began with."""

    def in_force(self) -> tuple[Rules, Voice]: ...

    def version(self, version: str) -> tuple[Rules, Voice]:
        """Rules of a call under way; those in force when that version is gone."""


@dataclass(frozen=True, slots=True)
class DeskFacts:
    """What a decision about the desk needs to know now."""

    mode: Mode
    operators: tuple[str, ...]  # signed in and not away, in ring order
    place: int  # of the asking call in the line; 1 = next


class DeskView(Protocol):
    """Mode, operators and the line of waiting callers (`flows.desk.Desk`)."""

    async def facts(self, call: str, rules: Rules) -> DeskFacts:
        """The facts for `call`, which waits in line from its first question until it is served or gone."""


class DeskOrders(DeskView, Protocol):
    """What a call may order of the desk, besides looking (`flows.desk.Desk`)."""

    async def choose(self, mode: Mode | None, source: Source, author: str) -> object:
        """Choose the mode until the next change of duty; None: back to the schedule."""

    async def sign(
        self, extension: str, what: DutyWord, source: Source, until: datetime | None = None
    ) -> None: ...


class Queues(Protocol):
    """Who waits and who works in queues (`flows.queues.Queues`)."""

    async def seen(self, call: str, look: LookAtQueue) -> QueueSeen:
        """The queue as `call` finds it. Never raises: what can't be known is a `QueueSeen()`."""


class AgentOrders(Protocol):
    """What agents order by code (`flows.agents.Agents`)."""

    async def order(self, order: OrderAgent) -> None:
        """Keep it and tell the PBX. Raises SwitchboardError when it can't be kept."""


class CallBacks(Protocol):
    """Promises to call back (`flows.callback.CallBacks`)."""

    async def promise(self, call: str, order: OrderCallBack, language: str) -> None:
        """Keep the promise, once for each call. Raises SwitchboardError when it can't be kept."""


class Claimed(Protocol):
    """An order that this step of the call has taken (`flows.orders.Kept`)."""

    @property
    def order(self) -> Order: ...
    @property
    def leg(self) -> str:
        """The channel to connect with, "" for none."""


class Claims(Protocol):
    """Orders for the calls that were moved by them (`flows.orders.Orders`)."""

    async def claim(self, call: str) -> Any:
        """The order that moved this call, as `Claimed`; None when there is none any more. Never raises."""

    async def carried_out(self, kept: Any, outcome: str) -> None:
        """From here on the call does what was ordered. Never raises."""

    def is_moving(self, call: str) -> bool:
        """Whether an order is just about to move the call."""


class Clips(Protocol):
    """Where callers' recorded answers lie (`switchboard.pbx.clips`)."""

    def folder(self, call: str) -> str:
        """The call's own folder, as the PBX sees it."""

    def place(self, call: str, clip: int) -> str:
        """Path of one answer without its ending; the folder is there. Raises OSError."""

    def trim(self, call: str, clip: int) -> float:
        """Cut off the silence before and after an answer; seconds that are left, 0.0 when nothing was said.
        Blocking. Raises OSError; the answer is whole then."""


class PinCheck(Protocol):
    """Compares PINs (`flows.pins.Pins`)."""

    async def check(self, extension: str, entry: str) -> Pin: ...


class Tickets(Protocol):
    """Finds tickets (`switchboard.storage.ticket_of`)."""

    async def __call__(self, call: str) -> str:
        """The number of the call's ticket, or "". Raises StorageError."""


class Clock(Protocol):
    """The time, aware of its zone."""

    def __call__(self) -> datetime: ...
