"""What the command line may ask of a running controller, and order it."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from switchboard import __version__
from switchboard.ami import Board, CallSeen, Gateway
from switchboard.domain.mode import Mode, ModeNow, Source
from switchboard.domain.orders import read_order
from switchboard.errors import OrderRefused, SwitchboardError
from switchboard.flows.desk import Desk
from switchboard.flows.enforcement import Enforcement
from switchboard.flows.orders import Orders
from switchboard.flows.rulebook import Book
from switchboard.pbx.secrets import Secrets
from switchboard.publisher import Publisher
from switchboard.sentences import say
from switchboard.settings import Settings
from switchboard.web.control import Answer, Order

MOST_MINUTES = 24 * 60
"""The longest absence or mode that ends by itself."""


@dataclass(frozen=True)
class Door:
    """GET `answers` and POST `orders` of the control socket, by path."""

    settings: Settings
    book: Book
    board: Board
    gateway: Gateway
    desk: Desk
    calls: Orders
    enforcement: Enforcement
    publisher: Publisher
    secrets: Secrets

    @property
    def answers(self) -> Mapping[str, Answer]:
        return {"/status": self.status}

    @property
    def orders(self) -> Mapping[str, Order]:
        return {
            "/mode": self.choose_mode,
            "/publish": self.publish,
            "/rules": self.offer_rules,
            "/order": self.order,
        }

    async def status(self) -> dict[str, Any]:
        """What `switchboard status --json` shows."""
        rules, _ = self.book.in_force()
        state = self.enforcement.state
        mode = await self.desk.mode()
        return {
            "version": __version__,
            "ready": self.board.fresh,
            **_mode(mode, rules.time_zone),
            "operators": list(await self.desk.operators()),
            "pbx": "up" if self.gateway.connected else "down",
            "phones": [{"extension": p.number, "state": self.board.phone(p.number)} for p in rules.phones],
            "calls": [_call(seen) for seen in self.board.calls],
            "rules": {"version": state.version, "state": state.state, "errors": list(state.errors)},
            "pids": {"pbx": self._pbx_pid(), "controller": os.getpid()},
        }

    async def publish(self, order: Mapping[str, Any]) -> dict[str, Any]:
        """POST /publish: the PBX follows the rules in force anew, e.g. after a changed password."""
        self.secrets.forget()
        await self.publisher(self.book.in_force()[0])
        return {"published": self.enforcement.state.version}

    async def offer_rules(self, order: Mapping[str, Any]) -> dict[str, Any]:
        """POST /rules: {force?}: the rules file as it is now is tried; with force whatever examples say."""
        try:
            content = await asyncio.to_thread(self.settings.rules.read_bytes)
        except OSError as error:
            raise SwitchboardError(f"{self.settings.rules} can't be read: {error.strerror}") from error
        author = str(order.get("author", ""))[:80] or "command"
        source = say("source.by", file=str(self.settings.rules), author=author)
        state = await self.enforcement.offer(content, source, force=order.get("force") is True)
        return {"version": state.version, "state": state.state, "errors": list(state.errors)}

    async def order(self, order: Mapping[str, Any]) -> dict[str, Any]:
        """POST /order: {call, kind, by, target?, typed?: {surname, organisation, purpose}, author?}."""
        call = str(order.get("call", ""))[:150]
        author = f"command:{str(order.get('author', ''))[:80]}"
        try:
            id_ = await self.calls.place(call, read_order(order, str(order.get("by", ""))), author, "local")
        except OrderRefused as refused:
            raise SwitchboardError(f"{refused} ({refused.code})") from refused
        kept = await self.calls.get(id_)
        return {"id": id_, "state": kept.state.value if kept else "", "outcome": kept.outcome if kept else ""}

    async def choose_mode(self, order: Mapping[str, Any]) -> dict[str, Any]:
        """POST /mode: {mode: manual | automatic | schedule, minutes?, until_changed?, author?}."""
        word = str(order.get("mode", ""))
        if word not in (*Mode, "schedule"):
            raise SwitchboardError(f"there is no mode {word[:40]!r}: manual, automatic or schedule")
        minutes = order.get("minutes")
        if minutes is not None and not (isinstance(minutes, int) and 1 <= minutes <= MOST_MINUTES):
            raise SwitchboardError(f"minutes must be from 1 to {MOST_MINUTES}")
        chosen = await self.desk.choose(
            None if word == "schedule" else Mode(word),
            Source.COMMAND,
            str(order.get("author", ""))[:80],
            minutes=minutes,
            until_changed=order.get("until_changed") is True,
        )
        return _mode(chosen, self.book.in_force()[0].time_zone)

    def _pbx_pid(self) -> int | None:
        with contextlib.suppress(OSError, ValueError):
            return int((self.settings.asterisk_run / "asterisk.pid").read_text())
        return None


def _mode(mode: ModeNow, zone: str) -> dict[str, Any]:
    """The mode, its end in the company's time."""
    until = mode.until.astimezone(ZoneInfo(zone)) if mode.until else None
    return {
        "mode": mode.mode.value,
        "mode_source": mode.source.value,
        "mode_until": until.isoformat(timespec="seconds") if until else None,
        "mode_author": mode.author,
        "mode_reason": mode.reason,
    }


def _call(seen: CallSeen) -> dict[str, Any]:
    return {
        "id": seen.id,
        "caller": seen.caller,
        "name": seen.caller_name,
        "dialled": seen.dialled,
        "state": seen.state,
        "phones": list(seen.phones),
        "since": datetime.fromtimestamp(seen.since).astimezone().isoformat(timespec="seconds"),
    }
