"""Orders from outside into calls (B1): from a console, a program or the command line.

An order is a row. Placing: the row (of which a call has one open at a time), a look at the call, the checks,
then the call is moved to its next step. That step claims the row, once, and the engine decides what the
order means. Whoever dies in between has carried it out at most once: a row that nobody claims in time fails,
and a call that was moved for nothing goes on where it was.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta

import structlog

from switchboard.domain.call import Call
from switchboard.domain.company import Person, Rules
from switchboard.domain.orders import Code, Order, OrderKind, Refusal, Scene, check, check_target
from switchboard.domain.outcomes import PhoneState
from switchboard.errors import OrderRefused, StateUnreadable, StorageError, SwitchboardError
from switchboard.flows.order_ports import Kept, Lines, LineSeen, Present, Rows, Speaking, State
from switchboard.flows.ports import Clock, RuleBook

__all__ = ["CLAIM_SECONDS", "Kept", "LineSeen", "Orders", "State"]

log = structlog.get_logger()

CLAIM_SECONDS = 10
"""An order that the call's step hasn't claimed within this time is not carried out any more."""

OWN_SECONDS = 1.0
"""How long an operator's next order for a call waits for the one before."""

STORE_SECONDS = 1.5
"""How long a call's step waits for the database: well below the dead man's time."""

LOOK_SECONDS = 2.0
"""How often is looked for orders that came to nothing."""

REMEMBERED = 2000
"""Calls whose newest order is kept in mind for the console."""


class Orders:
    """`place` for whoever orders, `claim` and `carried_out` for the call's step; `run` lets old ones fail."""

    def __init__(
        self, rows: Rows, lines: Lines, desk: Present, rulebook: RuleBook, speaking: Speaking, now: Clock
    ) -> None:
        self._rows = rows
        self._lines = lines
        self._desk = desk
        self._rulebook = rulebook
        self._speaking = speaking
        self._now = now
        self._newest: dict[str, Kept] = {}
        self._watchers: list[Callable[[Kept], None]] = []

    def watch(self, watcher: Callable[[Kept], None]) -> None:
        """Tell `watcher` of every change of an order."""
        self._watchers.append(watcher)

    def newest(self, call: str) -> Kept | None:
        """The newest order for a call that this controller knows of."""
        return self._newest.get(call)

    def is_moving(self, call: str) -> bool:
        """Whether the call is about to be moved by an order: who leaves a menu then hasn't hung up."""
        kept = self._newest.get(call)
        return kept is not None and kept.state is State.PLACED

    async def get(self, id_: int) -> Kept | None:
        """One order by its number."""
        return await self._rows.get(id_)

    async def place(self, call: str, order: Order, author: str, address: str) -> int:
        """Give an order; its number once the call has been moved. Raises OrderRefused."""
        id_ = await self._keep(call, order, author, address)
        self._remember(Kept(id_, call, order, "", author, self._now(), State.PLACED, ""))
        log.info("order_placed", call=call, id=id_, kind=order.kind.value, by=order.by, target=order.target)
        try:
            await self._send(id_, call, order)
        except OrderRefused as refused:
            await self._close(id_, call, State.FAILED, f"{refused.code}: {refused}")
            raise
        except SwitchboardError as error:
            log.error("order_not_sent", call=call, id=id_, error=str(error))
            await self._close(id_, call, State.FAILED, f"{Code.PBX_DOWN}: {error}")
            raise OrderRefused(Code.PBX_DOWN, f"the PBX can't be told: {error}") from error
        return id_

    async def _keep(self, call: str, order: Order, author: str, address: str) -> int:
        """The order's row. One's own order before this one is given a moment to reach the call."""
        deadline = asyncio.get_running_loop().time() + OWN_SECONDS
        while True:
            try:
                id_ = await self._rows.place(call, order, author, address, self._now())
            except StorageError as error:
                why = "orders can't be kept now: the database is away"
                raise OrderRefused(Code.NOT_POSSIBLE, why) from error
            if id_ is not None:
                return id_
            open_ = self._newest.get(call)
            own = open_ is not None and open_.order.by == order.by
            if not own or asyncio.get_running_loop().time() > deadline:
                raise OrderRefused(Code.TAKEN, "another order for this call is under way")
            await asyncio.sleep(OWN_SECONDS / 20)

    async def _send(self, id_: int, call: str, order: Order) -> None:
        """Check, then move the call."""
        seen = await self._lines.look(call, order.by)
        if seen is None:
            raise OrderRefused(Code.GONE, "the call has ended")
        state, rules = _state(seen.packed), self._rulebook.in_force()[0]
        if state is not None:
            rules = self._rulebook.version(state.rules)[0]
        elif seen.fallback:  # it never met a controller
            state = Call(call, rules.version, dialled=rules.main_number)
        scene = await self._scene(seen, state, order)
        if (refusal := check(order, scene, rules, self._now())) is not None:
            raise _refused(refusal)
        outside = order.target not in rules.extensions  # like whatever is dialled now: by the rules in force
        if outside and (refusal := check_target(order, self._rulebook.in_force()[0])) is not None:
            raise _refused(refusal)
        if order.kind is OrderKind.SCREEN:
            await self._say(call, order, rules)
        leg = ""
        if scene.consulting and order.kind in (OrderKind.CONNECT, OrderKind.TAKE_BACK):
            leg = seen.other if order.kind is OrderKind.CONNECT else seen.asking
        if not await self._rows.send(id_, leg, self._now()):
            raise OrderRefused(Code.NOT_POSSIBLE, "the order took too long")
        if order.kind is OrderKind.CONSULT:
            leg_there = seen.leg if order.by in seen.talks_with else ""
            moved = await self._lines.consult(seen.channel, leg_there, order.by, order.target)
        else:
            moved = await self._lines.move(seen.channel)
        if not moved:
            raise OrderRefused(Code.GONE, "the call has ended, or is just being moved")
        if scene.consulting and not leg:
            await self._lines.end_consultation(seen.asking)
        elif seen.called and not scene.consulting and order.kind is not OrderKind.CONSULT:
            await self._lines.end_consultation(seen.called)

    async def _scene(self, seen: LineSeen, state: Call | None, order: Order) -> Scene:
        phones: Mapping[str, PhoneState] = {}
        if order.kind in (OrderKind.ANSWER, OrderKind.TAKE_BACK, OrderKind.CONSULT):
            phones = {order.by: await self._lines.phone(order.by)}
        asks = state is not None and state.held_by == order.by and bool(state.consult)
        consulting = bool(seen.asking) and asks
        return Scene(
            call=state,
            talks_with=seen.talks_with,
            rings=seen.rings,
            parked=seen.parked,
            consulting=consulting,
            consulted=consulting and bool(seen.other),
            phones=phones,
            present=await self._desk.operators(),
        )

    async def _say(self, call: str, order: Order, rules: Rules) -> None:
        """What the operator typed is spoken before the caller is touched: no speech, no question."""
        typed = order.typed
        assert typed is not None, "checked"
        entry = rules.extensions[order.target]
        language = entry.language if isinstance(entry, Person) else rules.default_language
        try:
            await self._speaking.speak(call, typed, language)
        except SwitchboardError as error:
            log.error("typed_not_spoken", call=call, error=str(error))
            raise OrderRefused(Code.NOT_POSSIBLE, f"what was typed can't be spoken: {error}") from error

    async def claim(self, call: str) -> Kept | None:
        """The order for which the call was moved; None: there is none any more. Never raises: without a
        database nothing is carried out."""
        now = self._now()
        try:
            async with asyncio.timeout(STORE_SECONDS):
                kept = await self._rows.claim(call, now, now - timedelta(seconds=CLAIM_SECONDS))
        except (StorageError, TimeoutError) as error:
            log.error("order_not_claimed", call=call, error=str(error))
            return None
        if kept is not None:
            self._remember(kept)
        return kept

    async def carried_out(self, kept: Kept, outcome: str) -> None:
        """The call does what was ordered; from here on it does so whoever dies."""
        await self._close(kept.id, kept.call, State.DONE, outcome)

    async def run(self) -> None:
        """Let orders fail that nobody carried out, until cancelled."""
        while True:
            try:
                await self.look()
            except SwitchboardError as error:
                log.warning("orders_not_looked_at", error=str(error))
            await asyncio.sleep(LOOK_SECONDS)

    async def look(self) -> None:
        """Close what is too old to be carried out."""
        now = self._now()
        old = await self._rows.expire(now - timedelta(seconds=CLAIM_SECONDS), "not carried out in time", now)
        for id_ in old:
            log.error("order_expired", id=id_)
            if (kept := await self._rows.get(id_)) is not None:
                self._remember(kept)

    async def _close(self, id_: int, call: str, state: State, outcome: str) -> None:
        try:
            async with asyncio.timeout(STORE_SECONDS):
                closed = await self._rows.close(id_, state, outcome, self._now())
        except (StorageError, TimeoutError) as error:  # it fails by age then, whatever became of it
            log.error("order_not_closed", id=id_, error=str(error))
            return
        kept = self._newest.get(call)
        if closed and kept is not None and kept.id == id_:
            self._remember(replace(kept, state=state, outcome=outcome))

    def _remember(self, kept: Kept) -> None:
        self._newest.pop(kept.call, None)
        self._newest[kept.call] = kept
        while len(self._newest) > REMEMBERED:
            del self._newest[next(iter(self._newest))]
        for watcher in self._watchers:
            watcher(kept)


def _state(packed: str) -> Call | None:
    try:
        return Call.unpack(packed) if packed else None
    except StateUnreadable as error:
        log.error("state_unreadable", error=str(error))
        return None


def _refused(refusal: Refusal) -> OrderRefused:
    return OrderRefused(refusal.code, refusal.sentence)
