"""The live view: every call that is up, as the desk needs it, with phones and mode, told as it changes.

Three sources are put together: the PBX's board (who rings, who talks), the engine's decisions (told in this
process as they are made), and what is kept of callers. After a restart of the controller the decisions are
read back from the calls themselves: the state that travels with each is fetched from its channel.

Changes of a few hundredths of a second are told together, a call that looks as before is not told, and what
is told is written once for all readers (`flows.readers`). Who sees only their own calls reads a part of it
(`flows.views`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import structlog

from switchboard.domain.call import Call
from switchboard.domain.company import Rules
from switchboard.domain.whose import Own
from switchboard.errors import SwitchboardError
from switchboard.flows.live_beside import Beside, narrowed
from switchboard.flows.live_calls import Change, LiveCalls
from switchboard.flows.live_lookups import Lookups
from switchboard.flows.live_ports import Board, Counts, Desk, Records, RulesNow, StateOf
from switchboard.flows.orders import Kept
from switchboard.flows.ports import Clock
from switchboard.flows.presence import Presence, mode_told
from switchboard.flows.readers import Reader, Readers, event, written
from switchboard.flows.views import Views, only_theirs

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
        self,
        board: Board,
        desk: Desk,
        records: Records,
        state_of: StateOf,
        rules: RulesNow,
        now: Clock,
        company: Callable[[], Rules],
    ) -> None:
        self._board = board
        self._desk = desk
        self._records = records
        self._rules = rules
        self._now = now
        self._company = company  # the rules in force: who belongs to which queue
        self._followed: Rules | None = None  # those that the views go by
        self.readers = Readers()
        self._views = Views()
        self._lookups = Lookups(board, records, state_of, self._call_changed)
        self._calls = LiveCalls(board, lambda number: self._lookups.callers({number}))
        self._presence = Presence(board)
        self._beside = Beside()
        self._pending = _Pending()
        self._timer: asyncio.TimerHandle | None = None
        self._last = float("-inf")
        self._picture: bytes | None = None  # everything, until something changes
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

    def calls(self, own: Own | None = None) -> list[dict[str, Any]]:
        """Every call that is up, or those that `own` sees; oldest first."""
        self._tell_now()
        calls = self._calls.all()
        return [live.told() for live in (only_theirs(own, self._company(), calls) if own else calls)]

    def call(self, call: str) -> dict[str, Any] | None:
        """One call that is up, by its id."""
        live = self._calls.one(call)
        return live.told() if live is not None else None

    def phone(self, extension: str) -> str:
        """Presence of one phone: idle, ringing, busy, away or unreachable."""
        return self._presence.of(extension)

    def read(self, own: Own | None = None) -> Reader:
        """A reader of everything, or of what `own` sees; it begins with the whole picture of that."""
        self._tell_now()
        return self.readers.join(self._whole(own), own)

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
            pending.phones.update(self._beside.phones, self._board.phones)
            self._lookups.met(self._calls.untold())
        now = self._now()
        changes: list[Change] = []
        for linked in pending.calls:
            try:
                changes += self._calls.look(linked, now)
            except Exception:  # one odd call must not darken all the others
                log.exception("live_call_not_shown", call=linked)
        phones = b"".join(self._beside.phone(phone, self._presence.of(phone)) for phone in pending.phones)
        self._publish(b"".join(c.event() for c in changes if not c.seen_otherwise) + phones)
        for own, some in self._views.tell(changes, self.readers.own).items():
            self._publish(some + phones, own)
        if self._since is not None and self.on_told is not None:
            self.on_told(asyncio.get_running_loop().time() - self._since)
        self._since = None

    def _publish(self, some: bytes, own: Own | None = None) -> None:
        if some:
            if own is None:
                self._picture = None
            self.readers.publish(some, own)

    def _head(self, name: str, value: Any, told_as: str = "") -> None:
        """One of the things told beside calls and phones, if it changed."""
        some = self._beside.head(name, value, told_as)
        self._publish(some)
        for own in self.readers.own:
            self._publish(narrowed(name, some), own)

    def _whole(self, own: Own | None) -> bytes:
        """Everything, or what `own` sees, as a reader's beginning."""
        if own is not None:
            picture = self._pictured(self._views.begin(own, self._company(), self._calls.shown), False)
        else:
            picture = self._picture = self._picture or self._pictured(
                [one.written for one in self._calls.shown], True
            )
        at = b',"at":' + written(self._now().isoformat(timespec="milliseconds"))
        return b"retry: 1000\n\n" + event("board", b"{" + picture + at + b"}")

    def _pictured(self, calls: list[bytes], everything: bool) -> bytes:
        states = {phone: self._presence.of(phone) for phone in self._beside.phones}
        reached = {phone: state for phone, state in states.items() if state != "unreachable"}
        return self._beside.picture(calls, reached, everything)

    def _follow_rules(self) -> None:
        """Other rules may make other people members of a queue."""
        company = self._company()
        if company is not self._followed:
            self._followed = company
            for own, some in self._views.follow(company, self._calls.shown).items():
                self._publish(some, own)

    async def _look(self) -> None:
        while True:
            self._head("pbx", {"state": "up" if self._board.fresh else "down"})
            self._head("rules", self._rules())
            self._tell_now()
            self._follow_rules()
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
