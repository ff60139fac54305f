"""Callers sent outside by an operator (B1): where that operator's own phone may dial, only there (A15)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from switchboard.domain import prompt_keys as p
from switchboard.domain.actions import Connect, Dial, DialOutside, Hangup, Say, Wait
from switchboard.domain.call import Call, Stage
from switchboard.domain.company import Class, Desk, Person, Trunk
from switchboard.domain.decision import Decision
from switchboard.domain.dialling import Meant, meant
from switchboard.domain.engine import STEPS, next_step
from switchboard.domain.orders import Code, Order, OrderKind, Scene, check
from switchboard.domain.outcomes import (
    Arrived,
    Dialled,
    DialResult,
    Interrupted,
    Ordered,
    Outcome,
    PhoneState,
    Said,
    Silent,
    Waited,
)
from switchboard.domain.permission import may_dial, outside_number
from switchboard.domain.phrases import Text
from tests.company import ENTRIES, company
from tests.domain.test_consent_properties import calls, wishes
from tests.domain.test_engine_properties import outcomes

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
CLASSES = {
    "8101": Class.NATIONAL,
    "8102": Class.LOCAL,
    "8801": Class.INTERNATIONAL,
    "8890": Class.INTERNATIONAL,
}
RULES = company(
    extensions={
        e.number: replace(e, outside=CLASSES.get(e.number, Class.NONE)) if isinstance(e, Person) else e
        for e in ENTRIES
    },
    desk=Desk(operators=("8101", "8102"), hold_seconds=45),
    complaints="8600",
    outside_patterns={
        Class.LOCAL: ("[2-8]XXXXXXX", "1XX"),
        Class.NATIONAL: ("1[3-9]XXXXXXXXX", "0ZXXXXXXXXX"),
        Class.INTERNATIONAL: ("00Z.",),
    },
    trunks=(Trunk("provider", {}, host="192.0.2.1", outgoing=("1X.", "2.", "00.")),),
)
MOBILE, NEAR, ABROAD, NO_LINE = "913800138000", "923456789", "900447700900000", "988886666"
TALKING = Call(id="1.1", rules="1-test", dialled="8000", stage=Stage.DESK_RINGING, via="desk", rung=3)
LEG = "PJSIP/trunk-provider-0000002a"


def code(kind: str, target: str, by: str = "8101", rules: Any = RULES) -> str:
    """The code of the refusal, "" for none, of an order by whoever talks with the caller."""
    scene = Scene(TALKING, (by,), phones={by: PhoneState.IDLE}, present=("8101", "8102"))
    refusal = check(Order(OrderKind(kind), by, target), scene, rules, NOW)
    return refusal.code.value if refusal else ""


def then(call: Call, *given_outcomes: Outcome) -> Decision:
    """The decision after these outcomes, one after another."""
    for outcome in given_outcomes:
        decision = next_step(call, outcome, RULES, NOW)
        call = decision.call
    return decision


def sent(target: str = MOBILE, by: str = "8101", kind: str = "transfer") -> Ordered:
    return Ordered(Order(OrderKind(kind), by, target))


def test_an_operator_sends_callers_where_the_own_phone_may_dial() -> None:
    """8101 national, 8102 local; abroad neither; a secretary who has a caller may send hers abroad."""
    for kind in ("transfer", "consult"):
        assert code(kind, MOBILE) == code(kind, NEAR) == code(kind, NEAR, "8102") == ""
        assert code(kind, MOBILE, "8102") == Code.NOT_ALLOWED
        assert code(kind, ABROAD) == Code.NOT_ALLOWED
        assert code(kind, ABROAD, "8890") == ""
        assert code(kind, NEAR, "8201") == Code.NOT_ALLOWED  # has the caller, may dial nothing


def test_a_number_that_no_line_takes_or_nobody_may_dial_is_refused() -> None:
    """Right by its class but no line; no number at all; without the prefix; an executive's phone, any."""
    assert code("transfer", NO_LINE) == Code.NOT_ALLOWED
    for target in ("94", "13800138000", "98201", "9", "9138001380001", "9+861380013", "9138 0013 8000"):
        assert code("transfer", target) == Code.UNKNOWN_TARGET, target
    assert code("transfer", MOBILE, "8801") == Code.NOT_ALLOWED


def test_nobody_is_sent_to_an_emergency_number() -> None:
    """With the prefix or without, though a pattern of everybody's class fits it."""
    for kind in ("transfer", "consult"):
        for target in ("110", "9110", "120", "9120"):
            assert code(kind, target) == Code.NOT_ALLOWED
    assert code("transfer", "9114") == ""


def test_only_a_transfer_and_a_question_go_outside() -> None:
    """Nobody waits for a line outside, and there are no mailboxes there."""
    for kind in ("serial", "camp", "voicemail", "screen"):
        assert code(kind, MOBILE) == Code.NOT_POSSIBLE


def test_an_extension_is_an_extension_first() -> None:
    """A number of the directory that could be read as prefix and number outside is the directory's."""
    more = {"913800138000": replace(RULES.extensions["8201"], number="913800138000")}
    assert outside_number(RULES, MOBILE) == "13800138000"
    assert outside_number(replace(RULES, extensions={**RULES.extensions, **more}), MOBILE) == ""
    assert outside_number(replace(RULES, outside_prefix=""), "13800138000") == "13800138000"
    assert outside_number(replace(RULES, outside_prefix=""), "8000") == ""


def test_a_caller_who_is_sent_outside_waits_and_comes_back_when_nobody_answers() -> None:
    """请稍等, the number is dialled as 8101; busy: 8101's phone rings and shows it; then the desk."""
    told = then(TALKING, sent())
    assert told.action == Say((Text(p.HOLD_ON),))
    dialled = then(told.call, Said())
    assert dialled.action == DialOutside("13800138000", "8101", 60)
    assert then(dialled.call, Interrupted()).action == dialled.action
    assert then(dialled.call, Dialled(DialResult.ANSWERED)).action == Hangup()
    for result in (DialResult.BUSY, DialResult.NO_ANSWER, DialResult.UNAVAILABLE):
        back = then(dialled.call, Dialled(result))
        assert back.action == Dial(("8101",), 25, "13800138000")
        desk = then(back.call, Dialled(DialResult.NO_ANSWER))
        assert (desk.call.stage, desk.call.outside, desk.call.held_by) == (Stage.DESK, "", "")


def test_permission_is_asked_again_in_front_of_the_dialling() -> None:
    """Whatever led there: a state in which 8102 sends somebody to a mobile, or a manager does."""
    for by, number in (
        ("8102", "13800138000"),
        ("8801", "13800138000"),
        ("8101", "110"),
        ("", "13800138000"),
    ):
        call = replace(TALKING, stage=Stage.OUTSIDE, outside=number, back=by)
        for outcome in (Said(), Interrupted()):
            for stage in (Stage.OUTSIDE, Stage.OUTSIDE_RINGING):
                decision = next_step(call.to(stage), outcome, RULES, NOW)
                assert not isinstance(decision.action, DialOutside), (by, number, stage, outcome)


def test_an_operator_fetches_a_caller_who_hears_it_ring_outside() -> None:
    """Whoever wants the caller and doesn't answer leaves them where they were: it rings outside again."""
    ringing = then(TALKING, sent(), Said()).call
    pulled = then(ringing, sent("", "8102", "answer"))
    assert pulled.action == Dial(("8102",), 15, "13800138000")
    assert then(pulled.call, Dialled(DialResult.NO_ANSWER)).action == DialOutside("13800138000", "8101", 60)


def test_somebody_outside_is_asked_and_connected() -> None:
    """Music for the caller, whose state says who is asked; connect puts them to that channel."""
    asking = then(TALKING, sent(kind="consult"))
    assert asking.action == Wait(45)
    assert asking.call.consult == "13800138000"
    connected = then(asking.call, Ordered(Order(OrderKind.CONNECT, "8101"), LEG))
    assert connected.action == Connect(LEG, "13800138000")


def test_the_rules_say_how_long_a_caller_is_held() -> None:
    """And the record says so."""
    held = then(TALKING, sent("", kind="hold"))
    assert held.action == Wait(45)
    assert then(held.call, Waited()).reason == "held for 45 s: back to 8101"


numbers = st.one_of(
    st.sampled_from(
        [MOBILE, NEAR, ABROAD, NO_LINE, "110", "9110", "9114", "13800138000", "8201", "8899", "8000", "9"]
    ),
    st.text("0123456789", max_size=14),
)
orders = st.builds(
    Order, st.sampled_from(OrderKind), st.sampled_from([*RULES.extensions, "", "1234"]), numbers
)
moves: st.SearchStrategy[Outcome] = st.one_of(
    outcomes, wishes, st.builds(Ordered, orders, st.sampled_from(["", LEG]))
)


@given(calls, st.lists(moves, max_size=80))
@settings(max_examples=600, deadline=None)
def test_no_sequence_of_events_dials_outside_without_permission(
    call: Call, given_moves: list[Outcome]
) -> None:
    """Whatever is pressed, ordered or happens: outside is dialled only what was ordered, by a phone whose
    class has the number, never an emergency number, and never otherwise than by that one action."""
    ordered: set[tuple[str, str]] = set()
    outcome: Outcome = Arrived()
    pending = iter(given_moves)
    for _ in range(STEPS + 10):
        decision = next_step(call, outcome, RULES, NOW)
        call, action = decision.call, decision.action
        if isinstance(outcome, Ordered) and outcome.order.kind is OrderKind.TRANSFER:
            ordered.add((outcome.order.by, outcome.order.target))
        match action:
            case DialOutside(number, by):
                assert (by, f"9{number}") in ordered
                assert may_dial(RULES, CLASSES.get(by, Class.NONE), number)
                assert number not in RULES.emergency
                assert by != "8801"
            case Dial(phones):
                assert set(phones) <= set(RULES.extensions)
            case Hangup():
                return
        outcome = next(pending, Silent())
    raise AssertionError("no end")


@given(orders, st.sampled_from([*RULES.extensions, ""]))
@settings(max_examples=1000, deadline=None)
def test_no_order_outside_is_let_through_that_the_phone_may_not_dial(order: Order, talks: str) -> None:
    """Transfer or question alike, for whoever has the caller."""
    phones = dict.fromkeys(RULES.extensions, PhoneState.IDLE)
    scene = Scene(TALKING, (talks,) if talks else (), phones=phones, present=("8101", "8102"))
    if not order.target or order.target in RULES.extensions or check(order, scene, RULES, NOW) is not None:
        return
    if order.kind in (OrderKind.TRANSFER, OrderKind.CONSULT):
        number = order.target.removeprefix("9")
        assert order.target.startswith("9")
        assert may_dial(RULES, CLASSES.get(order.by, Class.NONE), number)
        assert number not in RULES.emergency
    else:
        assert order.kind not in (OrderKind.SERIAL, OrderKind.CAMP, OrderKind.VOICEMAIL, OrderKind.SCREEN)


def test_a_number_is_understood_as_it_is_written_or_dialled() -> None:
    """With country code and spaces, bare, with the prefix; and whether that phone may."""
    for typed in ("+86 138-0013-8000", "13800138000", " 138 0013 8000 ", MOBILE, "008613800138000"):
        assert meant(RULES, typed, "8101") == (Meant("13800138000", MOBILE, True),), typed
    assert meant(RULES, "13800138000", "8102") == (Meant("13800138000", MOBILE, False),)
    assert meant(RULES, "+44 7700 900000", "8890") == (Meant("00447700900000", "900447700900000", True),)
    for typed in ("8201", "110", "9110", "8000", "zhang", "", "1380013800x", "+", "9"):
        assert meant(RULES, typed, "8101") == (), typed
