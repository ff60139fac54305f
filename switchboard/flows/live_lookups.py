"""What the live view asks others for: what is known of callers, and the state of calls met under way.

Together for all that came within a moment, and tried again while database or PBX are away: calls are shown
meanwhile with what is known.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection

import structlog

from switchboard.domain.call import Call
from switchboard.errors import SwitchboardError
from switchboard.flows.live_calls import LiveCalls
from switchboard.flows.live_ports import Board, Records, Remembered, StateOf

log = structlog.get_logger()

TOGETHER_SECONDS = 0.05
AGAIN_SECONDS = 1.0
FETCHES = 16
"""Channels asked for their call's state at a time, after a restart."""


class Lookups:
    """`callers` and `met` say what is wanted; `run` fetches it, and tells `changed` of each linked id."""

    def __init__(
        self, board: Board, records: Records, state_of: StateOf, changed: Callable[[str], None]
    ) -> None:
        self._board = board
        self._records = records
        self._state_of = state_of
        self._changed = changed
        self._numbers: set[str] = set()
        self._met: set[str] = set()
        self._asked: set[str] = set()
        self._wanted = asyncio.Event()

    def callers(self, numbers: Collection[str]) -> None:
        """What is known of these is wanted, perhaps anew."""
        self._numbers.update(numbers)
        self._wanted.set()

    def met(self, linked: Collection[str]) -> None:
        """Nobody told of these calls: their state is asked of themselves, once."""
        self._asked &= set(self._board.ids)
        if new := set(linked) - self._asked:
            self._met |= new
            self._wanted.set()

    async def run(self, calls: LiveCalls) -> None:
        """Fetch until cancelled."""
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            numbers, self._numbers = self._numbers, set()
            met, self._met = self._met, set()
            try:
                if numbers:
                    for linked in calls.know(await self._records.known(numbers)):
                        self._changed(linked)
                if met:
                    await self._adopt(met, calls)
            except SwitchboardError as error:
                log.warning("live_lookup_failed", error=str(error))
                self._numbers |= numbers
                self._met |= met
                self._wanted.set()
                await asyncio.sleep(AGAIN_SECONDS)
            await asyncio.sleep(TOGETHER_SECONDS)

    async def _adopt(self, met: Collection[str], calls: LiveCalls) -> None:
        """Calls that an earlier controller decided: their state is in their channels."""
        remembered = await self._records.remembered(met)
        places = asyncio.Semaphore(FETCHES)

        async def fetch(linked: str) -> None:
            async with places:
                await self._ask(linked, remembered.get(linked), calls)

        for done in await asyncio.gather(*map(fetch, met), return_exceptions=True):
            if isinstance(done, SwitchboardError):  # asked again with the next picture of the board
                log.warning("live_state_unknown", error=str(done))
            elif isinstance(done, BaseException):
                raise done

    async def _ask(self, linked: str, remembered: Remembered | None, calls: LiveCalls) -> None:
        seen = self._board.call(linked)
        packed = await self._state_of(seen.channel) if seen is not None else ""
        self._asked.add(linked)
        if packed and calls.adopt(Call.unpack(packed), remembered):
            self._changed(linked)
