"""Waiting for an agent (A12): who goes ahead, what is told, how long it lasts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from switchboard.domain import prompt_keys as p
from switchboard.domain.actions import (
    Action,
    Ask,
    Enqueue,
    LookAtQueue,
    MessageReason,
    OrderCallBack,
    Say,
    TakeMessage,
    Wait,
)
from switchboard.domain.call import Call
from switchboard.domain.company import Class, Overflow, OverflowKind, Queue, Rules, Trunk, Valued
from switchboard.domain.engine import next_step
from switchboard.domain.outcomes import (
    Arrived,
    Done,
    Entered,
    Interrupted,
    LeftQueue,
    Outcome,
    QueueExit,
    QueueSeen,
    Said,
    Silent,
    Waited,
)
from switchboard.domain.phrases import Digits, Number, Text
from switchboard.domain.queueing import expected_minutes, place, rank
from tests.company import company

START = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
SINCE = int(START.timestamp())
TIMED_OUT = LeftQueue(QueueExit.TIMED_OUT)
BUSY = QueueSeen(place=3, waiting=2, present=2, agents=2, free=0, handling_seconds=110)


def with_queue(**changes: Any) -> Rules:
    """The small company with another customer service: 180 s at most, told every 30 s."""
    rules = company(
        outside_patterns={Class.LOCAL: ("NXXXXXXX",), Class.NATIONAL: ("1[3-9]XXXXXXXXX",)},
        trunks=(Trunk("provider", {}, host="192.0.2.1", outgoing=("X.",)),),
    )
    queue = rules.extensions["8600"]
    assert isinstance(queue, Queue)
    new = replace(queue, **{"longest_wait_seconds": 180, "wrap_up_seconds": 10, **changes})
    return replace(rules, extensions={**rules.extensions, "8600": new})


class Waiting:
    """A call for 8600 that stands before its first look, and a clock that actions move on."""

    def __init__(self, rules: Rules | None = None, **call: Any) -> None:
        self.rules = rules or with_queue()
        self.call = Call(id="1.1", rules=self.rules.version, dialled="8600", **call)
        self.at = START
        self.meets(Arrived(), Said())

    def meets(self, *outcomes: Outcome) -> Action:
        for outcome in outcomes:
            decision = next_step(self.call, outcome, self.rules, self.at)
            self.call, self.action, self.reason = decision.call, decision.action, decision.reason
            if isinstance(self.action, Enqueue | Wait):
                self.at += timedelta(seconds=self.action.seconds)
        return self.action

    @property
    def heard(self) -> list[object]:
        phrases = self.action.phrases if isinstance(self.action, Say | Ask) else ()
        return [x.key if isinstance(x, Text) else x.value if isinstance(x, Number) else x for x in phrases]


def test_with_an_agent_free_nothing_is_said_and_the_caller_joins_at_once() -> None:
    """Queue first, words only when there is something to wait for."""
    caller = Waiting()
    assert caller.action == LookAtQueue("8600")
    assert caller.meets(QueueSeen(1, 0, 2, 2, 1, 60)) == Enqueue("8600", 30, since=SINCE)


def test_place_and_expected_wait_are_told_before_joining_and_again_when_they_are_better() -> None:
    """Third of three, two agents, two minutes a call: about three minutes. Then second: two."""
    caller = Waiting()
    caller.meets(BUSY)
    assert caller.heard == [p.QUEUE_HOLD, p.LINE_PLACE, 3, p.QUEUE_WAIT, 3, p.MINUTES]
    assert caller.meets(Said()) == Enqueue("8600", 30, since=SINCE)
    assert caller.meets(TIMED_OUT) == LookAtQueue("8600", since=SINCE)
    assert caller.meets(BUSY) == Enqueue("8600", 30, since=SINCE)
    caller.meets(TIMED_OUT, replace(BUSY, place=1, waiting=0))
    assert caller.heard == [p.LINE_PLACE, 1, p.QUEUE_WAIT, p.ONE_MINUTE]


def test_who_is_next_before_others_is_told_nothing_more_and_stays_in_the_queue() -> None:
    """An agent who gets free during an announcement would take the one behind. On joining it is told once."""
    caller = Waiting(with_queue(call_back=True))
    caller.meets(replace(BUSY, place=1))
    assert p.LINE_PLACE in caller.heard
    long = replace(BUSY, place=1, waiting=3, agents=1, handling_seconds=400)
    caller.meets(Said())
    for _ in range(3):
        assert isinstance(caller.meets(TIMED_OUT, long), Enqueue)
    alone = replace(long, waiting=0)
    caller.meets(TIMED_OUT, alone)
    assert p.CALL_BACK_OFFER in caller.heard


def test_whoever_can_be_served_now_is_told_nothing() -> None:
    """An agent got free while the caller's step of waiting ended: straight back."""
    caller = Waiting(with_queue(call_back=True))
    caller.meets(BUSY, Said(), TIMED_OUT)
    assert isinstance(caller.meets(replace(BUSY, place=2, free=2)), Enqueue)


def test_a_place_that_was_lost_to_valued_callers_is_not_told() -> None:
    """Nobody is told to move back."""
    caller = Waiting()
    caller.meets(BUSY, Said(), TIMED_OUT)
    worse = QueueSeen(place=5, waiting=4, present=1, agents=1, free=0, handling_seconds=400)
    assert isinstance(caller.meets(worse), Enqueue)


def test_without_a_mean_only_the_place_is_told() -> None:
    """The first calls of the day: nobody can say how long."""
    caller = Waiting()
    caller.meets(replace(BUSY, handling_seconds=0))
    assert caller.heard == [p.QUEUE_HOLD, p.LINE_PLACE, 3]


def test_when_the_queue_cannot_be_seen_the_caller_joins_all_the_same() -> None:
    """The manager link is down: no number is told, nobody is turned away."""
    caller = Waiting()
    caller.meets(QueueSeen())
    assert caller.heard == [p.QUEUE_HOLD]
    assert isinstance(caller.meets(Said()), Enqueue)


def test_a_queue_without_announcements_only_waits() -> None:
    """announce: 0."""
    caller = Waiting(with_queue(announce_seconds=0))
    assert caller.meets(BUSY) == Enqueue("8600", 60, since=SINCE)


def test_without_any_agent_the_caller_is_told_at_once() -> None:
    """All signed out or unreachable: nobody waits for nobody."""
    caller = Waiting()
    caller.meets(QueueSeen(place=1))
    assert caller.heard == [p.QUEUE_NONE]
    assert caller.meets(Said(), Said()) == TakeMessage("8600", MessageReason.QUEUE_OVERFLOW)


def test_agents_who_pause_are_waited_for() -> None:
    """They come back: the place is told, the wait is unknown."""
    caller = Waiting()
    caller.meets(QueueSeen(place=1, present=2, agents=0, handling_seconds=60))
    assert caller.heard == [p.QUEUE_HOLD, p.LINE_PLACE, 1]


def test_a_full_queue_takes_nobody_more() -> None:
    """The size counts those who listen to an announcement too."""
    caller = Waiting(with_queue(size=2))
    caller.meets(BUSY)
    assert caller.heard == [p.QUEUE_NONE]


def test_who_waited_already_is_not_turned_away_when_others_came_meanwhile() -> None:
    """Full on coming back from an announcement: a little music, and again."""
    caller = Waiting(with_queue(size=5))
    caller.meets(BUSY, Said())
    assert isinstance(caller.meets(LeftQueue(QueueExit.FULL)), Wait)
    assert caller.meets(Waited()) == LookAtQueue("8600", since=SINCE)
    assert isinstance(caller.meets(replace(BUSY, waiting=5)), Enqueue)


def test_the_longest_wait_counts_over_all_steps() -> None:
    """180 s in steps of 30 s, the last one cut to what is left."""
    caller = Waiting(with_queue(longest_wait_seconds=75))
    waited = []
    caller.meets(BUSY, Said())
    while isinstance(caller.action, Enqueue):
        waited.append(caller.action.seconds)
        caller.meets(TIMED_OUT, BUSY)
    assert waited == [30, 30, 15]
    assert caller.heard == [p.QUEUE_NONE]


def test_overflow_to_another_extension_says_why_and_goes_there() -> None:
    """「对不起，坐席暂时无法接听」「请稍等」, then that phone."""
    caller = Waiting(with_queue(overflow=Overflow(OverflowKind.EXTENSION, "8101")))
    caller.meets(QueueSeen(place=1))
    assert caller.heard == [p.QUEUE_NONE, p.HOLD_ON]
    assert caller.call.target == "8101"


def test_valued_callers_and_complaints_have_their_priority() -> None:
    """By how the number begins; the higher of both counts."""
    valued = with_queue(valued=(Valued(("1390000",), 10),))
    assert Waiting(valued, caller="13900001234").action == LookAtQueue("8600", priority=10)
    assert Waiting(valued, caller="13800000000").action == LookAtQueue("8600")
    assert Waiting(valued, caller="13800000000", complaint=True).action == LookAtQueue("8600", priority=5)


def test_a_controller_killed_while_a_caller_waits_costs_nothing_but_a_look() -> None:
    """Interrupted in the look, in the announcement, after a step of waiting: the same place again."""
    caller = Waiting()
    assert caller.meets(Interrupted()) == LookAtQueue("8600")
    caller.meets(BUSY)
    assert caller.meets(Interrupted()) == Enqueue("8600", 30, since=SINCE)
    assert caller.meets(Interrupted()) == LookAtQueue("8600", since=SINCE)


@given(st.integers(0, 100), st.integers(0, 100), st.integers(0, 86_400), st.integers(0, 86_400))
def test_rank_orders_by_priority_then_by_joining(a: int, b: int, joined_a: int, joined_b: int) -> None:
    """And fits the 32 bits of app_queue."""
    one, other = rank(a, SINCE + joined_a), rank(b, SINCE + joined_b)
    assert (one > other) == ((a, -joined_a) > (b, -joined_b))
    assert 0 <= min(one, other) <= max(one, other) < 2**31


@given(st.lists(st.integers(0, 1000), max_size=20), st.integers(0, 1000))
def test_the_place_counts_who_goes_ahead(others: list[int], own: int) -> None:
    """Behind everybody of a higher rank, before everybody of a lower one."""
    assert place(own, others) == 1 + len([o for o in others if o > own])


seen = st.builds(
    QueueSeen,
    st.integers(0, 30),
    st.integers(0, 30),
    st.integers(1, 5),
    st.integers(0, 5),
    st.integers(0, 5),
    st.integers(0, 900),
)


@given(seen, st.integers(0, 600))
def test_expected_wait_is_whole_minutes_at_least_one_or_unknown(facts: QueueSeen, wrap_up: int) -> None:
    """More before you never means sooner; more agents never means later."""
    minutes = expected_minutes(facts, wrap_up)
    assert minutes >= 1 or not (facts.place and facts.agents and facts.handling_seconds)
    if minutes:
        assert expected_minutes(replace(facts, place=facts.place + 1), wrap_up) >= minutes
        assert expected_minutes(replace(facts, agents=facts.agents + 1), wrap_up) <= minutes


@given(st.lists(seen, min_size=1, max_size=12))
def test_what_is_told_never_grows_and_is_never_said_twice(facts: list[QueueSeen]) -> None:
    """Whatever happens in the queue."""
    caller = Waiting(with_queue(size=1000, longest_wait_seconds=3600))
    told: list[tuple[str, int]] = []
    for one in facts:
        caller.meets(one)
        phrases = caller.heard
        for i, phrase in enumerate(phrases):
            if phrase in (p.LINE_PLACE, p.QUEUE_WAIT):
                number = phrases[i + 1]
                told.append((str(phrase), 1 if number == p.ONE_MINUTE else int(str(number))))
        if isinstance(caller.action, Say):
            caller.meets(Said())
        if not isinstance(caller.action, Enqueue):
            return
        caller.meets(TIMED_OUT)
    for kind in (p.LINE_PLACE, p.QUEUE_WAIT):
        numbers = [n for k, n in told if k == kind]
        assert numbers == sorted(set(numbers), reverse=True)


# call-back

MOBILE = "13800138000"


def offered(rules: Rules | None = None, **call: Any) -> Waiting:
    """A caller who has waited one step and is offered to be called back."""
    caller = Waiting(rules or with_queue(call_back=True), **call)
    caller.meets(BUSY, Said(), TIMED_OUT, BUSY)
    assert caller.heard == [p.CALL_BACK_OFFER]
    return caller


def test_a_call_back_is_offered_once_and_silence_waits_on_at_the_same_place() -> None:
    """After the first step of waiting, never again."""
    caller = offered(caller=MOBILE)
    assert caller.meets(Silent()) == Enqueue("8600", 30, since=SINCE)
    caller.meets(TIMED_OUT, BUSY)
    assert p.CALL_BACK_OFFER not in caller.heard


def test_who_is_next_is_not_kept_from_their_turn_by_an_offer() -> None:
    """First in line, a minute to wait at most."""
    caller = Waiting(with_queue(call_back=True), caller=MOBILE)
    caller.meets(BUSY, Said(), TIMED_OUT, replace(BUSY, place=1, waiting=0))
    assert p.CALL_BACK_OFFER not in caller.heard


def test_the_callers_own_number_is_read_back_and_confirmed() -> None:
    """Then it is kept with the place in line, promised, and the call ends."""
    caller = offered(caller=MOBILE)
    caller.meets(Entered("1"))
    assert caller.heard == [p.CALL_BACK_NUMBER, Digits(MOBILE), p.CALL_BACK_CONFIRM]
    assert caller.meets(Entered("1")) == OrderCallBack("8600", MOBILE, 0, SINCE)
    caller.meets(Done())
    assert caller.heard == [p.CALL_BACK_KEPT, p.GOODBYE]


def test_another_number_is_typed_and_read_back_too() -> None:
    """2, the number, 1."""
    caller = offered(caller=MOBILE)
    caller.meets(Entered("1"), Entered("2"), Entered("88886666"))
    assert Digits("88886666") in caller.heard
    assert caller.meets(Entered("1")) == OrderCallBack("8600", "88886666", 0, SINCE)


def test_a_number_the_company_may_not_dial_is_refused_politely_and_never_called() -> None:
    """Abroad, premium, emergency, our own prefix, nonsense; thrice, then the caller waits on."""
    for number in ("00447700900000", "16899999", "110", "9" + MOBILE, "1", "*60"):
        caller = offered(caller="")
        caller.meets(Entered("1"), Entered(number))
        assert caller.heard == [p.CALL_BACK_REFUSED, p.CALL_BACK_TYPE]
        caller.meets(Entered(number))
        assert isinstance(caller.meets(Entered(number)), Enqueue)


def test_a_promise_that_could_not_be_kept_is_not_made() -> None:
    """The database is away: back into the queue."""
    caller = offered(caller=MOBILE)
    caller.meets(Entered("1"), Entered("1"))
    assert isinstance(caller.meets(Done(False)), Enqueue)


def test_an_order_cut_off_by_a_death_is_ordered_again() -> None:
    """It is one promise for each call, however often it is ordered."""
    caller = offered(caller=MOBILE)
    order = caller.meets(Entered("1"), Entered("1"))
    assert caller.meets(Interrupted()) == order
