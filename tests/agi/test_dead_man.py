"""The dead-man's switch: never early, never late, moved no more often than needed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from switchboard.agi.dead_man import LATEST, DeadMan
from switchboard.dialplan import DEAD_MAN_SECONDS


def test_cheap_commands_share_what_the_dialplan_armed() -> None:
    """For two seconds nothing needs to be moved."""
    switch = DeadMan(0.0)
    assert [switch.wanted(t, 0.0) for t in (0.0, 0.5, 1.9)] == [None, None, None]
    assert switch.wanted(2.1, 0.0) == DEAD_MAN_SECONDS


def test_a_command_that_takes_time_moves_it() -> None:
    """To its longest run plus DEAD_MAN_SECONDS; the next digit's wait shares what is left."""
    switch = DeadMan(0.0)
    assert switch.wanted(0.0, 3.0) == 3.0 + DEAD_MAN_SECONDS
    switch.armed(0.0, 7.0)
    assert switch.wanted(0.5, 3.0) is None


def test_after_a_sound_cut_short_it_is_moved_back() -> None:
    """Else a stall would be silence for the rest of the sound."""
    switch = DeadMan(0.0)
    switch.armed(0.0, 34.0)
    assert switch.wanted(1.0, 0.0) == DEAD_MAN_SECONDS


def test_switched_off_it_stays_off() -> None:
    """Until it is armed again."""
    switch = DeadMan(0.0)
    switch.armed(0.0, 0.0)
    assert switch.wanted(1.0, 30.0) is None
    assert not switch.fired(100.0)
    switch.armed(100.0, 4.0)
    assert switch.wanted(100.0, 30.0) == 34.0
    assert switch.fired(104.0)


@given(st.lists(st.tuples(st.floats(0, 1.9), st.floats(0, 60), st.floats(0, 1)), max_size=40))
def test_it_always_outlives_the_command_and_never_by_much(story: list[tuple[float, float, float]]) -> None:
    """For any sequence of pauses and commands, whatever part of its time each takes."""
    now, fires = 0.0, float(DEAD_MAN_SECONDS)
    switch = DeadMan(now)
    for pause, run, taken in story:
        now += pause
        wanted = switch.wanted(now, run)
        if wanted is not None:
            switch.armed(now, wanted)
            fires = now + wanted
        assert now + run < fires <= now + run + LATEST + 1e-6
        now += run * taken
