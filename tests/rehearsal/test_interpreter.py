"""A call rehearsed without a telephone takes the way the engine decides."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from switchboard.domain.actions import Dial, Enqueue, MessageReason, TakeMessage
from switchboard.rehearsal import Answer, Rehearsal, Situation, rehearse
from tests.company import company


def rehearsed(*presses: str, **more: Any) -> Rehearsal:
    """A call to the small company."""
    return rehearse(
        company(), Situation(at=datetime(2026, 11, 23, 10, 0, tzinfo=UTC), presses=presses, **more)
    )


def test_a_call_that_is_answered_ends_in_the_conversation() -> None:
    """8201 answers: the last thing decided is to ring it."""
    assert rehearsed("8201").end.action == Dial(("8201",), 25, "8201")


def test_nobody_comes_and_a_message_is_left() -> None:
    """No answer, key 1: a message with its reason; the way has a reason and a line for each step."""
    rehearsal = rehearsed("8202", "1", phones={"8202": Answer.NO_ANSWER})
    assert rehearsal.end.action == TakeMessage("8202", MessageReason.NO_ANSWER)
    assert all(moment.reason for moment in rehearsal.moments)
    assert rehearsal.moments[1].line == 10


def test_digits_dialled_in_one_go_answer_the_next_question_too() -> None:
    """Like on the telephone: 8202 is complete, the rest is the next entry."""
    rehearsal = rehearsed("82021", phones={"8202": Answer.BUSY})
    assert rehearsal.end.action == TakeMessage("8202", MessageReason.BUSY)


def test_what_no_question_took_is_told() -> None:
    """Presses that were left over are a mistake in an example call."""
    assert rehearsed("8201", "5").unused == ("5",)


def test_a_queue_without_agents_overflows() -> None:
    """Nobody is registered: the caller leaves a message."""
    rehearsal = rehearsed("8600", others=Answer.UNREACHABLE)
    assert [type(m.action) for m in rehearsal.moments if isinstance(m.action, Enqueue | TakeMessage)] == [
        Enqueue,
        TakeMessage,
    ]
