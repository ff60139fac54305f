"""When an order into a call is refused, and why (B1, A8, A9, A16)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from switchboard.domain.call import Call, Stage
from switchboard.domain.company import Desk
from switchboard.domain.orders import LONGEST, Code, Order, OrderKind, Scene, Typed, check, read_order
from switchboard.domain.outcomes import PhoneState
from switchboard.errors import OrderRefused
from tests.company import company

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
RULES = company(desk=Desk(operators=("8101", "8102")), complaints="8600")
WAITING = Call(id="1.1", rules="1-test", dialled="8000", stage=Stage.GREETING)
TYPED = Typed("王", "Acme", "合同")


def code(kind: str, by: str = "8101", target: str = "", call: Call | None = WAITING, **scene: Any) -> str:
    """The code of the refusal, "" for none."""
    seen = {"present": ("8101", "8102"), "phones": {by: PhoneState.IDLE}} | scene
    refusal = check(Order(OrderKind(kind), by, target, TYPED), Scene(call, **seen), RULES, NOW)
    return refusal.code.value if refusal else ""


def held(by: str = "8101", **more: Any) -> Call:
    return replace(WAITING, stage=Stage.HELD, held_by=by, **more)


def test_a_waiting_caller_is_there_for_operators_at_the_desk() -> None:
    """Signed in: yes. An operator who isn't, somebody else's phone, a number without phone: no."""
    assert code("answer") == ""
    assert code("answer", present=()) == Code.NOT_ALLOWED
    assert code("answer", "8201") == Code.NOT_ALLOWED
    assert code("answer", "8100") == Code.NOT_ALLOWED
    assert code("answer", "nobody") == Code.NOT_ALLOWED


def test_a_caller_in_conversation_belongs_to_whom_they_talk_with() -> None:
    """With an operator: taken for the other one. With 8201: not an operator's to move, but 8201's own."""
    assert code("transfer", "8102", "8202", talks_with=("8101",)) == Code.TAKEN
    assert code("hangup", "8101", talks_with=("8201",)) == Code.NOT_POSSIBLE
    assert code("transfer", "8201", "8202", talks_with=("8201",)) == ""
    assert code("hold", "8201", talks_with=("8201",)) == ""
    assert code("hangup", "8101", talks_with=("",)) == Code.NOT_POSSIBLE


def test_a_held_caller_is_the_holders_and_a_parked_one_anybodys() -> None:
    """8102 can't take what 8101 holds; anybody at the desk fetches who is parked."""
    assert code("answer", "8102", call=held()) == Code.TAKEN
    assert code("transfer", "8102", "8202", call=held()) == Code.TAKEN
    assert code("answer", "8101", call=held()) == ""
    assert code("answer", "8102", call=replace(held(), stage=Stage.PARKED), parked=True) == ""


def test_executives_phones_order_nothing_and_are_reached_by_nobody_the_rules_keep_away() -> None:
    """The chairman is consulted by the secretary alone; the manager by operators; neither is waited for."""
    assert code("hold", "8899", talks_with=("8899",)) == Code.NOT_ALLOWED
    assert code("consult", "8101", "8899", talks_with=("8101",)) == Code.NOT_ALLOWED
    assert code("consult", "8890", "8899", talks_with=("8890",)) == ""
    assert code("consult", "8101", "8801", talks_with=("8101",)) == ""
    assert code("consult", "8201", "8801", talks_with=("8201",)) == Code.NOT_ALLOWED
    for kind in ("camp", "serial"):
        for executive in ("8801", "8899"):
            assert code(kind, "8101", executive) == Code.NOT_POSSIBLE
    assert code("screen", "8101", "8899") == Code.NOT_POSSIBLE


@pytest.mark.parametrize("kind", ["transfer", "consult", "serial", "camp", "voicemail", "screen"])
def test_a_target_that_does_not_exist_is_unknown(kind: str) -> None:
    """Also when there is none, or something hostile in its place."""
    for target in ("", "9999", "8201&PJSIP/8899", "8201\r\n"):
        assert code(kind, "8101", target, talks_with=("8101",)) == Code.UNKNOWN_TARGET


def test_what_makes_no_sense_as_the_call_stands_is_said() -> None:
    """Hold without a conversation, connect without a consultation, a phone that is ringing, busy or gone."""
    assert code("hold") == Code.NOT_POSSIBLE
    assert code("hold", call=held()) == Code.NOT_POSSIBLE
    assert code("connect", call=held()) == Code.NOT_POSSIBLE
    assert code("connect", call=held(consult="8201"), consulting=True) == Code.NOT_POSSIBLE
    assert code("connect", call=held(consult="8201"), consulting=True, consulted=True) == ""
    assert code("answer", rings=("8101",)) == Code.NOT_POSSIBLE
    assert code("answer", talks_with=("8101",)) == Code.NOT_POSSIBLE
    assert code("answer", phones={"8101": PhoneState.BUSY}) == Code.NOT_POSSIBLE
    assert code("answer", phones={}) == Code.NOT_POSSIBLE
    assert code("park", call=replace(held(), stage=Stage.PARKED), parked=True) == Code.NOT_POSSIBLE
    assert code("transfer", "8101", "8101") == Code.NOT_POSSIBLE
    assert code("consult", "8101", "8600", talks_with=("8101",)) == Code.NOT_POSSIBLE


def test_a_call_that_is_not_ours_or_over_takes_no_order() -> None:
    """Two phones inside, a phone's own feature code; a call that says goodbye can still be answered."""
    assert code("answer", call=None) == Code.NOT_POSSIBLE
    assert code("answer", call=replace(WAITING, stage=Stage.ENDED)) == Code.GONE
    assert code("answer", call=replace(WAITING, inside=True, dialled="*60")) == Code.NOT_POSSIBLE
    assert code("answer", call=replace(WAITING, stage=Stage.GOODBYE)) == ""


def test_an_executive_is_asked_within_their_hours_with_something_to_say() -> None:
    """Nothing typed, or a speech: refused."""
    long = Typed("王", "Acme", "x" * (LONGEST["purpose"] + 1))
    for typed in (None, Typed("", "", ""), long):
        refusal = check(
            Order(OrderKind.SCREEN, "8101", "8801", typed), Scene(WAITING, present=("8101",)), RULES, NOW
        )
        assert refusal is not None
        assert refusal.code is Code.NOT_POSSIBLE
    assert code("screen", "8101", "8801") == ""


def test_an_order_is_read_from_what_was_posted() -> None:
    """Spaces and line ends in typed text become one space each; what is no order is refused."""
    order = read_order({"kind": "screen", "target": "8801", "typed": {"surname": " 王\r\n 先生 "}}, "8101")
    assert order == Order(OrderKind.SCREEN, "8101", "8801", Typed("王 先生", "", ""))
    for given in (
        {},
        {"kind": "explode"},
        {"kind": 7},
        {"kind": "transfer", "target": "8" * 25},
        {"kind": "transfer", "target": 8201},
        {"kind": "screen", "typed": "王"},
        {"kind": "screen", "typed": {"surname": "x" * 41}},
        {"kind": "screen", "typed": {"surname": ["王"]}},
    ):
        with pytest.raises(OrderRefused):
            read_order(given, "8101")
