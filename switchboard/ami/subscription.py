"""A bounded stream of events for one reader, who is told when some were lost."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from switchboard.ami.wire import Message


@dataclass(frozen=True, slots=True)
class Lost:
    """Events are missing here: the reader was too slow, or the link was down. Ask afresh."""

    count: int  # 0 = the link was down: unknown how many


class Subscription:
    """`async for event in subscription`, or `await subscription.get()`. Close it when done."""

    def __init__(self, names: tuple[str, ...], limit: int, leave: Callable[[Subscription], Any]) -> None:
        self.names = tuple(name.lower() for name in names)
        self._limit = limit
        self._leave = leave
        self._events: deque[Message] = deque()
        self._lost: int | None = None
        self._arrived = asyncio.Event()
        self._closed = False

    def put(self, event: Message) -> None:
        """From the gateway. Beyond the limit everything waiting is dropped: a torn history is of no use."""
        if len(self._events) >= self._limit:
            self._lost = (self._lost or 0) + len(self._events)
            self._events.clear()
        self._events.append(event)
        self._arrived.set()

    def interrupted(self) -> None:
        """From the gateway: the link was down until now."""
        self._events.clear()
        self._lost = 0
        self._arrived.set()

    async def get(self) -> Message | Lost:
        """The next event, or Lost. Raises StopAsyncIteration after `close`."""
        while True:
            if self._lost is not None:
                lost, self._lost = self._lost, None
                return Lost(lost)
            if self._events:
                return self._events.popleft()
            if self._closed:
                raise StopAsyncIteration
            self._arrived.clear()
            await self._arrived.wait()

    def close(self) -> None:
        """No more events; the reader ends."""
        self._leave(self)
        self._closed = True
        self._arrived.set()

    def __aiter__(self) -> Subscription:
        return self

    async def __anext__(self) -> Message | Lost:
        return await self.get()
