"""Placing call-backs by AMI (board: originate). They run in a fixed dialplan; see context call-back."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection

from switchboard.ami.gateway import Gateway
from switchboard.dialplan import Context, Var
from switchboard.domain.queueing import rank
from switchboard.errors import AmiRefused
from switchboard.flows.callback import Promise

_DIGITS = re.compile(r"[0-9]{1,20}", re.ASCII)
_CHANNEL = re.compile(r"cb-[0-9]{1,12}-[0-9]{1,12}", re.ASCII)


class AmiCallBacks:
    """Implements `flows.callback.Pbx`. `live` names the calls under way, None when the board isn't fresh."""

    def __init__(self, board: Gateway, live: Callable[[], Collection[str] | None]) -> None:
        self._board = board
        self.live = live

    async def call_back(self, promise: Promise, *, agent_first: bool, seconds: int) -> None:
        """Order the call: the agent waits for whoever is rung second, or the caller for an agent."""
        if not (
            _DIGITS.fullmatch(promise.number)
            and _DIGITS.fullmatch(promise.queue)
            and _CHANNEL.fullmatch(promise.channel)
        ):
            raise AmiRefused(
                f"{promise.number[:40]!r} can't be dialled", "Originate", "refused before sending"
            )
        first, second = ("agent", "out") if agent_first else ("out", "queue")
        await self._board.action(
            "Originate",
            Channel=f"Local/{first}@{Context.CALL_BACK}/n",
            Context=Context.CALL_BACK.value,
            Exten=second,
            Priority="1",
            Async="true",
            Timeout=str(seconds * 1000),
            ChannelId=promise.channel,
            CallerID=f"<{promise.number}>",
            Variable=[
                f"{Var.NUMBER}={promise.number}",
                f"{Var.QUEUE}={promise.queue}",
                f"{Var.PRIORITY}={rank(promise.priority, promise.since)}",
                f"{Var.SECONDS}={seconds}",
                f"CHANNEL(language)={'en' if promise.language == 'en' else 'zh'}",
            ],
        )
