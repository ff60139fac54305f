"""What the live view is put together from, as Protocols, and the values that travel."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from switchboard.domain.duty import Duty
from switchboard.domain.live import Known
from switchboard.domain.mode import ModeNow


class Seen(Protocol):
    """A call on the board (`switchboard.ami.CallSeen`)."""

    @property
    def id(self) -> str: ...
    @property
    def caller(self) -> str: ...
    @property
    def caller_name(self) -> str: ...
    @property
    def dialled(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def since(self) -> float: ...
    @property
    def phones(self) -> tuple[str, ...]: ...
    @property
    def asked(self) -> tuple[str, ...]: ...
    @property
    def joined(self) -> tuple[str, ...]: ...
    @property
    def on_hold(self) -> tuple[str, ...]: ...
    @property
    def place(self) -> str: ...
    @property
    def channel(self) -> str: ...
    @property
    def channels(self) -> tuple[str, ...]: ...


class Board(Protocol):
    """What the PBX shows (`switchboard.ami.Board`)."""

    @property
    def fresh(self) -> bool: ...
    @property
    def ids(self) -> list[str]: ...
    @property
    def phones(self) -> dict[str, str]: ...
    def call(self, call: str) -> Seen | None: ...
    def phone(self, name: str) -> str: ...
    def watch(self, watcher: Callable[[str, str], None]) -> None: ...


class Desk(Protocol):
    """Mode and duty (`flows.desk.Desk`)."""

    async def mode(self) -> ModeNow: ...
    async def said(self) -> Mapping[str, Duty]: ...


@dataclass(frozen=True, slots=True)
class Remembered:
    """What is recorded of a call under way: its last step, and since when it waits for the desk."""

    action: str
    reason: str
    at: datetime
    joined: datetime | None = None


@dataclass(frozen=True, slots=True)
class Counts:
    """What waits to be done."""

    new_messages: int = 0
    open_tickets: int = 0


class Records(Protocol):
    """What is kept (`switchboard.storage.LiveRows`). Each method may raise StorageError."""

    async def known(self, numbers: Collection[str]) -> Mapping[str, Known]: ...
    async def remembered(self, calls: Collection[str]) -> Mapping[str, Remembered]: ...
    async def counts(self) -> Counts: ...


StateOf = Callable[[str], Awaitable[str]]
"""The packed state that travels with a call, by its channel; "" when there is none. May raise PbxError."""

RulesNow = Callable[[], dict[str, Any]]
"""Version and state of the rules, for people."""
