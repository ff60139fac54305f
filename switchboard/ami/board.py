"""The live board: which phones are reachable and busy, and which calls are up.

Kept from events, with a fresh snapshot after every connect and whenever events were lost. It is a view for
people (`status`, the console); decisions about a call ask Asterisk itself, in that call's own session.

Whoever shows it live asks to be told (`watch`) and then looks up just what changed: with a thousand calls up,
nothing here is worked out for all of them but a snapshot.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable
from dataclasses import replace

import structlog

from switchboard.ami import actions
from switchboard.ami.actions import ChannelSeen, device_of
from switchboard.ami.gateway import Gateway
from switchboard.ami.linked import CallSeen, call_of
from switchboard.ami.subscription import Lost, Subscription
from switchboard.ami.wire import Message
from switchboard.dialplan import ENDPOINT_PAGE_SUFFIX, extension_of
from switchboard.domain.devices import together
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
    "Hold",
    "Unhold",
)

PARKING = "parking"
"""The bridge in which callers are parked (dialplan/parking.conf)."""

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


Watcher = Callable[[str, str], None]
"""Told of every change: ("call", its linked id), ("phone", its name), or ("all", "") after a snapshot and
when the link went down. May come many times for one change."""


class Board:
    """`await start()`, `await stop()`; then `phones`, `calls`, `fresh`."""

    def __init__(self, gateway: Gateway, now: Callable[[], float] = time.time) -> None:
        self._gateway = gateway
        self._now = now
        self.resnapshot_seconds = RESNAPSHOT_SECONDS
        self._states: dict[str, str] = {}  # endpoint → Asterisk's word
        self._devices: dict[str, str] = {}  # whose phone → ours
        self._channels: dict[str, ChannelSeen] = {}
        self._linked: dict[str, set[str]] = {}
        self._since: dict[str, float] = {}
        self._holding: set[str] = set()
        self._parked: dict[str, str] = {}  # by the channel's id
        self._places_changed = False
        self._watchers: list[Watcher] = []
        self._fresh = False
        self._subscription: Subscription | None = None
        self._follower: asyncio.Task[None] | None = None

    @property
    def fresh(self) -> bool:
        """The board shows what is; False while the link is down or a snapshot is being taken."""
        return self._fresh and self._gateway.connected

    @property
    def phones(self) -> dict[str, str]:
        """Extension (or trunk's endpoint) → idle, ringing, busy or unreachable; one that is missing is
        unreachable. A person's desk phone and the phone in their page are one."""
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
        return sorted((self._call(call) for call in self._linked), key=lambda c: c.since)

    @property
    def ids(self) -> list[str]:
        """Ids of the calls that are up."""
        return list(self._linked)

    def call(self, call: str) -> CallSeen | None:
        """One call, while it is up."""
        return self._call(call) if call in self._linked else None

    def watch(self, watcher: Watcher) -> None:
        """Tell `watcher` of every change from now on."""
        self._watchers.append(watcher)

    def _tell(self, kind: str, name: str) -> None:
        for watcher in self._watchers:
            watcher(kind, name)

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
                    self._tell("all", "")
                if self._places_changed and self._fresh:
                    await self._look_at_places()
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
            parked = await actions.parked(self._gateway)
        except AmiError as error:
            log.warning("board_snapshot_failed", why=str(error))
            self._fresh = False
            if self._gateway.connected:
                await asyncio.sleep(RETRY_SECONDS)
                subscription.interrupted()
            return
        self._states = devices
        self._devices = {name: self._state_of(name) for name in map(extension_of, devices)}
        known = self._channels
        self._channels = {}
        self._linked = {}
        for c in channels:
            exten = known[c.unique_id].exten if c.unique_id in known else c.exten
            self._put(replace(c, exten=exten))
        self._since = {c.unique_id: self._now() - c.seconds for c in channels}
        self._holding &= set(self._channels)
        self._parked = {c.unique_id: parked[c.name] for c in channels if c.name in parked and c.bridge}
        self._fresh = True
        self._tell("all", "")

    async def _look_at_places(self) -> None:
        """Somebody was parked: where, only Asterisk's own variables know."""
        self._places_changed = False
        try:
            parked = await actions.parked(self._gateway)
        except AmiError as error:
            log.warning("places_unknown", why=str(error))
            return
        for seen in self._channels.values():
            if seen.bridge and (place := parked.get(seen.name, "")):
                self._parked[seen.unique_id] = place
                self._tell("call", seen.linked_id)

    def _put(self, seen: ChannelSeen) -> None:
        """Keep a channel as it is now; another call's, perhaps, than before."""
        before = self._channels.get(seen.unique_id)
        if before is not None and before.linked_id != seen.linked_id:
            self._leave(before)
        self._channels[seen.unique_id] = seen
        self._linked.setdefault(seen.linked_id, set()).add(seen.unique_id)

    def _leave(self, seen: ChannelSeen) -> None:
        """The channel is no longer this call's."""
        legs = self._linked.get(seen.linked_id, set())
        legs.discard(seen.unique_id)
        if not legs:
            self._linked.pop(seen.linked_id, None)
        self._tell("call", seen.linked_id)

    def apply(self, event: Message) -> None:
        """One event."""
        kind = event.text("Event").lower()
        if kind == "devicestatechange":
            self._device(device_of(event.text("Device")), event.text("State"))
            return
        unique_id = event.text("Uniqueid")
        if not unique_id:
            return
        if kind == "hangup":
            self._since.pop(unique_id, None)
            self._holding.discard(unique_id)
            self._parked.pop(unique_id, None)
            if (gone := self._channels.pop(unique_id, None)) is not None:
                self._leave(gone)
            return
        before = self._channels.get(unique_id)
        if before is None and kind != "newchannel":
            return  # a channel that went before our snapshot
        if kind in ("hold", "unhold"):
            (self._holding.add if kind == "hold" else self._holding.discard)(unique_id)
        seen = ChannelSeen.of(event)
        if kind == "bridgeleave":
            seen = replace(seen, bridge="")
            self._holding.discard(unique_id)
            self._parked.pop(unique_id, None)
        elif kind != "bridgeenter" and before is not None:
            seen = replace(seen, bridge=before.bridge)
        if before is not None:  # what was dialled at first stays; dialplan moves on
            seen = replace(seen, exten=before.exten or seen.exten)
        if kind == "bridgeenter" and event.text("BridgeName") == PARKING:
            self._places_changed = True
        self._put(seen)
        self._since.setdefault(unique_id, self._now())
        self._tell("call", seen.linked_id)

    def _device(self, endpoint: str, word: str) -> None:
        """One device of somebody's is in another state."""
        if not endpoint:
            return
        self._states[endpoint] = word
        name = extension_of(endpoint)
        state = self._state_of(name)
        if self._devices.get(name) != state:
            self._devices[name] = state
            self._tell("phone", name)

    def _state_of(self, name: str) -> str:
        found = (self._states.get(e) for e in (name, name + ENDPOINT_PAGE_SUFFIX))
        return _WORDS.get(together(state for state in found if state), "unreachable")

    def _call(self, call: str) -> CallSeen:
        legs = [self._channels[unique_id] for unique_id in self._linked[call]]
        since = min(self._since.get(leg.unique_id, self._now()) for leg in legs)
        return call_of(call, legs, since, self._holding, self._parked)
