"""The controller's own door for the command line: HTTP on a unix socket that only its owner can open.

No password, since the file system says who may come in. Routes answer JSON.
"""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

from aiohttp import web

from switchboard.errors import SwitchboardError

Answer = Callable[[], Awaitable[Mapping[str, Any]]]
"""Gives the JSON object of one route."""

Order = Callable[[Mapping[str, Any]], Awaitable[Mapping[str, Any]]]
"""Carries out what was posted as a JSON object and answers with one; raises SwitchboardError to refuse."""

GRACE_SECONDS = 2.0


class ControlServer:
    """`await start()`, `await stop()`. `routes` maps a path such as "/status" to what answers GET on it,
    `orders` to what takes a POST."""

    def __init__(
        self, socket: Path, routes: Mapping[str, Answer], orders: Mapping[str, Order] | None = None
    ) -> None:
        self._socket = socket
        self._routes = routes
        self._orders = orders or {}
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        """Listen. Another controller's socket left behind is replaced."""
        app = web.Application()
        for path, answer in self._routes.items():
            app.router.add_get(path, _handler(answer))
        for path, order in self._orders.items():
            app.router.add_post(path, _taker(order))
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=GRACE_SECONDS)
        await self._runner.setup()
        self._socket.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._socket.unlink(missing_ok=True)
        before = os.umask(0o177)  # the socket is born without rights for others
        try:
            await web.UnixSite(self._runner, str(self._socket)).start()
        except OSError as error:
            raise SwitchboardError(
                f"can't listen on {self._socket}: {error.strerror}; is the folder writable?"
            ) from error
        finally:
            os.umask(before)

    async def stop(self) -> None:
        """Close the door and take the socket away."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None
            self._socket.unlink(missing_ok=True)


def _handler(answer: Answer) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def handle(request: web.Request) -> web.Response:
        return web.json_response(await answer())

    return handle


def _taker(order: Order) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def handle(request: web.Request) -> web.Response:
        try:
            posted = await request.json()
        except ValueError:
            return web.json_response({"error": "that is no JSON"}, status=400)
        if not isinstance(posted, dict):
            return web.json_response({"error": "a JSON object is expected"}, status=400)
        try:
            return web.json_response(await order(posted))
        except SwitchboardError as error:
            return web.json_response({"error": str(error)}, status=409)

    return handle
