"""Agents signing in and out, pausing and going on: kept, then made true in the PBX (A12, A16).

app_queue forgets who pauses when the PBX restarts, and its configured members can't be taken out. So what
agents said is rows, and `run` makes the PBX agree with them: after every word, every restart, every reload.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from typing import Protocol

import structlog

from switchboard.domain.actions import OrderAgent
from switchboard.domain.agents import AgentState, AgentWord, resting
from switchboard.domain.company import Queue, Rules
from switchboard.errors import SwitchboardError
from switchboard.flows.ports import Clock
from switchboard.flows.queues import QueueNow

log = structlog.get_logger()

RECONCILE_SECONDS = 10.0
"""How often is looked whether the PBX agrees, when nobody says anything."""


class Rows(Protocol):
    """What is kept (`switchboard.storage.AgentRows`)."""

    async def last_words(self) -> Collection[AgentState]: ...
    async def keep(self, states: Collection[AgentState], author: str) -> None: ...


class Pbx(Protocol):
    """Pauses members (`switchboard.ami.queues`). Raises SwitchboardError."""

    async def queue(self, number: str) -> QueueNow: ...
    async def pause(self, queue: str, extension: str, reason: str) -> None:
        """`reason` "" ends the pause."""


class Agents:
    """Implements `flows.ports.AgentOrders`."""

    def __init__(self, rows: Rows, pbx: Pbx, rules: Callable[[], Rules], now: Clock) -> None:
        self._rows = rows
        self._pbx = pbx
        self._rules = rules
        self._now = now
        self._changed = asyncio.Event()

    async def order(self, order: OrderAgent) -> None:
        """Keep what an agent said, and tell the PBX. Pausing says nothing of queues they signed out of."""
        last = {(s.extension, s.queue): s.word for s in await self._rows.last_words()}
        pausing = order.word in (AgentWord.PAUSE, AgentWord.UNPAUSE)
        states = [
            AgentState(order.extension, queue, order.word, order.reason, self._now())
            for queue in order.queues
            if not (pausing and last.get((order.extension, queue)) is AgentWord.OUT)
        ]
        await self._rows.keep(states, order.extension)
        log.info("agent", extension=order.extension, word=order.word.value, queues=list(order.queues))
        try:
            await self._reconcile()
        except SwitchboardError as error:
            log.warning("agents_not_told", error=str(error))
            self.poke()  # once the PBX is back

    def poke(self) -> None:
        """The PBX is there anew, or read its configuration again: tell it."""
        self._changed.set()

    async def run(self) -> None:
        """Keep the PBX in agreement until cancelled."""
        while True:
            self._changed.clear()
            try:
                await self._reconcile()
            except SwitchboardError as error:
                log.debug("agents_not_told", error=str(error))
            try:
                await asyncio.wait_for(self._changed.wait(), RECONCILE_SECONDS)
            except TimeoutError:
                continue

    async def _reconcile(self) -> None:
        rules = self._rules()
        queues = [q for q in rules.extensions.values() if isinstance(q, Queue)]
        if not queues:
            return
        wanted = resting(await self._rows.last_words(), rules)
        for queue in queues:
            for member in (await self._pbx.queue(queue.number)).members:
                reason = wanted.get((queue.number, member.extension), "")
                if member.pause != reason:
                    await self._pbx.pause(queue.number, member.extension, reason)
