"""The live view, wired: what the PBX shows, what the engine decides, what is kept, for whoever watches."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from switchboard.ami import Board, Gateway, actions
from switchboard.dialplan import Var
from switchboard.flows.callers import Callers
from switchboard.flows.desk import Desk
from switchboard.flows.enforcement import Enforcement
from switchboard.flows.live import Live
from switchboard.flows.messages import Messages
from switchboard.flows.orders import Orders
from switchboard.flows.tickets import Tickets
from switchboard.storage import Database, LiveRows, TicketRows


def tickets(database: Database, now: Callable[[], datetime]) -> Tickets:
    """The company's tickets."""
    return Tickets(TicketRows(database), now)


def live(
    database: Database,
    board: Board,
    gateway: Gateway,
    desk: Desk,
    enforcement: Enforcement,
    orders: Orders,
    messages: Messages,
    callers: Callers,
    worked_on: Tickets,
    now: Callable[[], datetime],
) -> Live:
    """The live view, told of everything that changes it."""

    async def state_of(channel: str) -> str:
        return await actions.channel_variable(gateway, channel, Var.STATE.value)

    def rules() -> dict[str, Any]:
        state = enforcement.state
        return {"version": state.version, "state": state.state, "errors": len(state.faults)}

    view = Live(board, desk, LiveRows(database), state_of, rules, now, enforcement.company)
    desk.watch(view.counts_changed)
    orders.watch(view.ordered)
    messages.changed.append(view.counts_changed)
    callers.changed.append(view.caller_changed)
    worked_on.changed.append(view.counts_changed)
    return view
