"""Calls placed with one click: one's own phone rings first, then it dials as if by hand (A13, A15).

The row is written before the call is ordered and the order is given once; whoever dies in between has placed
it at most once. What may be dialled is decided where it is for a dialled call: in the context of that phone's
class. Here it is only asked early, so that nobody answers their phone to hear a refusal.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

import structlog

from switchboard.domain.callers import key_of
from switchboard.domain.company import Person, Rules
from switchboard.domain.permission import may_dial
from switchboard.errors import SwitchboardError
from switchboard.flows.ports import Clock

log = structlog.get_logger()

AGAIN_SECONDS = 3
"""Clicks within so many seconds are one click: from the order until the call is seen under way."""


class State(StrEnum):
    """What became of ordering a call."""

    PLACED = "placed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Placed:
    """A call that was ordered. `call` is its id in the records."""

    id: int
    at: datetime
    extension: str
    number: str

    @property
    def call(self) -> str:
        return f"pc-{int(self.at.timestamp())}-{self.id}"


class PlacingRefused(SwitchboardError):
    """No call was placed. `code`: no_number | no_phone | not_allowed | unreachable | busy | already |
    pbx_down."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


class Rows(Protocol):
    """What is kept (`switchboard.storage.PlacedRows`). Every method may raise StorageError."""

    async def begin(
        self, extension: str, number: str, message: str, author: str, at: datetime, since: datetime
    ) -> Placed | None:
        """Keep it; None when one was placed for this phone since `since` and hasn't failed."""

    async def last(self, extension: str) -> Placed | None: ...
    async def close(self, id_: int, state: State, why: str) -> None: ...


class Pbx(Protocol):
    """Places calls and knows phones (`switchboard.ami.placing`)."""

    async def place(self, placed: Placed, shown: str) -> None:
        """Order it; the phone shows `shown` while it rings. Raises SwitchboardError."""

    def phone(self, extension: str) -> str:
        """idle, ringing, busy or unreachable."""

    def live(self, call: str) -> bool: ...


class Placing:
    """Places calls for phones inside."""

    def __init__(self, rows: Rows, pbx: Pbx, rules: Callable[[], Rules], now: Clock) -> None:
        self._rows = rows
        self._pbx = pbx
        self._rules = rules
        self._now = now
        self._one_at_a_time = asyncio.Lock()

    def dialled(self, extension: str, number: str) -> str:
        """What `extension` would dial to reach `number` as a trunk showed it. Raises PlacingRefused."""
        rules = self._rules()
        person = rules.extensions.get(extension)
        if not isinstance(person, Person):
            raise PlacingRefused("no_phone", "no phone of yours is known")
        if number in rules.extensions:
            return number
        key = key_of(number)
        if not key:
            raise PlacingRefused("no_number", "the caller's number is not known")
        if not may_dial(rules, person.outside, key):
            raise PlacingRefused("not_allowed", f"{extension} may not dial {key}")
        return rules.outside_prefix + key

    async def place(self, extension: str, number: str, author: str, message: str = "") -> Placed:
        """Ring `extension`, then dial `number`. Raises PlacingRefused, StorageError."""
        dialled = self.dialled(extension, number)
        if dialled == extension:
            raise PlacingRefused("not_allowed", "that is your own phone")
        state = self._pbx.phone(extension)
        if state != "idle":
            code = "unreachable" if state == "unreachable" else "busy"
            raise PlacingRefused(code, f"the phone {extension} is {state}")
        async with self._one_at_a_time:
            placed = await self._begin(extension, dialled, author, message)
        try:
            await self._pbx.place(placed, number if number in self._rules().extensions else key_of(number))
        except SwitchboardError as error:  # whether it took effect is unknown: it isn't ordered again
            log.error("call_not_placed", extension=extension, error=str(error))
            await self._rows.close(placed.id, State.FAILED, str(error)[:300])
            raise PlacingRefused("pbx_down", "the telephone system didn't take the order") from error
        log.info("call_placed", call=placed.call, extension=extension, author=author)
        return placed

    async def _begin(self, extension: str, dialled: str, author: str, message: str) -> Placed:
        now = self._now()
        last = await self._rows.last(extension)
        placed = None
        if last is None or not self._pbx.live(last.call):
            since = now - timedelta(seconds=AGAIN_SECONDS)
            placed = await self._rows.begin(extension, dialled, message, author, now, since)
        if placed is None:
            raise PlacingRefused("already", f"a call is being placed for {extension} already")
        return placed
