"""Placing a call for a phone inside by AMI (board: originate); see context `placed` in the dialplan."""

from __future__ import annotations

import re
from collections.abc import Callable

from switchboard.ami.gateway import Gateway
from switchboard.dialplan import Context, Var
from switchboard.errors import AmiRefused
from switchboard.flows.placing import Placed

RING_SECONDS = 30

_DIGITS = re.compile(r"[0-9]{1,24}", re.ASCII)


class AmiPlacing:
    """Implements `flows.placing.Pbx`. `phone` tells a phone's state, `live` whether a call is up."""

    def __init__(self, board: Gateway, phone: Callable[[str], str], live: Callable[[str], bool]) -> None:
        self._board = board
        self.phone = phone
        self.live = live

    async def place(self, placed: Placed, shown: str) -> None:
        """Ring the phone, then have it dial. It shows `shown`, a number, while it rings."""
        for part in (placed.extension, placed.number, shown):
            if not _DIGITS.fullmatch(part):
                raise AmiRefused(f"{part[:40]!r} can't be dialled", "Originate", "refused before sending")
        await self._board.action(
            "Originate",
            Channel=f"Local/{placed.extension}@{Context.PLACED}/n",
            Context=Context.PLACED.value,
            Exten="dial",
            Priority="1",
            Async="true",
            Timeout=str(RING_SECONDS * 1000),
            ChannelId=placed.call,
            CallerID=f"<{shown}>",
            Variable=[f"{Var.NUMBER}={placed.number}", f"{Var.ASKER}={placed.extension}"],
        )
