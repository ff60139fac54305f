"""Queues as their callers find them: who waits before them, who works, how long a conversation lasts lately.

Asked of the PBX itself at each look, since that is where callers wait. Callers who listen to an announcement
are in no queue at that moment; they are remembered here for as long as one lasts, so that whoever asks
meanwhile isn't told a place too low. Forgotten by a controller that dies, it costs nobody their place.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Protocol

import structlog

from switchboard.domain.actions import LookAtQueue
from switchboard.domain.outcomes import QueueSeen
from switchboard.domain.queueing import place, rank
from switchboard.errors import SwitchboardError
from switchboard.flows.ports import Clock

log = structlog.get_logger()

AWAY_SECONDS = 40.0
"""How long a caller who looked at the queue and isn't in it counts: announcements and questions are over by
then."""

MEAN_SECONDS = 15.0
"""How long the mean of conversations is believed before it is worked out afresh."""


@dataclass(frozen=True, slots=True)
class Member:
    """An agent as app_queue sees them. `pause`: why they are paused, "" for one who isn't. `talked`: when
    their last conversation ended, in epoch seconds, 0 for never."""

    extension: str
    reachable: bool
    free: bool
    pause: str = ""
    talked: int = 0


@dataclass(frozen=True, slots=True)
class QueueNow:
    """One queue of the PBX: ranks of those who wait, by call; its agents."""

    ranks: Mapping[str, int]
    members: tuple[Member, ...]


class Pbx(Protocol):
    """What the PBX knows of queues (`switchboard.ami.queues`)."""

    async def queue(self, number: str) -> QueueNow:
        """Raises SwitchboardError when the PBX can't be asked."""

    def waiting(self) -> Collection[str]:
        """Calls under way that nobody talks with."""


Handling = Callable[[str], Awaitable[int]]
"""Mean seconds of the queue's conversations lately, 0 for none; raises SwitchboardError."""

WrapUp = Callable[[str], int]
"""Seconds of rest that the rules give a queue's agents after a conversation."""


@dataclass
class _Away:
    rank: int
    until: float


class Queues:
    """Implements `flows.ports.Queues`. `gone` is the pause reason of agents who signed out."""

    def __init__(self, pbx: Pbx, handling: Handling, now: Clock, gone: str, wrap_up: WrapUp) -> None:
        self._pbx = pbx
        self._handling = handling
        self._now = now
        self._gone = gone
        self._wrap_up = wrap_up
        self._away: dict[str, dict[str, _Away]] = {}
        self._means: dict[str, tuple[int, float]] = {}

    async def seen(self, call: str, look: LookAtQueue) -> QueueSeen:
        """The queue as `call` finds it."""
        try:
            found = await self._pbx.queue(look.queue)
        except SwitchboardError as error:
            log.warning("queue_unknown", call=call, queue=look.queue, error=str(error))
            return QueueSeen()
        own = rank(look.priority, look.since or int(self._now().timestamp()))
        ranks = {**self._between(look.queue, found), **found.ranks}
        ranks.pop(call, None)
        self._remember(look.queue, call, own)
        present = [m for m in found.members if m.reachable and m.pause != self._gone]
        working = [m for m in present if not m.pause]
        rested = self._now().timestamp() - self._wrap_up(look.queue)
        return QueueSeen(
            place=place(own, ranks.values()),
            waiting=len(ranks),
            present=len(present),
            agents=len(working),
            free=len([m for m in working if m.free and m.talked <= rested]),
            handling_seconds=await self._mean(look.queue),
        )

    def _between(self, queue: str, found: QueueNow) -> dict[str, int]:
        """Callers between two steps of waiting: they looked a moment ago, and still are on the line."""
        time, waiting = asyncio.get_running_loop().time(), self._pbx.waiting()
        away = self._away.setdefault(queue, {})
        for call in [c for c, a in away.items() if a.until < time or c not in waiting or c in found.ranks]:
            del away[call]
        return {call: a.rank for call, a in away.items()}

    def _remember(self, queue: str, call: str, own: int) -> None:
        until = asyncio.get_running_loop().time() + AWAY_SECONDS
        self._away.setdefault(queue, {})[call] = _Away(own, until)

    async def _mean(self, queue: str) -> int:
        time = asyncio.get_running_loop().time()
        mean, until = self._means.get(queue, (0, 0.0))
        if until > time:
            return mean
        try:
            mean = await self._handling(queue)
        except SwitchboardError as error:
            log.warning("handling_time_unknown", queue=queue, error=str(error))
        self._means[queue] = (mean, time + MEAN_SECONDS)
        return mean
