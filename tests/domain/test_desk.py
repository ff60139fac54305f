"""Manual mode: three rings, a line, and on automatically (A4, A6)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from switchboard.domain import prompt_keys as p
from switchboard.domain.actions import Ask, Dial, Hangup, Look, Say, Wait
from switchboard.domain.calendar import Calendar, Hours, LunchTurn
from switchboard.domain.company import Desk, RingOrder, Rules
from switchboard.domain.mode import Mode
from switchboard.domain.outcomes import Dialled, DialResult, PhoneState, Said, Seen, Waited
from tests.company import company
from tests.domain.test_engine import Caller

IDLE, TALKING, GONE = PhoneState.IDLE, PhoneState.BUSY, PhoneState.UNREACHABLE
OPERATORS = ("8101", "8102")


class DeskCaller(Caller):
    """A caller of the main number in manual mode."""

    def __init__(self, rules: Rules, *states: PhoneState, place: int = 1) -> None:
        self.states, self.place = states, place
        super().__init__(rules)

    def meets(self, *outcomes: Any) -> Any:
        """The desk is looked at: what was supposed is seen."""
        action = super().meets(*outcomes)
        if action == Look(desk=True) and not (outcomes and isinstance(outcomes[-1], Seen)):
            return super().meets(self.facts())
        return action

    def facts(self) -> Seen:
        operators = OPERATORS[: len(self.states)]
        return Seen(dict(zip(operators, self.states, strict=True)), Mode.MANUAL, operators, self.place)


def desk(**changes: Any) -> Rules:
    """The small company with two operators."""
    return company(desk=replace(Desk(operators=OPERATORS), **changes))


def test_free_operators_ring_together_for_three_rings() -> None:
    """Three rings of five seconds, in total."""
    caller = DeskCaller(desk(), IDLE, IDLE)
    assert caller.done[-1] == Dial(OPERATORS, 15, "8000")
    assert caller.meets(Dialled(DialResult.ANSWERED)) == Hangup()


def test_a_call_not_answered_in_time_goes_on_automatically_with_an_apology() -> None:
    """This call falls to the automatic flow."""
    caller = DeskCaller(desk(), IDLE)
    caller.meets(Dialled(DialResult.NO_ANSWER))
    assert caller.heard[:2] == [p.DESK_SORRY, p.HELLO]
    assert isinstance(caller.done[-1], Ask)


def test_over_lunch_only_those_ring_whose_turn_it_is() -> None:
    """8102's turn today: 8101 is left alone. 8102 not signed in: whoever is there rings."""
    day = (Hours((1,), 0, 540), Hours((1,), 660, 1440))
    lunch = Calendar(zone="UTC", hours=day, lunch=(540, 660), lunch_turns=(LunchTurn((1,), ("8102",)),))
    rules = replace(desk(), calendar=lunch)
    assert DeskCaller(rules, IDLE, IDLE).done[-1] == Dial(("8102",), 15, "8000")
    assert DeskCaller(rules, IDLE).done[-1] == Dial(("8101",), 15, "8000")
    other = replace(lunch, lunch_turns=(LunchTurn((2,), ("8102",)),))
    assert DeskCaller(replace(rules, calendar=other), IDLE, IDLE).done[-1] == Dial(OPERATORS, 15, "8000")


def test_nobody_rings_into_a_void() -> None:
    """Nobody signed in, or nobody reachable: automatic at once; with an apology only where one was due."""
    assert DeskCaller(desk()).heard[0] == p.HELLO
    assert DeskCaller(desk(), GONE, GONE).heard[:2] == [p.DESK_SORRY, p.HELLO]


def test_in_turn_each_operator_rings_once_three_rings_in_total() -> None:
    """Ring after ring from one to the next."""
    caller = DeskCaller(desk(ring=RingOrder.IN_TURN), IDLE, IDLE)
    rung = [caller.done[-1]]
    while isinstance(rung[-1], Dial):
        rung.append(caller.meets(Dialled(DialResult.NO_ANSWER)))
    assert [d.phones for d in rung[:-1]] == [("8101",), ("8102",), ("8101",)]
    assert all(d.seconds == 5 for d in rung[:-1])
    assert caller.heard[0] == p.DESK_SORRY


def test_while_all_talk_the_caller_waits_and_is_told_a_new_place() -> None:
    """The place is said when it changes, music in between; a free operator rings for the first in line."""
    caller = DeskCaller(desk(), TALKING, TALKING, place=2)
    assert caller.heard == [p.DESK_BUSY, p.LINE_PLACE, "2"]
    assert isinstance(caller.meets(Said()), Wait)
    assert isinstance(caller.meets(Waited()), Wait)
    caller.place = 1
    assert isinstance(caller.meets(Waited()), Say)
    assert caller.heard[-1] == "1"
    caller.states = (TALKING, IDLE)
    assert caller.meets(Said(), Waited()) == Dial(("8102",), 15, "8000")


def test_a_free_operator_is_not_rung_for_someone_who_came_later() -> None:
    """Fair: the second in line waits although an operator is free."""
    caller = DeskCaller(desk(), IDLE, place=2)
    assert caller.heard == [p.DESK_BUSY, p.LINE_PLACE, "2"]


def test_waiting_ends_at_the_rules_limit() -> None:
    """Then on automatically, with an apology."""
    caller = DeskCaller(desk(line_seconds=10), TALKING)
    caller.meets(Said())
    while isinstance(caller.done[-1], Wait):
        caller.meets(Waited())
    assert caller.heard[:2] == [p.DESK_SORRY, p.HELLO]


def test_key_zero_reaches_an_operator_on_duty_and_else_the_enquiry() -> None:
    """A6: 0 rings the desk in manual mode; unanswered, the enquiry by keypad follows."""
    caller = DeskCaller(desk(), IDLE)
    caller.meets(Dialled(DialResult.NO_ANSWER))
    assert caller.presses("0") == Dial(("8101",), 15, "8000")
    caller.meets(Dialled(DialResult.NO_ANSWER))
    assert caller.heard == [p.ASK_NAME]
