"""The live view: every call that is up, as the desk needs it, with phones and mode, told as it changes.

Three sources are put together: the PBX's board (who rings, who talks), the engine's decisions (told in this
process as they are made), and what is kept of callers. After a restart of the controller the decisions are
read back from the calls themselves: the state that travels with each is fetched from its channel.

Changes of a few hundredths of a second are told together, a call that looks as before is not told, and what
is told is written once for all readers (`flows.readers`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import structlog

from switchboard.domain.call import Call
from switchboard.errors import SwitchboardError
from switchboard.flows.live_calls import LiveCalls, is_phone
from switchboard.flows.live_lookups import Lookups
from switchboard.flows.live_ports import Board, Counts, Desk, Records, RulesNow, StateOf
from switchboard.flows.orders import Kept
from switchboard.flows.ports import Clock
from switchboard.flows.presence import Presence, mode_told
from switchboard.flows.readers import Reader, Readers, event, written

log = structlog.get_logger()

TOGETHER_SECONDS = 0.05
"""Changes that come within this time are told together. The first after a quiet moment is told at once."""

LOOK_SECONDS = 0.1
"""How often is looked at what nobody tells us of: the link to the PBX, the state of the rules."""

RECOUNT_SECONDS = 1.0
"""How often messages, tickets, mode and duty are read again while nobody says that they changed."""


@dataclass
class _Pending:
    """What is to be looked at with the next telling."""

    calls: set[str] = field(default_factory=set)
    phones: set[str] = field(default_factory=set)
    all: bool = False

    def __bool__(self) -> bool:
        return bool(self.calls or self.phones or self.all)


class Live:
    """`run()` keeps it true; `watch`, `ordered` tell it of decisions and orders; `read()` gives a reader."""

    def __init__(
        self, board: Board, desk: Desk, records: Records, state_of: StateOf, rules: RulesNow, now: Clock
    ) -> None:
        self._board = board
        self._desk = desk
        self._records = records
        self._rules = rules
        self._now = now
        self.readers = Readers()
        self._lookups = Lookups(board, records, state_of, self._call_changed)
        self._calls = LiveCalls(board, lambda number: self._lookups.callers({number}))
        self._presence = Presence(board)
        self._phones: dict[str, bytes] = {}
        self._heads: dict[str, bytes] = {}  # what is told beside calls and phones
        self._pending = _Pending()
        self._timer: asyncio.TimerHandle | None = None
        self._last = float("-inf")
        self._picture: bytes | None = None
        self._recount = asyncio.Event()
        self._since: float | None = None  # the oldest change that isn't told yet
        self.on_told: Callable[[float], None] | None = None
        """Given the seconds from a change to its telling, of the oldest change told together."""
        board.watch(self._changed)

    # what others tell

    def watch(self, call: Call, action: str, reason: str) -> None:
        """The engine decided: the call stands so from now on."""
        self._call_changed(self._calls.decided(call, action, reason))

    def ordered(self, kept: Kept) -> None:
        """An order was given, claimed, carried out, or came to nothing."""
        self._call_changed(self._calls.ordered(kept))

    def counts_changed(self) -> None:
        """Messages, tickets, mode or duty may be other than they were: look now."""
        self._recount.set()

    def caller_changed(self, numbers: Collection[str] = ()) -> None:
        """What is known of callers changed; of these, or of all who are on the line."""
        self._lookups.callers(numbers or self._calls.numbers)

    # what others ask

    def calls(self) -> list[dict[str, Any]]:
        """Every call that is up, oldest first."""
        self._tell_now()
        return [live.told() for live in self._calls.all()]

    def call(self, call: str) -> dict[str, Any] | None:
        """One call that is up, by its id."""
        live = self._calls.one(call)
        return live.told() if live is not None else None

    def phone(self, extension: str) -> str:
        """Presence of one phone: idle, ringing, busy, away or unreachable."""
        return self._presence.of(extension)

    def read(self) -> Reader:
        """A reader, who begins with the whole picture."""
        self._tell_now()
        return self.readers.join(self._whole())

    # keeping it true

    async def run(self) -> None:
        """Keep it true until cancelled."""
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._look(), name="live: links")
                tasks.create_task(self._count(), name="live: counts")
                tasks.create_task(self._lookups.run(self._calls), name="live: callers")
        finally:
            if self._timer is not None:
                self._timer.cancel()
            self.readers.close()

    def _call_changed(self, linked: str) -> None:
        self._changed("call", linked)

    def _changed(self, kind: str, name: str) -> None:
        if kind == "call":
            self._pending.calls.add(name)
        elif kind == "phone":
            self._pending.phones.add(name)
            self._pending.calls.update(self._calls.about(name))
        else:
            self._pending.all = True
        if self._timer is None:
            with suppress(RuntimeError):  # nobody listens yet: told with the first look
                loop = asyncio.get_running_loop()
                self._since = self._since or loop.time()
                due = self._last + TOGETHER_SECONDS
                self._timer = loop.call_at(max(due, loop.time()), self._tell)

    def _tell_now(self) -> None:
        if self._pending:
            self._tell()

    def _tell(self) -> None:
        """Tell what changed since the last time."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._last = asyncio.get_running_loop().time()
        pending, self._pending = self._pending, _Pending()
        if pending.all:
            pending.calls.update(self._calls.ids, self._board.ids)
            pending.phones.update(self._phones, self._board.phones)
            self._lookups.met(self._calls.untold())
        now = self._now()
        out = []
        for linked in pending.calls:
            try:
                out.append(self._calls.event(linked, now))
            except Exception:  # one odd call must not darken all the others
                log.exception("live_call_not_shown", call=linked)
        out += [self._phone_event(phone) for phone in pending.phones]
        self._publish(b"".join(out))
        if self._since is not None and self.on_told is not None:
            self.on_told(asyncio.get_running_loop().time() - self._since)
        self._since = None

    def _publish(self, some: bytes) -> None:
        if some:
            self._picture = None
            self.readers.publish(some)

    def _phone_event(self, phone: str) -> bytes:
        data = written({"extension": phone, "state": self._presence.of(phone)})
        if self._phones.get(phone) == data or not is_phone(phone):
            return b""
        self._phones[phone] = data
        return event("phone", data)

    def _head(self, name: str, value: Any, told_as: str = "") -> None:
        """One of the things told beside calls and phones, if it changed."""
        data = written(value)
        if self._heads.get(name) != data:
            self._heads[name] = data
            self._publish(event(told_as or name, data))

    def _whole(self) -> bytes:
        """Everything, as a reader's beginning."""
        if self._picture is None:
            phones = {phone: self._presence.of(phone) for phone in self._phones}
            parts = [
                b'"calls":' + self._calls.whole(),
                b'"phones":' + written({p: s for p, s in phones.items() if s != "unreachable"}),
                *(b'"' + name.encode() + b'":' + data for name, data in self._heads.items()),
            ]
            self._picture = b",".join(parts)
        at = b',"at":' + written(self._now().isoformat(timespec="milliseconds"))
        return b"retry: 1000\n\n" + event("board", b"{" + self._picture + at + b"}")

    async def _look(self) -> None:
        while True:
            self._head("pbx", {"state": "up" if self._board.fresh else "down"})
            self._head("rules", self._rules())
            self._tell_now()
            await asyncio.sleep(LOOK_SECONDS)

    async def _count(self) -> None:
        before: Counts | None = None
        while True:
            self._recount.clear()
            try:
                before = await self._count_once(before)
            except SwitchboardError as error:
                log.debug("live_counts_unknown", error=str(error))
            await asyncio.sleep(LOOK_SECONDS)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._recount.wait(), RECOUNT_SECONDS)

    async def _count_once(self, before: Counts | None) -> Counts:
        """Look at messages, tickets, mode and duty, and tell what changed. Raises StorageError."""
        counts = await self._records.counts()
        mode, said = await self._desk.mode(), await self._desk.said()
        if before is not None and counts.open_tickets != before.open_tickets:
            self.caller_changed()
        now = self._now()
        for phone in self._presence.note(said, now):
            self._changed("phone", phone)
        self._head("messages", {"new": counts.new_messages})
        self._head("tickets", {"open": counts.open_tickets}, "ticket")
        self._head("mode", mode_told(mode, said, now))
        return counts
