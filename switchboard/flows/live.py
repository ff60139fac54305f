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
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import structlog

from switchboard.dialplan import ENDPOINT_CALL_US, ENDPOINT_TRUNK_PREFIX
from switchboard.domain.call import Call, Stage
from switchboard.domain.live import Known, LastStep, Legs, LiveCall, LiveState, held_by, state_of, waits
from switchboard.errors import SwitchboardError
from switchboard.flows.live_ports import Board, Counts, Desk, Records, RulesNow, Seen, StateOf
from switchboard.flows.orders import Kept, State
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

FETCHES = 16
"""Channels asked for their call's state at a time, after a restart."""

TOLD_EARLY = 5_000
"""Calls remembered that the engine has told of and the board hasn't shown yet."""


@dataclass(slots=True)
class _Told:
    """What the engine and the orders said of a call."""

    call: Call | None = None
    step: LastStep | None = None
    order: dict[str, Any] | None = None
    last: dict[str, Any] | None = None


@dataclass(slots=True)
class _Shown:
    """A call as it was told last."""

    id: str
    number: str
    state: LiveState
    since: datetime
    waiting_since: datetime | None
    live: LiveCall | None = None
    written: bytes = b""


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
        self._state_of = state_of
        self._rules = rules
        self._now = now
        self.readers = Readers()
        self._told: dict[str, _Told] = {}
        self._shown: dict[str, _Shown] = {}  # by linked id
        self._linked: dict[str, str] = {}  # the call's id -> linked id
        self._known: dict[str, Known] = {}
        self._phones: dict[str, bytes] = {}
        self._presence = Presence(board)
        self._heads: dict[str, bytes] = {}  # what is told beside calls and phones
        self._pending = _Pending()
        self._timer: asyncio.TimerHandle | None = None
        self._last = float("-inf")
        self._picture: bytes | None = None
        self._numbers: set[str] = set()
        self._adopt: set[str] = set()
        self._asked: set[str] = set()
        self._asked_about: dict[str, frozenset[str]] = {}  # a consulted phone -> linked ids of held callers
        self._to_look_up = asyncio.Event()
        self._recount = asyncio.Event()
        self._since: float | None = None  # the oldest change that isn't told yet
        self.on_told: Callable[[float], None] | None = None
        """Given the seconds from a change to its telling, of the oldest change told together."""
        board.watch(self._changed)

    # what others tell

    def watch(self, call: Call, action: str, reason: str) -> None:
        """The engine decided: the call stands so from now on."""
        told = self._of(call.id)
        told.call, told.step = call, LastStep(action, reason)
        self._touch(call.id)

    def ordered(self, kept: Kept) -> None:
        """An order was given, claimed, carried out, or came to nothing."""
        told = self._of(kept.call)
        kind = kept.order.kind.value
        if kept.state in (State.PLACED, State.CLAIMED):
            told.order = {"id": kept.id, "kind": kind, "by": kept.order.by}
        elif told.order is None or told.order["id"] == kept.id:
            told.order = None
            outcome = kept.state.value if kept.state is State.FAILED else kept.outcome or kept.state.value
            told.last = {"kind": kind, "outcome": outcome}
        self._touch(kept.call)

    def counts_changed(self) -> None:
        """Messages, tickets, mode or duty may be other than they were: look now."""
        self._recount.set()

    def caller_changed(self, numbers: Collection[str] = ()) -> None:
        """What is known of callers changed; of these, or of all who are on the line."""
        self._numbers |= set(numbers) or {shown.number for shown in self._shown.values()}
        self._to_look_up.set()

    # what others ask

    def calls(self) -> list[dict[str, Any]]:
        """Every call that is up, oldest first."""
        self._tell_now()
        lives = [shown.live for shown in self._shown.values() if shown.live is not None]
        return [live.told() for live in sorted(lives, key=lambda live: (live.since, live.id))]

    def call(self, call: str) -> dict[str, Any] | None:
        """One call that is up, by its id."""
        shown = self._shown.get(self._linked.get(call, call))
        return shown.live.told() if shown is not None and shown.live is not None else None

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
                tasks.create_task(self._look_up(), name="live: callers")
        finally:
            if self._timer is not None:
                self._timer.cancel()
            self.readers.close()

    def _of(self, call: str) -> _Told:
        told = self._told.get(call)
        if told is None:
            if len(self._told) >= TOLD_EARLY + len(self._shown):
                for stale in [c for c in self._told if c not in self._linked][:TOLD_EARLY]:
                    del self._told[stale]
            told = self._told[call] = _Told()
        return told

    def _touch(self, call: str) -> None:
        self._changed("call", self._linked.get(call, call))

    def _changed(self, kind: str, name: str) -> None:
        if kind == "call":
            self._pending.calls.add(name)
        elif kind == "phone":
            self._pending.phones.add(name)
            self._pending.calls |= self._asked_about.get(name, frozenset())
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
        calls, phones = pending.calls, pending.phones
        if pending.all:
            calls |= self._shown.keys() | set(self._board.ids)
            phones |= self._phones.keys() | self._board.phones.keys()
            self._meet()
        now = self._now()
        out = [self._call_event(linked, now) for linked in calls]
        out += [self._phone_event(phone) for phone in phones]
        self._publish(b"".join(out))
        if self._since is not None and self.on_told is not None:
            self.on_told(asyncio.get_running_loop().time() - self._since)
        self._since = None

    def _publish(self, some: bytes) -> None:
        if some:
            self._picture = None
            self.readers.publish(some)

    def _call_event(self, linked: str, now: datetime) -> bytes:
        """What is to be told of a call, b"" when it looks as before."""
        shown = self._shown.get(linked)
        seen = self._board.call(linked)
        if seen is None:
            return self._gone(linked, shown)
        told_of = next((c for c in seen.channels if c in self._told), linked)
        told = self._told.get(told_of, _Told())
        out = b""
        if shown is not None and shown.id != told_of:
            out = event("gone", written({"id": shown.id}))
            self._linked.pop(shown.id, None)
            shown = None
        live = self._live(told_of, seen, told, shown, now)
        self._linked[told_of] = linked
        if shown is None:
            self._wanted(live.number)
        data = written(live.told())
        if shown is not None and shown.written == data:
            return out
        self._note_consult(linked, shown.live.consult if shown and shown.live else None, live.consult)
        self._shown[linked] = _Shown(
            told_of, live.number, live.state, live.since, live.waiting_since, live, data
        )
        return out + event("call", data)

    def _note_consult(self, linked: str, before: dict[str, Any] | None, now: dict[str, Any] | None) -> None:
        """Remember by whose phone's state this call looks different."""
        for phone in (before["target"],) if before else ():
            self._asked_about[phone] = self._asked_about.get(phone, frozenset()) - {linked}
            if not self._asked_about[phone]:
                del self._asked_about[phone]
        if now is not None:
            phone = now["target"]
            self._asked_about[phone] = self._asked_about.get(phone, frozenset()) | {linked}

    def _gone(self, linked: str, shown: _Shown | None) -> bytes:
        if shown is None:
            return b""
        del self._shown[linked]
        self._note_consult(linked, shown.live.consult if shown.live else None, None)
        self._linked.pop(shown.id, None)
        self._told.pop(shown.id, None)
        self._asked.discard(linked)
        if not any(other.number == shown.number for other in self._shown.values()):
            self._known.pop(shown.number, None)
        return event("gone", written({"id": shown.id}))

    def _live(self, call_id: str, seen: Seen, told: _Told, shown: _Shown | None, now: datetime) -> LiveCall:
        call = told.call
        legs = _legs(seen)
        state = state_of(legs, call)
        number = call.caller if call is not None and call.caller else legs.caller
        if shown is None:
            since = datetime.fromtimestamp(seen.since).astimezone()
            waiting = _waiting_since(call, since) if waits(state, call) else None
        else:
            since = shown.since if shown.state is state else now
            waiting = (shown.waiting_since or now) if waits(state, call) else None
        known = self._known.get(number, Known())
        if not known.name:
            known = replace(known, name=legs.caller_name[:80])
        return LiveCall(
            id=call_id,
            number=number,
            known=known,
            inside=call.inside if call is not None else not legs.outside,
            dialled=call.dialled if call is not None and call.dialled else legs.dialled,
            state=state,
            since=since,
            waiting_since=waiting,
            phones=legs.joined if legs.talking else legs.asked,
            held_by=held_by(legs, call),
            target=call.target if call is not None else "",
            language=call.language if call is not None else "",
            place=legs.place,
            step=told.step,
            order=told.order,
            consult=self._consult(call, legs),
            last=told.last,
            verdict=call.verdict if call is not None else "",
        )

    def _consult(self, call: Call | None, legs: Legs) -> dict[str, Any] | None:
        """Who is asked about a held caller, and how far that has come."""
        if call is None or not call.consult or legs.talking or call.stage is not Stage.HELD:
            return None
        state = self._board.phone(call.consult)
        word = {"ringing": "ringing", "busy": "talking"}.get(state, "calling")
        return {"by": call.held_by, "target": call.consult, "state": word}

    def _phone_event(self, phone: str) -> bytes:
        state = self._presence.of(phone)
        data = written({"extension": phone, "state": state})
        if self._phones.get(phone) == data or _is_trunk(phone):
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
            phones = {ext: self._presence.of(ext) for ext in self._phones}
            parts = [
                b'"calls":[' + b",".join(s.written for s in self._shown.values()) + b"]",
                b'"phones":' + written({e: s for e, s in phones.items() if s != "unreachable"}),
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
                counts = await self._records.counts()
                mode, said = await self._desk.mode(), await self._desk.said()
            except SwitchboardError as error:
                log.debug("live_counts_unknown", error=str(error))
            else:
                if before is not None and counts.open_tickets != before.open_tickets:
                    self.caller_changed()
                before = counts
                now = self._now()
                for phone in self._presence.note(said, now):
                    self._changed("phone", phone)
                self._head("messages", {"new": counts.new_messages})
                self._head("tickets", {"open": counts.open_tickets}, "ticket")
                self._head("mode", mode_told(mode, said, now))
            await asyncio.sleep(LOOK_SECONDS)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._recount.wait(), RECOUNT_SECONDS)

    def _wanted(self, number: str) -> None:
        if number:
            self._numbers.add(number)
            self._to_look_up.set()

    def _meet(self) -> None:
        """Calls on the board of which nobody told: an earlier controller's, or between phones inside."""
        for linked in self._board.ids:
            if linked not in self._told and linked not in self._asked:
                self._adopt.add(linked)
                self._to_look_up.set()

    async def _look_up(self) -> None:
        while True:
            await self._to_look_up.wait()
            self._to_look_up.clear()
            numbers, self._numbers = self._numbers, set()
            adopt, self._adopt = self._adopt, set()
            try:
                await self._fetch_known(numbers)
                await self._fetch_states(adopt)
            except SwitchboardError as error:
                log.warning("live_callers_unknown", error=str(error))
                self._numbers |= numbers
                self._adopt |= adopt
                await asyncio.sleep(RECOUNT_SECONDS)
                self._to_look_up.set()
            else:
                await asyncio.sleep(TOGETHER_SECONDS)

    async def _fetch_known(self, numbers: Collection[str]) -> None:
        if not numbers:
            return
        found = await self._records.known(numbers)
        live = {shown.number: linked for linked, shown in self._shown.items()}
        for number, known in found.items():
            if number in live:
                self._known[number] = known
        for linked, shown in self._shown.items():
            if shown.number in found:
                self._changed("call", linked)

    async def _fetch_states(self, linked: Collection[str]) -> None:
        """Calls that an earlier controller decided: their state is in their channels."""
        if not linked:
            return
        remembered = await self._records.remembered(linked)
        places = asyncio.Semaphore(FETCHES)

        async def fetch(one: str) -> None:
            seen = self._board.call(one)
            async with places:
                packed = await self._state_of(seen.channel) if seen is not None else ""
            self._asked.add(one)
            call = Call.unpack(packed) if packed else None
            if call is None or self._of(call.id).call is not None:
                return  # none of ours, or decided meanwhile
            note = remembered.get(call.id)
            told = self._of(call.id)
            told.call = call
            told.step = LastStep(note.action, note.reason) if note else None
            shown = self._shown.get(one)
            if shown is not None and note is not None:
                shown.since = note.at
                shown.waiting_since = note.joined or note.at
            self._changed("call", one)

        for done in await asyncio.gather(*map(fetch, linked), return_exceptions=True):
            if isinstance(done, SwitchboardError):
                log.warning("live_state_unknown", error=str(done))
            elif isinstance(done, BaseException):
                raise done


def _legs(seen: Seen) -> Legs:
    return Legs(
        caller=seen.caller,
        caller_name=seen.caller_name,
        dialled=seen.dialled,
        answered=seen.state != "ringing",
        talking=seen.state == "talking",
        asked=_inside(seen.asked),
        joined=_inside(seen.joined),
        on_hold=_inside(seen.on_hold),
        place=seen.place,
        outside=any(_is_trunk(phone) for phone in seen.phones),
    )


def _inside(phones: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(phone for phone in phones if not _is_trunk(phone))


def _is_trunk(phone: str) -> bool:
    return phone.startswith(ENDPOINT_TRUNK_PREFIX) or phone == ENDPOINT_CALL_US


def _waiting_since(call: Call | None, since: datetime) -> datetime:
    """For a call met in waiting: since it joined its queue, else since it began."""
    return datetime.fromtimestamp(call.joined).astimezone() if call is not None and call.joined else since
