"""A call rehearsed without a telephone takes the way the engine decides."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from switchboard.domain.actions import Ask, Dial, Enqueue, MessageReason, Screen, TakeMessage
from switchboard.domain.company import Person
from switchboard.domain.engine import STEPS
from switchboard.domain.mode import Mode
from switchboard.domain.outcomes import Entered, Silent
from switchboard.rehearsal import Answer, Situation, rehearse
from tests.company import company
from tests.rehearsal.supposed import NOW, rehearsed


def test_a_call_that_is_answered_ends_in_the_conversation() -> None:
    """8201 answers: the last thing decided is to ring it."""
    rehearsal = rehearsed("8201")
    assert rehearsal.end.action == Dial(("8201",), 25, "8201")
    assert rehearsal.end.by == "8201"


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


def test_an_empty_entry_is_silence_and_hash_alone_is_a_key() -> None:
    """Callers who wait before they dial can be rehearsed."""
    rehearsal = rehearsed("9", "#", "8201")
    entries = [m.outcome for m in rehearsal.moments if isinstance(m.action, Ask)]
    assert entries == [Entered("9"), Entered(""), Entered("8201")]
    assert Silent() in [m.outcome for m in rehearsed("", "8201").moments]


def test_what_no_question_took_is_told() -> None:
    """Presses that were left over are a mistake in an example call."""
    assert rehearsed("8201", "5").unused == ("5",)


def test_a_queue_without_agents_overflows() -> None:
    """Nobody is registered: the caller leaves a message, at once."""
    rehearsal = rehearsed("8600", others=Answer.UNREACHABLE)
    assert [type(m.action) for m in rehearsal.moments if isinstance(m.action, Enqueue | TakeMessage)] == [
        TakeMessage
    ]


def test_the_longest_wait_of_a_queue_counts_over_its_steps() -> None:
    """90 s in steps of 30 s, all agents talking: then a message."""
    rehearsal = rehearsed("8600", others=Answer.BUSY)
    waited = [m.action.seconds for m in rehearsal.moments if isinstance(m.action, Enqueue)]
    assert waited == [30, 30, 30]
    assert rehearsal.end.action == TakeMessage("8600", MessageReason.QUEUE_OVERFLOW)


def test_a_busy_phone_with_call_waiting_rings_all_the_same() -> None:
    """Nobody comes to the second call of somebody who talks."""
    rules = company()
    entry = rules.extensions["8202"]
    assert isinstance(entry, Person)
    waiting = replace(rules, extensions={**rules.extensions, "8202": replace(entry, call_waiting=True)})
    rehearsal = rehearsed("8202", "1", rules=waiting, phones={"8202": Answer.BUSY})
    assert rehearsal.end.action == TakeMessage("8202", MessageReason.NO_ANSWER)


def test_an_executive_who_passes_a_call_on_has_the_deputy_rung() -> None:
    """Asked, and passed on: the deputy talks with the caller."""
    rehearsal = rehearsed("8801", phones={"8801": Answer.PASSES_ON})
    rang = [m.action.phones for m in rehearsal.moments if isinstance(m.action, Screen | Dial)]
    assert rang == [("8801",), ("8101",)]
    assert rehearsal.end.by == "8101"


_numbers = st.sampled_from(
    [*company().extensions, "8000", "1234", "0", "7", "9", "*", "#", "", "1", "2", "99"]
)
situations = st.builds(
    Situation,
    at=st.just(NOW),
    caller=st.sampled_from(["", "13800000001", "8201"]),
    dialled=st.sampled_from(["", *company().extensions, "*60", "*71", "*628201"]),
    inside=st.booleans(),
    presses=st.lists(_numbers, max_size=12).map(tuple),
    phones=st.dictionaries(st.sampled_from([*company().extensions]), st.sampled_from(Answer)),
    others=st.sampled_from(Answer),
    mode=st.sampled_from(Mode),
    operators=st.sampled_from([(), ("8101",), ("8101", "8102")]),
    speaks=st.booleans(),
    knows_pin=st.booleans(),
)


@given(situations)
@settings(max_examples=300, deadline=None)
def test_rehearsals_always_end(situation: Situation) -> None:
    """Whatever is supposed: at most the engine's bound of steps, each with a reason."""
    moments = rehearse(company(), situation).moments
    assert len(moments) <= STEPS + 3
    assert moments[-1].outcome is None
    assert all(moment.reason for moment in moments)
