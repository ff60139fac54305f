"""What handlers work with, and the keys under which app and request hold it.

Handlers know flows and domain; whatever stands behind these Protocols was wired by `bootstrap.console`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Any, Protocol

from aiohttp import web

from switchboard.domain.company import Rules
from switchboard.domain.duty import Duty, DutyWord
from switchboard.domain.mode import Mode, ModeNow, Source
from switchboard.domain.order import Order
from switchboard.flows.accounts import Account, Accounts
from switchboard.flows.audit import Audit
from switchboard.flows.callers import Callers
from switchboard.flows.figures import Figures, Health
from switchboard.flows.live import Live
from switchboard.flows.messages import Messages
from switchboard.flows.orders import Kept
from switchboard.flows.page_phones import PagePhones
from switchboard.flows.placing import Placing
from switchboard.flows.ports import Clock
from switchboard.flows.tickets import Tickets
from switchboard.flows.users import Users


class Desk(Protocol):
    """Who answers the main number, and who is at the desk (`flows.desk.Desk`)."""

    async def mode(self) -> ModeNow: ...
    async def said(self) -> Mapping[str, Duty]: ...
    async def choose(
        self,
        mode: Mode | None,
        source: Source,
        author: str,
        *,
        minutes: int | None = None,
        until_changed: bool = False,
        reason: str = "",
    ) -> ModeNow: ...
    async def sign(
        self,
        extension: str,
        what: DutyWord,
        source: Source,
        until: datetime | None = None,
        author: str = "",
    ) -> None: ...


class Calls(Protocol):
    """Recorded calls (`switchboard.storage.CallRows`). Both raise StorageError."""

    async def listed(
        self, limit: int, before: str = "", number: str = "", outcome: str = ""
    ) -> list[dict[str, Any]]: ...
    async def call(self, id_: str) -> dict[str, Any] | None: ...


class Orders(Protocol):
    """Orders into calls (`flows.orders.Orders`)."""

    async def place(self, call: str, order: Order, author: str, address: str) -> int:
        """Raises OrderRefused."""

    async def get(self, id_: int) -> Kept | None: ...


class RulesRoom(Protocol):
    """Rules, before and after they are in force (`bootstrap.rules_room`), told in a language. May raise
    SwitchboardError."""

    def state(self, language: str) -> dict[str, Any]: ...
    async def content(self) -> str: ...
    async def versions(self, limit: int, language: str) -> list[dict[str, Any]]: ...
    async def version(self, version: str, language: str) -> dict[str, Any]: ...
    async def check(self, content: bytes, language: str) -> dict[str, Any]: ...
    async def put(self, content: bytes, author: str, force: bool, language: str) -> dict[str, Any]: ...
    async def back(self, version: str, author: str, language: str) -> dict[str, Any]: ...


Network = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True)
class Site:
    """Where browsers find us. `names`: hosts by which we may be called, lower case; addresses always may."""

    names: frozenset[str]
    http_port: int
    https_port: int
    wss_port: int
    version: str
    https: bool = False  # whether there is an HTTPS door
    authority: Path | None = None  # what computers install to trust us; None: no authority of our own
    fingerprint: str = ""  # of the authority
    proxies: tuple[Network, ...] = ()  # where proxies are that we believe who asks (`web.proxies`)


@dataclass(frozen=True, kw_only=True)
class Parts:
    """Everything pages and API use. One per application."""

    site: Site
    key: bytes  # 32 bytes: encrypts cookies, signs form tokens
    accounts: Accounts
    audit: Audit
    rules: Callable[[], Rules]  # those in force
    page_phones: PagePhones
    desk: Desk
    messages: Messages
    callers: Callers
    placing: Placing
    live: Live
    calls: Calls
    orders: Orders
    tickets: Tickets
    rules_room: RulesRoom
    status: Callable[[], Awaitable[dict[str, Any]]]  # PBX, phones, trunks, disk
    users: Users
    now: Clock
    figures: Figures
    health: Health


PARTS = web.AppKey("parts", Parts)
USER = web.RequestKey("user", Account)
"""Who asks: in every request whose handler `needs` a permission."""
LANGUAGE = web.RequestKey("language", str)
"""zh or en: what this request is answered in."""
