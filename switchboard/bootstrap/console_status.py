"""How PBX, phones, trunks and the machine are: what the console's status page and `/api/v1/status` show."""

from __future__ import annotations

import asyncio
import platform
import shutil
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import switchboard
from switchboard.ami import Board, Gateway, actions
from switchboard.dialplan import extension_of
from switchboard.domain.company import Person, Trunk
from switchboard.errors import StorageError, SwitchboardError
from switchboard.flows.desk import Desk
from switchboard.flows.enforcement import Enforcement
from switchboard.flows.live import Live
from switchboard.flows.rulebook import Book
from switchboard.settings import Settings

ASK_SECONDS = 3.0
"""How long the PBX may take to tell; then what it would have told is left out."""


@dataclass(frozen=True)
class ConsoleStatus:
    """`await status()`: everything, as JSON."""

    settings: Settings
    book: Book
    board: Board
    gateway: Gateway
    admin: Gateway
    enforcement: Enforcement
    live: Live
    desk: Desk
    began: datetime

    async def __call__(self) -> dict[str, Any]:
        rules, _ = self.book.in_force()
        pbx = await self._pbx()
        contacts, lines = await self._reached(), await self._registered()
        disk = await asyncio.to_thread(shutil.disk_usage, self.settings.data_dir)
        return {
            "ready": self.board.fresh,
            "pbx": pbx,
            "controller": {"version": switchboard.__version__, "started": _time(self.began)},
            "python": platform.python_version(),
            "database": await self._database(),
            "rules": {"version": self.enforcement.state.version, "state": self.enforcement.state.state},
            "calls": len(self.board.ids),
            "readers": len(self.live.readers),
            "phones": [self._phone(person, contacts) for person in rules.phones],
            "trunks": [_trunk(trunk, contacts, lines) for trunk in rules.trunks],
            "disk": {"free_bytes": disk.free, "total_bytes": disk.total},
        }

    async def _pbx(self) -> dict[str, Any]:
        told: dict[str, Any] = {
            "state": "up" if self.gateway.connected else "down",
            "started": None,
            "version": "",
        }
        try:
            async with asyncio.timeout(ASK_SECONDS):
                told["started"] = _time(await actions.started(self.gateway))
                told["version"] = await actions.version(self.gateway)
        except (SwitchboardError, TimeoutError):
            pass
        return told

    async def _database(self) -> str:
        try:
            await self.desk.mode()
        except StorageError:
            return "down"
        return "up"

    async def _reached(self) -> dict[str, list[actions.ContactSeen]]:
        """Where each phone (that in its owner's page too) and trunk can be reached; {} when nobody tells."""
        found: dict[str, list[actions.ContactSeen]] = {}
        try:
            async with asyncio.timeout(ASK_SECONDS):
                for contact in await actions.contacts(self.admin):
                    found.setdefault(extension_of(contact.endpoint), []).append(contact)
        except (SwitchboardError, TimeoutError):
            pass
        return found

    async def _registered(self) -> dict[str, str]:
        """State of each registration of ours with a provider."""
        try:
            async with asyncio.timeout(ASK_SECONDS):
                return await actions.registrations(self.admin)
        except (SwitchboardError, TimeoutError):
            return {}

    def _phone(self, person: Person, contacts: dict[str, list[actions.ContactSeen]]) -> dict[str, Any]:
        return {
            "extension": person.number,
            "name": person.name.zh,
            "name_en": person.name.en,
            "state": self.live.phone(person.number),
            "devices": [contact.user_agent[:80] for contact in contacts.get(person.number, [])],
        }


def _trunk(
    trunk: Trunk, contacts: dict[str, list[actions.ContactSeen]], lines: dict[str, str]
) -> dict[str, Any]:
    """`state`: registered, unregistered (with a provider), reachable, unreachable, or waiting (calls are
    only taken from there, so nothing is known before one comes)."""
    endpoint = f"trunk-{trunk.name}"
    seen = contacts.get(endpoint, [])
    if trunk.register:
        state = "registered" if lines.get(endpoint, "").lower() == "registered" else "unregistered"
    elif trunk.host or seen:
        state = "reachable" if any(c.status in ("Reachable", "NonQualified") for c in seen) else "unreachable"
    else:
        state = "waiting"
    return {"name": trunk.name, "state": state, "host": trunk.host, "numbers": sorted(trunk.numbers)}


def _time(at: datetime) -> str:
    return at.astimezone().isoformat(timespec="seconds")
