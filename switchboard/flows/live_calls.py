"""The rows of the live view: each call that is up, as the board, the engine and the orders know it.

A row is told when it looks other than it was told last. A call is kept by its linked id, since that is what
the board knows it by; it is told under its own id, which orders and records use.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from switchboard.dialplan import ENDPOINT_CALL_US, ENDPOINT_TRUNK_PREFIX
from switchboard.domain.call import Call, Stage
from switchboard.domain.live import Known, LastStep, Legs, LiveCall, LiveState, held_by, state_of, waits
from switchboard.flows.live_ports import Board, Remembered, Seen
from switchboard.flows.orders import Kept, State
from switchboard.flows.readers import event, written

NAME_LIMIT = 80
"""Characters shown of the name that a caller's side sent."""

TOLD_EARLY = 5_000
"""Calls remembered that the engine has told of and the board hasn't shown yet."""


@dataclass(slots=True)
class _Told:
    """What the engine and the orders said of a call. `remembered`: what an earlier controller recorded."""

    call: Call | None = None
    step: LastStep | None = None
    order: dict[str, Any] | None = None
    last: dict[str, Any] | None = None
    remembered: Remembered | None = None


@dataclass(frozen=True, slots=True)
class _Shown:
    """A call as it was told last."""

    live: LiveCall
    written: bytes


class LiveCalls:
    """`decided`, `ordered`, `adopt` and `know` give the linked id of the call to look at again; `event` what
    is to be told of it."""

    def __init__(self, board: Board, unknown: Callable[[str], object]) -> None:
        self._board = board
        self._unknown = unknown  # told of the number of each new call
        self._told: dict[str, _Told] = {}  # by the call's id
        self._shown: dict[str, _Shown] = {}  # by linked id
        self._linked: dict[str, str] = {}  # the call's id -> linked id
        self._known: dict[str, Known] = {}  # by number
        self._asked_about: dict[str, frozenset[str]] = {}  # a consulted phone -> linked ids of held callers

    def decided(self, call: Call, action: str, reason: str) -> str:
        """The engine decided: the call stands so from now on."""
        told = self._of(call.id)
        told.call, told.step = call, LastStep(action, reason)
        return self._linked.get(call.id, call.id)

    def ordered(self, kept: Kept) -> str:
        """An order was given, claimed, carried out, or came to nothing."""
        told = self._of(kept.call)
        kind = kept.order.kind.value
        if kept.state in (State.PLACED, State.CLAIMED):
            told.order = {"id": kept.id, "kind": kind, "by": kept.order.by}
        elif told.order is None or told.order["id"] == kept.id:
            told.order = None
            outcome = kept.state.value if kept.state is State.FAILED else kept.outcome or kept.state.value
            told.last = {"kind": kind, "outcome": outcome}
        return self._linked.get(kept.call, kept.call)

    def adopt(self, call: Call, remembered: Remembered | None) -> bool:
        """The call's own state, read from its channel. False: it was decided meanwhile, and newer counts."""
        told = self._of(call.id)
        if told.call is not None:
            return False
        told.call, told.remembered = call, remembered
        if remembered is not None:
            told.step = LastStep(remembered.action, remembered.reason)
        return True

    def know(self, found: Mapping[str, Known]) -> list[str]:
        """What is known of callers by their numbers; the calls that this concerns."""
        concerned = [linked for linked, shown in self._shown.items() if shown.live.number in found]
        for linked in concerned:
            number = self._shown[linked].live.number
            self._known[number] = found[number]
        return concerned

    def untold(self) -> set[str]:
        """Calls on the board of which nobody told: an earlier controller's, or between phones inside."""
        return {linked for linked in self._board.ids if linked not in self._told}

    @property
    def ids(self) -> Collection[str]:
        """Linked ids of the calls that were told."""
        return self._shown.keys()

    @property
    def numbers(self) -> set[str]:
        """Numbers of everybody on the line."""
        return {shown.live.number for shown in self._shown.values()}

    def about(self, phone: str) -> Collection[str]:
        """Calls that look different with the state of `phone`: its owner is being asked about them."""
        return self._asked_about.get(phone, frozenset())

    def all(self) -> list[LiveCall]:
        """Oldest first."""
        return sorted((s.live for s in self._shown.values()), key=lambda live: (live.since, live.id))

    def one(self, call: str) -> LiveCall | None:
        """By its own id, while it is up."""
        shown = self._shown.get(self._linked.get(call, call))
        return shown.live if shown is not None else None

    def whole(self) -> bytes:
        """All of them, as they were told last: a JSON list."""
        return b"[" + b",".join(shown.written for shown in self._shown.values()) + b"]"

    def event(self, linked: str, now: datetime) -> bytes:
        """What is to be told of a call, b"" when it looks as before."""
        shown = self._shown.get(linked)
        seen = self._board.call(linked)
        if seen is None:
            return self._gone(linked, shown)
        id_ = next((channel for channel in seen.channels if channel in self._told), linked)
        out = b""
        if shown is not None and shown.live.id != id_:
            out, shown = self._gone(linked, shown), None
        live = self._look(id_, seen, shown.live if shown is not None else None, now)
        data = written(live.told())
        if shown is not None and shown.written == data:
            return out
        self._note_consult(linked, shown.live.consult if shown is not None else None, live.consult)
        self._linked[id_] = linked
        self._shown[linked] = _Shown(live, data)
        if shown is None and live.number:
            self._unknown(live.number)
        return out + event("call", data)

    def _of(self, call: str) -> _Told:
        told = self._told.get(call)
        if told is None:
            if len(self._told) >= TOLD_EARLY + len(self._shown):
                for stale in [c for c in self._told if c not in self._linked][:TOLD_EARLY]:
                    del self._told[stale]
            told = self._told[call] = _Told()
        return told

    def _gone(self, linked: str, shown: _Shown | None) -> bytes:
        if shown is None:
            return b""
        del self._shown[linked]
        live = shown.live
        self._note_consult(linked, live.consult, None)
        self._linked.pop(live.id, None)
        self._told.pop(live.id, None)
        if not any(other.live.number == live.number for other in self._shown.values()):
            self._known.pop(live.number, None)
        return event("gone", written({"id": live.id}))

    def _look(self, id_: str, seen: Seen, before: LiveCall | None, now: datetime) -> LiveCall:
        told = self._told.get(id_, _Told())
        call, legs = told.call, _legs(seen)
        state = state_of(legs, call)
        since, waiting = _times(told, seen, state, before, now)
        number = call.caller if call is not None and call.caller else legs.caller
        known = self._known.get(number, Known())
        if not known.name:
            known = replace(known, name=legs.caller_name[:NAME_LIMIT])
        return LiveCall(
            id=id_,
            number=number,
            known=known,
            inside=call.inside if call is not None else not legs.outside,
            dialled=call.dialled if call is not None and call.dialled else legs.dialled,
            state=state,
            since=since,
            waiting_since=waiting,
            phones=_with(legs, state),
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
        if {*legs.joined} - {call.held_by}:
            word = "talking"
        elif {*legs.asked} - {call.held_by}:
            word = "ringing"
        else:  # the operator was called for it, so that it is a call of its own
            state = self._board.phone(call.consult)
            word = {"ringing": "ringing", "busy": "talking"}.get(state, "calling")
        return {"by": call.held_by, "target": call.consult, "state": word}

    def _note_consult(self, linked: str, before: dict[str, Any] | None, now: dict[str, Any] | None) -> None:
        """Remember by whose phone's state this call looks different."""
        if before is not None:
            left = self._asked_about.pop(before["target"], frozenset()) - {linked}
            if left:
                self._asked_about[before["target"]] = left
        if now is not None:
            self._asked_about[now["target"]] = self.about(now["target"]) | {linked}  # type: ignore[operator]


def is_phone(endpoint: str) -> bool:
    """Whether an endpoint is a phone of ours: no trunk, no test caller."""
    return not (endpoint.startswith(ENDPOINT_TRUNK_PREFIX) or endpoint == ENDPOINT_CALL_US)


def _with(legs: Legs, state: LiveState) -> tuple[str, ...]:
    """Who talks with the caller, or rings for them; who is only asked about them does neither."""
    if state is LiveState.CONSULTING:
        return ()
    return legs.joined if legs.talking else legs.asked


def _times(
    told: _Told, seen: Seen, state: LiveState, before: LiveCall | None, now: datetime
) -> tuple[datetime, datetime | None]:
    """Since when the call is as it is, and since when the caller waits for a person."""
    waiting = waits(state, told.call)
    if told.remembered is not None:  # an earlier controller's: as it recorded
        note, told.remembered = told.remembered, None
        return note.at, (note.joined or _joined(told.call) or note.at) if waiting else None
    if before is None:
        began = datetime.fromtimestamp(seen.since).astimezone()
        return began, (_joined(told.call) or began) if waiting else None
    return (before.since if before.state is state else now), (
        before.waiting_since or now
    ) if waiting else None


def _joined(call: Call | None) -> datetime | None:
    """When the caller joined a queue, if they wait in one."""
    return datetime.fromtimestamp(call.joined).astimezone() if call is not None and call.joined else None


def _legs(seen: Seen) -> Legs:
    return Legs(
        caller=seen.caller,
        caller_name=seen.caller_name,
        dialled=seen.dialled,
        answered=seen.state != "ringing",
        talking=seen.state == "talking",
        asked=tuple(filter(is_phone, seen.asked)),
        joined=tuple(filter(is_phone, seen.joined)),
        on_hold=tuple(filter(is_phone, seen.on_hold)),
        place=seen.place,
        outside=not all(map(is_phone, seen.phones)),
    )
