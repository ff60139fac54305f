"""The live stream: server-sent events, the same bytes for all who see the same (B1, B8).

A reader that doesn't take what is sent, or whose session has ended, is let go: whoever is still there
connects again by itself, and begins with a whole picture.
"""

from __future__ import annotations

import asyncio
import socket
from contextlib import suppress
from typing import Annotated

from aiohttp import web

from switchboard.domain.roles import Permission
from switchboard.flows.readers import Reader
from switchboard.web.answers import Refused
from switchboard.web.api.declaring import Media, Operations
from switchboard.web.api.refusing import refused
from switchboard.web.parts import PARTS, USER
from switchboard.web.security import who

operations = Operations("live")

HEARTBEAT_SECONDS = 15.0
"""A quiet stream says that it lives, so that neither side waits for a dead one."""

LOOK_SECONDS = 1.0
"""How often is looked whether a reader of a quiet stream is still there."""

NETWORK_BYTES = 256 * 1024
"""What the system may keep of a stream for a reader that doesn't read; by itself it would take megabytes."""

WRITE_SECONDS = 10.0
"""How long a reader's network may take what was sent."""

MOST_OF_ONE = 100
"""Streams of one user: a program that forgets to close its own must not take everybody's."""

STREAMS = web.AppKey("streams", dict[Reader, str])
"""Streams that are open, and whose."""

Stream = Annotated[web.StreamResponse, Media("text/event-stream", about="see the description")]


@operations.get("/events", "Follow what is going on", needs=Permission.LIVE_OWN, errors=(429,))
async def read_events(request: web.Request) -> Stream:
    """First `board`: {calls, phones, mode, messages, tickets, rules, pbx, at}; phones that are missing are
    unreachable. Then `call` (a call as in `/calls/live`, new or changed), `gone` {id}, `phone` {extension,
    state}, `mode`, `messages` {new}, `ticket` {open}, `rules` {version, state, errors} and `pbx` {state},
    each as it changes. A comment every 15 s. A reader that is too slow is closed; connect again.

    Without `live` there are only the calls of one's own phone and queues, and `messages` says only that
    something changed: {}. A call that is one's own no more is `gone` with `elsewhere` true."""
    live, streams, user = request.app[PARTS].live, request.app[STREAMS], request[USER].user
    if live.readers.full or list(streams.values()).count(user) >= MOST_OF_ONE:
        raise refused(request, 429, "too_many_readers")
    reader = live.read(request[USER].view)
    streams[reader] = user
    try:
        return await _stream(request, reader)
    finally:
        reader.close()
        del streams[reader]


async def _stream(request: web.Request, reader: Reader) -> web.StreamResponse:
    response = web.StreamResponse(headers={"X-Accel-Buffering": "no"})
    response.content_type = "text/event-stream"
    try:
        await response.prepare(request)
    except ConnectionError:  # gone before the first word, as a page that is closed at once
        return response
    if (transport := request.transport) is not None:
        reader.on_too_slow = transport.abort
        if (connected := transport.get_extra_info("socket")) is not None:
            connected.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, NETWORK_BYTES)
    clock = asyncio.get_running_loop().time
    written = checked = clock()
    with suppress(ConnectionError, TimeoutError, StopAsyncIteration):
        while request.transport is not None and not request.transport.is_closing():
            some = await reader.get(min(LOOK_SECONDS, HEARTBEAT_SECONDS))
            now = clock()
            if now - checked >= HEARTBEAT_SECONDS:
                checked = now
                if not await _may_still(request):
                    break
            if not some and now - written < HEARTBEAT_SECONDS:
                continue
            written = now
            async with asyncio.timeout(WRITE_SECONDS):
                await response.write(some or b": alive\n\n")
    if reader.too_slow and request.transport is not None:
        request.transport.abort()  # what waits in its line would never be taken
    return response


async def _may_still(request: web.Request) -> bool:
    """Whether the session or token that asked is still good, and still sees what it began with: roles and
    extension may be others, and who connects again gets the view that fits."""
    try:
        account = await who(request)
    except Refused:
        return False
    if account is None or not account.may(Permission.LIVE_OWN):
        return False
    return account.view == request[USER].view


async def let_go(app: web.Application) -> None:
    """The application stops: nobody waits for streams to end."""
    for reader in list(app[STREAMS].keys()):
        reader.close()
