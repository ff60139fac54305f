"""Wires the adapters to the flows: the one place that knows them all.

`prepare` makes everything that must lie ready before the PBX and the controller start; `controller_main`
is the controller itself.
"""

from __future__ import annotations

import asyncio
import gc
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import structlog

from switchboard import logs
from switchboard.bootstrap.controller import Controller
from switchboard.bootstrap.preparing import prepare
from switchboard.errors import PbxError
from switchboard.pbx.programs import find
from switchboard.publisher import Workshop
from switchboard.settings import Settings
from switchboard.storage import open_database

__all__ = ["controller_main", "prepare", "running"]

log = structlog.get_logger()


def controller_main(settings: Settings) -> None:
    """Run the controller until SIGTERM or SIGINT. What `run` prepared must lie ready."""
    logs.configure(settings.log_level)
    asyncio.run(_controller(settings))


async def _controller(settings: Settings) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with running(settings):
        # What is loaded by now lives as long as we do. A full collection that walked it would stop every
        # caller's menu for 75 ms.
        gc.collect()
        gc.freeze()
        log.info("controller_up", agi_port=settings.agi_port)
        await stop.wait()
        log.info("controller_stopping")


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[Controller]:
    """A controller at work; everything it began ends with the block."""
    programs = find(settings)
    if programs is None:
        raise PbxError("there is no Asterisk here: start the switchboard with `switchboard run`")
    workshop = Workshop.of(settings, programs)
    database = await open_database(settings.database_url)
    async with AsyncExitStack() as ending:
        ending.push_async_callback(database.close)
        controller = Controller(settings, workshop, database)
        await controller.begin(ending)
        yield controller
