"""The console in the browser: its parts wired, its doors opened and kept open.

Calls don't wait for it. A port that somebody else has taken since the start is tried again and again, and
said in the log; the controller answers calls all the same.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog
from aiohttp import web

import switchboard
from switchboard.flows.accounts import Accounts
from switchboard.flows.passwords import Hasher
from switchboard.settings import Settings
from switchboard.storage import AuditRows, UserRows
from switchboard.web import Parts, Site, build_app
from switchboard.web.key import read_or_make

if TYPE_CHECKING:
    from switchboard.bootstrap.controller import Controller

log = structlog.get_logger()

AGAIN_SECONDS = 5.0
GRACE_SECONDS = 2.0
"""How long requests under way may take when the controller stops; live streams end at once."""


def site(settings: Settings) -> Site:
    """Under which names and ports browsers reach us."""
    names = {socket.gethostname().lower(), settings.external_address.lower()}
    names |= {f"{name}.local" for name in names if name and "." not in name}
    return Site(
        names=frozenset(names - {""}),
        http_port=settings.http_port,
        https_port=settings.https_port,
        wss_port=settings.wss_port,
        version=switchboard.__version__,
    )


def parts(controller: Controller) -> Parts:
    """What the console's handlers work with."""
    from switchboard.bootstrap.controller import now

    settings, database = controller.settings, controller.database
    return Parts(
        site=site(settings),
        key=read_or_make(settings.secrets / "web.key"),
        accounts=Accounts(UserRows(database), Hasher(), now),
        audit=AuditRows(database),
        rules=lambda: controller.book.in_force()[0],
        desk=controller.desk,
        now=now,
    )


async def begin(controller: Controller, ending: AsyncExitStack) -> None:
    """Serve the console until `ending`. Returns when the doors are open, or were found taken."""
    settings = controller.settings
    runner = web.AppRunner(build_app(parts(controller)), access_log=None, shutdown_timeout=GRACE_SECONDS)
    await runner.setup()
    ending.push_async_callback(runner.cleanup)
    door = Opening(runner, settings.http_bind, settings.http_port, "http_port")
    if not await door.open():
        task = asyncio.create_task(door.keep_trying(), name="console")
        ending.push_async_callback(_cancel, task)


@dataclass(frozen=True)
class Opening:
    """One port to be served. `setting` names it in the log."""

    runner: web.AppRunner
    bind: str
    port: int
    setting: str
    tls: ssl.SSLContext | None = None

    async def open(self) -> bool:
        """Listen; False when that isn't possible now."""
        site_ = web.TCPSite(self.runner, self.bind, self.port, ssl_context=self.tls)
        try:
            await site_.start()
        except OSError as error:
            await site_.stop()
            why = error.strerror or str(error)
            log.error("console_port_taken", setting=self.setting, port=self.port, why=why)
            return False
        log.info("console_up", setting=self.setting, bind=self.bind, port=self.port)
        return True

    async def keep_trying(self) -> None:
        """Until the port is free."""
        while True:
            await asyncio.sleep(AGAIN_SECONDS)
            if await self.open():
                return


async def _cancel(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
