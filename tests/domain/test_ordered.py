"""Carrying orders out, and what comes after them (B1)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from switchboard.domain import prompt_keys as p
from switchboard.domain.actions import Connect, Dial, Hangup, Look, MessageReason, Park, Say, Screen, Wait
from switchboard.domain.call import Call, Stage
from switchboard.domain.company import Desk
from switchboard.domain.decision import Decision
from switchboard.domain.engine import next_step
from switchboard.domain.order import Order, OrderKind
from switchboard.domain.outcomes import (
    ConsultationEnded,
    Dialled,
    DialResult,
    Interrupted,
    LeftQueue,
    Ordered,
    Outcome,
    PhoneState,
    QueueExit,
    Said,
    ScreenEnded,
    Seen,
    Verdict,
    Waited,
)
from switchboard.domain.phrases import Text
from tests.company import company

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
RULES = company(desk=Desk(operators=("8101", "8102")), complaints="8600")
TALKING = Call(id="1.1", rules="1-test", dialled="8000", stage=Stage.DESK_RINGING, via="desk", rung=3)
ANSWERED, BUSY = Dialled(DialResult.ANSWERED), Dialled(DialResult.BUSY)
LEG = "PJSIP/8101-0000002a"


def then(call: Call, *outcomes: Outcome) -> Decision:
    """The decision after `outcomes`, one after another."""
    for outcome in outcomes:
        decision = next_step(call, outcome, RULES, NOW)
        call = decision.call
    return decision


def ordered(kind: str, target: str = "", by: str = "8101", leg: str = "") -> Ordered:
    return Ordered(Order(OrderKind(kind), by, target), leg)


def test_hold_is_music_until_the_operator_is_rung_back() -> None:
    """Two minutes of music, the operator's phone, then whoever is at the desk."""
    call = then(TALKING, ordered("hold"))
    assert (call.action, call.call.held_by, call.call.stage) == (Wait(120), "8101", Stage.HELD)
    back = then(call.call, Waited())
    assert back.action == Dial(("8101",), 25, "8000")
    desk = then(back.call, BUSY)
    assert desk.action == Look(desk=True)
    assert desk.call.held_by == ""


@pytest.mark.parametrize(
    "stage", [s for s in Stage if s not in (Stage.ENDED, Stage.NEW, Stage.GOODBYE, Stage.REFUSED)]
)
def test_an_operator_who_does_not_answer_leaves_the_caller_at_the_same_stage(stage: Stage) -> None:
    """Wherever the caller was: nothing of the way there is lost, and nobody is hung up on."""
    before = Call(id="1.1", rules="1-test", dialled="8000", stage=stage, target="8201", held_by="8101")
    if stage in (
        Stage.SCREEN_LOOK,
        Stage.SCREENING,
        Stage.SCREEN_HOLD,
        Stage.SCREEN_RINGING,
        Stage.ASSISTANT,
    ):
        before = replace(before, target="8801")
    if stage is Stage.GREETING:
        before = replace(before, target="")
    if stage in (Stage.QUEUE_LOOK, Stage.QUEUE_SAID, Stage.QUEUED) or "call_back" in stage:
        before = replace(before, target="8600", joined=1, number="10086")
    rung = then(before, ordered("answer"))
    assert rung.action == Dial(("8101",), 15, before.target or "8000")
    as_before = then(rung.call, BUSY)
    assert not isinstance(as_before.action, Hangup)
    assert as_before.call.target == before.target
    assert then(before, Interrupted()).action == as_before.action or stage in (
        Stage.PULLED,
        Stage.RECALL,
        Stage.CONNECTING,
        Stage.SCREEN_ASKED,
        Stage.DESK_RINGING,
    )


def test_a_consultation_ends_with_one_of_them_having_the_caller() -> None:
    """connect: who was asked. take_back, nobody there, the operator's leg gone: the operator."""
    asking = then(TALKING, ordered("consult", "8201")).call
    assert asking.consult == "8201"
    assert then(asking, Waited(asking=True)).action == Wait(120)
    assert then(asking, Waited()).action == Dial(("8101",), 25, "8000")
    assert then(asking, ordered("connect", leg="PJSIP/8201-0000002b")).action == Connect(
        "PJSIP/8201-0000002b", "8201"
    )
    assert then(asking, ordered("take_back", leg=LEG)).action == Connect(LEG, "8101")
    assert then(asking, ConsultationEnded(LEG)).action == Connect(LEG, "8101")
    assert then(asking, ConsultationEnded()).action == Dial(("8101",), 25, "8000")
    still = then(asking, ConsultationEnded(begun=False))
    assert (still.action, still.call.consult, still.call.held_by) == (Wait(120), "", "8101")
    gone = then(asking, ordered("connect", leg=LEG), Dialled(DialResult.UNAVAILABLE))
    assert gone.action == Dial(("8101",), 25, "8000")


def test_a_transfer_goes_the_way_of_a_transfer_by_phone() -> None:
    """请稍等, a look, ringing; busy: back to who transferred."""
    call = then(TALKING, ordered("transfer", "8202"))
    assert call.action == Say((Text(p.HOLD_ON),))
    ringing = then(call.call, Said(), Seen({"8202": PhoneState.IDLE}))
    assert ringing.action == Dial(("8202",), 25, "8202")
    assert then(ringing.call, BUSY).action == Dial(("8101",), 25, "8202")
    assert then(ringing.call, ANSWERED).action == Hangup()


def test_an_executive_gets_a_transfer_as_the_rules_say() -> None:
    """The manager's callers are asked; the chairman's get his secretary, unless she is the one who sends."""
    assert isinstance(then(TALKING, ordered("transfer", "8801")).action, Look)
    call = then(TALKING, ordered("transfer", "8899"), Said())
    assert call.action == Look(("8890",))
    through = then(TALKING, ordered("transfer", "8899", by="8890"), Said())
    assert through.action == Look(("8899",))


def test_a_serial_caller_comes_back_after_talking() -> None:
    """After a phone and after a queue."""
    ringing = then(TALKING, ordered("serial", "8202"), Said(), Seen({"8202": PhoneState.IDLE}))
    assert ringing.action == Dial(("8202",), 25, "8202", comes_back=True)
    assert then(ringing.call, ANSWERED).action == Dial(("8101",), 25, "8202")
    queued = replace(TALKING, stage=Stage.QUEUED, target="8600", serial="8101", joined=1)
    assert then(queued, LeftQueue(QueueExit.SERVED)).action == Dial(("8101",), 25, "8600")


def test_camping_waits_for_a_busy_line_without_a_question() -> None:
    """Told so, music, a look; free: it rings; nobody answers: the operator."""
    told = then(TALKING, ordered("camp", "8201"))
    assert told.action == Say((Text(p.WAIT_ON),))
    waiting = then(told.call, Said())
    assert waiting.action == Wait(5)
    again = then(waiting.call, Waited(), Seen({"8201": PhoneState.BUSY}))
    assert again.action == Wait(5)
    free = then(again.call, Waited(), Seen({"8201": PhoneState.IDLE}))
    assert free.action == Dial(("8201",), 25, "8201")
    assert then(free.call, BUSY).action == Dial(("8101",), 25, "8201")


def test_park_message_complaint_and_goodbye() -> None:
    """The rest: a place, a mailbox, a ticket, a word of parting."""
    assert then(TALKING, ordered("park")).action == Park("8101")
    message = then(TALKING, ordered("voicemail", "8201"))
    assert message.call.why is MessageReason.OPERATOR
    assert message.action == Say((Text(p.LEAVE_MESSAGE),))
    assert then(TALKING, ordered("complaint")).call.complaint
    assert then(TALKING, ordered("hangup"), Said()).action == Hangup()


@pytest.mark.parametrize("verdict", [v for v in Verdict if v is not Verdict.ACCEPTED])
def test_an_executives_no_comes_back_to_the_operator(verdict: Verdict) -> None:
    """With the verdict kept for the desk; a yes means that they talked."""
    asked = then(TALKING, ordered("screen", "8801"))
    assert isinstance(asked.action, Screen)
    back = then(asked.call, ScreenEnded(verdict))
    assert back.action == Dial(("8101",), 25, "8801")
    assert back.call.verdict == verdict.value
    assert then(asked.call, ScreenEnded(Verdict.ACCEPTED)).action == Hangup()


def test_an_order_for_a_phone_that_may_not_be_rung_does_nothing() -> None:
    """An executive's, or one that these rules don't have: as if nothing had come."""
    call = replace(TALKING, stage=Stage.GREETING, via="")
    for by in ("8801", "8899", "8200", "1234", ""):
        assert then(call, ordered("answer", by=by)).action == then(call, Interrupted()).action


def test_the_state_with_an_order_in_it_travels() -> None:
    """Packed and unpacked it is the same, also `before`."""
    call = replace(TALKING, stage=Stage.PULLED, held_by="8101", before=Stage.QUEUED, verdict="none")
    assert Call.unpack(call.pack()) == call
