"""How the controller stands, for monitoring: asked of its parts, and of the database by a real question."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING

from sqlalchemy import text

from switchboard.domain.company import Queue
from switchboard.domain.mode import Mode
from switchboard.errors import SwitchboardError
from switchboard.flows.figures import Standing
from switchboard.storage.outcomes_count import EndedCalls

if TYPE_CHECKING:
    from switchboard.bootstrap.controller import Controller

PATIENCE_SECONDS = 3.0


class ControllerHealth:
    """Implements `flows.figures.Health`."""

    def __init__(self, controller: Controller) -> None:
        from switchboard.bootstrap.controller import now

        self._controller = controller
        self._now = now
        self._ended = EndedCalls(controller.database, now())

    async def faults(self) -> Mapping[str, str]:
        """What keeps us from taking calls."""
        c, found = self._controller, {}
        if not c.gateway.connected:
            found["pbx"] = c.gateway.fault or "the manager link is down"
        elif not c.board.fresh:
            found["pbx"] = "the live view isn't complete yet"
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                async with c.database.read() as connection:
                    await connection.execute(text("SELECT 1"))
        except (SwitchboardError, TimeoutError) as error:
            found["database"] = str(error) or "it doesn't answer"
        return found

    async def standing(self) -> Standing:
        """All figures, as they are now."""
        c = self._controller
        rules, _ = c.book.in_force()
        seen = c.board.calls
        return Standing(
            manual=(await c.desk.mode()).mode is Mode.MANUAL,
            pbx_linked=c.gateway.connected,
            board_fresh=c.board.fresh,
            rules_pending=c.enforcement.state.state != "in_force",
            calls=Counter({"ringing": 0, "up": 0, "talking": 0}) | Counter(call.state for call in seen),
            phones=Counter(c.board.phone(p.number) for p in rules.phones),
            queues=await self._queues([e.number for e in rules.extensions.values() if isinstance(e, Queue)]),
            ended=await self._ended.count(self._now()),
            readers=len(c.live.readers),
        )

    async def _queues(self, numbers: list[str]) -> dict[str, int]:
        """Callers in each queue; a queue that can't be asked is left out."""
        found = {}
        for number in numbers:
            try:
                found[number] = len((await self._controller.in_queues.queue(number)).ranks)
            except SwitchboardError:
                continue
        return found
