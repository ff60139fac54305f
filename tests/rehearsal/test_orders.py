"""What an operator orders in a rehearsal (B1), outside numbers included (A15)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from switchboard.domain.actions import DialOutside
from switchboard.domain.company import Class, Desk, Person, Rules, Trunk
from switchboard.domain.mode import Mode
from switchboard.domain.order import OrderKind
from switchboard.domain.orders import Code
from switchboard.rehearsal import Answer, Rehearsal
from switchboard.rehearsal.story import EndKind, comes_to, ending, rung, step
from tests.company import company
from tests.rehearsal.supposed import rehearsed, speak

MOBILE, ABROAD = "13800138000", "00447700900000"


def rules() -> Rules:
    """The small company with a line; the operator 8101 may dial nationally."""
    it = company(
        desk=Desk(operators=("8101",)),
        outside_patterns={Class.NATIONAL: ("1[3-9]XXXXXXXXX",), Class.INTERNATIONAL: ("00Z.",)},
        trunks=(Trunk("provider", {}, host="192.0.2.1", outgoing=("1X.", "00.")),),
    )
    operator = it.extensions["8101"]
    assert isinstance(operator, Person)
    return replace(it, extensions={**it.extensions, "8101": replace(operator, outside=Class.NATIONAL)})


def at_the_desk(*orders: tuple[str, str], **more: Any) -> Rehearsal:
    """A caller whom the operator 8101 answers, and then orders these."""
    wanted = tuple((OrderKind(kind), target) for kind, target in orders)
    return rehearsed(rules=rules(), mode=Mode.MANUAL, operators=("8101",), orders=wanted, **more)


def test_a_caller_is_sent_outside_and_talks_there() -> None:
    """As the operator's phone may dial; told in words."""
    way = at_the_desk(("transfer", f"9{MOBILE}"))
    assert DialOutside(MOBILE, "8101", 60) in [moment.action for moment in way.moments]
    assert (ending(way).kind, ending(way).number) == (EndKind.TALKS, MOBILE)
    assert rung(way) == (("8101",), (MOBILE,))
    assert way.refused == ()
    answered = next(moment for moment in way.moments if moment.by == "8101")
    assert str(comes_to(answered, rules())).endswith(f"answers, and orders: transfer 9{MOBILE}")
    dials = step(1, way.end, rules(), speak)
    assert dials.does == f"dials {MOBILE} outside, as 8101 may, for 60 s"
    assert dials.seconds == 60


def test_nobody_answers_outside_and_the_caller_comes_back() -> None:
    """To the operator, who then takes a message of them for 8201."""
    way = at_the_desk(("transfer", f"9{MOBILE}"), ("voicemail", "8201"), phones={MOBILE: Answer.BUSY})
    assert rung(way) == (("8101",), (MOBILE,), ("8101",))
    assert (ending(way).kind, ending(way).number) == (EndKind.MESSAGE, "8201")


def test_what_that_phone_may_not_dial_is_refused_and_they_talk_on() -> None:
    """Abroad, an emergency number, nowhere; the last order is carried out."""
    way = at_the_desk(
        ("transfer", f"9{ABROAD}"), ("transfer", "9110"), ("transfer", "9999"), ("serial", "8201")
    )
    assert [r.code for _, r in way.refused] == [Code.NOT_ALLOWED, Code.NOT_ALLOWED, Code.UNKNOWN_TARGET]
    assert not any(isinstance(moment.action, DialOutside) for moment in way.moments)
    assert ending(way).number == "8201"


def test_orders_that_nobody_is_there_to_give_are_not_given() -> None:
    """Nobody answers: the call goes its way."""
    way = at_the_desk(("transfer", f"9{MOBILE}"), others=Answer.NO_ANSWER)
    assert not any(isinstance(moment.action, DialOutside) for moment in way.moments)
    assert way.refused == ()
