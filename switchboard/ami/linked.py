"""Linked channels seen as one call."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from switchboard.ami.actions import ChannelSeen, endpoint_of

_NUMBER = re.compile(r"[0-9*#+]{1,40}", re.ASCII)
"""What can have been dialled. A channel deep in the dialplan shows where it stands instead."""


@dataclass(frozen=True, slots=True)
class CallSeen:
    """Linked channels. `state`: ringing, up (the switchboard speaks, or they wait) or talking.

    `asked` are the phones that ring for it, `joined` those in a conversation with the others, `on_hold` those
    whose own key put the others on hold, `place` where the call is parked. `channels` are its channels' ids,
    the first one's first, and `channel` that one's name.
    """

    id: str
    caller: str
    caller_name: str
    dialled: str
    state: str
    phones: tuple[str, ...]
    since: float  # epoch seconds
    asked: tuple[str, ...] = ()
    joined: tuple[str, ...] = ()
    on_hold: tuple[str, ...] = ()
    place: str = ""
    channel: str = ""
    channels: tuple[str, ...] = ()


def call_of(
    call: str,
    legs: Iterable[ChannelSeen],
    since: float,
    holding: Collection[str],
    parked: Mapping[str, str],
) -> CallSeen:
    """The call with linked id `call`, of its channels. `holding` are ids of channels whose phone put the
    others on hold, `parked` the places of those that are parked."""
    legs = sorted(legs, key=_age)
    first = next((leg for leg in legs if leg.unique_id == call), legs[0])
    others = [leg for leg in legs if leg is not first]
    bridged = [leg for leg in legs if leg.bridge and not leg.name.startswith("Local/")]
    if len(bridged) >= 2 and (first in bridged or first.name.startswith("Local/")):
        state = "talking"  # with the caller: while an operator asks somebody about them, they are not
    elif any(leg.state == "Up" for leg in legs):
        state = "up"
    else:
        state = "ringing"
    return CallSeen(
        id=call,
        caller=first.caller,
        caller_name=first.caller_name,
        dialled=first.exten if _NUMBER.fullmatch(first.exten) else "",
        state=state,
        phones=_phones(legs),
        since=since,
        asked=_phones(leg for leg in others if leg.state in ("Ring", "Ringing")),
        joined=_phones(leg for leg in others if leg in bridged),
        on_hold=_phones(leg for leg in legs if leg.unique_id in holding),
        place=next((place for leg in legs if (place := parked.get(leg.unique_id, ""))), ""),
        channel=first.name,
        channels=(first.unique_id, *(leg.unique_id for leg in others)),
    )


def _phones(legs: Iterable[ChannelSeen]) -> tuple[str, ...]:
    """The phones behind some channels; a Local channel has none."""
    return tuple(sorted({endpoint_of(leg.name.rpartition("-")[0]) for leg in legs} - {""}))


def _age(leg: ChannelSeen) -> tuple[int, int]:
    """Orders channels by when they were made: an id is epoch second, point, number."""
    second, _, number = leg.unique_id.rpartition("-")[2].partition(".")
    return (int(second) if second.isdecimal() else 0, int(number) if number.isdecimal() else 0)
