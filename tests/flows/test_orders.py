"""Placing orders: one at a time, carried out at most once and never late, whoever dies when (B1)."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from switchboard.domain.call import Call, Stage
from switchboard.domain.company import Class, Desk, Rules, Trunk
from switchboard.domain.order import Order, OrderKind, Typed
from switchboard.domain.outcomes import PhoneState
from switchboard.errors import AmiTimeout, OrderRefused, PromptError, StorageError
from switchboard.flows.orders import CLAIM_SECONDS, Kept, LineSeen, Orders, State
from tests.company import company

RULES = company(desk=Desk(operators=("8101", "8102")), complaints="8600")
BEGAN = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
WAITING = Call(id="1.1", rules="1-test", dialled="8000", stage=Stage.GREETING)
TALKING = replace(WAITING, stage=Stage.HELD, held_by="8101", consult="8201")
ANSWER = Order(OrderKind.ANSWER, "8101")


class Died(BaseException):
    """kill -9 of the controller, at this very point."""


@dataclass
class World:
    """Database, PBX and clock, which outlive controllers. The `dies_at`th time anything is asked, the
    controller is gone; `dies_after`: what was asked is done all the same."""

    packed: str = field(default_factory=WAITING.pack)
    seen: LineSeen | None = None
    dies_at: int = -1
    dies_after: bool = True
    asked: int = 0
    now: datetime = BEGAN
    rows: dict[int, Kept] = field(default_factory=dict)
    sent: dict[int, datetime] = field(default_factory=dict)
    did: list[str] = field(default_factory=list)
    speech_fails: bool = False

    def clock(self) -> datetime:
        return self.now

    def point(self) -> bool:
        """One more thing is asked; True when the controller dies of it."""
        self.asked += 1
        return self.asked == self.dies_at

    def ask(self) -> None:
        if self.point() and not self.dies_after:
            raise Died

    def answered(self) -> None:
        if self.asked == self.dies_at:
            raise Died


OPEN = (State.PLACED, State.CLAIMED)


@dataclass
class Rows:
    """What `storage.orders` does, without a database."""

    world: World

    async def place(self, call: str, order: Order, author: str, address: str, at: datetime) -> int | None:
        self.world.ask()
        rows = self.world.rows
        if any(k.call == call and k.state in OPEN for k in rows.values()):
            return None
        id_ = len(rows) + 1
        rows[id_] = Kept(id_, call, order, "", author, at, State.PLACED, "")
        self.world.answered()
        return id_

    async def send(self, id_: int, leg: str, at: datetime) -> bool:
        self.world.ask()
        if self.world.rows[id_].state is not State.PLACED:
            return False
        self.world.rows[id_] = replace(self.world.rows[id_], leg=leg)
        self.world.sent[id_] = at
        self.world.answered()
        return True

    async def claim(self, call: str, at: datetime, since: datetime) -> Kept | None:
        self.world.ask()
        for id_, kept in self.world.rows.items():
            sent = self.world.sent.get(id_)
            if kept.call == call and kept.state is State.PLACED and sent is not None and sent >= since:
                self.world.rows[id_] = replace(kept, state=State.CLAIMED)
                self.world.answered()
                return self.world.rows[id_]
        return None

    async def close(self, id_: int, state: State, outcome: str, at: datetime) -> bool:
        self.world.ask()
        kept = self.world.rows[id_]
        if kept.state not in OPEN:
            return False
        self.world.rows[id_] = replace(kept, state=state, outcome=outcome)
        self.world.answered()
        return True

    async def expire(self, before: datetime, outcome: str, at: datetime) -> Collection[int]:
        old = [i for i, k in self.world.rows.items() if k.state in OPEN and k.placed < before]
        for id_ in old:
            self.world.rows[id_] = replace(self.world.rows[id_], state=State.FAILED, outcome=outcome)
        return old

    async def get(self, id_: int) -> Kept | None:
        return self.world.rows.get(id_)


@dataclass
class Lines:
    """A PBX with one call."""

    world: World

    async def look(self, call: str, by: str) -> LineSeen | None:
        self.world.ask()
        self.world.answered()
        if self.world.seen is not None or not self.world.packed:
            return self.world.seen
        return LineSeen("PJSIP/trunk-x-1", self.world.packed)

    async def move(self, channel: str) -> bool:
        self.world.ask()
        self.world.did.append("moved")
        self.world.answered()
        return True

    async def consult(self, channel: str, leg: str, by: str, target: str) -> bool:
        self.world.ask()
        self.world.did.append(f"{leg or by} asks {target}")
        self.world.answered()
        return True

    async def end_consultation(self, leg: str) -> None:
        self.world.did.append(f"{leg} is let go")

    async def phone(self, number: str) -> PhoneState:
        return PhoneState.IDLE


class AtTheDesk:
    async def operators(self) -> Collection[str]:
        return ("8101", "8102")


@dataclass
class Book:
    """Rules in force; every call began under RULES."""

    now: Rules = RULES
    then: Rules = RULES

    def version(self, version: str) -> tuple[Rules, object]:
        return self.then, None

    def in_force(self) -> tuple[Rules, object]:
        return self.now, None


@dataclass
class Voice:
    world: World

    async def speak(self, call: str, typed: Typed, language: str) -> None:
        if self.world.speech_fails:
            raise PromptError("the voice is hoarse")
        self.world.did.append(f"says {typed.surname} in {language}")


def controller(world: World, book: Book | None = None) -> Orders:
    """A controller, begun anew in this world."""
    book = book or Book()
    return Orders(Rows(world), Lines(world), AtTheDesk(), book, Voice(world), world.clock)  # type: ignore[arg-type]


async def steps(orders: Orders, world: World) -> None:
    """The call's next step after it was moved: as `flows.step` does it."""
    if (kept := await orders.claim("1.1")) is not None:
        world.point()
        if world.asked == world.dies_at and not world.dies_after:
            raise Died
        world.did.append("carried out")  # the state with the new stage is in the channel
        world.answered()
        await orders.carried_out(kept, "dial")


async def test_an_order_is_checked_sent_claimed_and_done() -> None:
    """The row tells how far it is; who watches hears of each change."""
    world = World()
    orders = controller(world)
    told: list[State] = []
    orders.watch(lambda kept: told.append(kept.state))
    id_ = await orders.place("1.1", ANSWER, "user:wang", "10.0.0.9")
    assert world.did == ["moved"]
    assert orders.is_moving("1.1")
    await steps(orders, world)
    kept = await orders.get(id_)
    assert kept is not None
    assert (kept.state, kept.outcome, kept.author) == (State.DONE, "dial", "user:wang")
    assert told == [State.PLACED, State.CLAIMED, State.DONE]
    assert not orders.is_moving("1.1")


async def test_of_two_orders_at_once_one_is_carried_out() -> None:
    """Ten operators and programs at the same moment: one moves the call, nine are told."""
    world = World()
    one, other = controller(world), controller(world)
    orders = [
        (one if i % 2 else other).place("1.1", replace(ANSWER, by=("8101", "8102")[i % 2]), "", "")
        for i in range(10)
    ]
    answers = await asyncio.gather(*orders, return_exceptions=True)
    assert len([a for a in answers if isinstance(a, int)]) == 1
    assert {a.code for a in answers if isinstance(a, OrderRefused)} == {"taken"}
    await asyncio.gather(steps(one, world), steps(other, world))
    assert world.did == ["moved", "carried out"]


async def test_ones_own_next_order_waits_for_the_one_before() -> None:
    """Hold, and at once transfer: both are carried out, in order."""
    world = World()
    orders = controller(world)
    await orders.place("1.1", ANSWER, "", "")
    second = asyncio.create_task(orders.place("1.1", Order(OrderKind.TRANSFER, "8101", "8201"), "", ""))
    await asyncio.sleep(0.1)
    assert world.did == ["moved"]
    await steps(orders, world)
    assert await second == 2
    assert world.did == ["moved", "carried out", "moved"]


@pytest.mark.parametrize("dies_after", [True, False])
@pytest.mark.parametrize("dies_at", range(1, 9))
async def test_a_controller_killed_anywhere_carries_nothing_out_late_or_twice(
    dies_at: int, dies_after: bool
) -> None:
    """Before or after each thing it asks for: the next controller finds the order done or not, the call's
    step may come at once or much later, and in the end every row is closed."""
    for pause in (0.0, CLAIM_SECONDS + 1.0):
        world = World(dies_at=dies_at, dies_after=dies_after)
        first = controller(world)
        try:
            await first.place("1.1", ANSWER, "", "")
            await steps(first, world)
        except Died:
            pass
        world.dies_at = -1
        again = controller(world)
        world.now += timedelta(seconds=pause)
        before = world.did.count("carried out")
        await again.look()
        if "moved" in world.did:
            await steps(again, world)
        assert world.did.count("carried out") <= 1
        if pause:
            assert world.did.count("carried out") == before
        world.now += timedelta(seconds=CLAIM_SECONDS + 1)
        await again.look()
        assert all(kept.state not in OPEN for kept in world.rows.values())


async def test_a_refused_order_touches_nothing_and_is_kept_as_failed() -> None:
    """The reason stands in the row; the next order may come at once."""
    world = World()
    orders = controller(world)
    with pytest.raises(OrderRefused) as why:
        await orders.place("1.1", Order(OrderKind.HOLD, "8101"), "", "")
    assert why.value.code == "not_possible"
    assert world.did == []
    assert world.rows[1].state is State.FAILED
    await orders.place("1.1", ANSWER, "", "")


async def test_a_call_that_has_ended_is_gone() -> None:
    """Before the look, or between look and move."""
    world = World(packed="")
    with pytest.raises(OrderRefused) as why:
        await controller(world).place("1.1", ANSWER, "", "")
    assert why.value.code == "gone"


async def test_a_pbx_that_does_not_answer_fails_the_order() -> None:
    """Whether the call was moved is unknown; its step then finds no order, and goes on where it was."""
    world = World()
    orders = controller(world)

    async def lost(channel: str) -> bool:
        raise AmiTimeout("no answer", "Redirect")

    orders._lines.move = lost  # type: ignore[method-assign]
    with pytest.raises(OrderRefused) as why:
        await orders.place("1.1", ANSWER, "", "")
    assert why.value.code == "pbx_down"
    assert await orders.claim("1.1") is None


async def test_speech_that_fails_is_told_to_the_operator_and_the_caller_stays() -> None:
    """Nothing is moved; the next try, with a voice, is."""
    world = World(speech_fails=True)
    orders = controller(world)
    screen = Order(OrderKind.SCREEN, "8101", "8801", Typed("王", "", ""))
    with pytest.raises(OrderRefused) as why:
        await orders.place("1.1", screen, "", "")
    assert "hoarse" in str(why.value)
    assert world.did == []
    world.speech_fails = False
    await orders.place("1.1", screen, "", "")
    assert world.did == ["says 王 in zh", "moved"]


async def test_a_consultation_gives_the_leg_to_connect_with() -> None:
    """connect: the other one's channel; take_back: the operator's own; anything else lets both go."""
    seen = LineSeen("PJSIP/trunk-x-1", TALKING.pack(), asking="PJSIP/8101-1", other="PJSIP/8201-1")
    for kind, leg in ((OrderKind.CONNECT, "PJSIP/8201-1"), (OrderKind.TAKE_BACK, "PJSIP/8101-1")):
        world = World(seen=seen)
        await controller(world).place("1.1", Order(kind, "8101"), "", "")
        assert world.rows[1].leg == leg
        assert world.did == ["moved"]
    world = World(seen=seen)
    await controller(world).place("1.1", Order(OrderKind.TRANSFER, "8101", "8202"), "", "")
    assert world.did == ["moved", "PJSIP/8101-1 is let go"]


async def test_without_a_database_nothing_is_ordered_and_calls_go_on() -> None:
    """Placing is refused; a step that was moved goes on without an order."""
    world = World()
    orders = controller(world)

    async def fails(*_: object) -> None:
        raise StorageError("disk full")

    orders._rows.place = fails  # type: ignore[method-assign,assignment]
    orders._rows.claim = fails  # type: ignore[method-assign,assignment]
    with pytest.raises(OrderRefused):
        await orders.place("1.1", ANSWER, "", "")
    assert world.did == []
    assert await orders.claim("1.1") is None


def able(outside: Class) -> Rules:
    """The rules with a line for mobiles, where 8101 may dial `outside`."""
    operator = replace(RULES.extensions["8101"], outside=outside)  # type: ignore[call-arg]
    return replace(
        RULES,
        extensions={**RULES.extensions, "8101": operator},
        outside_patterns={Class.NATIONAL: ("1[3-9]XXXXXXXXX",)},
        trunks=(Trunk("provider", {}, host="192.0.2.1", outgoing=("1X.",)),),
    )


@pytest.mark.parametrize("kind", [OrderKind.TRANSFER, OrderKind.CONSULT])
async def test_an_order_outside_needs_the_permission_then_and_now(kind: OrderKind) -> None:
    """Under the rules of the call and those in force: taken away meanwhile, or given only now, it is refused,
    the caller is not touched, and the refusal is kept."""
    order = Order(kind, "8101", "913800138000")
    for now, then in ((Class.NONE, Class.NATIONAL), (Class.NATIONAL, Class.NONE), (Class.NATIONAL,) * 2):
        world = World(seen=LineSeen("PJSIP/trunk-x-1", WAITING.pack(), ("8101",), leg="PJSIP/8101-2"))
        orders = controller(world, Book(able(now), able(then)))
        if now is then:
            await orders.place("1.1", order, "", "")
            assert world.did == (
                ["moved"] if kind is OrderKind.TRANSFER else ["PJSIP/8101-2 asks 913800138000"]
            )
            continue
        with pytest.raises(OrderRefused) as refused:
            await orders.place("1.1", order, "", "")
        assert refused.value.code == "not_allowed"
        assert world.did == []
        assert world.rows[1].state is State.FAILED
        assert world.rows[1].outcome == "not_allowed: 8101 may not dial 13800138000"
