"""How the switchboard itself is (B3)."""

from __future__ import annotations

from typing import Annotated

from aiohttp import web
from pydantic import AwareDatetime

from switchboard.domain.roles import Permission
from switchboard.web.api.declaring import Operations, Told, one_of
from switchboard.web.parts import PARTS

operations = Operations("status")

UpDown = Annotated[str, one_of("up", "down")]


class PbxTold(Told):
    """Asterisk. Version and start are unknown while it is down."""

    state: UpDown
    started: AwareDatetime | None
    version: str


class ControllerTold(Told):
    """This program."""

    version: str
    started: AwareDatetime


class RulesNow(Told):
    """See `/rules`."""

    version: str
    state: str


class PhoneTold(Told):
    """A phone of the company, and what is registered as it."""

    extension: str
    name: str
    name_en: str
    state: Annotated[str, one_of("idle", "ringing", "busy", "away", "unreachable")]
    devices: list[str]


class TrunkTold(Told):
    """A line to outside. `waiting`: calls are only taken from there, so nothing is known before one comes."""

    name: str
    state: Annotated[str, one_of("registered", "unregistered", "reachable", "unreachable", "waiting")]
    host: str
    numbers: list[str]


class DiskTold(Told):
    """Where messages, recordings and records are kept."""

    free_bytes: int
    total_bytes: int


class StatusTold(Told):
    """Everything that should be well. `readers`: pages and programs that read `/events` now."""

    ready: bool
    pbx: PbxTold
    controller: ControllerTold
    python: str
    database: UpDown
    rules: RulesNow
    calls: int
    readers: int
    phones: list[PhoneTold]
    trunks: list[TrunkTold]
    disk: DiskTold


@operations.get("/status", "How everything is", needs=Permission.STATUS)
async def show_status(request: web.Request) -> StatusTold:
    """PBX, phones, trunks, disk, versions."""
    return StatusTold.model_validate(await request.app[PARTS].status())
