"""Calling back those who asked for it: when their turn comes, at most once (A12).

A promise is a row. Placing it: claim the row, journal it, order the call; whoever dies in between has placed
it at most once. What became of it is read from the PBX's channels and records, by the same rule whether we
lived through the call or come back after a crash. When nobody can be sure, a person gets a ticket: better a
call too few from us than a second one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

import structlog

from switchboard.domain.actions import LookAtQueue, OrderCallBack
from switchboard.domain.company import Queue, Rules
from switchboard.domain.permission import may_call_back
from switchboard.errors import StorageError, SwitchboardError
from switchboard.flows.ports import Clock, Journal, Queues

log = structlog.get_logger()

LOOK_SECONDS = 2.0
"""How often is looked whose turn it is, and what became of calls under way."""

PATIENCE_SECONDS = 3600
"""A promise that couldn't be placed for so long becomes a ticket, and a placed call waits that long for its
turn."""

SETTLE_SECONDS = 20.0
"""From placing to the first judgement: the channels are there, or their records."""


class State(StrEnum):
    """Where a promise stands."""

    WAITING = "waiting"
    PLACED = "placed"  # claimed: from here on nobody places it again
    DONE = "done"
    TICKET = "ticket"  # somebody has to see to it


@dataclass(frozen=True, slots=True)
class Promise:
    """A promise to call back, as it is kept."""

    id: int
    call: str
    queue: str
    number: str
    language: str
    priority: int
    since: int

    @property
    def channel(self) -> str:
        """The id of the call placed for it: the same for ever, so that records can be asked."""
        return f"cb-{self.since}-{self.id}"


class Rows(Protocol):
    """What is kept (`switchboard.storage.CallBackRows`). Every method raises StorageError."""

    async def promise(self, call: str, order: OrderCallBack, language: str, at: datetime) -> None: ...
    async def in_state(self, *states: State) -> Collection[Promise]: ...
    async def claim(self, id_: int, at: datetime) -> bool: ...
    async def close(self, id_: int, state: State, why: str, at: datetime) -> bool: ...
    async def talked(self, channel: str) -> bool | None: ...


class Pbx(Protocol):
    """Places calls and knows which are up (`switchboard.ami.callbacks`)."""

    async def call_back(self, promise: Promise, *, agent_first: bool, seconds: int) -> None:
        """Order the call. Raises SwitchboardError; whether it took effect is then unknown."""

    def live(self) -> Collection[str] | None:
        """Ids of calls and channels that are up; None when nobody can say."""


class CallBacks:
    """Implements `flows.ports.CallBacks`; `run` keeps the promises. `recorded` follows the records up."""

    def __init__(
        self,
        rows: Rows,
        pbx: Pbx,
        queues: Queues,
        journal: Journal,
        rules: Callable[[], Rules],
        now: Clock,
        recorded: Callable[[], Awaitable[object]],
    ) -> None:
        self._rows = rows
        self._pbx = pbx
        self._queues = queues
        self._journal = journal
        self._rules = rules
        self._now = now
        self._recorded = recorded
        self._placed_at: dict[int, float] = {}
        self._wake = asyncio.Event()

    async def promise(self, call: str, order: OrderCallBack, language: str) -> None:
        """Keep the promise, once for each call."""
        await self._rows.promise(call, order, language, self._now())
        self._wake.set()

    async def run(self) -> None:
        """Keep promises until cancelled. While the database or the PBX is away they wait."""
        while True:
            self._wake.clear()
            try:
                await self.look()
            except SwitchboardError as error:
                log.warning("call_backs_wait", error=str(error))
            try:
                await asyncio.wait_for(self._wake.wait(), LOOK_SECONDS)
            except TimeoutError:
                continue

    async def look(self) -> None:
        """Place what has its turn; judge what was placed."""
        for promise in await self._rows.in_state(State.WAITING):
            await self._place(promise)
        for promise in await self._rows.in_state(State.PLACED):
            await self._judge(promise)

    async def _place(self, promise: Promise) -> None:
        rules = self._rules()
        queue = rules.extensions.get(promise.queue)
        if not isinstance(queue, Queue) or not may_call_back(rules, promise.number):
            await self._ticket(promise, "the rules no longer allow it")
            return
        if self._now().timestamp() - promise.since > PATIENCE_SECONDS:
            await self._ticket(promise, "no agent in time")
            return
        look = LookAtQueue(queue.number, promise.priority, promise.since)
        seen = await self._queues.seen(promise.channel, look)
        turn = seen.present if queue.call_agent_first else seen.free >= seen.place
        if not seen.known or not turn or not await self._rows.claim(promise.id, self._now()):
            return
        self._placed_at[promise.id] = asyncio.get_running_loop().time()
        self._write(promise, rules)
        try:
            await self._pbx.call_back(promise, agent_first=queue.call_agent_first, seconds=PATIENCE_SECONDS)
        except SwitchboardError as error:  # judged later: it may be under way all the same
            log.error("call_back_not_ordered", number=promise.number, error=str(error))

    async def _judge(self, promise: Promise) -> None:
        """What became of a placed call. One that this controller placed a moment ago isn't judged yet."""
        placed = self._placed_at.setdefault(promise.id, asyncio.get_running_loop().time())
        live = self._pbx.live()
        if live is None or promise.channel in live:
            return
        if asyncio.get_running_loop().time() - placed < SETTLE_SECONDS:
            return
        await self._recorded()
        talked = await self._rows.talked(promise.channel)
        if talked:
            await self._rows.close(promise.id, State.DONE, "called back", self._now())
        else:
            await self._ticket(promise, "nobody knows" if talked is None else "not reached")
        self._placed_at.pop(promise.id, None)

    async def _ticket(self, promise: Promise, why: str) -> None:
        """A person sees to it. The ticket first: a promise is never closed without what follows it."""
        self._journal.append(
            {
                "at": self._now().isoformat(),
                "kind": "ticket",
                "call": promise.call,
                "what": "call_back",
                "caller": promise.number,
                "author": "",
            }
        )
        await self._rows.close(promise.id, State.TICKET, why, self._now())
        log.warning("call_back_ticket", number=promise.number, why=why)

    def _write(self, promise: Promise, rules: Rules) -> None:
        """What is about to be done, kept before it is. A full disk holds nothing up: the row has it."""
        at = self._now().isoformat()
        begun = {
            "at": at,
            "kind": "started",
            "call": promise.channel,
            "caller": promise.number,
            "name": "",
            "dialled": promise.queue,
            "origin": "inside",
            "trunk": "",
            "rules": rules.version,
        }
        step = {
            "at": at,
            "kind": "step",
            "call": promise.channel,
            "n": 1,
            "action": "call_back_placed",
            "detail": f"{promise.queue} {promise.number}",
            "reason": f"promised in call {promise.call}",
            "rule_line": rules.line(f"queues.{promise.queue}.call_back"),
        }
        try:
            self._journal.append(begun)
            self._journal.append(step)
        except StorageError as error:
            log.error("journal_failed", call=promise.channel, error=str(error))
