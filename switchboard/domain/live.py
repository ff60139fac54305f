"""A call as the desk sees it while it is up: what the PBX shows, and what the engine decided last.

The PBX knows who rings and who talks; the call's own state knows why. Neither alone tells an operator whether
the caller waits for the desk, listens to the machine or is being held for a colleague.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from switchboard.domain.call import HELD_STAGES, Call, Stage


class LiveState(StrEnum):
    """What becomes of a caller right now, in the word that helps the desk most."""

    WAITING = "waiting"  # in line for an operator
    RINGING = "ringing"  # a phone rings for them
    TALKING = "talking"
    HELD = "held"  # music, until somebody takes them again
    PARKED = "parked"
    QUEUED = "queued"
    AUTOMATIC = "automatic"  # the machine speaks, or listens
    SCREENING = "screening"  # an executive is being asked
    CONSULTING = "consulting"  # held while the operator asks somebody


_STAGES = {
    Stage.DESK: LiveState.WAITING,
    Stage.DESK_LINE: LiveState.WAITING,
    Stage.DESK_RINGING: LiveState.WAITING,
    Stage.QUEUE_SAID: LiveState.QUEUED,
    Stage.QUEUED: LiveState.QUEUED,
    Stage.SCREEN_LOOK: LiveState.SCREENING,
    Stage.SCREENING: LiveState.SCREENING,
    Stage.SCREEN_HOLD: LiveState.SCREENING,
    Stage.SCREEN_RINGING: LiveState.SCREENING,
    Stage.SCREEN_ASKED: LiveState.SCREENING,
    Stage.OUTSIDE: LiveState.RINGING,
    Stage.OUTSIDE_RINGING: LiveState.RINGING,
    Stage.HELD: LiveState.HELD,
    Stage.PARKED: LiveState.PARKED,
    Stage.PULLED: LiveState.HELD,
    Stage.RECALL: LiveState.HELD,
    Stage.CONNECTING: LiveState.HELD,
}

WAIT = frozenset(
    {LiveState.WAITING, LiveState.QUEUED, LiveState.HELD, LiveState.PARKED, LiveState.CONSULTING}
)
"""A caller in one of these waits for a person."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a caller before they say a word. None: not looked up (yet)."""

    name: str = ""
    organisation: str = ""
    grade: str = ""
    notes: str = ""
    earlier_calls: int | None = None
    open_tickets: int | None = None


@dataclass(frozen=True, slots=True)
class Legs:
    """What the PBX shows of one call. `asked` phones ring, `joined` ones talk with the caller, those
    `on_hold` pressed their own hold key; `answered` False: nothing has been picked up."""

    caller: str = ""
    caller_name: str = ""
    dialled: str = ""
    answered: bool = False
    talking: bool = False
    asked: tuple[str, ...] = ()
    joined: tuple[str, ...] = ()
    on_hold: tuple[str, ...] = ()
    place: str = ""
    outside: bool = False  # one of its channels comes from a trunk
    asked_outside: bool = False  # a telephone outside, other than the caller's, rings
    joined_outside: bool = False  # or is in a conversation


@dataclass(frozen=True, slots=True)
class LastStep:
    """The engine's last decision: `action` in the records' words, and the reason's sentence."""

    action: str
    reason: str


@dataclass(frozen=True, slots=True)
class LiveCall:
    """One row of the live view."""

    id: str
    number: str
    known: Known
    inside: bool
    dialled: str
    state: LiveState
    since: datetime
    waiting_since: datetime | None
    phones: tuple[str, ...]
    held_by: str
    target: str
    language: str
    place: str
    step: LastStep | None
    order: dict[str, Any] | None = None
    consult: dict[str, Any] | None = None
    last: dict[str, Any] | None = None
    verdict: str = ""  # what an executive said when the operator asked; "" while nobody has
    parties: frozenset[str] = frozenset()  # every phone of ours in it; not told, like `queue`: whose it is
    queue: str = ""  # whose caller waits, or talks with an agent; "" for other calls

    def told(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "id": self.id,
            "caller": {
                "number": self.number,
                "name": self.known.name,
                "organisation": self.known.organisation,
                "grade": self.known.grade,
                "notes": self.known.notes,
                "earlier_calls": self.known.earlier_calls,
                "open_tickets": self.known.open_tickets,
            },
            "inside": self.inside,
            "dialled": self.dialled,
            "state": self.state.value,
            "since": _time(self.since),
            "waiting_since": None if self.waiting_since is None else _time(self.waiting_since),
            "with": list(self.phones),
            "held_by": self.held_by,
            "target": self.target,
            "language": self.language,
            "place": int(self.place) if self.place.isdecimal() else None,
            "step": None if self.step is None else {"action": self.step.action, "reason": self.step.reason},
            "order": self.order,
            "consult": self.consult,
            "last": self.last,
            "verdict": self.verdict,
        }


def state_of(legs: Legs, call: Call | None) -> LiveState:
    """The one word for a call that is up."""
    if legs.place:
        return LiveState.PARKED
    if legs.talking:
        return LiveState.HELD if legs.on_hold else LiveState.TALKING
    by_stage = None if call is None else _STAGES.get(call.stage)
    if by_stage in (LiveState.SCREENING, LiveState.QUEUED):
        return by_stage
    if call is not None and call.stage is Stage.HELD and call.consult:
        return LiveState.CONSULTING
    if legs.asked or not (legs.answered or call):
        return LiveState.RINGING
    return by_stage or LiveState.AUTOMATIC


def waits(state: LiveState, call: Call | None) -> bool:
    """Whether the caller waits for a person: in line, and while the operators' phones ring for them."""
    wanted = call is not None and _STAGES.get(call.stage) in (LiveState.WAITING, LiveState.HELD)
    return state in WAIT or (state is LiveState.RINGING and wanted)


def held_by(legs: Legs, call: Call | None) -> str:
    """Whose caller it is that waits: the phone whose hold key was pressed, or the operator who ordered it."""
    if legs.talking:
        return legs.on_hold[0] if legs.on_hold else ""
    return call.held_by if call is not None and call.stage in HELD_STAGES else ""


def _time(at: datetime) -> str:
    return at.astimezone().isoformat(timespec="milliseconds")
