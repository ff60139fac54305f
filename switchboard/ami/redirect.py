"""Calls as an order finds them, and moving them (board: call, reporting).

Everything is asked of Asterisk at that moment: who talks with the caller decides what may be ordered. A call
is the channel whose unique id is the call's; it is moved by its name, which is checked to be one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from switchboard.ami import actions
from switchboard.ami.actions import ChannelSeen
from switchboard.ami.gateway import Gateway
from switchboard.dialplan import ENDPOINT_PAGE_SUFFIX, Context, Var
from switchboard.domain.devices import together
from switchboard.domain.orders import LONGEST_TARGET
from switchboard.domain.outcomes import PhoneState
from switchboard.errors import AmiRefused
from switchboard.flows.orders import LineSeen
from switchboard.flows.wording import owner_of_leg, read_phone_state

_CHANNEL = re.compile(r"(?:PJSIP|Local)/[A-Za-z0-9@;_.-]{1,100}", re.ASCII)
_DIGITS = re.compile(rf"[0-9]{{1,{LONGEST_TARGET}}}", re.ASCII)

PARKED_IN = "BridgeWait"

CALL_FOR_SECONDS = 25
"""How long an operator's phone rings for a consultation about a caller on hold."""


class CallLines:
    """Implements `flows.orders.Lines`."""

    def __init__(self, board: Gateway) -> None:
        self._board = board

    async def look(self, call: str, by: str) -> LineSeen | None:
        """The call now; None when its caller's channel is gone."""
        channels = await actions.channels(self._board)
        caller = next((c for c in channels if c.unique_id == call), None)
        if caller is None:
            return None
        try:
            packed = await self._variable(caller.name, Var.STATE)
            shared = await self._variable(caller.name, "SHARED(consult)")
            fallback = await self._variable(caller.name, "SB_FALLBACK") == "1"
        except AmiRefused:  # it ended meanwhile
            return None
        linked = [c for c in channels if c.linked_id == caller.linked_id]
        line = replace(seen(caller, linked, packed, by), fallback=fallback, called=_called(channels, by))
        asking = next((c for c in channels if c.name == shared), None)
        if asking is None:
            return line
        asked = [c for c in channels if asking.bridge and c.bridge == asking.bridge and c != asking]
        return replace(line, asking=asking.name, other=asked[0].name if asked else "")

    async def _variable(self, channel: str, name: str) -> str:
        reply = await self._board.action("Getvar", Channel=channel, Variable=name)
        return reply.response.text("Value")

    async def move(self, channel: str) -> bool:
        """Send the caller to its next step, with an order."""
        return await self._redirect(channel)

    async def consult(self, channel: str, leg: str, by: str, target: str) -> bool:
        """Both at once: neither is let go by the end of their conversation. Without a leg the operator's
        phone is called once the caller is on their way."""
        good = _CHANNEL.fullmatch(leg) or not leg
        if not (good and _DIGITS.fullmatch(target) and _DIGITS.fullmatch(by)):
            raise AmiRefused(f"{target[:20]!r} can't be asked", "Redirect", "refused before sending")
        if not leg:
            return await self._redirect(channel) and await self._call_for(by, channel, target)
        await self._board.action("Setvar", Channel=leg, Variable="SB_CALLER", Value=channel)
        return await self._redirect(
            channel,
            ExtraChannel=leg,
            ExtraContext=Context.CONSULT.value,
            ExtraExten=target,
            ExtraPriority="1",
        )

    async def _call_for(self, by: str, channel: str, target: str) -> bool:
        """Call the operator's phone; answered, it asks. Not answered, nobody is asked: when the music
        is over, the operator's phone rings with the caller."""
        await self._board.action(
            "Originate",
            Channel=f"Local/{by}@{Context.CONSULT_LEG}/n",
            Context=Context.CONSULT.value,
            Exten=target,
            Priority="1",
            Async="true",
            Timeout=str(CALL_FOR_SECONDS * 1000),
            CallerID=f"<{target}>",
            Variable=[f"SB_CALLER={channel}"],
        )
        return True

    async def _redirect(self, channel: str, **extra: Any) -> bool:
        if not _CHANNEL.fullmatch(channel):
            raise AmiRefused(f"{channel[:60]!r} is no channel", "Redirect", "refused before sending")
        try:
            await self._board.action(
                "Redirect",
                Channel=channel,
                Context=Context.SWITCHBOARD.value,
                Exten="ordered",
                Priority="1",
                **extra,
            )
        except AmiRefused as error:
            if "does not exist" in error.reason or "not up" in error.reason:
                return False
            raise
        return True

    async def end_consultation(self, leg: str) -> None:
        """Hang up the operator's leg; the dialplan lets the other one go."""
        await actions.hangup(self._board, leg)

    async def phone(self, number: str) -> PhoneState:
        """State of an extension's phones now, the one in the page included."""
        if not _DIGITS.fullmatch(number):
            return PhoneState.UNREACHABLE
        said = []
        for endpoint in (number, number + ENDPOINT_PAGE_SUFFIX):
            reply = await self._board.action("Getvar", Variable=f"DEVICE_STATE(PJSIP/{endpoint})")
            said.append(reply.response.text("Value"))
        return read_phone_state(together(said))


def _called(channels: Iterable[ChannelSeen], by: str) -> str:
    """The channel that rings an operator's phone, for a consultation that hasn't begun; "" for none."""
    begins = f"Local/{by}@{Context.CONSULT_LEG}-"
    return next((c.name for c in channels if c.name.startswith(begins) and c.name.endswith(";2")), "")


def seen(caller: ChannelSeen, linked: Iterable[ChannelSeen], packed: str, by: str) -> LineSeen:
    """What the channels of one call show, to the phone `by`."""
    others = [c for c in linked if c.unique_id != caller.unique_id]
    parked = caller.application == PARKED_IN  # in one bridge with others who are, and with nobody
    with_caller = [c for c in others if caller.bridge and c.bridge == caller.bridge]
    phones = (c for c in others if c.name.startswith("PJSIP/") and c.state == "Up")
    own = next((c.name for c in phones if owner_of_leg(c.name) == by), "")
    return LineSeen(
        channel=caller.name,
        packed=packed,
        talks_with=() if parked else tuple(owner_of_leg(c.name) for c in with_caller),
        rings=tuple(sorted({owner_of_leg(c.name) for c in others if c.state in ("Ringing", "Ring")} - {""})),
        parked=parked,
        leg=own,
    )
