"""One row of the live view: what the board sees of a call and what is told of it, put together.

All of it is worked out anew at each look; only since when a call is as it is comes from the look before.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from switchboard.dialplan import ENDPOINT_CALL_US, ENDPOINT_TRUNK_PREFIX
from switchboard.domain.call import Call, Stage
from switchboard.domain.live import Known, LastStep, Legs, LiveCall, LiveState, held_by, state_of, waits
from switchboard.domain.whose import queue_of
from switchboard.flows.live_ports import Remembered, Seen

NAME_LIMIT = 80
"""Characters shown of the name that a caller's side sent."""


@dataclass(slots=True)
class Told:
    """What the engine and the orders said of a call. `remembered`: what an earlier controller recorded."""

    call: Call | None = None
    step: LastStep | None = None
    order: dict[str, Any] | None = None
    last: dict[str, Any] | None = None
    remembered: Remembered | None = None


def row(
    id_: str,
    seen: Seen,
    told: Told,
    before: LiveCall | None,
    now: datetime,
    known: Mapping[str, Known],
    phone: Callable[[str], str],
) -> LiveCall:
    """The call `id_` as it is `now`, and was `before`. `known`: what is known of callers, by number; `phone`
    gives the state of one."""
    call, legs = told.call, _legs(seen)
    state = state_of(legs, call)
    since, waiting = _times(told, seen, state, before, now)
    number = call.caller if call is not None and call.caller else legs.caller
    who = known.get(number, Known())
    if not who.name:
        who = replace(who, name=legs.caller_name[:NAME_LIMIT])
    return LiveCall(
        id=id_,
        number=number,
        known=who,
        inside=call.inside if call is not None else not legs.outside,
        dialled=call.dialled if call is not None and call.dialled else legs.dialled,
        state=state,
        since=since,
        waiting_since=waiting,
        phones=_with(legs, state),
        held_by=held_by(legs, call),
        target=(call.target or call.outside) if call is not None else "",
        language=call.language if call is not None else "",
        place=legs.place,
        step=told.step,
        order=told.order,
        consult=_consult(call, legs, phone),
        last=told.last,
        verdict=call.verdict if call is not None else "",
        parties=frozenset(filter(is_phone, seen.phones)),
        queue=queue_of(call),
    )


def _consult(call: Call | None, legs: Legs, phone: Callable[[str], str]) -> dict[str, Any] | None:
    """Who is asked about a held caller, and how far that has come."""
    if call is None or not call.consult or legs.talking or call.stage is not Stage.HELD:
        return None
    if {*legs.joined} - {call.held_by} or legs.joined_outside:
        word = "talking"
    elif {*legs.asked} - {call.held_by} or legs.asked_outside:
        word = "ringing"
    else:  # the operator was called for it, so that it is a call of its own
        state = phone(call.consult)
        word = {"ringing": "ringing", "busy": "talking"}.get(state, "calling")
    return {"by": call.held_by, "target": call.consult, "state": word}


def is_phone(endpoint: str) -> bool:
    """Whether an endpoint is a phone of ours: no trunk, no test caller."""
    return not (endpoint.startswith(ENDPOINT_TRUNK_PREFIX) or endpoint == ENDPOINT_CALL_US)


def _with(legs: Legs, state: LiveState) -> tuple[str, ...]:
    """Who talks with the caller, or rings for them; who is only asked about them does neither."""
    if state is LiveState.CONSULTING:
        return ()
    return legs.joined if legs.talking else legs.asked


def _times(
    told: Told, seen: Seen, state: LiveState, before: LiveCall | None, now: datetime
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
        asked_outside=not all(map(is_phone, seen.asked)),
        joined_outside=not all(map(is_phone, seen.joined)),
    )
