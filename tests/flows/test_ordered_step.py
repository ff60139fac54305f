"""A call's step brought about by an order: claimed once, kept, done once the state is in the channel."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from switchboard.domain.call import Call, Stage
from switchboard.domain.order import Order, OrderKind
from switchboard.flows.step import Steps
from tests.flows.test_step import Kept, Line, steps

HOLD = Order(OrderKind.HOLD, "8101")


@dataclass(frozen=True)
class Claimed:
    order: Order
    leg: str = ""


@dataclass
class Orders:
    """One order, for whoever claims first."""

    line: Line
    waiting: list[Claimed] = field(default_factory=lambda: [Claimed(HOLD)])
    done: list[tuple[str, Stage]] = field(default_factory=list)
    moving: bool = False

    async def claim(self, call: str) -> Claimed | None:
        return self.waiting.pop() if self.waiting else None

    async def carried_out(self, kept: Claimed, outcome: str) -> None:
        self.done.append((outcome, Call.unpack(self.line.variables["SB_STATE"]).stage))

    def is_moving(self, call: str) -> bool:
        return self.moving


def ordered(kept: Kept, **more: object) -> tuple[Steps, Line, Orders]:
    """A caller in the greeting, moved by an order."""
    state = Call("1.1", "1-test", dialled="8000", stage=Stage.GREETING, answered=True).pack()
    line = Line(arguments=(state, "ordered", "outside", "test", "8000"))
    orders = Orders(line, **more)  # type: ignore[arg-type]
    it = steps(kept)
    return replace(it, services=replace(it.services, orders=orders)), line, orders


async def test_the_order_is_done_once_the_new_state_is_in_the_channel() -> None:
    """The journal says what was ordered by whom; the dialplan is told to play music."""
    kept = Kept()
    it, line, orders = ordered(kept)
    await it(line)
    assert orders.done == [("wait", Stage.HELD)]
    assert line.variables["SB_VERB"] == "wait"
    assert line.variables["SB_DONE"] == "1"
    (step,) = kept.records
    assert step["outcome"] == "ordered hold by 8101"


async def test_a_call_moved_for_nothing_goes_on_where_it_was() -> None:
    """The order is gone: the greeting again, and nothing is said to be done."""
    it, line, orders = ordered(Kept(), waiting=[])
    await it(line)
    assert line.played[0] == "greeting-hello"
    assert orders.done == []


async def test_a_caller_moved_out_of_a_prompt_has_not_hung_up() -> None:
    """The session ends as when they hang up; the record leaves it to the next step to say why."""
    for moving, words in ((True, []), (False, ["hung_up"])):
        kept = Kept()
        it, line, _ = ordered(kept, waiting=[], moving=moving)
        line.gone_after = 1
        await it(line)
        assert [r["outcome"] for r in kept.records if r["kind"] == "outcome"] == words
