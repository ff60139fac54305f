"""Readers of the live view: everything is written once and handed as the same bytes to all who see the same.

Each reader's own line is bounded. One that stops reading is let go, so that it costs no memory and delays
nobody; it connects again and is given a new picture.
"""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict, deque
from collections.abc import Callable, Collection
from typing import Any

from switchboard.domain.whose import Own

LINE_BYTES = 1024 * 1024
"""What may wait for one reader beside the picture it began with: some 1,500 calls that changed."""

MOST_READERS = 500
"""Readers at a time, of all users."""


def event(name: str, data: bytes) -> bytes:
    """One server-sent event. `data` is JSON without line ends."""
    return b"event: %s\ndata: %s\n\n" % (name.encode(), data)


def written(value: Any) -> bytes:
    """JSON as it is sent: one line, UTF-8."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


class Reader:
    """One reader's line. `await get()` gives everything that waits."""

    def __init__(self, picture: bytes, leave: Callable[[Reader], None], limit: int = LINE_BYTES) -> None:
        self._waiting: deque[bytes] = deque([picture])
        self._size = 0
        self._limit = limit
        self._leave = leave
        self._arrived = asyncio.Event()
        self._arrived.set()
        self.too_slow = False
        self.on_too_slow: Callable[[], object] | None = None
        self.closed = asyncio.Event()

    def put(self, some: bytes) -> None:
        """Add to the line; past the limit the reader is let go with nothing."""
        if self.closed.is_set():
            return
        self._size += len(some)
        if self._size > self._limit:
            self.too_slow = True
            self.close()
            if self.on_too_slow is not None:
                self.on_too_slow()
            return
        self._waiting.append(some)
        self._arrived.set()

    async def get(self, patience: float) -> bytes:
        """Everything that waits, b"" when nothing came for `patience` seconds. Raises StopAsyncIteration
        once the reader was closed."""
        try:
            async with asyncio.timeout(patience):
                await self._arrived.wait()
        except TimeoutError:
            return b""
        if self.closed.is_set():
            raise StopAsyncIteration
        some = b"".join(self._waiting)
        self._waiting.clear()
        self._size = 0
        self._arrived.clear()
        return some

    def close(self) -> None:
        """No more for this reader."""
        self._waiting.clear()
        self._size = 0
        self.closed.set()
        self._arrived.set()
        self._leave(self)


class Readers:
    """All readers, by what they see: None is everything, an `Own` what is somebody's own."""

    def __init__(self, most: int = MOST_READERS) -> None:
        self._by_view: defaultdict[Own | None, set[Reader]] = defaultdict(set)
        self._most = most

    def __len__(self) -> int:
        return sum(map(len, self._by_view.values()))

    @property
    def full(self) -> bool:
        """No further reader may come."""
        return len(self) >= self._most

    @property
    def own(self) -> Collection[Own]:
        """Views of single persons that are read now."""
        return [view for view in self._by_view if view is not None]

    def join(self, picture: bytes, view: Own | None = None) -> Reader:
        """A reader of `view`, who begins with `picture`."""

        def leave(reader: Reader) -> None:
            self._by_view[view].discard(reader)
            if not self._by_view[view]:
                del self._by_view[view]

        reader = Reader(picture, leave)
        self._by_view[view].add(reader)
        return reader

    def publish(self, some: bytes, view: Own | None) -> None:
        """The same bytes to everybody of one view."""
        for reader in tuple(self._by_view.get(view, ())):
            reader.put(some)

    def close(self) -> None:
        """Let everybody go: they come again to whoever is there then."""
        for readers in tuple(self._by_view.values()):
            for reader in tuple(readers):
                reader.close()
