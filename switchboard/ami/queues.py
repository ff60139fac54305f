"""Queues by AMI: who waits, who works, and pausing members. All with the board's account."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection

from switchboard.ami.gateway import Gateway
from switchboard.errors import AmiRefused
from switchboard.flows.queues import Member, QueueNow

_NUMBER = re.compile(r"[0-9]{1,20}", re.ASCII)
_REASON = re.compile(r"[^\x00-\x1f\x7f]{0,60}")

FREE = "1"
GONE = ("0", "4", "5")
"""Device states of QueueMember's Status (include/asterisk/devicestate.h): 1 not in use; 0 unknown, 4 invalid,
5 unavailable."""

PAUSED = "pause"
"""What a pause without a reason is called."""


class AmiQueues:
    """Implements `flows.queues.Pbx` and `flows.agents.Pbx`. `waiting` names calls that nobody talks with."""

    def __init__(self, board: Gateway, waiting: Callable[[], Collection[str]]) -> None:
        self._board = board
        self.waiting = waiting

    async def queue(self, number: str) -> QueueNow:
        """One queue, asked of app_queue now. Raises AmiError; AmiRefused for a queue that isn't there."""
        _checked(number)
        reply = await self._board.action("QueueStatus", Queue=number)
        ranks: dict[str, int] = {}
        members = []
        there = False
        for event in reply.events:
            kind = event.text("Event")
            there = there or kind == "QueueParams"
            if kind == "QueueEntry":
                ranks[event.text("Uniqueid")] = _integer(event.text("Priority"))
            elif kind == "QueueMember":
                status = event.text("Status")
                paused = event.text("Paused") == "1"
                members.append(
                    Member(
                        extension=event.text("Name"),
                        reachable=status not in GONE,
                        free=status == FREE and event.text("InCall") != "1",
                        pause=(event.text("PausedReason") or PAUSED) if paused else "",
                        talked=_integer(event.text("LastCall")),
                    )
                )
        if not there:
            raise AmiRefused(f"Asterisk knows no queue {number}", "QueueStatus")
        return QueueNow(ranks, tuple(members))

    async def pause(self, queue: str, extension: str, reason: str) -> None:
        """Pause a member for `reason`, or end the pause ("")."""
        _checked(queue)
        _checked(extension)
        if not _REASON.fullmatch(reason):
            raise AmiRefused(f"{reason[:60]!r} is no reason", "QueuePause", "refused before sending")
        await self._board.action(
            "QueuePause",
            Queue=queue,
            Interface=f"Local/{extension}@agent",
            Paused="true" if reason else "false",
            Reason=reason or None,
        )


def _checked(number: str) -> None:
    if not _NUMBER.fullmatch(number):
        raise AmiRefused(f"{number[:60]!r} is no extension", "Queue", "refused before sending")


def _integer(text: str) -> int:
    return int(text) if re.fullmatch(r"-?[0-9]{1,10}", text, re.ASCII) else 0
