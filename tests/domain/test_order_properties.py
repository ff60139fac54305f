"""Whatever is ordered, in whatever sequence: executives stay protected, and calls end (A8, A9, B1)."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from switchboard.domain.actions import Action, Ask, Connect, Dial, Enqueue, Hangup, Park, Screen
from switchboard.domain.call import Call, Stage
from switchboard.domain.engine import STEPS, next_step
from switchboard.domain.order import Order, OrderKind
from switchboard.domain.orders import Scene, check
from switchboard.domain.outcomes import (
    Arrived,
    ConsultationEnded,
    Entered,
    Ordered,
    Outcome,
    PhoneState,
    Silent,
)
from tests.domain.test_consent_properties import PROTECTED, RULES, TRUSTED, calls, wishes
from tests.domain.test_engine_properties import NOW, outcomes

LEG = "PJSIP/8101-0000002a"
orders = st.builds(
    Order,
    st.sampled_from(OrderKind),
    st.sampled_from(["8101", "8102", "8201", "8890", "8801", "8899", "8600", "", "1234"]),
    st.sampled_from(["8201", "8202", "8801", "8899", "8100", "8200", "8600", "", "9999"]),
)
moves: st.SearchStrategy[Outcome] = st.one_of(
    outcomes,
    wishes,
    st.builds(Ordered, orders, st.sampled_from(["", LEG])),
    st.builds(ConsultationEnded, st.sampled_from(["", LEG])),
)


@given(calls, st.lists(moves, max_size=80))
@settings(max_examples=600, deadline=None)
def test_no_sequence_of_orders_connects_an_executive_unasked(call: Call, given_moves: list[Outcome]) -> None:
    """The chairman's phone rings only for what his secretary dialled or sent there last; the manager's only
    for known callers, or as a question. A caller is put to a channel only where an order said so."""
    last: Order | None = None
    entered = False  # by the caller, since somebody inside sent them somewhere
    asked: set[str] = set()
    action: Action | None = None
    outcome: Outcome = Arrived()
    pending = iter(given_moves)
    for _ in range(STEPS + 10):
        before, done = call, action
        decision = next_step(call, outcome, RULES, NOW)
        call, action = decision.call, decision.action
        if isinstance(outcome, Ordered):
            last, entered = outcome.order, False
            asked.add(outcome.order.target if outcome.order.kind is OrderKind.CONSULT else "")
        entered = entered or (isinstance(done, Ask) and isinstance(outcome, Entered))
        match action:
            case Hangup():
                return
            case Dial(phones):
                if "8899" in phones:
                    assert (call.asker, call.dialled) == ("8890", "8899")
                    assert last is None or (last.by, last.kind) == ("8890", OrderKind.TRANSFER)
                    assert not entered
                if "8801" in phones:
                    assert call.trunk == TRUSTED
                assert all(n in RULES.extensions for n in phones)
            case Screen(phones):
                assert set(phones) == {"8801", "8101"}
            case Connect(leg, number):
                assert leg == LEG
                assert isinstance(outcome, Ordered | ConsultationEnded)
                assert number in asked or number == before.held_by or number == last.by  # type: ignore[union-attr]
            case Park(by):
                assert by not in PROTECTED
            case Enqueue(queue):
                assert queue not in PROTECTED
        outcome = next(pending, Silent())
    raise AssertionError("no end")


@given(orders, st.sampled_from(Stage), st.booleans(), st.sampled_from(["", "8101", "8201", "8890", "8899"]))
@settings(max_examples=1000, deadline=None)
def test_no_order_is_let_through_that_asks_an_executive_against_the_rules(
    order: Order, stage: Stage, parked: bool, talks: str
) -> None:
    """Who consults the chairman is his secretary, who consults the manager an operator; nobody camps on them;
    and an executive's own phone orders nothing."""
    call = Call(id="1.1", rules=RULES.version, dialled="8000", stage=stage, held_by=order.by, consult="8201")
    phones = dict.fromkeys(RULES.extensions, PhoneState.IDLE)
    scene = Scene(call, (talks,) if talks else (), (), parked, True, True, phones, ("8101", "8102"))
    if check(order, scene, RULES, NOW) is not None:
        return
    assert order.by not in PROTECTED
    if order.kind is OrderKind.CONSULT:
        assert order.target != "8899" or order.by == "8890"
        assert order.target != "8801" or order.by in RULES.operators
        assert order.by == talks
    assert order.kind not in (OrderKind.CAMP, OrderKind.SERIAL) or order.target not in PROTECTED
    if talks and talks != order.by:
        raise AssertionError(f"{order} moves a caller who talks with {talks}")


@given(st.sampled_from(Stage), orders)
@settings(max_examples=500, deadline=None)
def test_an_order_that_is_not_sound_changes_nothing(stage: Stage, order: Order) -> None:
    """For a phone that is nobody's or an executive's: the same as an interruption."""
    targets = {"screen": "8801", "assist": "8801", "queue": "8600", "call_back": "8600"}
    target = next((t for begins, t in targets.items() if stage.startswith(begins)), "8201")
    call = Call(id="1.1", rules=RULES.version, dialled="8000", stage=stage, target=target, joined=1)
    order = replace(order, by="8899")
    decision = next_step(call, Ordered(order), RULES, NOW)
    assert not isinstance(decision.action, Connect)
    if isinstance(decision.action, Dial):
        assert not PROTECTED & set(decision.action.phones)
