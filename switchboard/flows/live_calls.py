"""The rows of the live view: each call that is up, as the board, the engine and the orders know it.

A row is told when it looks other than it was told last. A call is kept by its linked id, since that is what
the board knows it by; it is told under its own id, which orders and records use.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from switchboard.domain.call import Call
from switchboard.domain.live import Known, LastStep, LiveCall
from switchboard.flows.live_ports import Board, Remembered
from switchboard.flows.live_row import Told, row
from switchboard.flows.orders import Kept, State
from switchboard.flows.readers import event, written

TOLD_EARLY = 5_000
"""Calls remembered that the engine has told of and the board hasn't shown yet."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A call as it was told last."""

    live: LiveCall
    written: bytes


@dataclass(frozen=True, slots=True)
class Change:
    """A call to be told of, by its own id. `shown` None: it is gone. `seen_otherwise`: it looks as before,
    but may be somebody else's now."""

    call: str
    shown: Shown | None
    seen_otherwise: bool = False

    def event(self) -> bytes:
        """As it is told to who sees it."""
        return gone(self.call) if self.shown is None else event("call", self.shown.written)


def gone(call: str, *, elsewhere: bool = False) -> bytes:
    """What is told of a call that has ended, or goes on `elsewhere`, where its reader sees it no more."""
    return event("gone", written({"id": call, "elsewhere": True} if elsewhere else {"id": call}))


class LiveCalls:
    """`decided`, `ordered`, `adopt` and `know` give the linked id of the call to look at again; `look` what
    is to be told of it."""

    def __init__(self, board: Board, unknown: Callable[[str], object]) -> None:
        self._board = board
        self._unknown = unknown  # told of the number of each new call
        self._told: dict[str, Told] = {}  # by the call's id
        self._shown: dict[str, Shown] = {}  # by linked id
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

    @property
    def shown(self) -> Collection[Shown]:
        """All of them, as they were told last."""
        return self._shown.values()

    def look(self, linked: str, now: datetime) -> list[Change]:
        """Look at a call again: what is to be told of it, nothing when it looks as before."""
        shown = self._shown.get(linked)
        seen = self._board.call(linked)
        if seen is None:
            return self._gone(linked, shown)
        id_ = next((channel for channel in seen.channels if channel in self._told), linked)
        out: list[Change] = []
        if shown is not None and shown.live.id != id_:
            out, shown = self._gone(linked, shown), None
        told = self._told.get(id_, Told())
        before = shown.live if shown is not None else None
        live = row(id_, seen, told, before, now, self._known, self._board.phone)
        new = Shown(live, written(live.told()))
        if shown is not None and shown.written == new.written:
            if _whose(shown.live) != _whose(live):
                self._shown[linked] = new
                out.append(Change(id_, new, seen_otherwise=True))
            return out
        self._note_consult(linked, before.consult if before is not None else None, live.consult)
        self._linked[id_] = linked
        self._shown[linked] = new
        if shown is None and live.number:
            self._unknown(live.number)
        return [*out, Change(id_, new)]

    def _of(self, call: str) -> Told:
        told = self._told.get(call)
        if told is None:
            if len(self._told) >= TOLD_EARLY + len(self._shown):
                for stale in [c for c in self._told if c not in self._linked][:TOLD_EARLY]:
                    del self._told[stale]
            told = self._told[call] = Told()
        return told

    def _gone(self, linked: str, shown: Shown | None) -> list[Change]:
        if shown is None:
            return []
        del self._shown[linked]
        live = shown.live
        self._note_consult(linked, live.consult, None)
        self._linked.pop(live.id, None)
        self._told.pop(live.id, None)
        if not any(other.live.number == live.number for other in self._shown.values()):
            self._known.pop(live.number, None)
        return [Change(live.id, None)]

    def _note_consult(self, linked: str, before: dict[str, Any] | None, now: dict[str, Any] | None) -> None:
        """Remember by whose phone's state this call looks different."""
        if before is not None:
            left = self._asked_about.pop(before["target"], frozenset()) - {linked}
            if left:
                self._asked_about[before["target"]] = left
        if now is not None:
            self._asked_about[now["target"]] = self.about(now["target"]) | {linked}  # type: ignore[operator]


def _whose(live: LiveCall) -> tuple[object, ...]:
    return live.parties, live.queue
