"""An order as it is kept, a call as it is seen, and what placing orders needs from the outside."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from switchboard.domain.order import Order, Typed
from switchboard.domain.outcomes import PhoneState


class State(StrEnum):
    """Where an order stands."""

    PLACED = "placed"
    CLAIMED = "claimed"
    DONE = "done"  # the call does what was ordered
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Kept:
    """An order as it is kept. `outcome` is a word, or the sentence why it failed."""

    id: int
    call: str
    order: Order
    leg: str
    author: str
    placed: datetime
    state: State
    outcome: str


@dataclass(frozen=True, slots=True)
class LineSeen:
    """A call as the PBX shows it now. `talks_with`: those in the caller's conversation, extensions or "".

    `packed` is the call's state, "" when it isn't the switchboard's; `fallback`: the call has left the
    controller's hands, and can be taken back. `leg` is the ordering phone's own channel in this call, "" for
    none. `asking` is the operator's channel in a consultation about the caller, `other` who is asked on it;
    `called` a channel that rings the operator's phone for one.
    """

    channel: str
    packed: str
    talks_with: tuple[str, ...] = ()
    rings: tuple[str, ...] = ()
    parked: bool = False
    fallback: bool = False
    leg: str = ""
    asking: str = ""
    other: str = ""
    called: str = ""


class Rows(Protocol):
    """What is kept (`switchboard.storage.orders`). Every method raises StorageError."""

    async def place(self, call: str, order: Order, author: str, address: str, at: datetime) -> int | None: ...
    async def send(self, id_: int, leg: str, at: datetime) -> bool: ...
    async def claim(self, call: str, at: datetime, since: datetime) -> Kept | None: ...
    async def close(self, id_: int, state: State, outcome: str, at: datetime) -> bool: ...
    async def expire(self, before: datetime, outcome: str, at: datetime) -> Collection[int]: ...
    async def get(self, id_: int) -> Kept | None: ...


class Lines(Protocol):
    """Looks at calls and moves them (`switchboard.ami.redirect`). Every method raises SwitchboardError."""

    async def look(self, call: str, by: str) -> LineSeen | None:
        """The call as the phone `by` may find it; None: it has ended."""

    async def move(self, channel: str) -> bool:
        """The caller's channel takes its next step with an order. False: it has ended, or is being moved."""

    async def consult(self, channel: str, leg: str, by: str, target: str) -> bool:
        """The same, and `leg` asks `target` meanwhile; without one the phone `by` is called for it."""

    async def end_consultation(self, leg: str) -> None:
        """The operator's leg, and with it who is asked, are let go."""

    async def phone(self, number: str) -> PhoneState: ...


class Present(Protocol):
    """Who is at the desk (`flows.desk.Desk`)."""

    async def operators(self) -> Collection[str]: ...


class Speaking(Protocol):
    """Says what an operator typed (`bootstrap.typed`)."""

    async def speak(self, call: str, typed: Typed, language: str) -> None:
        """Put it where the caller's recorded answers would be. Raises SwitchboardError."""
