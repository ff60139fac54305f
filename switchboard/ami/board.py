"""The live board: which phones are reachable and busy, and which calls are up.

Kept from events, with a fresh snapshot after every connect and whenever events were lost. It is a view for
people (`status`, the console); decisions about a call ask Asterisk itself, in that call's own session.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import structlog

from switchboard.ami import actions
from switchboard.ami.actions import ChannelSeen, endpoint_of
from switchboard.ami.gateway import Gateway
from switchboard.ami.subscription import Lost, Subscription
from switchboard.ami.wire import Message
from switchboard.errors import AmiError

log = structlog.get_logger(__name__)

EVENTS = (
    "Newchannel",
    "Newstate",
    "NewCallerid",
    "BridgeEnter",
    "BridgeLeave",
    "Hangup",
    "DeviceStateChange",
)

_NUMBER = re.compile(r"[0-9*#+]{1,40}", re.ASCII)
"""What can have been dialled. A channel deep in the dialplan shows where it stands instead."""

_WORDS = {
    "NOT_INUSE": "idle",
    "INUSE": "busy",
    "BUSY": "busy",
    "RINGING": "ringing",
    "RINGINUSE": "busy",
    "ONHOLD": "busy",
    "UNAVAILABLE": "unreachable",
    "INVALID": "unreachable",
    "UNKNOWN": "unreachable",
}

RETRY_SECONDS = 2.0
"""Pause before a snapshot that failed is tried again."""

RESNAPSHOT_SECONDS = 60.0
"""The board is asked afresh this often: a caller's number with line ends in it can forge an event."""


@dataclass(frozen=True, slots=True)
class CallSeen:
    """Linked channels. `state`: ringing, up (the switchboard speaks, or they wait) or talking."""

    id: str
    caller: str
    caller_name: str
    dialled: str
    state: str
    phones: tuple[str, ...]
    since: float  # epoch seconds


class Board:
    """`await start()`, `await stop()`; then `phones`, `calls`, `fresh`."""

    def __init__(self, gateway: Gateway, now: Callable[[], float] = time.time) -> None:
        self._gateway = gateway
        self._now = now
        self.resnapshot_seconds = RESNAPSHOT_SECONDS
        self._devices: dict[str, str] = {}
        self._channels: dict[str, ChannelSeen] = {}
        self._since: dict[str, float] = {}
        self._fresh = False
        self._subscription: Subscription | None = None
        self._follower: asyncio.Task[None] | None = None

    @property
    def fresh(self) -> bool:
        """The board shows what is; False while the link is down or a snapshot is being taken."""
        return self._fresh and self._gateway.connected

    @property
    def phones(self) -> dict[str, str]:
        """Endpoint → idle, ringing, busy or unreachable. An endpoint that is missing is unreachable."""
        return dict(self._devices)

    def phone(self, name: str) -> str:
        """State of one phone."""
        return self._devices.get(name, "unreachable")

    @property
    def channels(self) -> set[str]:
        """Ids of every channel that is up."""
        return set(self._channels)

    @property
    def calls(self) -> list[CallSeen]:
        """Calls that are up, oldest first."""
        linked: dict[str, list[ChannelSeen]] = {}
        for channel in self._channels.values():
            linked.setdefault(channel.linked_id, []).append(channel)
        seen = [self._call(call, legs) for call, legs in linked.items()]
        return sorted(seen, key=lambda c: c.since)

    async def start(self) -> None:
        """Follow the gateway, connected or not yet."""
        self._subscription = self._gateway.subscribe(*EVENTS, limit=20_000)
        if self._gateway.connected:
            self._subscription.interrupted()
        self._follower = asyncio.create_task(self._follow(self._subscription), name="live board")

    async def stop(self) -> None:
        if self._subscription is not None:
            self._subscription.close()
        if self._follower is not None:
            self._follower.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._follower

    async def _follow(self, subscription: Subscription) -> None:
        clock = asyncio.get_running_loop().time
        due = clock() + self.resnapshot_seconds
        while True:
            try:
                event: Message | Lost | None = None
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(max(0.0, due - clock())):
                        event = await subscription.get()
                if isinstance(event, Message):
                    self.apply(event)
                elif event is not None:
                    self._fresh = False
                if not self._fresh or clock() >= due:
                    await self._snapshot(subscription)
                    due = clock() + self.resnapshot_seconds
            except StopAsyncIteration:
                return
            except Exception:  # one odd event must not end the board
                log.exception("board_event_unread")

    async def _snapshot(self, subscription: Subscription) -> None:
        """Ask afresh. Events that arrive meanwhile wait in the subscription and are applied on top."""
        if not self._gateway.connected:
            return  # the next connect says Lost
        try:
            devices = await actions.device_states(self._gateway)
            channels = await actions.channels(self._gateway)
        except AmiError as error:
            log.warning("board_snapshot_failed", why=str(error))
            self._fresh = False
            if self._gateway.connected:
                await asyncio.sleep(RETRY_SECONDS)
                subscription.interrupted()
            return
        self._devices = {name: _WORDS.get(state, "unreachable") for name, state in devices.items()}
        known = self._channels
        self._channels = {
            c.unique_id: replace(c, exten=known[c.unique_id].exten) if c.unique_id in known else c
            for c in channels
        }
        self._since = {c.unique_id: self._now() - c.seconds for c in channels}
        self._fresh = True

    def apply(self, event: Message) -> None:
        """One event."""
        kind = event.text("Event").lower()
        if kind == "devicestatechange":
            name = endpoint_of(event.text("Device"))
            if name:
                self._devices[name] = _WORDS.get(event.text("State"), "unreachable")
            return
        unique_id = event.text("Uniqueid")
        if not unique_id:
            return
        if kind == "hangup":
            self._channels.pop(unique_id, None)
            self._since.pop(unique_id, None)
            return
        before = self._channels.get(unique_id)
        if before is None and kind != "newchannel":
            return  # a channel that went before our snapshot
        seen = ChannelSeen.of(event)
        if kind == "bridgeleave":
            seen = replace(seen, bridge="")
        elif kind != "bridgeenter" and before is not None:
            seen = replace(seen, bridge=before.bridge)
        if before is not None:  # what was dialled at first stays; dialplan moves on
            seen = replace(seen, exten=before.exten or seen.exten)
        self._channels[unique_id] = seen
        self._since.setdefault(unique_id, self._now())

    def _call(self, call: str, legs: list[ChannelSeen]) -> CallSeen:
        first = next((leg for leg in legs if leg.unique_id == call), legs[0])
        bridged = [leg.bridge for leg in legs if leg.bridge and not leg.name.startswith("Local/")]
        if len(bridged) >= 2:
            state = "talking"
        elif any(leg.state == "Up" for leg in legs):
            state = "up"
        else:
            state = "ringing"
        phones = {endpoint_of(leg.name.rpartition("-")[0]) for leg in legs} - {""}
        return CallSeen(
            id=call,
            caller=first.caller,
            caller_name=first.caller_name,
            dialled=first.exten if _NUMBER.fullmatch(first.exten) else "",
            state=state,
            phones=tuple(sorted(phones)),
            since=min(self._since.get(leg.unique_id, self._now()) for leg in legs),
        )
