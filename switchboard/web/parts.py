"""What handlers work with, and the keys under which app and request hold it.

Handlers know flows and domain; whatever stands behind these Protocols was wired by `bootstrap.console`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from aiohttp import web

from switchboard.domain.company import Rules
from switchboard.domain.mode import ModeNow
from switchboard.flows.accounts import Account, Accounts
from switchboard.flows.audit import Audit
from switchboard.flows.ports import Clock


class Mode(Protocol):
    """Who answers the main number (`flows.desk.Desk`)."""

    async def mode(self) -> ModeNow: ...


@dataclass(frozen=True, slots=True)
class Site:
    """Where browsers find us. `names`: hosts by which we may be called, lower case; addresses always may."""

    names: frozenset[str]
    http_port: int
    https_port: int
    wss_port: int
    version: str
    authority: Path | None = None  # what computers install to trust us; None: no authority of our own
    fingerprint: str = ""  # of the authority


@dataclass(frozen=True, kw_only=True)
class Parts:
    """Everything pages and API use. One per application."""

    site: Site
    key: bytes  # 32 bytes: encrypts cookies, signs form tokens
    accounts: Accounts
    audit: Audit
    rules: Callable[[], Rules]  # those in force
    desk: Mode
    now: Clock


PARTS = web.AppKey("parts", Parts)
USER = web.RequestKey("user", Account)
"""Who asks: in every request whose handler `needs` a permission."""
LANGUAGE = web.RequestKey("language", str)
"""zh or en: what this request is answered in."""
