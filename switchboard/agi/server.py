"""Listens for Asterisk's AGI sessions and runs one handler for each.

A session never disturbs another: each has its own task, a deadline for its opening block, and a wall at the
top where whatever went wrong is logged with the call and ends with that session. The dialplan then finds
its *finished* mark unset and goes on in the fallback.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from switchboard.agi.channel import Channel
from switchboard.errors import AgiError, CallerGone, PortTaken

log = structlog.get_logger(__name__)

Handler = Callable[[Channel], Awaitable[None]]

REQUEST_SECONDS = 3.0
"""Asterisk sends the opening block at once; who doesn't is not Asterisk."""

MAX_SESSIONS = 2000
"""Sessions at one time. A session beyond it is closed at once: the fallback serves that call."""

GRACE_SECONDS = 2.0


class AgiServer:
    """`await start()`, `await stop()`; or `async with`. AGI carries no password: keep `host` on loopback or
    on a network that only the PBX shares."""

    def __init__(
        self,
        handler: Handler,
        host: str = "127.0.0.1",
        port: int = 4573,
        *,
        max_sessions: int = MAX_SESSIONS,
        request_seconds: float = REQUEST_SECONDS,
    ) -> None:
        self._handler = handler
        self.host, self.port = host, port
        self._max_sessions = max_sessions
        self._request_seconds = request_seconds
        self._server: asyncio.Server | None = None
        self._sessions: set[asyncio.Task[None]] = set()

    @property
    def sessions(self) -> int:
        """Sessions under way, those in their opening block included."""
        return len(self._sessions)

    async def start(self) -> None:
        """Listen. With port 0 the port chosen is in `.port`. Raises PortTaken."""
        try:
            self._server = await asyncio.start_server(self._connected, self.host, self.port, backlog=1024)
        except OSError as error:
            raise PortTaken(
                f"can't listen for AGI on {self.host}:{self.port}: {error.strerror or error}; "
                "free the port or change SWITCHBOARD_AGI_PORT"
            ) from error
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self, grace: float = GRACE_SECONDS) -> None:
        """Stop listening, let sessions end for `grace` seconds, end the rest. Their calls go on in the
        fallback, or are asked again by the next controller."""
        if self._server is None:
            return
        self._server.close()
        self._server = None
        if self._sessions:
            await asyncio.wait(self._sessions, timeout=grace)
        for task in self._sessions:
            task.cancel()
        if self._sessions:
            await asyncio.wait(self._sessions)

    async def __aenter__(self) -> AgiServer:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(self._sessions) >= self._max_sessions:
            log.error("agi_sessions_full", sessions=len(self._sessions))
            writer.transport.abort()
            return
        task = asyncio.get_running_loop().create_task(self._session(reader, writer))
        self._sessions.add(task)
        task.add_done_callback(self._sessions.discard)

    async def _session(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        channel = Channel(reader, writer)
        try:
            async with asyncio.timeout(self._request_seconds):
                await channel.begin()
        except (AgiError, TimeoutError) as error:
            log.warning("agi_request_bad", why=str(error) or f"silent for {self._request_seconds} s")
            writer.transport.abort()
            return
        except BaseException:
            writer.transport.abort()
            raise
        about = {"call": channel.id, "channel": channel.request.get("agi_channel"), "route": channel.path}
        try:
            await self._handler(channel)
        except CallerGone:
            log.debug("agi_caller_gone", switch_fired=channel.switch_fired, **about)
        except AgiError as error:
            log.error("agi_session_failed", why=str(error), **about)
        except Exception:  # the top of a session: the fault is logged and ends with it
            log.exception("agi_handler_failed", **about)
        finally:
            channel.close()
