"""The control connection to one running baresip: commands with answers, and its events."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Callable, Mapping

from switchboard.softphone import netstring
from switchboard.softphone.faults import SoftphoneError

ANSWER = 5.0
"""Seconds a command may take; each is answered at once unless the program hangs."""


class Control:
    """Speaks ctrl_tcp: JSON in netstrings. `on_event` is called for each message that is no answer."""

    def __init__(self, on_event: Callable[[Mapping[str, object]], None], on_lost: Callable[[], None]) -> None:
        self._on_event = on_event
        self._on_lost = on_lost
        self._tokens = itertools.count(1)
        self._waiting: dict[str, asyncio.Future[Mapping[str, object]]] = {}
        self._writer: asyncio.StreamWriter | None = None
        self._reading: asyncio.Task[None] | None = None

    async def connect(self, host: str, port: int) -> None:
        """Connect. Raises OSError while nobody listens."""
        reader, self._writer = await asyncio.open_connection(host, port)
        self._reading = asyncio.create_task(self._read(reader), name=f"softphone control {port}")

    async def close(self) -> None:
        """Drop the connection; commands under way fail."""
        if self._reading:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)
        if self._writer:
            self._writer.close()

    async def command(self, name: str, params: str = "") -> str:
        """Give a command; its answer's text. Raises SoftphoneError when refused, lost or late."""
        if self._writer is None:
            raise SoftphoneError("the softphone is not running")
        token = str(next(self._tokens))
        answer: asyncio.Future[Mapping[str, object]] = asyncio.get_running_loop().create_future()
        self._waiting[token] = answer
        message = {"command": name, "token": token} | ({"params": params} if params else {})
        try:
            self._writer.write(netstring.encode(json.dumps(message).encode()))
            await self._writer.drain()
            reply = await asyncio.wait_for(answer, ANSWER)
        except TimeoutError as error:
            raise SoftphoneError(f"the softphone did not answer to {name!r} within {ANSWER:g} s") from error
        except OSError as error:
            raise SoftphoneError(f"the softphone's control connection broke at {name!r}: {error}") from error
        finally:
            self._waiting.pop(token, None)
        text = str(reply.get("data", "")).strip()
        if not reply.get("ok"):
            raise SoftphoneError(f"the softphone refused {name!r}: {text}")
        return text

    async def _read(self, reader: asyncio.StreamReader) -> None:
        decoder = netstring.Decoder()
        try:
            while chunk := await reader.read(65536):
                for payload in decoder.feed(chunk):
                    self._deliver(payload)
        except (OSError, SoftphoneError):
            pass  # told by on_lost, like an orderly end
        finally:
            for future in self._waiting.values():
                if not future.done():
                    future.set_exception(SoftphoneError("the softphone ended"))
            self._on_lost()

    def _deliver(self, payload: bytes) -> None:
        try:
            message = json.loads(payload.decode("utf-8", "replace"), strict=False)
        except ValueError:
            return  # baresip doesn't escape everything a hostile display name may hold
        if not isinstance(message, dict):
            return
        if message.get("response"):
            future = self._waiting.get(str(message.get("token", "")))
            if future and not future.done():
                future.set_result(message)
        else:
            self._on_event(message)
