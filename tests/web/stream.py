"""Reading the live stream as a page does."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import ClientResponse, ClientSession


class Stream:
    """Events of one stream, in order."""

    def __init__(self, answer: ClientResponse) -> None:
        self.answer = answer
        self.comments = 0
        self.seen: list[tuple[str, Any]] = []

    async def next(self, seconds: float = 5) -> tuple[str, Any]:
        """The next event. Raises TimeoutError; EOFError when the stream has ended."""
        name, data = "", ""
        async with asyncio.timeout(seconds):
            while True:
                raw = await self.answer.content.readline()
                if not raw:
                    raise EOFError
                line = raw.decode().rstrip("\n")
                if line.startswith(":"):
                    self.comments += 1
                elif line.startswith("event: "):
                    name = line[7:]
                elif line.startswith("data: "):
                    data = line[6:]
                elif not line and name:
                    self.seen.append((name, json.loads(data)))
                    return self.seen[-1]

    async def until(self, fits: Callable[[str, Any], bool], seconds: float = 10) -> Any:
        """The data of the first event that fits."""
        async with asyncio.timeout(seconds):
            while True:
                name, data = await self.next(seconds)
                if fits(name, data):
                    return data


@asynccontextmanager
async def stream(session: ClientSession, url: str, token: str) -> AsyncIterator[Stream]:
    """The stream, read with a token."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with session.get(f"{url}/api/v1/events", headers=headers) as answer:
        assert answer.status == 200, await answer.text()
        assert answer.content_type == "text/event-stream"
        yield Stream(answer)
