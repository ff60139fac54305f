"""The console in the browser: its parts wired, its doors opened and kept open.

Calls don't wait for it. A port that somebody else has taken since the start is tried again and again, and
said in the log; a certificate that can't be used closes HTTPS alone; the controller answers calls all the
same.
"""

from __future__ import annotations

import asyncio
import ipaddress
import secrets
import ssl
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog
from aiohttp import web

import switchboard
from switchboard.bootstrap.console_status import ConsoleStatus
from switchboard.bootstrap.health import ControllerHealth
from switchboard.bootstrap.rules_room import RulesRoom
from switchboard.certificates import Certificates
from switchboard.errors import SwitchboardError
from switchboard.flows.accounts import Accounts
from switchboard.flows.passwords import Hasher
from switchboard.flows.users import Users
from switchboard.machine_names import names_of_machine
from switchboard.settings import Settings
from switchboard.storage import AuditRows, CallRows, UserRows
from switchboard.web import Parts, Site, build_app
from switchboard.web.key import LENGTH as KEY_LENGTH
from switchboard.web.key import read_or_make

if TYPE_CHECKING:
    from switchboard.bootstrap.controller import Controller

log = structlog.get_logger()

AGAIN_SECONDS = 5.0
GRACE_SECONDS = 2.0
"""How long requests under way may take when the controller stops."""
RENEW_SECONDS = 3600.0
"""How often is looked whether the certificate nears its end, or the machine has another address."""


def site(settings: Settings, certificates: Certificates, https: bool) -> Site:
    """Under which names and ports browsers reach us."""
    names = names_of_machine(settings.external_address, *settings.http_names) | certificates.names()
    return Site(
        names=names,
        http_port=settings.http_port,
        https_port=settings.https_port,
        wss_port=settings.wss_port,
        version=switchboard.__version__,
        https=https,
        authority=certificates.authority,
        fingerprint=certificates.fingerprint(),
        proxies=tuple(map(ipaddress.ip_network, settings.http_proxies)),
    )


def parts(controller: Controller, certificates: Certificates, https: bool = True) -> Parts:
    """What the console's handlers work with."""
    from switchboard.bootstrap.controller import now

    settings, database = controller.settings, controller.database
    return Parts(
        site=site(settings, certificates, https),
        key=_key(settings),
        accounts=Accounts(UserRows(database), Hasher(), now),
        audit=AuditRows(database),
        rules=lambda: controller.book.in_force()[0],
        page_phones=controller.page_phones,
        desk=controller.desk,
        live=controller.live,
        calls=CallRows(database),
        orders=controller.orders,
        tickets=controller.tickets,
        rules_room=RulesRoom(
            settings.rules, controller.store, controller.enforcement, controller.examples.unmet
        ),
        status=ConsoleStatus(
            settings,
            controller.book,
            controller.board,
            controller.gateway,
            controller.admin,
            controller.enforcement,
            controller.live,
            controller.desk,
            now(),
        ),
        users=Users(UserRows(database), Hasher(), now),
        messages=controller.messages,
        callers=controller.callers,
        placing=controller.placing,
        now=now,
        figures=controller.figures,
        health=ControllerHealth(controller),
    )


def _key(settings: Settings) -> bytes:
    """The key of sessions; one that lasts until the next start when it can't be kept."""
    try:
        return read_or_make(settings.secrets / "web.key")
    except SwitchboardError as error:
        log.error("console_key_not_kept", why=str(error))
        return secrets.token_bytes(KEY_LENGTH)


async def begin(controller: Controller, ending: AsyncExitStack) -> None:
    """Serve the console until `ending`. Returns when the doors are open, or were found taken."""
    settings = controller.settings
    certificates = Certificates.of(settings)
    tls = await asyncio.to_thread(_tls, certificates, settings)
    app = build_app(parts(controller, certificates, tls is not None))
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=GRACE_SECONDS)
    await runner.setup()
    ending.push_async_callback(runner.cleanup)
    doors = [Opening(runner, settings.http_bind, settings.http_port, "http_port")]
    if tls is not None:
        doors.append(Opening(runner, settings.http_bind, settings.https_port, "https_port", tls))
    tasks = [
        asyncio.create_task(door.keep_trying(), name=f"console {door.setting}")
        for door in doors
        if not await door.open()
    ]
    if tls is not None:
        tasks.append(asyncio.create_task(_renew(controller, certificates, tls), name="certificate"))
    ending.push_async_callback(_cancel, tasks)


def _tls(certificates: Certificates, settings: Settings) -> ssl.SSLContext | None:
    """HTTPS as it can be had; without it calls and HTTP go on."""
    try:
        certificates.ensure_for(settings)
        return certificates.context()
    except SwitchboardError as error:
        log.error("console_without_https", why=str(error))
        return None


async def _renew(controller: Controller, certificates: Certificates, tls: ssl.SSLContext) -> None:
    """Ours renewed in time, given ones replaced: whoever connects is shown it, by the PBX's door too."""
    shown = certificates.mark()
    while True:
        await asyncio.sleep(RENEW_SECONDS)
        try:
            await asyncio.to_thread(certificates.ensure_for, controller.settings)
            if certificates.mark() == shown:
                continue
            certificates.load_into(tls)
            await controller.publisher(controller.book.in_force()[0])
            shown = certificates.mark()
            log.info("certificate_renewed", names=sorted(certificates.names()))
        except SwitchboardError as error:
            log.error("certificate_not_renewed", why=str(error))


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


async def _cancel(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
